"""Second-step secrets under another master key. Who the masters are is the caller's: see `app.cases.keeping`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from app.identity.sealing import Enveloped, parts
from app.identity.tables import second_step

_SECRETS = ("sealed", "pending")


def wrapped_keys(conn: sa.Connection) -> Iterator[bytes]:
    """Of each secret, those too that wait to be confirmed, the key as it is wrapped."""
    for row in conn.execute(sa.select(second_step.c.sealed, second_step.c.pending)):
        yield from (parts(bytes(value))[0] for value in row if value is not None)


def rewrap(
    conn: sa.Connection, sealer: Enveloped, stale: Callable[[bytes], bool], after: str, most: int
) -> tuple[int, str | None]:
    """Of the accounts that follow `after` in order, `most` of them: wrap anew the keys of which `stale` says so.

    How many secrets there were, and the id of the last account looked at, None when no more follow.
    """
    query = sa.select(second_step).where(second_step.c.person_id > after).order_by(second_step.c.person_id)
    rows = conn.execute(query.limit(most).with_for_update()).all()
    number = 0
    for row in rows:
        held = {name: bytes(getattr(row, name)) for name in _SECRETS if getattr(row, name) is not None}
        again = {name: sealer.rewrapped(one, row.person_id) for name, one in held.items() if stale(parts(one)[0])}
        if again:
            conn.execute(sa.update(second_step).where(second_step.c.person_id == row.person_id).values(**again))
        number += len(again)
    return number, rows[-1].person_id if len(rows) == most else None
