"""Samples that were drawn, and what was found in each case of them."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

#: A sample that was drawn, once: how many cases there were to draw from, and which period.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("employer_id", sa.String(64), nullable=False),
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("process_name", sa.String(200), nullable=False),
    # cases that ended in these days, both included, in the employer's calendar
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("population", sa.Integer, nullable=False),
    sa.Column("drawn_at", UTCTime, nullable=False),
    sa.Column("drawn_by", sa.String(64), nullable=False),
)
sa.Index("ix_audit_employer_id", audit.c.employer_id)

#: The cases of a sample, in the order in which they were drawn.
sampled = sa.Table(
    "audit_case",
    metadata,
    sa.Column("audit_id", sa.String(32), sa.ForeignKey("audit.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
)

#: What was found in one of them: written once.
finding = sa.Table(
    "audit_finding",
    metadata,
    sa.Column("audit_id", sa.String(32), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    # the answers as JSON, under the audit's own key
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.ForeignKeyConstraint(["audit_id", "number"], ["audit_case.audit_id", "audit_case.number"]),
)
