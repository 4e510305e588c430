"""Choices that a form takes from the data: people of the employer or of the provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from app.forms import Option
from app.identity import people_with_membership

#: form-js `valuesKey` to (side, membership)
SOURCES: Mapping[str, tuple[str, str]] = {
    "employees": ("employer", "employee"),
    "managers": ("employer", "manager"),
    "hr_people": ("employer", "hr"),
    "practitioners": ("provider", "practitioner"),
}


def options_for(
    connection: sa.Connection, keys: Iterable[str], employer_id: str, provider_id: str
) -> dict[str, list[Option]]:
    """The choices for every `valuesKey` that a form uses; people by name, value = person id."""
    orgs = {"employer": employer_id, "provider": provider_id}
    found: dict[str, list[Option]] = {}
    for key in keys:
        if key in SOURCES:
            side, membership = SOURCES[key]
            people = people_with_membership(connection, orgs[side], membership)
            found[key] = [Option(person_id, name) for person_id, name in people]
    return found
