"""moves of running cases to another version"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: a table that is made later is not among those that the first migration granted
GRANT = """DO $$ BEGIN GRANT SELECT, INSERT, UPDATE ON migration TO waymark_app;
EXCEPTION WHEN undefined_object THEN NULL; END $$"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("earlier_shas", types.Json(), server_default="[]", nullable=False))
    op.create_table(
        "migration",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("from_sha", sa.String(length=64), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("to_sha", sa.String(length=64), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("holders", types.Json(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("undone_at", types.UTCTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_migration_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index("ix_migration_case_id_at", "migration", ["case_id", "at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(GRANT)


def downgrade() -> None:
    op.drop_table("migration")
    op.drop_column("cases", "earlier_shas")
