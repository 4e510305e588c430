"""Which files answers name, and which of them a draft keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app import records
from app.forms import Form
from app.forms.values import file_ids


def sent_ids(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """Ids of all files in the answers, each once."""
    if not form.pickers:
        return []
    found = (one for _label, value in form.files(answers) for one in file_ids(value) if one)
    return list(dict.fromkeys(found))


def keep(connection: sa.Connection, form: Form, answers: Mapping[str, Any], task_id: str) -> None:
    """A draft was saved: the files that it names stay while the task is open."""
    if not form.pickers:
        return
    table, ids = records.attachment, sent_ids(form, answers)
    mine = table.update().where(table.c.task_id == task_id, table.c.submission_id.is_(None))
    connection.execute(mine.values(kept=table.c.id.in_(ids)))
