"""Sending what is due. A row is leased, sent outside any transaction, then marked.

A sender that dies in between leaves a row whose lease runs out; another sends it again with the same
Message-ID, by which the mail server or the reader's program drops the second copy.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from app import db, signed
from app.outbox import mail, templates
from app.outbox.tables import outbox
from app.settings import Settings

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
#: After so many attempts a message is parked.
ATTEMPTS = 8


class Addressee(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def tz(self) -> str: ...


#: Who people are, by id. Handed in, because people are another noun's business.
AddressBook = Callable[[sa.Connection, Iterable[str]], Mapping[str, Addressee]]


@dataclass
class Sent:
    """What became of one batch. `parked`: given up for good; `unaddressed`: no e-mail address known."""

    sent: int = 0
    retried: int = 0
    parked: int = 0
    unaddressed: int = 0


def send_due(
    engine: sa.Engine,
    settings: Settings,
    now: datetime,
    address_book: AddressBook,
    texts: Mapping[str, templates.Template],
    limit: int = 50,
) -> Sent:
    """Send up to `limit` messages that are due at `now`. Any number of senders may run at once."""
    with db.transaction(engine) as conn:
        rows = _lease(conn, now, limit)
        people = address_book(conn, {row.recipient_id for row in rows}) if rows else {}
    result = Sent()
    mailable = []
    for row in rows:
        to = people.get(row.recipient_id)
        if to is None or not to.email:
            _mark(engine, row.id, next_at=None, last_error="no address")
            result.unaddressed += 1
        else:
            mailable.append((row, to))
    if mailable:
        _send_all(engine, settings, now, mailable, texts, result)
    return result


def _lease(conn: sa.Connection, now: datetime, limit: int) -> list[Any]:
    due = (
        sa.select(outbox)
        .where(outbox.c.next_at <= now)
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(conn.execute(due))
    if rows:
        leased = sa.update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
        conn.execute(leased.values(next_at=now + LEASE, attempts=outbox.c.attempts + 1))
    return rows


def _send_all(
    engine: sa.Engine,
    settings: Settings,
    now: datetime,
    mailable: list[tuple[Any, Addressee]],
    texts: Mapping[str, templates.Template],
    result: Sent,
) -> None:
    done = 0
    try:
        with mail.carrier(settings) as carrier:
            for row, to in mailable:
                _send_one(engine, settings, now, row, to, texts, carrier, result)
                done += 1
    except (OSError, smtplib.SMTPException) as error:
        # The server cannot be reached, or is gone: the rest of the batch waits, too.
        for row, _to in mailable[done:]:
            _failed(engine, row, now, error, result)


def _send_one(
    engine: sa.Engine,
    settings: Settings,
    now: datetime,
    row: Any,
    to: Addressee,
    texts: Mapping[str, templates.Template],
    carrier: mail.Carrier,
    result: Sent,
) -> None:
    subject, text = words(settings, row, to.name, to.tz, texts)
    try:
        message = mail.build(settings, (to.name, to.email), subject, text, row.message_id, row.created_at)
        carrier.send(message)
    except (mail.BadAddress, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        _failed(engine, row, now, error, result)
    else:
        _mark(engine, row.id, next_at=None, sent_at=now, last_error=None)
        result.sent += 1


def words(settings: Settings, row: Any, name: str, tz: str, texts: Mapping[str, templates.Template]) -> tuple[str, str]:
    """Subject and text of one message (a row, or a `put.Message`) for its reader."""
    values = {
        "person": name,
        "reference": row.params.get("reference", ""),
        "link": f"{settings.base_url.rstrip('/')}/{_target(settings, row)}",
        "due": templates.due_words(row.params.get("due", ""), tz),
    }
    return templates.render(templates.OWN.get(row.template) or texts.get(row.template, templates.FALLBACK), values)


def _target(settings: Settings, row: Any) -> str:
    """The path of the page that a message leads to. What opens an account is made here, and kept nowhere."""
    if "link_id" in row.params:
        return f"reset/{signed.link_token(settings.secret_key, row.params['link_id'])}"
    return f"tasks/{row.task_id}" if row.task_id else f"cases/{row.case_id}"


def _failed(engine: sa.Engine, row: Any, now: datetime, error: Exception, result: Sent) -> None:
    attempts = row.attempts + 1
    # The name of the error only: a server's answer can repeat an address.
    name = type(error).__name__
    if attempts >= ATTEMPTS or _is_final(error):
        _mark(engine, row.id, next_at=None, failed_at=now, last_error=name)
        result.parked += 1
    else:
        _mark(engine, row.id, next_at=now + retry_after(attempts), last_error=name)
        result.retried += 1


def retry_after(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, 6 hours at most."""
    return min(LONGEST_RETRY, FIRST_RETRY * (1 << min(attempts - 1, 20)))


def _is_final(error: Exception) -> bool:
    """Whether trying again is in vain: a bad address, or one that the server refuses for good (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, mail.BadAddress)


def _mark(engine: sa.Engine, row_id: str, **values: Any) -> None:
    with db.transaction(engine) as conn:
        conn.execute(sa.update(outbox).where(outbox.c.id == row_id).values(**values))
