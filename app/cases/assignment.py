"""Whom a new task goes to: the case's party in its role, else the team's queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.cases.access import side_org
from app.identity import ROLES


def assign(
    role: str, parties: Mapping[str, Sequence[str]], employer_id: str, provider_id: str
) -> tuple[str | None, str]:
    """(person or None for the queue, organisation whose queue it is)."""
    people = parties.get(role, ())
    return (people[0] if len(people) == 1 else None), side_org(role, employer_id, provider_id)


@dataclass(frozen=True)
class Parties:
    """Parties after a change, and the change itself as (role, person)."""

    now: dict[str, list[str]]
    joined: tuple[tuple[str, str], ...] = ()
    left: tuple[tuple[str, str], ...] = ()


def with_parties(parties: Mapping[str, Sequence[str]], chosen: Mapping[str, str]) -> Parties:
    """Parties after some were named. The newest holder of a role replaces the one before, unless it is for several."""
    now = {role: list(people) for role, people in parties.items()}
    joined, left = [], []
    for role, person in chosen.items():
        before = now.get(role, [])
        several = role in ROLES and ROLES[role].several
        after = [*(one for one in before if several and one != person), person]
        if person and set(before) != set(after):
            now[role] = after
            left += [(role, one) for one in before if one not in after]
            joined += [(role, one) for one in after if one not in before]
    return Parties(now, tuple(joined), tuple(left))


def all_new(parties: Mapping[str, Sequence[str]]) -> Parties:
    """The parties of a case that begins."""
    joined = tuple((role, person) for role, people in parties.items() for person in people)
    return Parties({role: list(people) for role, people in parties.items()}, joined)


def without(parties: Mapping[str, Sequence[str]], role: str, person: str) -> Parties:
    """Parties after somebody has left a role."""
    now = {one: [who for who in people if (one, who) != (role, person)] for one, people in parties.items()}
    return Parties({one: people for one, people in now.items() if people}, (), ((role, person),))
