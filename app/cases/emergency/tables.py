"""Who was let into which case in an emergency, what was thought of it, and who tried in vain. Only ever added to."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

#: One access. It ends by itself: whoever reads compares `until` with the time.
emergency = sa.Table(
    "emergency",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("until", UTCTime, nullable=False),
    # the reason, sealed like an answer
    sa.Column("reason_id", sa.String(36), nullable=False),
)
sa.Index("ix_emergency_case_id_at", emergency.c.case_id, emergency.c.at)
sa.Index("ix_emergency_actor_id_until", emergency.c.actor_id, emergency.c.until)

#: What the responsible person thought of it.
emergency_review = sa.Table(
    "emergency_review",
    metadata,
    sa.Column("emergency_id", sa.String(36), sa.ForeignKey("emergency.id"), primary_key=True),
    sa.Column("reviewer_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("justified", sa.Boolean, nullable=False),
    # their words, sealed like an answer
    sa.Column("words_id", sa.String(36), nullable=False),
)

#: Tries that found no case. What was typed is not kept: it may be somebody's name.
emergency_try = sa.Table(
    "emergency_try",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
)
sa.Index("ix_emergency_try_actor_id_at", emergency_try.c.actor_id, emergency_try.c.at)
