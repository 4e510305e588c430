"""Showing once more who one is: the second step of a login, and before what is grave.

Each try is counted and committed before it is looked at, as in `sessions.sign_in`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from app import db
from app.identity import lockout, passwords, second_step, sessions
from app.identity.actor import Half
from app.identity.errors import TooManyTries, WrongCode, WrongPassword
from app.identity.sealing import Sealing
from app.identity.tables import account

log = logging.getLogger("waymark.identity")
Found = TypeVar("Found")


def counted(engine: sa.Engine, name: str, now: datetime) -> None:
    """Count one try under `name`. Raises `TooManyTries`."""
    with db.transaction(engine) as conn:
        tried = lockout.attempt(conn, name, now)
    if tried.refused:
        log.warning("proof locked", extra={"wait_seconds": tried.wait_seconds})
        raise TooManyTries(tried.wait_seconds)


def finish(engine: sa.Engine, sealer: Sealing, half: Half, token: str, typed: str, now: datetime) -> str:
    """The second step of a login; the cookie's new value. Raises `WrongCode`, `TooManyTries`."""
    with_code(engine, sealer, half.person_id, typed, now)
    with db.transaction(engine) as conn:
        return _whole(conn, half, token, now)


def enrol(
    engine: sa.Engine, sealer: Sealing, half: Half, token: str, typed: str, now: datetime
) -> tuple[str, list[str]]:
    """The first code of a new second step during a login; the cookie's new value and the recovery codes."""
    codes = confirm(engine, sealer, half.person_id, typed, now)
    with db.transaction(engine) as conn:
        return _whole(conn, half, token, now), codes


def _whole(conn: sa.Connection, half: Half, token: str, now: datetime) -> str:
    sessions.sign_out(conn, token)
    log.info("second step done", extra={"person": half.person_id})
    return sessions.open_session(conn, half.person_id, now, second=True, issuer=half.issuer)


def confirm(engine: sa.Engine, sealer: Sealing, person_id: str, typed: str, now: datetime) -> list[str]:
    """Switch on the second step that was begun; its recovery codes. Raises `WrongCode`, `TooManyTries`."""
    return _tried(engine, person_id, now, lambda conn: second_step.confirm(conn, sealer, person_id, typed, now))


def with_code(engine: sa.Engine, sealer: Sealing, person_id: str, typed: str, now: datetime) -> None:
    """A code from the app, or a recovery code. Raises `WrongCode`, `TooManyTries`."""
    _tried(engine, person_id, now, lambda conn: second_step.check(conn, sealer, person_id, typed, now) or None)


def _tried(engine: sa.Engine, person_id: str, now: datetime, look: Callable[[sa.Connection], Found | None]) -> Found:
    name = lockout.of_codes(person_id)
    counted(engine, name, now)
    with db.transaction(engine) as conn:
        found = look(conn)
        if found is not None:
            lockout.forgive(conn, name)
    if found is None:
        log.warning("second step failed", extra={"person": person_id})
        raise WrongCode
    return found


def with_password(engine: sa.Engine, person_id: str, typed: str, now: datetime) -> None:
    """The own password, while logged in. Raises `WrongPassword`, `TooManyTries`."""
    name = lockout.of_passwords(person_id)
    counted(engine, name, now)
    with db.reading(engine) as conn:
        known = conn.execute(sa.select(account.c.password_hash).where(account.c.person_id == person_id)).scalar()
    if not passwords.matches(known, typed):
        log.warning("password failed", extra={"person": person_id})
        raise WrongPassword
    with db.transaction(engine) as conn:
        lockout.forgive(conn, name)


def again(engine: sa.Engine, sealer: Sealing, person_id: str, token: str, typed: str, now: datetime) -> None:
    """Before something grave: a code where there is a second step, else the password.

    Raises `WrongCode`, `WrongPassword`, `TooManyTries`.
    """
    with db.reading(engine) as conn:
        has_codes = second_step.state(conn, person_id).on
    if has_codes:
        with_code(engine, sealer, person_id, typed, now)
    else:
        with_password(engine, person_id, typed, now)
    with db.transaction(engine) as conn:
        sessions.proved(conn, token, now)
