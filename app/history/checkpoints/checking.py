"""Checking the log by itself: signatures, sizes, roots, each checkpoint the continuation of the one before."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.history import merkle
from app.history.checkpoints import folder as files
from app.history.checkpoints.index import Index, Taken
from app.history.checkpoints.leaves import Leaf
from app.history.checkpoints.notes import BadNote, Checkpoint, PublicKey, opened
from app.history.verify import Logged


@dataclass(frozen=True)
class LogFault:
    """A file of the log that is not as it was written. `number`: of its checkpoint; 0: one that somebody brought.
    `leaf`: the first entry that is another one, where it is known."""

    number: int
    what: str
    leaf: Leaf | None = None


@dataclass
class Checked:
    """`size`: leaves that signed checkpoints vouch for; `newest`: the last of these; `number`: of checkpoints."""

    number: int = 0
    size: int = 0
    newest: Checkpoint | None = None
    faults: list[LogFault] = field(default_factory=list)

    def add(self, number: int, what: str, leaf: Leaf | None = None) -> None:
        self.faults.append(LogFault(number, what, leaf))


def check(
    folder: Path,
    key: PublicKey,
    index: Index,
    remembered: Mapping[int, str],
    given: Iterable[str] = (),
    kept: Index | None = None,
) -> Checked:
    """Read all files of a log into `index`, which is empty, and compare them with what is signed.

    `remembered`: notes by number, as the database keeps them, read before; `given`: notes that somebody took away
    earlier; `kept`: this machine's index from before, which may know what is gone. Leaves behind the first that is not
    as it was signed vouch for nothing."""
    found = Checked()
    there = files.numbers(folder)
    last = max([*there, *remembered, kept.last().number if kept is not None else 0])
    whole = True
    for number in range(1, last + 1):
        found.number += number in there
        said = _note(folder, number, key, there, remembered.get(number), found)
        whole = whole and _leaves(folder, number, index, found)
        if whole and said is not None:
            whole = _root(number, said, index, found)
        if not whole and said is not None and kept is not None:
            _name(number, said, kept, folder, found)
            kept = None
    for note in given:
        _given(note, key, index, found)
    return found


def _name(number: int, said: Checkpoint, kept: Index, folder: Path, found: Checked) -> None:
    """Which leaf was altered, if the index from before is what was signed."""
    if said.size > kept.last().size or merkle.root(kept.whole, said.size) != said.root:
        return
    try:
        lines = list(files.lines(folder, number))
    except OSError:
        return
    for at in range(found.size, said.size):
        leaf = kept.leaf(at)
        if at - found.size >= len(lines) or lines[at - found.size] != leaf.line:
            found.add(number, f"line {at - found.size + 1} of {number:06d}.leaves is not what it was", leaf)
            return


def _note(
    folder: Path, number: int, key: PublicKey, there: Container[int], remembered: str | None, found: Checked
) -> Checkpoint | None:
    """What this key signed as checkpoint `number`."""
    if number not in there:
        found.add(number, f"checkpoint {number} is missing{_as(remembered, key)}")
        return None
    try:
        text = opened(files.read_note(folder, number), key)
        said = Checkpoint.read(text)
    except BadNote as error:
        found.add(number, f"checkpoint {number} was altered. {error.detail}")
        return None
    except (OSError, UnicodeDecodeError) as error:
        found.add(number, f"checkpoint {number} cannot be read ({type(error).__name__})")
        return None
    if said.origin != key.name:
        found.add(number, f"checkpoint {number} is of another log, {said.origin}")
        return None
    if remembered is not None and _said(remembered, key) not in (None, said):
        found.add(number, f"checkpoint {number} is not the one that was written{_as(remembered, key)}")
    return said


def _said(note: str, key: PublicKey) -> Checkpoint | None:
    try:
        return Checkpoint.read(opened(note, key))
    except BadNote:
        return None


def _as(remembered: str | None, key: PublicKey) -> str:
    said = _said(remembered, key) if remembered is not None else None
    return f": the database remembers one of {words(said)} with {said.size} entries" if said is not None else ""


def _leaves(folder: Path, number: int, index: Index, found: Checked) -> bool:
    """Take in the leaves of one checkpoint. False: what follows cannot be checked any more."""
    try:
        for line in files.lines(folder, number):
            leaf = Leaf.read(line)
            if leaf is None:
                found.add(number, f"entry {index.edge.size + 1} of the log, in {number:06d}.leaves, was altered")
                return False
            index.add(leaf)
    except OSError as error:
        # a checkpoint that is gone as a whole is one fault
        if not found.faults or found.faults[-1].number != number:
            found.add(number, f"the entries of checkpoint {number} cannot be read ({type(error).__name__})")
        return False
    return True


def _root(number: int, said: Checkpoint, index: Index, found: Checked) -> bool:
    if (said.size, said.root) != (index.edge.size, index.edge.root()):
        found.add(number, f"the entries up to checkpoint {number} are not those that it signs: {number:06d}.leaves")
        return False
    index.take(Taken(number, said.size, said.root, said.at))
    found.size, found.newest = said.size, said
    return True


def _given(note: str, key: PublicKey, index: Index, found: Checked) -> None:
    try:
        said = Checkpoint.read(opened(note, key))
    except BadNote as error:
        found.add(0, f"the checkpoint that you brought cannot be used. {error.detail}")
        return
    if said.size > found.size or merkle.root(index.whole, said.size) != said.root:
        found.add(0, f"the log does not continue the checkpoint of {words(said)} that you brought")


def words(said: Checkpoint | Taken) -> str:
    """When it was made, in words."""
    return f"{said.at.day} {said.at:%B %Y}, {said.at:%H:%M} UTC"


@dataclass(frozen=True)
class Chains:
    """A log that was checked, as a witness for chains of one kind. `size`: leaves that are vouched for; `others`: those
    that are not asked for."""

    index: Index
    chain: str
    size: int
    others: Container[str] = ()

    def entries(self, case_id: str) -> Iterator[Logged]:
        for number, leaf in self.index.leaves(self.chain, case_id):
            if number < self.size:
                yield Logged(leaf.seq, leaf.hash, number)

    def cases(self) -> Iterator[str]:
        return (one for one in self.index.chains(self.chain) if one not in self.others)

    def when(self, number: int) -> str:
        return words(self.index.taken_with(number))
