"""a key for each case and class, holds, erasure"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("data_keys", types.Json(), server_default="{}", nullable=False))
    op.add_column("cases", sa.Column("erased", types.Json(), server_default="{}", nullable=False))
    op.add_column("person_key", sa.Column("key_id", sa.String(length=200), nullable=True))
    op.add_column("person_key", sa.Column("older", types.Json(), server_default="{}", nullable=False))
    op.create_table(
        "hold",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("whole_person", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.Column("lifted_at", types.UTCTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hold_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_case_id", "hold", ["case_id"])
    op.create_index("ix_hold_subject_id", "hold", ["subject_id"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("classes", types.Json(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("name_too", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("announced_at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("due_at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("closed_at", types.UTCTime(timezone=True), nullable=True),
        sa.Column("outcome", types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_state_due_at", "erasure", ["state", "due_at"])
    op.create_index("ix_erasure_person_id", "erasure", ["person_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_erasure_case_id",
        "erasure",
        ["case_id"],
        unique=True,
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.create_table(
        "leaving",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("left_on", sa.String(length=10), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", types.UTCTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_leaving")),
    )
    op.create_table(
        "nightly",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("night", sa.String(length=10), nullable=False),
        sa.Column("finished_at", types.UTCTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_nightly")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # holds and erasures are closed, never deleted: they are what an auditor asks for
        for rights in ("SELECT, INSERT, UPDATE ON hold, erasure, nightly", "SELECT, INSERT, UPDATE, DELETE ON leaving"):
            op.execute(
                f"""DO $$ BEGIN GRANT {rights} TO waymark_app;
                EXCEPTION WHEN undefined_object THEN NULL; END $$"""
            )


def downgrade() -> None:
    for table in ("nightly", "leaving", "erasure", "hold"):
        op.drop_table(table)
    op.drop_column("person_key", "older")
    op.drop_column("person_key", "key_id")
    op.drop_column("cases", "erased")
    op.drop_column("cases", "data_keys")
