"""files that people hand in, sealed in pieces"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: what was sent stays as it was sent; only its key's end makes it unreadable
KEPT = {
    "sqlite": (
        """CREATE TRIGGER attachment_no_update BEFORE UPDATE ON attachment WHEN OLD.submission_id IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END""",
        """CREATE TRIGGER attachment_no_delete BEFORE DELETE ON attachment WHEN OLD.submission_id IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END""",
        """CREATE TRIGGER attachment_piece_no_update BEFORE UPDATE ON attachment_piece
        BEGIN SELECT RAISE(ABORT, 'a file is not changed'); END""",
        """CREATE TRIGGER attachment_piece_no_delete BEFORE DELETE ON attachment_piece
        WHEN EXISTS (SELECT 1 FROM attachment WHERE id = OLD.attachment_id AND submission_id IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END""",
        """CREATE TRIGGER attachment_piece_no_more BEFORE INSERT ON attachment_piece
        WHEN EXISTS (SELECT 1 FROM attachment WHERE id = NEW.attachment_id AND submission_id IS NOT NULL)
        BEGIN SELECT RAISE(ABORT, 'a file that was sent is not changed'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION sent_file_is_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a file that was sent is not changed'; END $$""",
        """CREATE FUNCTION piece_of_sent_file_is_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ DECLARE file varchar := CASE WHEN TG_OP = 'INSERT' THEN NEW.attachment_id ELSE OLD.attachment_id END;
        BEGIN
            IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM attachment WHERE id = file AND submission_id IS NOT NULL) THEN
                RAISE EXCEPTION 'a file that was sent is not changed';
            END IF;
            RETURN CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
        END $$""",
        """CREATE TRIGGER attachment_kept BEFORE UPDATE OR DELETE ON attachment FOR EACH ROW
        WHEN (OLD.submission_id IS NOT NULL) EXECUTE FUNCTION sent_file_is_kept()""",
        """CREATE TRIGGER attachment_piece_kept BEFORE INSERT OR UPDATE OR DELETE ON attachment_piece FOR EACH ROW
        EXECUTE FUNCTION piece_of_sent_file_is_kept()""",
        """DO $$ BEGIN
            GRANT SELECT, INSERT, UPDATE, DELETE ON attachment TO waymark_app;
            GRANT SELECT, INSERT, DELETE ON attachment_piece TO waymark_app;
            -- all migrations are the owner's: the servers only ask which was the last
            REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("process_key", sa.String(length=80), nullable=True),
        sa.Column("form_id", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("data_class", sa.String(length=12), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("scan", sa.String(length=10), nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", types.UTCTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_case_id", "attachment", ["case_id"], unique=False)
    op.create_index("ix_attachment_task_id", "attachment", ["task_id"], unique=False)
    op.create_index(
        "ix_attachment_uploaded_by_uploaded_at",
        "attachment",
        ["uploaded_by", "uploaded_at"],
        unique=False,
        postgresql_where=sa.text("submission_id IS NULL"),
        sqlite_where=sa.text("submission_id IS NULL"),
    )
    op.create_table(
        "attachment_piece",
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", "number", name=op.f("pk_attachment_piece")),
    )
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("attachment_piece")
    op.drop_table("attachment")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION piece_of_sent_file_is_kept()")
        op.execute("DROP FUNCTION sent_file_is_kept()")
