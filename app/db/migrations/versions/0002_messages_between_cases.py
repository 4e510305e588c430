"""messages between cases"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("employer_id", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("since", types.UTCTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_subscription_case_id")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_subject_id_name", "subscription", ["subject_id", "name"])
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("from_case", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("employer_id", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("payload", types.Json(), nullable=False),
        sa.Column("starts", sa.String(length=80), nullable=True),
        sa.Column("unmatched", sa.String(length=8), nullable=False),
        sa.Column("keep_until", types.UTCTime(timezone=True), nullable=True),
        sa.Column("told", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", types.UTCTime(timezone=True), nullable=True),
        sa.Column("sent_at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("closed_at", types.UTCTime(timezone=True), nullable=True),
        sa.Column("to_case", sa.String(length=36), nullable=True),
        sa.Column("taken_process", sa.String(length=80), nullable=True),
        sa.Column("taken_element", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["from_case"], ["cases.id"], name=op.f("fk_message_from_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_from_case_number", "message", ["from_case", "number"], unique=True)
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_message_subject_id_name",
        "message",
        ["subject_id", "name"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.add_column("incident", sa.Column("message_id", sa.String(length=36), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # the role that servers and workers log in as has rights to each table by name; see the first migration
        op.execute(
            """DO $$ BEGIN GRANT SELECT, INSERT, UPDATE, DELETE ON subscription, message TO waymark_app;
            EXCEPTION WHEN undefined_object THEN NULL; END $$"""
        )


def downgrade() -> None:
    op.drop_column("incident", "message_id")
    op.drop_table("message")
    op.drop_table("subscription")
