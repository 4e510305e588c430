"""Opening the database, reading from it, and the one transaction helper of the tree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.settings import Settings

#: seconds that a writer waits for another before the person is told to try again
BUSY_SECONDS = 10

#: what the driver raises when the database is away, or kept somebody waiting for too long
UNAVAILABLE = (sa.exc.OperationalError, sa.exc.TimeoutError)


#: names of this machine
LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})


def is_local(host: str | None) -> bool:
    """Does a connection to it stay on this machine? A path is a socket's folder."""
    return (host or "") in LOCAL or (host or "").startswith("/")


def encrypted(url: sa.URL) -> sa.URL:
    """To another machine only over TLS, unless the address itself says otherwise (`?sslmode=…`)."""
    host = url.host or url.query.get("host", "")
    if "sslmode" in url.query or (isinstance(host, str) and is_local(host)):
        return url
    return url.update_query_dict({"sslmode": "require"})


def open_engine(settings: Settings) -> sa.Engine:
    """An engine for `settings.database_url`; parameters never appear in errors (they can hold answers)."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        encrypted(url),
        hide_parameters=True,
        pool_pre_ping=False,
        pool_size=5,
        max_overflow=10,
        connect_args={
            "prepare_threshold": 2,
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC -c statement_timeout=30s",
        },
    )
    _dispose_after_fork(engine)
    return engine


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # autocommit at the driver: BEGIN is ours, so that a writer takes the lock at once
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("waymark", "write")
        if mode != "read":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")

    _dispose_after_fork(engine)
    return engine


def _dispose_after_fork(engine: sa.Engine) -> None:
    """A forked server process must not share its parent's sockets."""
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction: commits when the block ends, rolls back when it raises."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection for reads only: every statement stands alone, no transaction is held open."""
    options = {"waymark": "read"} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees the database as it was at its first statement, however long it reads."""
    sqlite = engine.dialect.name == "sqlite"
    options = {"waymark": "snapshot"} if sqlite else {"isolation_level": "REPEATABLE READ"}
    with engine.connect() as connection:
        yield connection.execution_options(**options)
