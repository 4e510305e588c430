"""looks at health information, emergency access"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: looks are only ever added to: the database itself refuses anything else
APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER look_no_update BEFORE UPDATE ON look
        BEGIN SELECT RAISE(ABORT, 'looks are append-only'); END""",
        """CREATE TRIGGER look_no_delete BEFORE DELETE ON look
        BEGIN SELECT RAISE(ABORT, 'looks are append-only'); END""",
        # INSERT OR REPLACE takes a row away without firing what stands on DELETE
        """CREATE TRIGGER look_no_replace BEFORE INSERT ON look
        WHEN EXISTS (SELECT 1 FROM look WHERE case_id = NEW.case_id AND seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'looks are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION looks_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'looks are append-only'; END $$""",
        """CREATE TRIGGER look_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON look
        FOR EACH STATEMENT EXECUTE FUNCTION looks_are_append_only()""",
        """CREATE FUNCTION emergencies_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'emergencies are append-only'; END $$""",
        """DO $$ BEGIN
            GRANT SELECT, INSERT ON look, emergency, emergency_review, emergency_try TO waymark_app;
            GRANT SELECT, INSERT, UPDATE ON look_head TO waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    ),
}

#: so is what emergency access leaves; each table with its primary key
EMERGENCY = {"emergency": "id", "emergency_review": "emergency_id", "emergency_try": "id"}


# S608 is off below: only names of our own tables go in
def _guards(table: str, key: str, dialect: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (
            f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION emergencies_are_append_only()""",
        )
    return (
        f"""CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, 'emergencies are append-only'); END""",
        f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'emergencies are append-only'); END""",
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
        BEGIN SELECT RAISE(ABORT, 'emergencies are append-only'); END""",  # noqa: S608
    )


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("org_id", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("emergency_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_look")),
    )
    for column in ("subject_id", "actor_id", "org_id"):
        op.create_index(f"ix_look_{column}_at", "look", [column, "at"], unique=False)
    op.create_table(
        "look_head",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_look_head")),
    )
    _emergency()
    dialect = op.get_bind().dialect.name
    for statement in APPEND_ONLY[dialect]:
        op.execute(statement)
    for table, key in EMERGENCY.items():
        for statement in _guards(table, key, dialect):
            op.execute(statement)


def _emergency() -> None:
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("until", types.UTCTime(timezone=True), nullable=False),
        sa.Column("reason_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_emergency_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
    )
    op.create_index("ix_emergency_case_id_at", "emergency", ["case_id", "at"], unique=False)
    op.create_index("ix_emergency_actor_id_until", "emergency", ["actor_id", "until"], unique=False)
    op.create_table(
        "emergency_review",
        sa.Column("emergency_id", sa.String(length=36), nullable=False),
        sa.Column("reviewer_id", sa.String(length=64), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("justified", sa.Boolean(), nullable=False),
        sa.Column("words_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency.id"], name=op.f("fk_emergency_review_emergency_id")),
        sa.PrimaryKeyConstraint("emergency_id", name=op.f("pk_emergency_review")),
    )
    op.create_table(
        "emergency_try",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_try")),
    )
    op.create_index("ix_emergency_try_actor_id_at", "emergency_try", ["actor_id", "at"], unique=False)


def downgrade() -> None:
    for table in ("emergency_try", "emergency_review", "emergency", "look_head", "look"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION looks_are_append_only()")
        op.execute("DROP FUNCTION emergencies_are_append_only()")
