"""Requests for a copy of what is held, and everything that was done about them."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import UTCTime

#: What happened to requests: one row each time, only ever added to. A request is its rows of one `request_id`.
subject_request = sa.Table(
    "subject_request",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("request_id", sa.String(36), nullable=False),
    # whom it is about
    sa.Column("person_id", sa.String(64), nullable=False),
    # the provider that answers a request which came to it by letter; None: the employee asked here
    sa.Column("provider_id", sa.String(64)),
    # "asked", "extended", "checked" (who the person is), "made" (a pack was downloaded) or "given" (handed over)
    sa.Column("kind", sa.String(12), nullable=False),
    # asked: how it came; extended: why; checked and given: how. One of a few words, never free text
    sa.Column("detail", sa.String(40), nullable=False),
    # asked: the day on which it was received. asked and extended: the last day for the answer
    sa.Column("received_on", sa.Date),
    sa.Column("due_on", sa.Date),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
)
sa.Index("ix_subject_request_person_id", subject_request.c.person_id)
sa.Index("ix_subject_request_provider_id", subject_request.c.provider_id)
sa.Index("ix_subject_request_request_id", subject_request.c.request_id)
