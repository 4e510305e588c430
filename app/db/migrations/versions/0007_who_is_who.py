"""who is who: parties with who brought them in, those who have left, contacts; references count nothing any more"""

import sqlalchemy as sa
from alembic import op

from app.db import types

#: nobody alters who was in a case, and a contact is ended, never deleted
RIGHTS = {
    "sqlite": (
        """CREATE TRIGGER former_party_no_update BEFORE UPDATE ON former_party
        BEGIN SELECT RAISE(ABORT, 'former parties are append-only'); END""",
        """CREATE TRIGGER former_party_no_delete BEFORE DELETE ON former_party
        BEGIN SELECT RAISE(ABORT, 'former parties are append-only'); END""",
        # INSERT OR REPLACE takes a row away without firing what stands on DELETE
        """CREATE TRIGGER former_party_no_replace BEFORE INSERT ON former_party
        WHEN EXISTS (SELECT 1 FROM former_party WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'former parties are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION former_parties_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'former parties are append-only'; END $$""",
        """CREATE TRIGGER former_party_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON former_party
        FOR EACH STATEMENT EXECUTE FUNCTION former_parties_are_append_only()""",
        """DO $$ BEGIN
            GRANT SELECT, INSERT, UPDATE ON contact TO waymark_app;
            GRANT SELECT, INSERT ON former_party TO waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    ),
}

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("added_by", sa.String(length=64), nullable=True))
    op.add_column("party", sa.Column("why", sa.String(length=20), nullable=True))
    op.create_table(
        "former_party",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("since", types.UTCTime(timezone=True), nullable=False),
        sa.Column("until", types.UTCTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("ended_why", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_former_party_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_party")),
    )
    op.create_index("ix_former_party_case_id", "former_party", ["case_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", types.UTCTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("until", types.UTCTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contact_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_case_id", "contact", ["case_id"], unique=False)
    op.drop_table("reference_counter")
    for statement in RIGHTS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.create_table(
        "reference_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_reference_counter")),
    )
    op.drop_table("contact")
    op.drop_table("former_party")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION former_parties_are_append_only()")
    op.drop_column("party", "why")
    op.drop_column("party", "added_by")
