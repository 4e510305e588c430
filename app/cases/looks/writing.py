"""Noting a look, before what was looked at leaves. What cannot be noted is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import db, logs
from app.cases.looks.tables import look, look_head
from app.cases.waymark import Waymark
from app.errors import WaymarkError
from app.history import Entry, Head, extend
from app.history.chain import GENESIS
from app.identity import Actor

#: one row stands for all views of the same things by the same person within this time of it
SAME = timedelta(minutes=1)


class LookNotWritten(WaymarkError):
    """Waymark could not record that you looked, so it shows nothing. Nothing was changed. Try again in a minute."""

    status = 503


def note(
    waymark: Waymark,
    actor: Actor,
    chain: str,
    looks: Iterable[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Add looks to a chain: a transaction of its own that waits for nothing but other looks in this chain.

    Each of `looks`: `ground`, `class`, `items`, `roles`, `subject`, `emergency`; never a value.
    Raises `LookNotWritten`.
    """
    entries = [Entry(f"look.{waymark.way}", {**one, "org": actor.org_id}) for one in looks]
    if not entries:
        return
    try:
        _write(waymark, actor.person_id or actor.kind, chain, entries, now)
    except sa.exc.SQLAlchemyError as error:
        raise LookNotWritten from error
    for one in entries:
        told = {name: one.data[name] for name in ("ground", "class", "emergency")}
        logs.access("granted", actor=actor.person_id, case=chain, way=waymark.way, **told)


def _write(waymark: Waymark, actor_id: str, chain: str, entries: list[Entry], now: datetime) -> None:
    with db.reading(waymark.engine) as connection:
        known = _lately(connection, actor_id, chain, now)
    new = [one for one in entries if (one.kind, one.data) not in known]
    if new:
        with db.transaction(waymark.engine) as connection:
            add(connection, actor_id, chain, new, now)


def _lately(connection: sa.Connection, actor_id: str, chain: str, now: datetime) -> list[tuple[str, Any]]:
    """What this person was shown within the last minute."""
    mine = sa.and_(look.c.actor_id == actor_id, look.c.at > now - SAME, look.c.at <= now, look.c.case_id == chain)
    bodies = [orjson.loads(body) for body in connection.execute(sa.select(look.c.body).where(mine)).scalars()]
    return [(body["kind"], body["data"]) for body in bodies]


def add(connection: sa.Connection, actor_id: str, chain: str, entries: list[Entry], now: datetime) -> None:
    """Chain the entries. Holds the chain until the transaction ends."""
    head, rows = extend(_hold(connection, chain), chain, actor_id, now, entries)
    batch = db.Batch()
    batch.insert(look, [{**row, **columns(entry.data)} for row, entry in zip(rows, entries, strict=True)])
    batch.update(look_head, ["case_id"], [{"case_id": chain, "seq": head.seq, "hash": head.hash}], strict=True)
    batch.run(connection)


def columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns of a look repeat of its entry."""
    named = {"subject_id": "subject", "org_id": "org", "ground": "ground", "emergency_id": "emergency"}
    return {column: data[name] for column, name in named.items()}


def _hold(connection: sa.Connection, chain: str) -> Head:
    """The end of the chain, made on first use and locked."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    held = (
        insert(look_head)
        .values(case_id=chain, seq=0, hash=GENESIS)
        .on_conflict_do_update(index_elements=["case_id"], set_={"seq": look_head.c.seq})
        .returning(look_head.c.seq, look_head.c.hash)
    )
    row = connection.execute(held).one()
    return Head(row.seq, row.hash)
