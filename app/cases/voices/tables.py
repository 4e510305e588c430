"""Surveys, and what came in. The table of voices has no column that could lead to a person: that is the point of it."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

#: A survey that the oversight group has opened. Its address is known to whoever got it.
survey = sa.Table(
    "survey",
    metadata,
    # random: it stands in the address
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("employer_id", sa.String(64), nullable=False),
    sa.Column("form_id", sa.String(80), nullable=False),
    # which policy, in words that those who are asked read
    sa.Column("about", sa.String(200), nullable=False),
    sa.Column("opened_at", UTCTime, nullable=False),
    sa.Column("opened_by", sa.String(64), nullable=False),
    # the last day on which it takes answers, in the employer's calendar
    sa.Column("last_day", sa.Date, nullable=False),
)
sa.Index("ix_survey_employer_id", survey.c.employer_id)

#: One answer. `id` is drawn by lot, and rows are kept in its order, so that not even the order tells who came when.
voice = sa.Table(
    "voice",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("survey_id", sa.String(32), sa.ForeignKey("survey.id"), nullable=False),
    # the answers as JSON, under the survey's own key and bound to `id`
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("ix_voice_survey_id", voice.c.survey_id)
