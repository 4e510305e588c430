"""anonymous feedback about policies, and audits of samples"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEPT = {
    "sqlite": (
        """CREATE TRIGGER voice_no_update BEFORE UPDATE ON voice
        BEGIN SELECT RAISE(ABORT, 'what somebody said is not changed'); END""",
        """CREATE TRIGGER audit_finding_no_update BEFORE UPDATE ON audit_finding
        BEGIN SELECT RAISE(ABORT, 'findings are append-only'); END""",
        # INSERT OR REPLACE takes a row away without firing what stands on DELETE
        """CREATE TRIGGER audit_finding_no_replace BEFORE INSERT ON audit_finding
        WHEN EXISTS (SELECT 1 FROM audit_finding WHERE audit_id = NEW.audit_id AND number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'findings are append-only'); END""",
        """CREATE TRIGGER audit_finding_no_delete BEFORE DELETE ON audit_finding
        BEGIN SELECT RAISE(ABORT, 'findings are append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION voice_is_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'what somebody said is not changed'; END $$""",
        """CREATE TRIGGER voice_kept BEFORE UPDATE ON voice FOR EACH ROW EXECUTE FUNCTION voice_is_kept()""",
        """CREATE FUNCTION finding_is_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'findings are append-only'; END $$""",
        """CREATE TRIGGER finding_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_finding
        FOR EACH STATEMENT EXECUTE FUNCTION finding_is_kept()""",
        """DO $$ BEGIN
            GRANT SELECT, INSERT ON survey, voice, audit, audit_case, audit_finding TO waymark_app;
        EXCEPTION WHEN undefined_object THEN NULL; END $$""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("employer_id", sa.String(length=64), nullable=False),
        sa.Column("form_id", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("opened_at", types.UTCTime(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_index("ix_survey_employer_id", "survey", ["employer_id"])
    op.create_table(
        "voice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_voice_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_voice_survey_id", "voice", ["survey_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("employer_id", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("process_name", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_at", types.UTCTime(), nullable=False),
        sa.Column("drawn_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_employer_id", "audit", ["employer_id"])
    op.create_table(
        "audit_case",
        sa.Column("audit_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_case_audit_id_audit")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_audit_case_case_id_cases")),
        sa.PrimaryKeyConstraint("audit_id", "number", name=op.f("pk_audit_case")),
    )
    op.create_table(
        "audit_finding",
        sa.Column("audit_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UTCTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id", "number"],
            ["audit_case.audit_id", "audit_case.number"],
            name=op.f("fk_audit_finding_audit_id_audit_case"),
        ),
        sa.PrimaryKeyConstraint("audit_id", "number", name=op.f("pk_audit_finding")),
    )
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in ("audit_finding", "audit_case", "audit", "voice", "survey"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION finding_is_kept()")
        op.execute("DROP FUNCTION voice_is_kept()")
