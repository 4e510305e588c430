"""second step, sessions that renew themselves, logins of organisations, links for a new password, identity events"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = "second_step, recovery_code, reset_link, outside_login"
APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER identity_event_no_update BEFORE UPDATE ON identity_event
        BEGIN SELECT RAISE(ABORT, 'identity_event is append-only'); END""",
        """CREATE TRIGGER identity_event_no_delete BEFORE DELETE ON identity_event
        BEGIN SELECT RAISE(ABORT, 'identity_event is append-only'); END""",
        # INSERT OR REPLACE takes a row away without firing what stands on DELETE
        """CREATE TRIGGER identity_event_no_replace BEFORE INSERT ON identity_event
        WHEN EXISTS (SELECT 1 FROM identity_event WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'identity_event is append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION identity_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'identity_event is append-only'; END $$""",
        """CREATE TRIGGER identity_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_event
        FOR EACH STATEMENT EXECUTE FUNCTION identity_event_is_append_only()""",
        # the role that servers and workers log in as has rights to each table by name; see the first migration
        f"""DO $$ BEGIN
            GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLES} TO waymark_app;
            GRANT SELECT, INSERT ON identity_event TO waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    ),
}


def upgrade() -> None:
    _sessions()
    op.add_column("api_token", sa.Column("used_at", types.UTCTime(timezone=True), nullable=True))
    _second_step()
    _links()
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _sessions() -> None:
    for column in (
        sa.Column("waits", sa.String(length=8), nullable=True),
        sa.Column("second", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("proven_at", types.UTCTime(timezone=True), nullable=True),
        sa.Column("issuer", sa.String(length=40), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("renewed_at", types.UTCTime(timezone=True), nullable=True),
        sa.Column("previous_until", types.UTCTime(timezone=True), nullable=True),
    ):
        op.add_column("login_session", column)
    op.create_index(op.f("ix_login_session_previous_hash"), "login_session", ["previous_hash"], unique=False)


def _second_step() -> None:
    op.create_table(
        "second_step",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("since", types.UTCTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_step_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("used_at", types.UTCTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)


def _links() -> None:
    op.create_table(
        "reset_link",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("expires_at", types.UTCTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reset_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_link")),
    )
    op.create_index(op.f("ix_reset_link_person_id"), "reset_link", ["person_id"], unique=False)
    op.create_table(
        "outside_login",
        sa.Column("issuer", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("bound_at", types.UTCTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outside_login_person_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_outside_login")),
    )
    op.create_index(op.f("ix_outside_login_person_id"), "outside_login", ["person_id"], unique=False)
    op.create_table(
        "identity_event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", types.Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_event")),
    )
    op.create_index("ix_identity_event_person_id_at", "identity_event", ["person_id", "at"], unique=False)


def downgrade() -> None:
    for table in ("identity_event", "outside_login", "reset_link", "recovery_code", "second_step"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION identity_event_is_append_only()")
    op.drop_column("api_token", "used_at")
    op.drop_index(op.f("ix_login_session_previous_hash"), "login_session")
    for column in ("previous_until", "renewed_at", "previous_hash", "issuer", "proven_at", "second", "waits"):
        op.drop_column("login_session", column)
