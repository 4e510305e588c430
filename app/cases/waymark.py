"""What every command and query needs: the database and the settings, opened once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from app import db
from app.records import Masters, masters
from app.settings import Settings


@dataclass(frozen=True)
class Waymark:
    engine: sa.Engine
    settings: Settings

    @classmethod
    def open(cls, settings: Settings) -> Waymark:
        """Open the database that the settings name; `db.upgrade` must have run."""
        return cls(db.open_engine(settings), settings)

    @cached_property
    def master_key(self) -> Masters:
        """The master key, or keys, by which people's keys are wrapped."""
        return masters.load(self.settings.master_keys, self.settings.kms)
