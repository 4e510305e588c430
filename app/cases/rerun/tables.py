"""What came of running each case again, the last time."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

#: One row a case: the last run. Nothing of what the case contains.
rerun = sa.Table(
    "rerun",
    metadata,
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), primary_key=True),
    # how many entries its history had then; a case that has more now is run again in the next night
    sa.Column("history_seq", sa.Integer, nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    # "met", "differs" or "cannot": see `views.Rerun`
    sa.Column("outcome", sa.String(8), nullable=False),
    # commands that came out as recorded
    sa.Column("steps", sa.Integer, nullable=False),
    # number of the first entry that differs, or that cannot be run again
    sa.Column("entry", sa.Integer),
    # of a case that cannot be run again: ends the sentence “because …”
    sa.Column("why", sa.Text, nullable=False),
    # the version of Waymark that ran it; after an upgrade every case is run once more
    sa.Column("release", sa.String(40), nullable=False),
)
sa.Index(
    "ix_rerun_outcome",
    rerun.c.outcome,
    rerun.c.case_id,
    postgresql_where=rerun.c.outcome != "met",
    sqlite_where=rerun.c.outcome != "met",
)
