"""One leaf for each entry of a case's history and of its looks: case, number and hash, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from app.history.chain import canonical

#: the chains that are logged: a case's history, and the looks at it
CASE, LOOK = "case", "look"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry as the log knows it. `seq`: its number in its chain; `hash`: as the database said it."""

    chain: str
    case_id: str
    seq: int
    hash: str

    @property
    def line(self) -> bytes:
        """Canonical JSON, without a line break: what is hashed."""
        return canonical({"case": self.case_id, "chain": self.chain, "hash": self.hash, "seq": self.seq})

    @classmethod
    def read(cls, line: bytes) -> Leaf | None:
        """None when it is no leaf as we write them."""
        try:
            told = orjson.loads(line)
            found = cls(told["chain"], told["case"], told["seq"], told["hash"])
        except (ValueError, TypeError, KeyError):
            return None
        return found if found.line == line else None
