"""What lies in a pack beside answers and history, for one case: the files that were sent, and who looked.

Files are held whole, one after the other, and then in the zip: a case with 50 MB of files makes a pack of as much in
memory while it is saved. Five files of 10 MB go into a form, so that this is rare and bounded by what people sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from app import records
from app.cases.export.sheets import sheet
from app.cases.files.naming import sent_ids
from app.cases.keyring import read_case_keys
from app.cases.looks.views import LookView
from app.cases.queries.answers import readable
from app.cases.queries.looks import every_look
from app.cases.queries.sight import Sight
from app.cases.waymark import Waymark
from app.files.names import tidy
from app.records import attachments

Named = tuple[str, bytes]


def sent_files(waymark: Waymark, connection: sa.Connection, sight: Sight) -> Iterator[Named]:
    """("files/R-2026-7KQM4X/01 plan.pdf", content) of every file in an answer that the viewer may see, oldest first.

    The caller notes the look. Raises `RecordUnreadable`.
    """
    answers = [one for one in readable(waymark, connection, sight) if one.form.pickers]
    ids: list[str] = []
    for one in answers:
        found = sent_ids(one.form, one.answers)
        if found:
            ids += found
            sight.seen.fields(one.thing, (field for field in one.shown if field.path in one.form.pickers))
    if not ids:
        return
    keys = read_case_keys(connection, waymark.master_key, sight.row)
    table = records.attachment
    mine = sa.and_(table.c.case_id == sight.row.id, table.c.submission_id.isnot(None), table.c.id.in_(ids))
    rows = connection.execute(sa.select(table).where(mine).order_by(table.c.uploaded_at, table.c.id)).all()
    for number, row in enumerate(rows, 1):
        own_key = attachments.file_key(keys, row)
        # numbered, so that two of one name are two; a name was made safe when it came, and is made so once more
        name = f"files/{sight.row.reference}/{number:02} {tidy(attachments.known(own_key, row).name)}"
        yield name, b"".join(attachments.pieces(connection, own_key, row.id, row.size))


_LOOKS = ["when", "who", "as", "looked-at", "allowed-because", "way"]


def who_looked(waymark: Waymark, connection: sa.Connection, sight: Sight) -> Iterable[Named]:
    """A table of the looks into the case, oldest first: for the employee and the case's practitioner, who may read
    them (UN-8); nothing for others."""
    found = every_look(connection, sight)
    return [] if found is None else [(f"looks-{sight.row.reference}.csv", sheet(_LOOKS, map(_look, found)))]


def _look(one: LookView) -> Iterable[str]:
    return one.at.isoformat(), one.who, one.role, "; ".join(one.what), one.ground, one.way
