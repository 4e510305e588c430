"""Deployed bundles by content, and which version of a process was in force from when, by whom, and why."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

bundle = sa.Table(
    "bundle",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("process_key", sa.String(80), nullable=False),
    # zstd(orjson({file name: content})), see packing.py
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UTCTime, nullable=False),
)

deployment = sa.Table(
    "deployment",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("process_key", sa.String(80), nullable=False),
    # 1, 2, 3 … of one process; the highest is in force for new cases
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("bundle.sha256"), nullable=False),
    sa.Column("deployed_at", UTCTime, nullable=False),
    sa.Column("deployed_by", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("process_key", "version"),
)
