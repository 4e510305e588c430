"""Bringing the database to the newest schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from app.db.connect import open_engine
from app.settings import Settings


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Apply the migrations up to `revision`, as the owner of the schema."""
    from alembic import command  # a fifth of a second, which `waymark lint` and the pages need not wait for
    from alembic.config import Config

    engine = open_engine(settings)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def current_revision(connection: sa.Connection) -> str | None:
    """The revision that the database stands at; None for an empty one."""
    from alembic.runtime.migration import MigrationContext  # as above

    return MigrationContext.configure(connection).get_current_revision()
