"""What every command and query needs: the database and the settings, opened once per process."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app import db
from app.settings import Settings


@dataclass(frozen=True)
class Waymark:
    engine: sa.Engine
    settings: Settings

    @classmethod
    def open(cls, settings: Settings) -> Waymark:
        """Open the database that the settings name; `db.upgrade` must have run."""
        return cls(db.open_engine(settings), settings)

    @property
    def master_key(self) -> bytes:
        return self.settings.master_key
