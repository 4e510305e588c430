"""Killing a process at a chosen point of its work with the database, without a hook in the product.

The work runs in a forked child. Its points are counted: before and after every statement, before and after COMMIT,
and on PostgreSQL, after each message to the server before its answer is read, and after it is. At the chosen one
the child gets SIGKILL: nothing is flushed, no handler runs, the server sees a socket that closes.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import psycopg
import sqlalchemy as sa
from psycopg.generators import Wait  # type: ignore[attr-defined]

from app import db
from app.cases import Waymark
from app.db import batch
from app.settings import Settings

#: how the server knows the children's connections
CHILD = "waymark-child"

Act = Callable[[Waymark], Any]


@dataclass(frozen=True)
class Outcome:
    """`killed`: died of SIGKILL at its point. `points`: names of those that it passed. `answer`: what `act` gave."""

    killed: bool
    points: tuple[str, ...] = ()
    answer: Any = None


def settings_of_child(settings: Settings, name: str = CHILD) -> Settings:
    """The same database, entered under a name that the server shows."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        url = url.update_query_dict({"application_name": name})
    return replace(settings, database_url=url.render_as_string(hide_password=False))


def run_child(settings: Settings, act: Act, die_at: int | None = None, *, torn: bool = False) -> Outcome:
    """Run `act` in a child that dies at point number `die_at` (None: never). `torn`: the control, see `_torn`."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        _child(settings, act, die_at, write_end, torn=torn)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Outcome(True)
    assert told, "the child ended without a word"
    points, answer = pickle.loads(told)  # noqa: S301 -- written by our own child
    if isinstance(answer, BaseException):
        raise answer
    return Outcome(False, points, answer)


def _child(settings: Settings, act: Act, die_at: int | None, pipe: int, *, torn: bool) -> None:
    """Never returns: a forked test must not run pytest's own ending."""
    try:
        waymark = Waymark.open(settings_of_child(settings))
        # connecting, and what SQLAlchemy asks a server first, is not part of the work
        with db.reading(waymark.engine):
            pass
        points = Points(die_at)
        points.watch(waymark.engine)
        with _torn() if torn else mock.patch.object(psycopg.Connection, "wait", points.waiting()):
            try:
                answer = act(waymark)
            except Exception as error:
                answer = error
        os.write(pipe, pickle.dumps((tuple(points.names), answer)))
    finally:
        os._exit(0)


class Points:
    """Counts the points and dies at one of them."""

    def __init__(self, die_at: int | None) -> None:
        self.die_at = die_at
        self.names: list[str] = []

    def at(self, name: str) -> None:
        self.names.append(name)
        if self.die_at is not None and len(self.names) > self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: sa.Engine) -> None:
        """Statements by SQLAlchemy's own events, COMMIT around the dialect's."""

        @sa.event.listens_for(engine, "before_cursor_execute")
        def before(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            self.at(f"before {_short(statement)}")

        @sa.event.listens_for(engine, "after_cursor_execute")
        def after(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            self.at(f"after {_short(statement)}")

        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self.at("before COMMIT")
            commit(connection)
            self.at("after COMMIT")

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign]

    def waiting(self) -> Callable[..., Any]:
        """psycopg's wait, which drives one conversation: when it first wants to read, all has been sent."""
        original = psycopg.Connection.wait

        def wait(connection: Any, conversation: Any, *args: Any, **kwargs: Any) -> Any:
            return original(connection, self._listening(conversation), *args, **kwargs)

        return wait

    def _listening(self, conversation: Any) -> Iterator[Any]:
        try:
            wanted = next(conversation)
            if wanted == Wait.R:
                self.at("sent, no answer yet")
            while True:
                wanted = conversation.send((yield wanted))
        except StopIteration as end:
            self.at("answer read")
            return end.value  # type: ignore[no-any-return]


@contextmanager
def _torn() -> Iterator[None]:
    """The database layer built wrong on purpose: every statement commits for itself, and a batch is many of them."""
    at_once = batch._run_at_once

    def one_by_one(connection: sa.Connection, parts: Sequence[batch.Part]) -> None:
        for part in parts:
            at_once(connection, [part])

    @contextmanager
    def statement_by_statement(engine: sa.Engine) -> Iterator[sa.Connection]:
        with db.reading(engine) as connection:
            yield connection

    with (
        mock.patch.object(db, "transaction", statement_by_statement),
        mock.patch.object(batch, "_run_at_once", one_by_one),
    ):
        yield


def _short(statement: str) -> str:
    return " ".join(statement.split())[:60]


def settle(engine: sa.Engine, seconds: float = 20) -> None:
    """Wait until the server has noticed that its dead clients are gone, and finished what they had sent."""
    if engine.dialect.name != "postgresql":
        return
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :n"
    )
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with db.reading(engine) as connection:
            if connection.execute(query, {"n": CHILD}).scalar() == 0:
                return
        time.sleep(0.002)
    raise AssertionError("a dead client's connection is still there")
