"""A database with everybody of the demo and what is shipped, made once a kind of database: many stories in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import definitions
from app.cases import Waymark
from app.cases.simulating import furnish
from app.settings import ROOT
from tests.databases import settings_for
from tests.pool import run_sql


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waymark]:
    """Parametrised by the kind of database."""
    folder = tmp_path_factory.mktemp("stories")
    make = _sqlite if request.param == "sqlite" else _postgres
    yield from make(request, folder)


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[Waymark]:
    (folder / "waymark.db").write_bytes(request.getfixturevalue("sqlite_template"))
    yield from _opened(Waymark.open(settings_for(folder)))


def _postgres(request: pytest.FixtureRequest, folder: Path) -> Iterator[Waymark]:
    server: sa.URL = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("postgres_template")
    name = f"{template}_stories"
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    url = server.set(database=name).render_as_string(hide_password=False)
    yield from _opened(Waymark.open(settings_for(folder, url)))
    run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def _opened(waymark: Waymark) -> Iterator[Waymark]:
    furnish(waymark, definitions.collect(ROOT / "processes", ROOT / "forms"))
    yield waymark
    waymark.engine.dispose()
