"""Making a pack: by an auditor on a page, or in the shell by whoever runs the machine. It is noted as a look at the
case before it is handed out, and kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from typing import IO

import sqlalchemy as sa

from app import db
from app.cases.audit.packing.gathering import Signed, gather, signed
from app.cases.audit.packing.zipping import zipped
from app.cases.audit.sight import audited, look_of, with_eyes
from app.cases.looks import writing
from app.cases.queries.sight import Sight
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import SYSTEM_ACTOR, Actor


def pack(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> tuple[str, IO[bytes]]:
    """File name and content, at its beginning; the caller closes it. Raises `NotFound` to everybody but an auditor of
    the case's provider, `LookNotWritten`."""
    with db.reading(waymark.engine) as connection:
        audited(connection, actor, case_id)
    log = signed(waymark.settings, case_id)
    with db.snapshot(waymark.engine) as connection:
        return _made(replace(waymark, way="export"), connection, audited(connection, actor, case_id), log, now)


def pack_in_shell(waymark: Waymark, named: str, now: datetime) -> tuple[str, IO[bytes]]:
    """The same with the eyes of an auditor, for a case called by its id or its reference.

    Raises `NotFound`, `LookNotWritten`."""
    known = sa.select(case.c.id).where(sa.or_(case.c.id == named, case.c.reference == named.upper()))
    with db.reading(waymark.engine) as connection:
        case_id = connection.execute(known).scalar()
    if case_id is None:
        raise NotFound("There is no case of this reference or id.")
    log = signed(waymark.settings, case_id)
    with db.snapshot(waymark.engine) as connection:
        row = connection.execute(sa.select(case).where(case.c.id == case_id)).one()
        return _made(waymark, connection, with_eyes(connection, row, SYSTEM_ACTOR), log, now)


def _made(
    waymark: Waymark, connection: sa.Connection, sight: Sight, log: Signed, now: datetime
) -> tuple[str, IO[bytes]]:
    found = gather(connection, sight, log)
    # a view holds one connection at a time
    connection.close()
    made = {"at": now.isoformat(), "by": sight.actor.name, "way": waymark.way, "release": version("waymark")}
    out = zipped(found, made)
    try:
        sight.note(waymark, now)
        writing.note(waymark, sight.actor, sight.row.id, [look_of(sight, "pack")], now)
    except BaseException:
        out.close()
        raise
    return f"{found.head.reference}.zip", out
