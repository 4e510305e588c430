"""Whom a new task goes to: the case's party in its role, else the team's queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.identity import ROLES


def assign(
    role: str, parties: Mapping[str, Sequence[str]], employer_id: str, provider_id: str
) -> tuple[str | None, str]:
    """(person or None for the queue, organisation whose queue it is)."""
    org = provider_id if role in ROLES and ROLES[role].side == "provider" else employer_id
    people = parties.get(role, ())
    return (people[0] if len(people) == 1 else None), org


def with_parties(
    parties: Mapping[str, Sequence[str]], chosen: Mapping[str, str]
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Parties after a form named some; and what changed, as (role, person). The newest named holds the role."""
    merged = {role: list(people) for role, people in parties.items()}
    changed = []
    for role, person in chosen.items():
        if person and merged.get(role) != [person]:
            merged[role] = [person]
            changed.append((role, person))
    return merged, changed
