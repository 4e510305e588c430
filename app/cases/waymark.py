"""What every command and query needs: the database and the settings, opened once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import sqlalchemy as sa

from app import db
from app.records import Masters, masters
from app.settings import Settings

#: by which way answers leave: noted with each look at health data
Way = Literal["page", "api", "export", "file", "search", "shell"]


@dataclass(frozen=True)
class Waymark:
    engine: sa.Engine
    settings: Settings
    way: Way = "page"

    @classmethod
    def open(cls, settings: Settings) -> Waymark:
        """Open the database that the settings name; `db.upgrade` must have run."""
        return cls(db.open_engine(settings), settings)

    @cached_property
    def master_key(self) -> Masters:
        """The master key, or keys, by which people's keys are wrapped."""
        return masters.load(self.settings.master_keys, self.settings.kms)
