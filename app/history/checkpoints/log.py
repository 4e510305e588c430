"""The log: a folder of files, and an index of them. Appending a checkpoint costs what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import WaymarkError
from app.history.checkpoints import folder as files
from app.history.checkpoints.index import Index, Taken
from app.history.checkpoints.leaves import Leaf
from app.history.checkpoints.notes import BadNote, Checkpoint, Key


class LogAltered(WaymarkError):
    """The log of checkpoints is not as it was written. Nothing was added to it."""


@dataclass(frozen=True)
class Log:
    """`folder`: where the files lie. `cache`: folder on this machine for the index; None: made anew in memory."""

    folder: Path
    cache: Path | None = None

    @contextmanager
    def index(self) -> Iterator[Index]:
        """The index, as far as the files go. Raises `LogAltered`, `NoLog`."""
        found = Index(self._cached())
        try:
            there = files.numbers(self.folder)
            # nothing new takes no lock: whoever reads need not wait for who writes
            if there[-1:] != [found.last().number]:
                with found:
                    self._follow(found, there)
            yield found
        finally:
            found.close()

    def kept(self) -> Index | None:
        """The index as it was left, whatever the files say now; None when this machine has none."""
        path = self._cached()
        return Index(path) if isinstance(path, Path) and path.exists() else None

    def _cached(self) -> Path | str:
        """A folder has an index of its own: another folder is another log."""
        if self.cache is None:
            return ":memory:"
        return self.cache / f"checkpoints-{hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:16]}.db"

    def _follow(self, index: Index, there: list[int]) -> None:
        """Take in the checkpoints that were written since."""
        last, newest = index.last(), there[-1] if there else 0
        if last.number > newest:
            raise self.lost(last.number)
        for number in range(last.number + 1, newest + 1):
            self._take_in(index, number)

    def lost(self, number: int) -> LogAltered:
        """What is said of a log whose last checkpoint was this one and is gone."""
        return LogAltered(
            f"Checkpoint {number} was in {self.folder} and is there no more. Put it back from a copy; "
            "or, to begin a new log, name another folder and another key."
        )

    def _take_in(self, index: Index, number: int) -> None:
        try:
            said = said_in(files.read_note(self.folder, number))
            for line in files.lines(self.folder, number):
                leaf = Leaf.read(line)
                if leaf is None:
                    raise LogAltered(f"Line {index.edge.size + 1} of the log, in {number:06d}.leaves, is no leaf.")
                index.add(leaf)
        except (OSError, UnicodeDecodeError, BadNote) as error:
            raise LogAltered(f"Checkpoint {number} cannot be read ({type(error).__name__}).") from None
        if (said.size, said.root) != (index.edge.size, index.edge.root()):
            raise LogAltered(f"The leaves up to checkpoint {number} are not those that it signs.")
        index.take(Taken(number, said.size, said.root, said.at))

    def append(self, index: Index, leaves: Iterable[Leaf], key: Key, at: datetime) -> Taken:
        """Write the next checkpoint: `leaves` to their file first, then the signed note, each as a whole.

        To be called within `files.held`, with the index of this log as it is now."""
        number = index.last().number + 1
        with index:
            files.put(files.leaves_of(self.folder, number), _written(index, leaves))
            said = Checkpoint(key.name, index.edge.size, index.edge.root(), at)
            files.put(files.note_of(self.folder, number), [key.sign(said.text).encode()])
            taken = Taken(number, said.size, said.root, at)
            index.take(taken)
        return taken

    def newest(self) -> Checkpoint | None:
        """What the newest checkpoint says, whoever signed it; None when there is none. Raises `LogAltered`, `NoLog`."""
        there = files.numbers(self.folder)
        try:
            return said_in(files.read_note(self.folder, there[-1])) if there else None
        except (OSError, UnicodeDecodeError, BadNote) as error:
            raise LogAltered(f"Checkpoint {there[-1]} cannot be read ({type(error).__name__}).") from None

    def note(self, number: int) -> str:
        """A checkpoint as it was signed. Raises `LogAltered`."""
        try:
            return files.read_note(self.folder, number)
        except (OSError, UnicodeDecodeError) as error:
            raise LogAltered(f"Checkpoint {number} cannot be read ({type(error).__name__}).") from None

    def held(self) -> AbstractContextManager[None]:
        """Nobody else writes meanwhile. Raises `LogBusy`, `NoLog`."""
        return files.held(self.folder)


def _written(index: Index, leaves: Iterable[Leaf]) -> Iterator[bytes]:
    for leaf in leaves:
        index.add(leaf)
        yield leaf.line + b"\n"


def said_in(note: str) -> Checkpoint:
    """What a note says, whoever signed it. Raises `BadNote`."""
    text, gap, _ = note.rpartition("\n\n")
    return Checkpoint.read(f"{text}{gap[:1]}")
