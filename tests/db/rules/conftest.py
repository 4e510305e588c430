"""A database with the demo's people and the shipped processes, made once and cloned for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.cases import Waymark, demo
from app.cases.simulating import NO_PASSWORD
from app.settings import ROOT, Settings
from tests.databases import cloned, pooled, settings_for
from tests.db.rules.playing import HARBOUR, MONDAY, Play
from tests.pool import Pool, run_sql


def _furnish(settings: Settings) -> None:
    waymark = Waymark.open(settings)
    with db.transaction(waymark.engine) as connection:
        for bundle in definitions.collect(ROOT / "processes", ROOT / "forms"):
            definitions.deploy(connection, bundle, "", "For the tests of the rules", MONDAY)
        # nobody logs in here, and a real hash takes its time on purpose
        demo.create_people(connection, NO_PASSWORD)
    waymark.engine.dispose()


@pytest.fixture(scope="session")
def rules_sqlite(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("furnished")
    (folder / "waymark.db").write_bytes(sqlite_template)
    _furnish(settings_for(folder))
    return (folder / "waymark.db").read_bytes()


@pytest.fixture(scope="session")
def rules_postgres(
    postgres_url: sa.URL, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Name of the database to clone."""
    name = f"{postgres_template}_rules"
    run_sql(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    url = postgres_url.set(database=name).render_as_string(hide_password=False)
    _furnish(settings_for(tmp_path_factory.mktemp("furnished"), url))
    yield name
    run_sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def _play(settings: Settings) -> Iterator[Play]:
    waymark = Waymark.open(settings)
    yield Play(waymark)
    waymark.engine.dispose()


@pytest.fixture
def play(rules_sqlite: bytes, tmp_path: Path) -> Iterator[Play]:
    """A case that is still to be started, at Northfield."""
    (tmp_path / "waymark.db").write_bytes(rules_sqlite)
    yield from _play(settings_for(tmp_path))


@pytest.fixture
def harbour(play: Play) -> Play:
    """The same at Harbour, whose policy takes silence otherwise."""
    play.people = HARBOUR
    return play


@pytest.fixture(scope="session")
def rules_pool(postgres_url: sa.URL, rules_postgres: str) -> Iterator[Pool]:
    yield from pooled(postgres_url, rules_postgres)


@pytest.fixture
def rules_copy(rules_pool: Pool, tmp_path: Path) -> Iterator[Settings]:
    yield from cloned(rules_pool, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def play_on_both(request: pytest.FixtureRequest) -> Iterator[Play]:
    """Both databases in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("play")
    else:
        yield from _play(request.getfixturevalue("rules_copy"))
