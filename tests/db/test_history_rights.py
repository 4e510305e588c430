"""The database itself refuses to change history: by right on PostgreSQL, by trigger on both."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import Waymark, commands
from app.db.types import Json, UTCTime
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, World, days
from tests.pool import run_sql

#: tables that are only ever added to, each with a column that tells who; a trigger guards them from the owner, too
GUARDED = {
    "history_event": "actor_id",
    "look": "actor_id",
    "consent": "actor_id",
    "subject_request": "actor_id",
    "identity_event": "actor_id",
    "former_party": "person_id",
    "emergency": "actor_id",
    "emergency_review": "reviewer_id",
    "emergency_try": "actor_id",
    "audit_finding": "actor_id",
    "checkpoint": "note",
    "history_check": "actor_id",
    "workshop_file": "saved_by",
}
#: what nobody may do to what was written, the server's and the workers' role least of all. Submissions have no trigger:
#: `waymark keys reseal`, the owner's, puts what 0.2.0 wrote into parts
WRITTEN = {**GUARDED, "submission": "actor_id"}
#: what `waymark_app` may do to each table: (S)elect, (I)nsert, (U)pdate, (D)elete
RIGHTS = {
    **dict.fromkeys(WRITTEN, "SI"),
    # opened, answered, and never changed
    **dict.fromkeys(("survey", "voice", "audit", "audit_case"), "SI"),
    # closed or moved on, never deleted
    **dict.fromkeys(("contact", "erasure", "hold", "look_head", "migration", "nightly", "rerun"), "SIU"),
    "workshop_draft": "SIU",
    # taken away while it has not been sent: a trigger sees to it
    "attachment_piece": "SID",
    **dict.fromkeys(("account", "api_token", "login_session", "membership", "organisation", "person"), "SIUD"),
    **dict.fromkeys(("outside_login", "recovery_code", "reset_link", "second_step", "sign_in_attempt"), "SIUD"),
    **dict.fromkeys(("bundle", "deployment", "service", "demo_clock", "receipt", "outbox", "leaving"), "SIUD"),
    **dict.fromkeys(("cases", "party", "task", "timer", "incident", "message", "subscription"), "SIUD"),
    **dict.fromkeys(("attachment", "draft", "person_key"), "SIUD"),
}
FORBIDDEN = [
    *(f"UPDATE {table} SET {who} = 'somebody else'" for table, who in WRITTEN.items()),  # noqa: S608 -- our own tables
    *(f"DELETE FROM {table}" for table in WRITTEN),  # noqa: S608 -- our own tables
    *(f"TRUNCATE {table}" for table in WRITTEN),
    "DELETE FROM look_head",
    "UPDATE attachment_piece SET number = 7",
    "UPDATE alembic_version SET version_num = '0001'",
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
        if not GUARDED.keys() & set(statement.split()):
            connection.exec_driver_sql(statement)
            return
        # a table that another refers to is not truncated by anybody
        with pytest.raises(sa.exc.DBAPIError, match=r"append-only|foreign key constraint"):
            connection.exec_driver_sql(statement)


def test_the_role_of_the_servers_has_these_rights_and_no_others(as_app: World) -> None:
    """Every table of the schema stands in the table above: whoever adds one says what the servers may do to it."""
    letters = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D", "TRUNCATE": "T", "REFERENCES": "R"}
    letters |= {"TRIGGER": "!"}
    query = sa.text(
        "SELECT c.relname AS name, p.kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " CROSS JOIN unnest(cast(:kinds AS text[])) WITH ORDINALITY AS p(kind, place)"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege(c.oid, p.kind)"
        " ORDER BY c.relname, p.place"
    )
    found: dict[str, str] = {}
    with as_app.engine.connect() as connection:
        for row in connection.execute(query, {"kinds": list(letters)}):
            found[row.name] = found.get(row.name, "") + letters[row.kind]
    assert found == {**RIGHTS, "alembic_version": "S"}
    assert set(RIGHTS) == set(db.metadata.tables)


def _row(table: str) -> dict[str, Any]:
    """Anything that the columns take."""
    ours: dict[type, Any] = {Json: [], UTCTime: NOW}
    plain: dict[type, Any] = {str: "x", int: 1, bool: True, bytes: b"x", date: NOW.date()}
    columns = db.metadata.tables[table].columns
    return {
        one.name: ours[kind] if (kind := type(one.type)) in ours else plain[one.type.python_type] for one in columns
    }


@pytest.mark.parametrize("table", GUARDED)
def test_sqlite_refuses_by_trigger(sqlite_world: World, table: str) -> None:
    row, keys = _row(table), [one.name for one in db.metadata.tables[table].primary_key]
    with sqlite_world.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = on")
        connection.execute(db.metadata.tables[table].insert(), row)
        for statement in (
            f"UPDATE {table} SET {GUARDED[table]} = 'somebody else'",  # noqa: S608 -- our own tables
            f"DELETE FROM {table}",  # noqa: S608 -- our own tables
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",  # noqa: S608 -- our own tables
        ):
            with pytest.raises(sa.exc.IntegrityError, match="append-only"):
                connection.exec_driver_sql(statement)
        kept = connection.execute(sa.select(db.metadata.tables[table])).mappings().one()
    assert {name: kept[name] for name in keys} == {name: row[name] for name in keys}
    assert kept[GUARDED[table]] == row[GUARDED[table]]


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
