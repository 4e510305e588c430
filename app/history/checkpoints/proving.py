"""Proofs from the log, for whoever wants to check an entry without Waymark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.history import merkle
from app.history.checkpoints import folder as files
from app.history.checkpoints.checking import words
from app.history.checkpoints.index import Index
from app.history.checkpoints.leaves import CASE
from app.history.checkpoints.log import Log, LogAltered
from app.history.checkpoints.notes import Checkpoint, PublicKey, opened
from app.history.verify import Logged, Witness


@dataclass(frozen=True)
class Proof:
    """That an entry is in the log. `note`: the newest checkpoint, signed; `size`: its leaves; `index`: of the leaf,
    counted from 0; `leaf`: its line, as it is hashed; `path`: hashes up to the root, the lowest first, as hex."""

    note: str
    size: int
    index: int
    leaf: str
    path: tuple[str, ...]


def proof_for(folder: Path, case_id: str, *, chain: str = CASE, cache: Path | None = None) -> Proof | None:
    """For the newest entry of a case that the log holds; None when it holds none. `cache`: see `Log`.

    Raises `LogAltered`, `NoLog`."""
    with Log(folder, cache).index() as index:
        found = index.newest(chain, case_id)
        if found is None:
            return None
        number, leaf = found
        last = index.last()
        path = merkle.inclusion_proof(index.whole, number, last.size)
        note = files.read_note(folder, last.number)
    return Proof(note, last.size, number, leaf.line.decode(), _hex(path))


@dataclass(frozen=True)
class Included:
    """That one entry is in the log: `hash` as the log has it, `index` and `path` as in `Proof`."""

    seq: int
    hash: str
    index: int
    path: tuple[str, ...]


@dataclass(frozen=True)
class Proofs:
    """For every entry of a case that the log holds, in order, by one checkpoint. `note`, `size`: as in `Proof`."""

    note: str
    size: int
    entries: tuple[Included, ...]


def proofs_of(log: Log, case_id: str, *, chain: str = CASE) -> Proofs | None:
    """None when there is no checkpoint that holds an entry of the case. Raises `LogAltered`, `NoLog`."""
    with log.index() as index:
        # of two leaves for one entry the first: what was there when a checkpoint first took it
        found = {leaf.seq: (number, leaf) for number, leaf in reversed(list(index.leaves(chain, case_id)))}
        if not found:
            return None
        last = index.last()
        return Proofs(
            log.note(last.number),
            last.size,
            tuple(
                Included(seq, leaf.hash, number, _hex(merkle.inclusion_proof(index.whole, number, last.size)))
                for seq, (number, leaf) in sorted(found.items())
            ),
        )


@dataclass(frozen=True)
class Vouching:
    """The newest checkpoint as a witness for single cases: each entry is proven by the root that it signs, so what the
    index says is not taken on trust. `said`: what it says; `key`: by which it is signed."""

    index: Index
    said: Checkpoint
    key: PublicKey

    @classmethod
    def of(cls, log: Log, index: Index, key: PublicKey) -> Vouching:
        """Raises `BadNote`, `LogAltered`."""
        last = index.last()
        said = Checkpoint.read(opened(log.note(last.number), key))
        if (said.size, said.root) != (last.size, last.root):
            raise LogAltered(f"Checkpoint {last.number} is not the one that this machine has read.")
        return cls(index, said, key)

    def chain(self, kind: str, only: str = "") -> Witness:
        """`only`: no other chain is missed."""
        return _Vouched(self, kind, only)


@dataclass(frozen=True)
class _Vouched:
    vouching: Vouching
    kind: str
    only: str

    def entries(self, case_id: str) -> Iterator[Logged]:
        index, said = self.vouching.index, self.vouching.said
        for number, leaf in index.leaves(self.kind, case_id):
            path = merkle.inclusion_proof(index.whole, number, said.size)
            if not merkle.verify_inclusion(merkle.leaf_hash(leaf.line), number, said.size, path, said.root):
                raise LogAltered(f"Entry {number + 1} of the log is not what the newest checkpoint signs.")
            yield Logged(leaf.seq, leaf.hash, number)

    def cases(self) -> Iterator[str]:
        return iter([self.only] if self.only else [])

    def when(self, number: int) -> str:
        return words(self.vouching.index.taken_with(number))


def _hex(path: list[bytes]) -> tuple[str, ...]:
    return tuple(step.hex() for step in path)
