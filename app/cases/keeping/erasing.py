"""Erasing: the data keys of classes go out of a case's row, and a person's key out of its table.

One case, one transaction, its row first. The ciphertext stays where it is and is of no use to anybody: neither the
database nor the master key opens it (see `records.keys`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import records
from app.cases.keeping.plan import present
from app.cases.keeping.telling import tell
from app.cases.tables import case, task
from app.history import Entry
from app.identity import SYSTEM_ACTOR
from app.identity.people import pseudonymise


def erase_classes(
    connection: sa.Connection, row: sa.Row[Any], what: Any, classes: Collection[str], now: datetime, **more: Any
) -> bool:
    """Erase classes of a case that this transaction has locked. `what`: the row of `erasure` that asks for it (`id`,
    `rule`, `policy`, `kind`). Nothing, and False, when all of them have gone already: so it can be done again after a
    kill. `more`: for the history."""
    goes = [cls for cls in present(row) if cls in classes]
    if not goes:
        return False
    mark = {"at": more.get("erased_at") or now.isoformat(), "under": what.rule, "erasure": what.id}
    entry = Entry(
        "records.erased",
        {
            "classes": goes,
            "under": what.rule,
            "policy": what.policy,
            "kind": what.kind,
            "erasure": what.id,
            "rules": ["XX-1", "XX-3"],
            **more,
        },
    )
    tasks = sa.select(task.c.id).where(task.c.case_id == row.id)
    connection.execute(records.draft.delete().where(records.draft.c.task_id.in_(tasks)))
    left = {cls: key for cls, key in row.data_keys.items() if cls not in goes}
    erased = {**row.erased, **dict.fromkeys(goes, mark)}
    tell(connection, row, [entry], SYSTEM_ACTOR, now, data_keys=left, erased=erased)
    return True


def erase_person(connection: sa.Connection, person_id: str, name_too: bool) -> bool:
    """Delete a person's key when nothing about them is left that could be read, and their name when that is asked.

    A case that is being started holds the key's row: it is seen here, or makes a key of its own afterwards.
    """
    key = records.person_key
    held = sa.select(key.c.person_id).where(key.c.person_id == person_id).with_for_update()
    there = connection.execute(held).first() is not None
    rows = connection.execute(sa.select(case).where(case.c.subject_id == person_id)).all()
    if any(row.status == "running" or present(row) for row in rows):
        return False
    connection.execute(key.delete().where(key.c.person_id == person_id))
    if name_too:
        pseudonymise(connection, person_id)
    return there


def outcome(connection: sa.Connection, what: sa.Row[Any], person: bool) -> Mapping[str, Any]:
    """For the row of `erasure` when it is over."""
    query = sa.select(case.c.id, case.c.erased).where(case.c.subject_id == what.person_id).order_by(case.c.id)
    rows = connection.execute(query).all()
    done = [row.id for row in rows if any(mark.get("erasure") == what.id for mark in row.erased.values())]
    return {"erased": done, "kept": [row.id for row in rows if present_of(row.erased)], "person": person}


def present_of(erased: Mapping[str, Any]) -> bool:
    return any(cls not in erased for cls in records.CLASSES)
