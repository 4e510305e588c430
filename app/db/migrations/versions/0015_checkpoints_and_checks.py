"""checkpoints that were written outside of the database, and checks of the histories"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: each table with its primary key: the database itself refuses to change or take away a row
KEPT = {"checkpoint": ("log", "number"), "history_check": ("id",)}
POSTGRES = (
    """CREATE FUNCTION checks_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'checkpoints and checks are append-only'; END $$""",
    *(
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION checks_are_append_only()"""
        for table in KEPT
    ),
    """DO $$ BEGIN
        GRANT SELECT, INSERT ON checkpoint, history_check TO waymark_app;
    EXCEPTION WHEN undefined_object THEN NULL; END $$""",
)


def _sqlite(table: str, key: tuple[str, ...]) -> tuple[str, ...]:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    refuse = "BEGIN SELECT RAISE(ABORT, 'checkpoints and checks are append-only'); END"
    return (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE takes a row away without firing what stands on DELETE
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}""",  # noqa: S608 -- only names of our own go in
    )


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("log", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log", "number", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "history_check",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", types.UTCTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("orgs", types.Json(), nullable=False),
        sa.Column("told", types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_check")),
    )
    op.create_index("ix_history_check_at", "history_check", ["at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        statements = POSTGRES
    else:
        statements = tuple(one for table, key in KEPT.items() for one in _sqlite(table, key))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    for table in KEPT:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION checks_are_append_only()")
