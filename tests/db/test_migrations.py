"""The migrations make the schema that the tables in the code describe, on both databases."""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app import db
from app.settings import Settings
from tests.databases import settings_for
from tests.pool import run_sql

MIGRATIONS = Path(db.__file__).parent / "migrations"

for noun in ("identity", "definitions", "history", "records", "outbox", "cases"):
    importlib.import_module(f"app.{noun}.tables")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a database that has no table."""
    if request.param == "sqlite":
        yield settings_for(tmp_path)
        return
    url, name = request.getfixturevalue("postgres_url"), f"waymark_{secrets.token_hex(8)}"
    run_sql(url, f"CREATE DATABASE {name}")
    yield settings_for(tmp_path, url.set(database=name).render_as_string(hide_password=False))
    run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")


def differences(settings: Settings) -> list[Any]:
    engine = db.open_engine(settings)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": _ours}
        )
        found = list(compare_metadata(context, db.metadata))
    engine.dispose()
    return found


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")


def head() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_an_empty_database_comes_up_to_the_model(empty: Settings) -> None:
    db.upgrade(empty)
    engine = db.open_engine(empty)
    with engine.connect() as connection:
        assert db.current_revision(connection) == head()
        assert set(sa.inspect(connection).get_table_names()) == {*db.metadata.tables, "alembic_version"}
    engine.dispose()
    assert differences(empty) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(empty: Settings) -> None:
    db.upgrade(empty)
    db.upgrade(empty)
    assert differences(empty) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE task DROP COLUMN why",
        "ALTER TABLE task ADD COLUMN more INTEGER",
        "DROP INDEX ix_task_case_id",
        "DROP TABLE draft",
        "CREATE TABLE stray (id INTEGER)",
    ],
)
def test_control_a_schema_that_drifted_is_seen(empty: Settings, change: str) -> None:
    db.upgrade(empty)
    engine = db.open_engine(empty)
    with db.transaction(engine) as connection:
        connection.exec_driver_sql(change)
    engine.dispose()
    assert differences(empty) != []


def test_there_is_one_newest_revision() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1
