"""The one statement that begins a request: login or token, person, memberships and the database's clock."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa

from app.identity import clock as clocks
from app.identity.actor import Actor
from app.identity.tables import account, api_token, login_session, membership, person


def digest(secret: str) -> str:
    """SHA-256 in hex. Enough for secrets of 256 random bits, which nobody can guess from a fast hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _memberships(dialect: str) -> sa.ColumnElement[Any]:
    """All of a person's memberships as JSON text `[[org, role], ...]`, so that one row holds everything."""
    pair, collect = (
        (sa.func.json_build_array, sa.func.json_agg)
        if dialect == "postgresql"
        else (sa.func.json_array, sa.func.json_group_array)
    )
    pairs = sa.select(sa.cast(collect(pair(membership.c.org_id, membership.c.role)), sa.Text))
    return pairs.where(membership.c.person_id == person.c.id).scalar_subquery().label("memberships")


def _who(dialect: str, source: sa.Table, found: sa.ColumnElement[bool], *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(person.c.id, person.c.name, person.c.org_id, _memberships(dialect), *more, *clocks.columns(dialect))
        .select_from(source)
        .join(person, person.c.id == source.c.person_id)
        .join(account, account.c.person_id == person.c.id)
        .where(found, account.c.active)
    )


@lru_cache(maxsize=4)
def by_session(dialect: str) -> sa.Select[Any]:
    """Parameter `token_hash`; built once for each dialect, for building costs more than running.

    Finds the session by its cookie's value and by the value before, see `sessions.authenticate`.
    """
    own = login_session.c
    given: sa.ColumnElement[Any] = sa.bindparam("token_hash")
    columns = [column for column in own if column.name != "person_id"]
    return _who(dialect, login_session, sa.or_(own.token_hash == given, own.previous_hash == given), *columns)


@lru_cache(maxsize=4)
def by_token(dialect: str) -> sa.Select[Any]:
    """Parameter `token_hash`."""
    found = api_token.c.token_hash == sa.bindparam("token_hash")
    return _who(dialect, api_token, found, api_token.c.scopes, api_token.c.expires_at, api_token.c.used_at)


@lru_cache(maxsize=4)
def by_person(dialect: str) -> sa.Select[Any]:
    """Parameter `person_id`; for the shell and the tests, which have no token."""
    return (
        sa.select(person.c.id, person.c.name, person.c.org_id, _memberships(dialect))
        .select_from(person)
        .where(person.c.id == sa.bindparam("person_id"))
    )


def to_actor(row: Any) -> Actor:
    pairs = orjson.loads(row.memberships) if row.memberships else []
    return Actor(row.id, row.name, row.org_id, frozenset((org, role) for org, role in pairs))
