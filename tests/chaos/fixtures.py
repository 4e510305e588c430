"""Furnished databases for the tests of cases: made once in a worker, and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.settings import Settings
from tests.chaos.world import World, furnish
from tests.databases import cloned, pooled, settings_for
from tests.pool import Pool, run_sql


@pytest.fixture(scope="session")
def furnished_sqlite_template(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with everybody and every process."""
    folder = tmp_path_factory.mktemp("furnished")
    (folder / "waymark.db").write_bytes(sqlite_template)
    furnish(settings_for(folder)).engine.dispose()
    return (folder / "waymark.db").read_bytes()


@pytest.fixture(scope="session")
def furnished_postgres_template(
    postgres_url: sa.URL, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Name of such a database."""
    name = f"{postgres_template}_furnished"
    run_sql(postgres_url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    url = postgres_url.set(database=name).render_as_string(hide_password=False)
    furnish(settings_for(tmp_path_factory.mktemp("furnished"), url)).engine.dispose()
    yield name
    run_sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def furnished_sqlite(furnished_sqlite_template: bytes, tmp_path: Path) -> Settings:
    """Settings with a copy of this test's own."""
    (tmp_path / "waymark.db").write_bytes(furnished_sqlite_template)
    return settings_for(tmp_path)


@pytest.fixture(scope="session")
def furnished_pool(postgres_url: sa.URL, furnished_postgres_template: str) -> Iterator[Pool]:
    yield from pooled(postgres_url, furnished_postgres_template)


@pytest.fixture
def furnished_postgres(furnished_pool: Pool, tmp_path: Path) -> Iterator[Settings]:
    yield from cloned(furnished_pool, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def furnished_settings(request: pytest.FixtureRequest) -> Settings:
    """Both databases in turn."""
    found = request.getfixturevalue("furnished_sqlite" if request.param == "sqlite" else "furnished_postgres")
    assert isinstance(found, Settings)
    return found


@pytest.fixture
def world(furnished_settings: Settings) -> Iterator[World]:
    """Both databases in turn."""
    made = furnish(furnished_settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def postgres_world(furnished_postgres: Settings) -> Iterator[World]:
    made = furnish(furnished_postgres)
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_world(furnished_sqlite: Settings) -> Iterator[World]:
    made = furnish(furnished_sqlite)
    yield made
    made.engine.dispose()
