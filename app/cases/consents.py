"""What the employee has agreed to in a case, as it stands now (XX-A2)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.records import consent

#: of two words said in the same instant the stricter counts
_STRICT = ("given", "refused", "withdrawn")


def newest(connection: sa.Connection, row: sa.Row[Any]) -> dict[str, str]:
    """The employee's newest word by scope: "given", "refused" or "withdrawn". `row`: of the cases table."""
    said = sa.select(consent.c.scope, consent.c.decision, consent.c.at).where(
        consent.c.case_id == row.id, consent.c.person_id == row.subject_id, consent.c.item == ""
    )
    words = sorted(connection.execute(said), key=lambda one: (one.at, _STRICT.index(one.decision)))
    return {one.scope: one.decision for one in words}
