"""a ledger of consents, and requests for a copy of what is held"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: only ever added to: the database itself refuses anything else
LEDGERS = ("consent", "subject_request")


def upgrade() -> None:
    op.add_column("consent", sa.Column("item", sa.String(length=120), server_default=sa.text("''"), nullable=False))
    op.add_column("consent", sa.Column("submission_id", sa.String(length=36), nullable=True))
    op.add_column(
        "consent", sa.Column("recipient", sa.String(length=200), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("consent", sa.Column("data_class", sa.String(length=12), server_default="employer", nullable=False))
    op.add_column(
        "consent", sa.Column("text_version", sa.String(length=80), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("consent", sa.Column("previous_id", sa.String(length=36), nullable=True))
    op.create_index("ix_consent_previous_id", "consent", ["previous_id"], unique=True)
    # who may know of a consent from before: what was said of a GP report is not the employer's business
    op.execute("UPDATE consent SET data_class = 'restricted' WHERE scope <> 'referral'")
    op.create_table(
        "subject_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
    )
    op.create_index("ix_subject_request_person_id", "subject_request", ["person_id"])
    op.create_index("ix_subject_request_provider_id", "subject_request", ["provider_id"])
    op.create_index("ix_subject_request_request_id", "subject_request", ["request_id"])
    for table in LEDGERS:
        for statement in _guards(table, op.get_bind().dialect.name):
            op.execute(statement)


# S608 is off below: only names of our own tables go in
def _guards(table: str, dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        return (
            f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, 'this ledger is append-only'); END""",
            f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, 'this ledger is append-only'); END""",
            # INSERT OR REPLACE takes a row away without firing what stands on DELETE
            f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'this ledger is append-only'); END""",  # noqa: S608
        )
    return (
        f"""CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'this ledger is append-only'; END $$""",
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()""",
        f"""DO $$ BEGIN
            GRANT SELECT, INSERT ON {table} TO waymark_app;
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    )


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        if dialect == "sqlite":
            for guard in ("no_update", "no_delete", "no_replace"):
                op.execute(f"DROP TRIGGER {table}_{guard}")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP FUNCTION {table}_is_append_only()")
    op.drop_table("subject_request")
    op.drop_index("ix_consent_previous_id", "consent")
    for column in ("previous_id", "text_version", "data_class", "recipient", "submission_id", "item"):
        op.drop_column("consent", column)
