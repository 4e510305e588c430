"""The second step of a login: a code from an app, or one of ten recovery codes. Each is taken once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.identity import events, totp
from app.identity.reading import digest
from app.identity.sealing import Sealing
from app.identity.tables import membership, recovery_code, second_step

#: whoever reads clinical data, or looks after the machine and its rules
REQUIRED_OF = frozenset({"practitioner", "specialist", "oh_admin", "administrator", "auditor", "process_owner"})
CODES = 10
#: no letter that is easily taken for another (Crockford's base 32, in small letters)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH, _GROUP = 24, 4

Waits = Literal["code", "enrol"]
#: who needs a second step on this server: nobody, those whose roles are in `REQUIRED_OF`, every account
Required = Literal["", "roles", "everybody"]


@dataclass(frozen=True)
class State:
    """`codes_left`: recovery codes that were not used."""

    on: bool
    since: datetime | None
    codes_left: int


def required_of(policy: Required, memberships: Iterable[str]) -> bool:
    """Whether somebody who holds these cannot do without."""
    return policy == "everybody" or (policy == "roles" and not REQUIRED_OF.isdisjoint(memberships))


def waits_for(conn: sa.Connection, person_id: str, *, required: Required) -> Waits | None:
    """What still stands between a right password and being logged in. `required`: the policy of this server."""
    if state(conn, person_id).on:
        return "code"
    held = conn.execute(sa.select(membership.c.role).where(membership.c.person_id == person_id)).scalars()
    return "enrol" if required_of(required, held) else None


def state(conn: sa.Connection, person_id: str) -> State:
    row = conn.execute(sa.select(second_step).where(second_step.c.person_id == person_id)).one_or_none()
    if row is None or row.sealed is None:
        return State(on=False, since=None, codes_left=0)
    left = sa.select(sa.func.count()).where(recovery_code.c.person_id == person_id, recovery_code.c.used_at.is_(None))
    return State(on=True, since=row.since, codes_left=conn.execute(left).scalar_one())


def begin(conn: sa.Connection, sealer: Sealing, person_id: str) -> None:
    """Make a secret that waits to be confirmed. One that is in use stays in use until then."""
    sealed = sealer.seal(totp.new_secret().encode(), person_id)
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(second_step).values(person_id=person_id, pending=sealed, last_step=0)
    conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_={"pending": sealed}))


def pending(conn: sa.Connection, sealer: Sealing, person_id: str) -> str | None:
    """The secret that waits to be confirmed, in base 32."""
    found = conn.execute(sa.select(second_step.c.pending).where(second_step.c.person_id == person_id)).scalar()
    return None if found is None else sealer.unseal(found, person_id).decode()


def forget_pending(conn: sa.Connection, person_id: str) -> None:
    """Leave it as it was before `begin`."""
    mine = second_step.c.person_id == person_id
    conn.execute(sa.delete(second_step).where(mine, second_step.c.sealed.is_(None)))
    conn.execute(sa.update(second_step).where(mine).values(pending=None))


def confirm(conn: sa.Connection, sealer: Sealing, person_id: str, typed: str, now: datetime) -> list[str] | None:
    """Switch the second step on, if `typed` is the code of the new secret; its recovery codes, shown this once."""
    row = _locked(conn, person_id)
    if row is None or row.pending is None:
        return None
    step = totp.matching_step(sealer.unseal(row.pending, person_id).decode(), typed, now, 0)
    if step is None:
        return None
    conn.execute(
        sa.update(second_step)
        .where(second_step.c.person_id == person_id)
        .values(sealed=row.pending, pending=None, last_step=step, since=now)
    )
    events.record(conn, "second-step-on", person_id, now, actor_id=person_id)
    return make_codes(conn, person_id, now)


def check(conn: sa.Connection, sealer: Sealing, person_id: str, typed: str, now: datetime) -> bool:
    """Whether `typed` is the present code or a recovery code, which is then used up. `now`: real time, not a demo's.

    The row is locked first: of two who send the same code at once, one is refused.
    """
    row = _locked(conn, person_id)
    if row is None or row.sealed is None:
        return False
    if not totp.digits(typed):
        return _use_recovery_code(conn, person_id, typed, now)
    step = totp.matching_step(sealer.unseal(row.sealed, person_id).decode(), typed, now, row.last_step)
    if step is not None:
        conn.execute(sa.update(second_step).where(second_step.c.person_id == person_id).values(last_step=step))
    return step is not None


def _locked(conn: sa.Connection, person_id: str) -> sa.Row[tuple[object, ...]] | None:
    return conn.execute(
        sa.select(second_step).where(second_step.c.person_id == person_id).with_for_update()
    ).one_or_none()


def _use_recovery_code(conn: sa.Connection, person_id: str, typed: str, now: datetime) -> bool:
    used = conn.execute(
        sa.update(recovery_code)
        .where(
            recovery_code.c.code_hash == digest(plain(typed)),
            recovery_code.c.person_id == person_id,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=now)
    ).rowcount
    if used:
        events.record(conn, "recovery-code-used", person_id, now, actor_id=person_id)
    return bool(used)


def plain(typed: str) -> str:
    """A recovery code as it is hashed: without hyphens and blanks, small, and with what is read wrongly put right."""
    code = "".join(c for c in typed.casefold() if c.isalnum())[:40]
    return code.replace("o", "0").replace("i", "1").replace("l", "1")


def make_codes(conn: sa.Connection, person_id: str, now: datetime) -> list[str]:
    """Ten new recovery codes of 120 random bits each (so a fast hash will do). Those before are worth nothing now."""
    conn.execute(sa.delete(recovery_code).where(recovery_code.c.person_id == person_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(CODES)]
    conn.execute(
        sa.insert(recovery_code),
        [{"code_hash": digest(code), "person_id": person_id, "made_at": now, "used_at": None} for code in codes],
    )
    events.record(conn, "recovery-codes-made", person_id, now, actor_id=person_id)
    return ["-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for code in codes]


def remove(conn: sa.Connection, person_id: str) -> bool:
    """Take the second step away with its recovery codes; whether there was one. The caller says why (`events`)."""
    conn.execute(sa.delete(recovery_code).where(recovery_code.c.person_id == person_id))
    return bool(conn.execute(sa.delete(second_step).where(second_step.c.person_id == person_id)).rowcount)
