"""Proofs from the log, for whoever wants to check an entry without Waymark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.history import merkle
from app.history.checkpoints import folder as files
from app.history.checkpoints.leaves import CASE
from app.history.checkpoints.log import Log


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
    return Proof(note, last.size, number, leaf.line.decode(), tuple(step.hex() for step in path))
