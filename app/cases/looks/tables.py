"""Looks at health information. Rows are only ever added; triggers and database rights see to it."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

#: Chained like a case's history, but in a chain of its own for each case: to look must not wait for the case's row.
look = sa.Table(
    "look",
    metadata,
    # whose chain it is in: a case's, or `REGISTER` for looks at this register itself
    sa.Column("case_id", sa.String(36), primary_key=True),
    # 1, 2, 3 … without a gap within a chain
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    # by which way out: "look.page", "look.api" …
    sa.Column("kind", sa.String(40), nullable=False),
    # canonical JSON of the whole entry: what the hash covers. Its `data`: see `seen.Seen`
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    # repeated from `body`, to be looked for: whose data, which organisation's person looked, on what ground, and the
    # emergency access that was open
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("org_id", sa.String(64), nullable=False),
    sa.Column("ground", sa.String(20), nullable=False),
    sa.Column("emergency_id", sa.String(36)),
)
sa.Index("ix_look_subject_id_at", look.c.subject_id, look.c.at)
sa.Index("ix_look_actor_id_at", look.c.actor_id, look.c.at)
sa.Index("ix_look_org_id_at", look.c.org_id, look.c.at)

#: Where each chain ends. The row is the chain's lock.
look_head = sa.Table(
    "look_head",
    metadata,
    sa.Column("case_id", sa.String(36), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

#: chain of the looks at the register, which belong to no case
REGISTER = "register"
