"""What the pages of the workshop show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.definitions import Deployed
from app.definitions.drafts import Draft
from app.errors import Finding


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list. `behind`: another version is in force than the one that it began with."""

    id: str
    key: str
    title: str
    base_version: int
    behind: bool
    created_by: str
    created_at: datetime
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class VersionLine:
    """A version that was deployed. `running`: cases on it that the reader's organisations have. `source`: one of
    `definitions.store.SOURCES`."""

    version: int
    sha256: str
    at: datetime
    by: str
    reason: str
    source: str
    running: int
    in_force: bool


@dataclass(frozen=True)
class ProcessLine:
    """A process as the list has it. `versions`: that in force, and older ones on which cases run, the newest first."""

    key: str
    name: str
    family: str
    versions: tuple[VersionLine, ...]
    drafts: tuple[DraftLine, ...]

    @property
    def in_force(self) -> VersionLine | None:
        """None for a process that has drafts and was never deployed."""
        return next((one for one in self.versions if one.in_force), None)


@dataclass(frozen=True)
class Family:
    """Processes that belong together. `name` in words."""

    name: str
    processes: tuple[ProcessLine, ...]


@dataclass(frozen=True)
class ProcessView:
    """One process: every version, the newest first, and its drafts. `deployed` has the files of that in force."""

    key: str
    name: str
    family: str
    versions: tuple[VersionLine, ...]
    drafts: tuple[DraftLine, ...]
    deployed: Deployed | None


@dataclass(frozen=True)
class FileLine:
    """A file of a draft. `what`: "changed", "added", "removed" or ""; `used`: the process comes to need it.
    `saved_by` is "" and `saved_at` None for what is as it was deployed. `shared`: names of other processes in force
    that hold the same file."""

    name: str
    title: str
    what: str
    used: bool
    version: int
    saved_by: str
    saved_at: datetime | None
    errors: int
    warnings: int
    shared: tuple[str, ...]


@dataclass(frozen=True)
class DraftView:
    """A draft to be worked on. `in_force`: the number of the version in force, 0 for none; `behind`: it is not the one
    that the draft began with."""

    draft: Draft
    name: str
    findings: tuple[Finding, ...]
    files: tuple[FileLine, ...]
    in_force: int
    behind: bool
    opened_by: str
    saved_by: str

    @property
    def changed(self) -> tuple[str, ...]:
        return self.draft.changed

    @property
    def errors(self) -> int:
        return sum(one.severity == "error" for one in self.findings)


@dataclass(frozen=True)
class Saved:
    """What became of a save. `copied`: somebody had saved the same file first, so that this one stands in a draft of
    its own, `draft_id`; theirs is where it was. `findings`: of the whole draft as it is now."""

    draft_id: str
    version: int
    findings: tuple[Finding, ...]
    copied: bool = False


@dataclass(frozen=True)
class Choice:
    """Something that an element may refer to: the id as it stands in the file, and words for people. `hint`: more about
    it, or ""."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Choices:
    """What the pickers of a draft offer, each sorted by words. `deadlines`: periods that decision tables of the draft
    give, as `policy.reply_days`. `processes`: those that can be called. `notices`: keys of letters."""

    roles: tuple[Choice, ...]
    forms: tuple[Choice, ...]
    decisions: tuple[Choice, ...]
    processes: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    deadlines: tuple[Choice, ...]
    notices: tuple[Choice, ...]
    messages: tuple[Choice, ...]
