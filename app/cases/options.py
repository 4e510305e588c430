"""Choices that a form takes from the data: people of the employer or of the provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from app.forms import Option
from app.identity import people_with_membership

#: form-js `valuesKey` to (side, membership)
SOURCES: Mapping[str, tuple[str, str]] = {
    "employees": ("employer", "employee"),
    "managers": ("employer", "manager"),
    "hr_people": ("employer", "hr"),
    "practitioners": ("provider", "practitioner"),
    "specialists": ("provider", "specialist"),
    "committee": ("employer", "committee_member"),
    "union_people": ("employer", "union"),
}


class Offered(Mapping[str, Sequence[Option]]):
    """The choices by `valuesKey`, each list read when it is first asked for: checking a form asks only for those
    that were answered. People by name, value = person id."""

    def __init__(self, connection: sa.Connection, employer_id: str, provider_id: str) -> None:
        self._connection = connection
        self._orgs = {"employer": employer_id, "provider": provider_id}
        self._read: dict[str, list[Option]] = {}

    def __getitem__(self, key: str) -> list[Option]:
        if key not in self._read:
            side, membership = SOURCES[key]
            people = people_with_membership(self._connection, self._orgs[side], membership)
            self._read[key] = [Option(person_id, name) for person_id, name in people]
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(SOURCES)

    def __len__(self) -> int:
        return len(SOURCES)


def options_for(
    connection: sa.Connection, keys: Iterable[str], employer_id: str, provider_id: str
) -> dict[str, list[Option]]:
    """The choices for every `valuesKey` that a form uses, to be shown."""
    offered = Offered(connection, employer_id, provider_id)
    return {key: offered[key] for key in keys if key in SOURCES}
