"""what came of running each case again"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rerun",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("at", types.UTCTime(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("release", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rerun_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_rerun")),
    )
    other = sa.text("outcome != 'met'")
    op.create_index("ix_rerun_outcome", "rerun", ["outcome", "case_id"], sqlite_where=other, postgresql_where=other)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """DO $$ BEGIN GRANT SELECT, INSERT, UPDATE ON rerun TO waymark_app;
            EXCEPTION WHEN undefined_object THEN NULL; END $$"""
        )


def downgrade() -> None:
    op.drop_table("rerun")
