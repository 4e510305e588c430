"""Which message can go where, asked of the tables each time.

Nothing is remembered of an attempt that found nobody, so no wake-up can be lost: a message and a wait that fit are
found together, whichever was written first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from app.cases.tables import message, subscription

#: how many errands are looked up at once
PAGE = 50


Kind = Literal["deliver", "settle"]


@dataclass(frozen=True)
class Errand:
    """`deliver` a message to the case `case_id` that waits for it, or `settle` one that nobody takes, in its sender's
    own case: `case_id` is the row to be locked."""

    kind: Kind
    message_id: str
    case_id: str


def errands(connection: sa.Connection, now: datetime, senders: frozenset[str] | None = None) -> list[Errand]:
    """What can be done now, each message once, in the order in which they were sent. `senders`: only theirs."""
    found: dict[str, tuple[tuple[datetime, int], Errand]] = {}
    asked = {"now": now, **({"senders": sorted(senders)} if senders else {})}
    for kind, query in _QUERIES.items():
        chosen = query.where(message.c.from_case.in_(sa.bindparam("senders", expanding=True))) if senders else query
        for row in connection.execute(chosen.limit(PAGE), asked):
            found.setdefault(row.id, ((row.sent_at, row.number), Errand(kind, row.id, row.case_id)))
    return [errand for _at, errand in sorted(found.values(), key=lambda one: one[0])]


def claim(connection: sa.Connection, errand: Errand, now: datetime) -> sa.Row[Any] | None:
    """The message, held until the transaction ends, if the errand is still to be done; the case is locked by then.

    One that another worker holds is passed over, so that nobody ever waits for a message.
    """
    place = subscription.c.case_id if errand.kind == "deliver" else message.c.from_case
    chosen = _QUERIES[errand.kind].where(message.c.id == errand.message_id, place == errand.case_id)
    chosen = chosen.with_only_columns(*_columns(errand))
    held = chosen.limit(1).with_for_update(of=message, skip_locked=True)
    return connection.execute(held, {"now": now}).first()


def told_here(connection: sa.Connection, letter: sa.Row[Any]) -> sa.Row[Any] | None:
    """The wait of the sender's own case to be told that nobody took the message; None if it does not wait for that."""
    fits = sa.or_(subscription.c.key.is_(None), subscription.c.key == letter.key)
    query = sa.select(subscription).where(
        subscription.c.case_id == letter.from_case,
        subscription.c.name == letter.told,
        sa.not_(subscription.c.said),
        fits,
    )
    return connection.execute(query.limit(1)).first()


def _reaches(sent: Any, wait: Any) -> sa.ColumnElement[bool]:
    """Does the message fit the wait? Only between cases of one employee, employer and provider, never to itself, and
    never one that is for people to say."""
    return sa.and_(
        wait.c.subject_id == sent.c.subject_id,
        wait.c.name == sent.c.name,
        sa.or_(wait.c.key.is_(None), wait.c.key == sent.c.key),
        wait.c.employer_id == sent.c.employer_id,
        wait.c.provider_id == sent.c.provider_id,
        wait.c.case_id != sent.c.from_case,
        sa.not_(wait.c.said),
    )


_NOW = sa.bindparam("now", type_=message.c.sent_at.type)
_before, _there = message.alias("before"), subscription.alias("there")


def _out_of_patience(sent: Any) -> sa.ColumnElement[bool]:
    return sa.or_(sent.c.starts.isnot(None), sent.c.unmatched == "tell", sent.c.keep_until <= _NOW)


def _somebody_waits(sent: Any) -> sa.ColumnElement[bool]:
    other = subscription.alias()
    return sa.exists(sa.select(sa.literal(1)).select_from(other).where(_reaches(sent, other)))


#: messages that were sent earlier by the same case and are not over
_EARLIER = (
    _before.c.from_case == message.c.from_case,
    _before.c.state == "waiting",
    _before.c.number < message.c.number,
)
_READY = (message.c.state == "waiting", sa.or_(message.c.next_try_at.is_(None), message.c.next_try_at <= _NOW))
#: a case hears what another sends it in the order in which it was sent, and nothing while an earlier one fails
_OVERTAKES = sa.exists(
    sa.select(sa.literal(1))
    .select_from(_before.join(_there, _reaches(_before, _there)))
    .where(*_EARLIER, _there.c.case_id == subscription.c.case_id)
)
#: the wait that has lasted longest gets it, one for its very key before one for any
_TAKEN = (
    sa.select(message.c.id, message.c.sent_at, message.c.number, subscription.c.case_id)
    .select_from(message.join(subscription, _reaches(message, subscription)))
    .where(*_READY, ~_OVERTAKES)
    .order_by(
        message.c.sent_at,
        message.c.number,
        subscription.c.key.is_(None),
        subscription.c.since,
        subscription.c.case_id,
        subscription.c.id,
    )
)
_ACTS_EARLIER = sa.exists(
    sa.select(sa.literal(1))
    .select_from(_before)
    .where(*_EARLIER, sa.or_(_out_of_patience(_before), _somebody_waits(_before)))
)
_UNTAKEN = (
    sa.select(message.c.id, message.c.sent_at, message.c.number, message.c.from_case.label("case_id"))
    .where(*_READY, _out_of_patience(message), ~_somebody_waits(message), ~_ACTS_EARLIER)
    .order_by(message.c.sent_at, message.c.number)
)


_QUERIES: dict[Kind, sa.Select[Any]] = {"deliver": _TAKEN, "settle": _UNTAKEN}


def _columns(errand: Errand) -> list[Any]:
    taken = [subscription.c.process.label("taken_at"), subscription.c.element_id.label("taken_by")]
    return [message, *(taken if errand.kind == "deliver" else [])]
