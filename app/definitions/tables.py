"""Deployed bundles by content, which version of a process was in force from when, by whom, and why; and drafts."""

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
    # the folder that its diagram lay in, "" where it came from none
    sa.Column("family", sa.String(80), nullable=False, server_default=sa.text("''")),
    # by which way it came, see store.SOURCES
    sa.Column("source", sa.String(16), nullable=False, server_default="folder"),
    # the draft that it was
    sa.Column("draft_id", sa.String(36)),
    sa.UniqueConstraint("process_key", "version"),
)

workshop_draft = sa.Table(
    "workshop_draft",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("process_key", sa.String(80), nullable=False, index=True),
    sa.Column("title", sa.String(200), nullable=False),
    # the deployed version that it began with; none for a process that is new here
    sa.Column("base_sha", sa.String(64), sa.ForeignKey("bundle.sha256")),
    sa.Column("base_version", sa.Integer, nullable=False),
    # counts what was done to it; each save has the number that it made
    sa.Column("version", sa.Integer, nullable=False),
    # "open", "deployed" or "dropped"
    sa.Column("state", sa.String(16), nullable=False),
    # "workshop", or "bundle" when it came in as a file
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("created_at", UTCTime, nullable=False),
    sa.Column("saved_by", sa.String(64), nullable=False),
    sa.Column("saved_at", UTCTime, nullable=False),
)

# every save of every file is kept: the newest one of a name counts. Append-only
workshop_file = sa.Table(
    "workshop_file",
    metadata,
    sa.Column("draft_id", sa.String(36), sa.ForeignKey("workshop_draft.id"), primary_key=True),
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    # zstd; none: the file was taken out
    sa.Column("content", sa.LargeBinary),
    sa.Column("saved_by", sa.String(64), nullable=False),
    sa.Column("saved_at", UTCTime, nullable=False),
)
