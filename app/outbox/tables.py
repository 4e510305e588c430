"""Messages to people, written in the transaction that causes them and sent afterwards."""

from __future__ import annotations

import sqlalchemy as sa

from app.db import Json, UTCTime, metadata

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), nullable=False, index=True),
    sa.Column("task_id", sa.String(36)),
    sa.Column("recipient_id", sa.String(64), nullable=False),
    # key in notices.toml
    sa.Column("template", sa.String(100), nullable=False),
    # reference and due date; never a word of what people entered
    sa.Column("params", Json, nullable=False),
    sa.Column("created_at", UTCTime, nullable=False),
    # The same for every attempt, so that a mail server can drop a second copy.
    sa.Column("message_id", sa.String(200), nullable=False, unique=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    # When to try (again); empty once sent, parked, or when there is no address to send to.
    sa.Column("next_at", UTCTime),
    sa.Column("sent_at", UTCTime),
    # Given up: see `last_error`.
    sa.Column("failed_at", UTCTime),
    # Name of what went wrong; no address, no text.
    sa.Column("last_error", sa.String(200)),
    # Seen by the person on their page.
    sa.Column("read_at", UTCTime),
)
sa.Index(
    "ix_outbox_next_at",
    outbox.c.next_at,
    postgresql_where=outbox.c.next_at.is_not(None),
    sqlite_where=outbox.c.next_at.is_not(None),
)
sa.Index("ix_outbox_recipient_id_created_at", outbox.c.recipient_id, outbox.c.created_at)
