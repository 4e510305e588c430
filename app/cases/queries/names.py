"""What people are called, looked up when a name is first needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from app.identity.people import persons


class Names(Mapping[str, str]):
    """Person id to name. Whoever is not a person (the clock, the system) is not in it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._found: dict[str, str | None] = {}

    def __getitem__(self, person_id: str) -> str:
        if person_id not in self._found:
            found = persons(self._connection, {person_id}).get(person_id)
            self._found[person_id] = found.name if found else None
        name = self._found[person_id]
        if name is None:
            raise KeyError(person_id)
        return name

    def __iter__(self) -> Iterator[str]:
        return (person_id for person_id, name in self._found.items() if name is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
