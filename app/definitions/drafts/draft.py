"""What a draft is: the files of one main process as they were deployed, with what was saved over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from app.definitions import collecting
from app.definitions.collecting import Library
from app.engine.bundle import Bundle

OPEN, DEPLOYED, DROPPED = "open", "deployed", "dropped"


@dataclass(frozen=True)
class Head:
    """A draft without its files. `version` counts what was done to it. `base_version`: the deployed version that it
    began with, 0 and an empty `base_sha` for a process that is new here. `source`: "workshop", or "bundle" when it came
    in as a file. Who opened and saved it are person ids."""

    id: str
    key: str
    title: str
    base_sha: str
    base_version: int
    version: int
    state: str
    source: str
    created_by: str
    created_at: datetime
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class Save:
    """The newest save of one file: its number, by whom (person id) and when. `content` None: the file was taken out."""

    version: int
    by: str
    at: datetime
    content: bytes | None = field(repr=False)


@dataclass(frozen=True)
class Draft(Head):
    """A draft with its files. `base`: the bundle that it began with. `saved`: the newest save by file name. `beside`:
    the bundles in force, newest first, of which the draft takes what it refers to and does not hold itself."""

    base: Bundle = field(repr=False)
    saved: Mapping[str, Save] = field(repr=False)
    beside: tuple[Bundle, ...] = field(repr=False)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Every file of the draft by name, whether or not the process comes to need it."""
        found = dict(self.base.files)
        for name, one in self.saved.items():
            if one.content is None:
                found.pop(name, None)
            else:
                found[name] = one.content
        return found

    @cached_property
    def library(self) -> Library:
        """The draft's files, and around them what is in force. What was taken out of the draft does not come back."""
        gone = [name for name, one in self.saved.items() if one.content is None]
        return collecting.from_files(self.files, [bundle.files for bundle in self.beside], gone)

    @cached_property
    def bundle(self) -> Bundle:
        """What would be deployed: the process with all that it needs, collected anew."""
        return self.library.bundle(self.key)

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """Names of the files that were added, taken out or are other than in the version that the draft began with."""
        names = self.base.files.keys() | self.files.keys()
        return tuple(sorted(name for name in names if self.base.files.get(name) != self.files.get(name)))

    def version_of(self, name: str) -> int:
        """The number of the file's newest save; 0 when it is as it was deployed."""
        return self.saved[name].version if name in self.saved else 0
