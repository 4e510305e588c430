"""The log of every case. Rows are only ever added; triggers and database rights see to it."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

history_event = sa.Table(
    "history_event",
    metadata,
    sa.Column("case_id", sa.String(36), primary_key=True),
    # 1, 2, 3 … without a gap within a case
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    # "command.complete", "engine.entered" …
    sa.Column("kind", sa.String(40), nullable=False),
    # canonical JSON of the whole entry: what the hash covers
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
sa.Index("ix_history_event_actor_id_at", history_event.c.actor_id, history_event.c.at)
