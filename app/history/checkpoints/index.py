"""An index of the log: which leaf is whose, and the hashes of all whole subtrees. A cache, made anew from the files
whenever it is missing; nothing rests on it alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.history.chain import Head
from app.history.checkpoints.leaves import Leaf
from app.history.merkle import Edge, leaf_hash

_SCHEMA = """
CREATE TABLE IF NOT EXISTS leaf (
    number INTEGER PRIMARY KEY, chain TEXT NOT NULL, case_id TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ix_leaf ON leaf (case_id, chain, seq);
CREATE TABLE IF NOT EXISTS head (
    chain TEXT NOT NULL, case_id TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (case_id, chain)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS node (
    level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken (
    number INTEGER PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, at TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A checkpoint that the index has: its number, and its size, root and time."""

    number: int
    size: int
    root: bytes
    at: datetime


class Index:
    """`path`: a file, or ":memory:". Use within `with`: it commits at the end, and not when something was raised.

    `keep` False: for a file that is thrown away, which need not reach the disk."""

    def __init__(self, path: Path | str, *, keep: bool = True) -> None:
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        mode = "PRAGMA journal_mode=WAL" if keep else "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF"
        self._db.executescript(f"{mode}; {_SCHEMA}")

    def __enter__(self) -> Index:
        self._db.execute("BEGIN IMMEDIATE")
        self.edge = Edge(self.last().size, self.whole)
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")

    def close(self) -> None:
        self._db.close()

    def whole(self, level: int, number: int) -> bytes:
        """See `merkle.Whole`."""
        found: bytes = self._db.execute(
            "SELECT hash FROM node WHERE level = ? AND number = ?", (level, number)
        ).fetchone()[0]
        return found

    def last(self) -> Taken:
        """The newest checkpoint; number 0 for none."""
        row = self._db.execute("SELECT number, size, root, at FROM taken ORDER BY number DESC LIMIT 1").fetchone()
        return _taken(row) if row else Taken(0, 0, b"", datetime.min)  # noqa: DTZ901 -- never shown

    def taken_with(self, leaf: int) -> Taken:
        """The first checkpoint that holds leaf number `leaf`, counted from 0."""
        query = "SELECT number, size, root, at FROM taken WHERE size > ? ORDER BY number LIMIT 1"
        return _taken(self._db.execute(query, (leaf,)).fetchone())

    def checkpoints(self) -> Iterator[Taken]:
        for row in self._db.execute("SELECT number, size, root, at FROM taken ORDER BY number"):
            yield _taken(row)

    def add(self, leaf: Leaf) -> None:
        """One more leaf, behind the last."""
        number = self.edge.size
        nodes = list(self.edge.add(leaf_hash(leaf.line)))
        self._db.executemany("INSERT OR REPLACE INTO node VALUES (?, ?, ?)", nodes)
        row = (leaf.chain, leaf.case_id, leaf.seq, leaf.hash, number)
        self._db.execute("INSERT INTO leaf (chain, case_id, seq, hash, number) VALUES (?, ?, ?, ?, ?)", row)
        self._db.execute("INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?)", row)

    def take(self, taken: Taken) -> None:
        """All leaves so far are in this checkpoint."""
        row = (taken.number, taken.size, taken.root, taken.at.isoformat())
        self._db.execute("INSERT INTO taken VALUES (?, ?, ?, ?)", row)

    def head(self, chain: str, case_id: str) -> Head:
        """Where the log knows this chain to end."""
        row = self._db.execute(
            "SELECT seq, hash FROM head WHERE case_id = ? AND chain = ?", (case_id, chain)
        ).fetchone()
        return Head(*row) if row else Head()

    def newest(self, chain: str, case_id: str) -> tuple[int, Leaf] | None:
        """The last leaf of a chain, and its number counted from 0; None when there is none."""
        query = "SELECT number, chain, case_id, seq, hash FROM head WHERE case_id = ? AND chain = ?"
        row = self._db.execute(query, (case_id, chain)).fetchone()
        return (row[0], Leaf(*row[1:])) if row else None

    def leaf(self, number: int) -> Leaf:
        """Leaf number `number`, counted from 0."""
        query = "SELECT chain, case_id, seq, hash FROM leaf WHERE number = ?"
        return Leaf(*self._db.execute(query, (number,)).fetchone())

    def leaves(self, chain: str, case_id: str) -> Iterator[tuple[int, Leaf]]:
        """Leaves of one chain by their numbers in it, each with its number in the log."""
        query = (
            "SELECT number, chain, case_id, seq, hash FROM leaf WHERE case_id = ? AND chain = ? ORDER BY seq, number"
        )
        for row in self._db.execute(query, (case_id, chain)):
            yield row[0], Leaf(*row[1:])

    def chains(self, chain: str) -> Iterator[str]:
        """Ids of all cases that have leaves in this kind of chain, in order."""
        for row in self._db.execute("SELECT case_id FROM head WHERE chain = ? ORDER BY case_id", (chain,)):
            yield row[0]


def _taken(row: tuple[int, int, bytes, str]) -> Taken:
    return Taken(row[0], row[1], row[2], datetime.fromisoformat(row[3]))
