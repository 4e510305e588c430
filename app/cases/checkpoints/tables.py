"""What the database remembers of checkpoints and of checks. Rows are only ever added; triggers and rights see to it."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import Json, UTCTime

#: Each checkpoint that was written, so that one that is taken out of the folder is missed.
checkpoint = sa.Table(
    "checkpoint",
    metadata,
    # SHA-256 of the public key: whose log it is
    sa.Column("log", sa.String(64), primary_key=True),
    # 1, 2, 3 … as the files are counted
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UTCTime, nullable=False),
    # entries that it covers
    sa.Column("size", sa.BigInteger, nullable=False),
    # as it was signed
    sa.Column("note", sa.Text, nullable=False),
)

#: Who checked the histories when, and what came out.
history_check = sa.Table(
    "history_check",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("at", UTCTime, nullable=False),
    # "system": the worker at night
    sa.Column("actor_id", sa.String(64), nullable=False),
    # providers whose cases were checked; none: all
    sa.Column("orgs", Json, nullable=False),
    # cases, entries, looks, the log and the faults in words: see `checks.py`
    sa.Column("told", Json, nullable=False),
)
sa.Index("ix_history_check_at", history_check.c.at)
