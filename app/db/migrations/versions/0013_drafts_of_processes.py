"""drafts of processes, and by which way a version came into force"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEPT = {
    "sqlite": (
        """CREATE TRIGGER workshop_file_no_update BEFORE UPDATE ON workshop_file
        BEGIN SELECT RAISE(ABORT, 'saves are append-only'); END""",
        # INSERT OR REPLACE takes a row away without firing what stands on DELETE
        """CREATE TRIGGER workshop_file_no_replace BEFORE INSERT ON workshop_file
        WHEN EXISTS (SELECT 1 FROM workshop_file
            WHERE draft_id = NEW.draft_id AND name = NEW.name AND version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'saves are append-only'); END""",
        """CREATE TRIGGER workshop_file_no_delete BEFORE DELETE ON workshop_file
        BEGIN SELECT RAISE(ABORT, 'saves are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION save_is_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'saves are append-only'; END $$""",
        """CREATE TRIGGER save_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON workshop_file
        FOR EACH STATEMENT EXECUTE FUNCTION save_is_kept()""",
        """DO $$ BEGIN
            GRANT SELECT, INSERT, UPDATE ON workshop_draft TO waymark_app;
            GRANT SELECT, INSERT ON workshop_file TO waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    ),
}


def upgrade() -> None:
    op.add_column("deployment", sa.Column("family", sa.String(length=80), server_default=sa.text("''"), nullable=False))
    op.add_column("deployment", sa.Column("source", sa.String(length=16), server_default="folder", nullable=False))
    op.add_column("deployment", sa.Column("draft_id", sa.String(length=36), nullable=True))
    op.create_table(
        "workshop_draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("base_sha", sa.String(length=64), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.UTCTime(), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", types.UTCTime(), nullable=False),
        sa.ForeignKeyConstraint(["base_sha"], ["bundle.sha256"], name=op.f("fk_workshop_draft_base_sha_bundle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_draft")),
    )
    op.create_index("ix_workshop_draft_process_key", "workshop_draft", ["process_key"])
    op.create_table(
        "workshop_file",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_at", types.UTCTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["workshop_draft.id"], name=op.f("fk_workshop_file_draft_id_workshop_draft")
        ),
        sa.PrimaryKeyConstraint("draft_id", "name", "version", name=op.f("pk_workshop_file")),
    )
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("workshop_file")
    op.drop_table("workshop_draft")
    for column in ("draft_id", "source", "family"):
        op.drop_column("deployment", column)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION save_is_kept()")
