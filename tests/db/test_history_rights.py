"""The database itself refuses to change history: by right on PostgreSQL, by trigger on both."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.cases import Waymark, commands
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, World, days
from tests.databases import run_sql

#: what nobody may do to what was written, the server's and the workers' role least of all
WRITTEN = ("history_event", "look", "submission", "consent", "emergency_try")
FORBIDDEN = [
    *(f"UPDATE {table} SET actor_id = 'somebody else'" for table in WRITTEN),  # noqa: S608 -- our own tables
    *(f"DELETE FROM {table}" for table in WRITTEN),  # noqa: S608 -- our own tables
    *(f"TRUNCATE {table}" for table in WRITTEN),
    "UPDATE emergency SET actor_id = 'somebody else'",
    "DELETE FROM emergency",
    "UPDATE emergency_review SET justified = true",
    "DELETE FROM emergency_review",
    "DELETE FROM look_head",
    "ALTER TABLE history_event DISABLE TRIGGER ALL",
    "ALTER TABLE look DISABLE TRIGGER ALL",
    "DROP TABLE history_event",
    "DROP TRIGGER history_event_append_only ON history_event",
    "SET session_replication_role = replica",
    "ALTER TABLE history_event OWNER TO CURRENT_USER",
]


@pytest.fixture
def as_app(postgres_world: World) -> Iterator[World]:
    """The same world, entered by a login that is a member of `waymark_app` and of nothing else."""
    login, password = f"login_{secrets.token_hex(4)}", secrets.token_hex(8)
    url = sa.make_url(postgres_world.waymark.settings.database_url)
    server = url.set(database=None)
    run_sql(server, f"CREATE ROLE {login} LOGIN PASSWORD '{password}' IN ROLE waymark_app")
    settings = replace(
        postgres_world.waymark.settings,
        database_url=url.set(username=login, password=password).render_as_string(hide_password=False),
    )
    entered = World(Waymark.open(settings))
    yield entered
    entered.engine.dispose()
    run_sql(server, f"DROP ROLE {login}")


def test_the_role_of_the_servers_runs_whole_cases(as_app: World) -> None:
    assert as_app.scalar(sa.text("SELECT current_user")).startswith("login_")
    case_id, _ = as_app.case_at("nothing")
    assert as_app.row(case_id).status == "completed"
    other, now = as_app.case_at("offer_appointment")
    commands.withdraw_consent(as_app.waymark, as_app.actors[EMPLOYEE], other, now, "No more")
    third = as_app.start().case_id
    commands.fire_due(as_app.waymark, NOW + days(30))
    commands.cancel(as_app.waymark, as_app.actors[MANAGER], third, "Gone", NOW + days(31))
    assert broken(as_app.waymark) == []


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_role_of_the_servers_cannot_change_what_was_written(as_app: World, statement: str) -> None:
    as_app.case_at("triage")
    with as_app.engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match=r"permission|owner"):
        connection.exec_driver_sql(statement)
    assert broken(as_app.waymark) == []


@pytest.mark.parametrize("statement", FORBIDDEN[: 3 * len(WRITTEN)])
def test_control_the_owner_is_stopped_by_the_trigger_alone(postgres_world: World, statement: str) -> None:
    """What the role may not do is possible at all: the owner does it, except where a trigger stands."""
    postgres_world.case_at("triage")
    with postgres_world.engine.connect() as connection:
        if not {"history_event", "look"} & set(statement.split()):
            connection.exec_driver_sql(statement)
            return
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", ["UPDATE history_event SET actor_id = 'x'", "DELETE FROM history_event"])
def test_sqlite_refuses_by_trigger(sqlite_world: World, statement: str) -> None:
    sqlite_world.start()
    with sqlite_world.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        connection.exec_driver_sql(statement)
    assert broken(sqlite_world.waymark) == []


def test_sqlite_replace_is_an_update_too(sqlite_world: World) -> None:
    """INSERT OR REPLACE deletes without saying so: delete triggers fire for it only with recursive triggers."""
    case_id = sqlite_world.start().case_id
    with sqlite_world.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO history_event"
            " SELECT case_id, seq, at, 'somebody else', kind, body, hash FROM history_event WHERE case_id = ?",
            (case_id,),
        )
    assert broken(sqlite_world.waymark) == []
