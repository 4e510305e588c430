"""What was entered at each step, as far as an auditor may see: the fields that everybody in the case may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import privacy, records
from app.cases.options import Offered
from app.cases.queries.answers import readable
from app.cases.queries.sight import Sight
from app.cases.waymark import Waymark

#: task ("" for none), form, moment
Place = tuple[str, str, datetime]


@dataclass(frozen=True)
class Entered:
    """`answers`: (label, answer in words). `partly`: the form asks for more, which is withheld, answered or not."""

    answers: list[tuple[str, str]]
    partly: bool


def entered(
    waymark: Waymark, connection: sa.Connection, sight: Sight, since: datetime, until: datetime
) -> dict[Place, Entered]:
    """Of the forms that were sent between these moments, both included."""
    table = records.submission
    rows = connection.execute(sa.select(table.c.id, table.c.task_id).where(table.c.case_id == sight.row.id))
    tasks = {row.id: row.task_id or "" for row in rows}
    options = Offered(connection, sight.row.employer_id, sight.row.provider_id)
    found: dict[Place, Entered] = {}
    for one in readable(waymark, connection, sight):
        if one.at < since:
            break
        if one.at <= until:
            sight.seen.fields(one.thing, one.shown)
            lines = one.form.lines({**one.answers, **one.erased}, options)
            partly = bool(privacy.hidden_keys(one.form, sight.viewer))
            found[tasks.get(one.id, ""), one.form.id, one.at] = Entered(lines, partly)
    return found
