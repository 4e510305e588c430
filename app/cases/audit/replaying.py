"""Replaying a case: what happened, step by step, as far as its auditor may know."""

from __future__ import annotations

from datetime import datetime

from app.cases.audit.entries import Told, entries
from app.cases.audit.heads import head
from app.cases.audit.sight import auditing
from app.cases.audit.views import Head
from app.cases.waymark import Waymark
from app.identity import Actor


def replay(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> tuple[Head, list[Told]]:
    """Raises `NotFound`, `LookNotWritten`."""
    with auditing(waymark, actor, case_id, now, "replay") as (connection, sight):
        return head(connection, sight), entries(connection, sight)
