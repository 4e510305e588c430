"""anonymous feedback about policies"""

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
    ),
    "postgresql": (
        """CREATE FUNCTION voice_is_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'what somebody said is not changed'; END $$""",
        """CREATE TRIGGER voice_kept BEFORE UPDATE ON voice FOR EACH ROW EXECUTE FUNCTION voice_is_kept()""",
        """DO $$ BEGIN
            GRANT SELECT, INSERT ON survey, voice TO waymark_app;
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
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("voice")
    op.drop_table("survey")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION voice_is_kept()")
