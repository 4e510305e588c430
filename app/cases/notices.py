"""Notices that a step causes: who is told, with a link and a deadline and no health data (XX-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.engine import Effect, Step, Task
from app.identity import ROLES, person_ids_of_team


def notices(
    connection: sa.Connection,
    case_id: str,
    reference: str,
    orgs: Mapping[str, str],
    step: Step,
    parties: Mapping[str, Sequence[str]],
) -> list[dict[str, Any]]:
    """Outbox rows for every `notify` effect. `orgs`: side ("employer", "provider") to organisation id."""
    rows: list[dict[str, Any]] = []
    for effect in step.effects:
        if effect.topic == "notify":
            for role in str(effect.params.get("to", "")).split():
                about = next((task for task in step.tasks if task.role == role), None)
                people = _recipients(connection, role, orgs, parties)
                rows.extend(_row(case_id, reference, effect, person, about) for person in people)
    return rows


def _recipients(
    connection: sa.Connection, role: str, orgs: Mapping[str, str], parties: Mapping[str, Sequence[str]]
) -> Sequence[str]:
    if role in parties:
        return parties[role]
    if role in ROLES and ROLES[role].kind == "team":
        return person_ids_of_team(connection, orgs.get(ROLES[role].side, ""), role)
    return ()


def _due(about: Task | None) -> str:
    """A task whose clock stands still is not due at any time yet."""
    return about.due.at.isoformat() if about and about.due and about.due.paused is None else ""


def _row(case_id: str, reference: str, effect: Effect, person: str, about: Task | None) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "task_id": about.id if about else None,
        "recipient_id": person,
        "template": str(effect.params.get("template", "")),
        "params": {"reference": reference, "due": _due(about)},
    }
