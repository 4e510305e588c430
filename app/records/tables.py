"""What people entered, sealed with the key of the employee whom it is about."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import Json, UTCTime
from app.records.sealing import MAGIC

#: One key per person whom answers are about. Deleting the row makes every answer about them unreadable.
person_key = sa.Table(
    "person_key",
    metadata,
    sa.Column("person_id", sa.String(64), primary_key=True),
    # the person's key, wrapped by a master key and naming it; see `records.keys`
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    # which master key wraps it; none until it is wrapped anew, for what 0.2.0 and before have written
    sa.Column("key_id", sa.String(200)),
    # keys that it replaced and under which something still lies: {fingerprint: wrapped by the key in `wrapped`, hex}
    sa.Column("older", Json, nullable=False, server_default="{}"),
    sa.Column("created_at", UTCTime, nullable=False),
)

#: One submitted form. `sealed`: see `records.seal`.
submission = sa.Table(
    "submission",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), nullable=False),
    # the task that was completed; None for a start form
    sa.Column("task_id", sa.String(36)),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("definition_sha", sa.String(64), nullable=False),
    sa.Column("form_id", sa.String(80), nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # the message with which it came from another case; `at` is then when it came, `actor_id` who had written it
    sa.Column("message_id", sa.String(36)),
)
sa.Index("ix_submission_case_id_at", submission.c.case_id, submission.c.at)

#: Answers not yet sent, one per open task; only the person who is working on the task sees them.
draft = sa.Table(
    "draft",
    metadata,
    sa.Column("task_id", sa.String(36), primary_key=True),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

#: The ledger of consents: what the employee agreed to, refused or took back, with the text they saw (XX-A2, XX-A6,
#: XX-A7, XX-A9). Only ever added to: the newest entry of a chain of `previous_id` counts. It says no lawful basis.
consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), nullable=False),
    sa.Column("person_id", sa.String(64), nullable=False),
    # "referral", "gp-report", "release", "sharing" …
    sa.Column("scope", sa.String(40), nullable=False),
    # which of several: list and number of the row, "items.2", in the submission below; empty where there is only one
    sa.Column("item", sa.String(120), nullable=False, server_default=sa.text("''")),
    sa.Column("submission_id", sa.String(36)),
    # to whom it goes, in the words of the form
    sa.Column("recipient", sa.String(200), nullable=False, server_default=sa.text("''")),
    # class of the field in which it was said: who may know of it
    sa.Column("data_class", sa.String(12), nullable=False, server_default="employer"),
    # "given", "refused" or "withdrawn"
    sa.Column("decision", sa.String(12), nullable=False),
    # the form's id and the SHA-256 of its file: the exact words that were shown
    sa.Column("text_id", sa.String(80), nullable=False),
    sa.Column("text_sha", sa.String(64), nullable=False),
    # the version that the text states of itself
    sa.Column("text_version", sa.String(80), nullable=False, server_default=sa.text("''")),
    # "web", "telephone" …
    sa.Column("channel", sa.String(20), nullable=False),
    # the entry that this one takes back or follows; each has one follower at most
    sa.Column("previous_id", sa.String(36)),
    # who entered it: the employee, or somebody who was told
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
)
sa.Index("ix_consent_person_id_at", consent.c.person_id, consent.c.at)
sa.Index("ix_consent_case_id", consent.c.case_id)
sa.Index("ix_consent_previous_id", consent.c.previous_id, unique=True)


def whole(sealed: sa.Column[bytes]) -> sa.ColumnElement[bool]:
    """Of a column `sealed`: what 0.2.0 sealed as a whole (see `sealing`)."""
    return sa.func.substr(sealed, 1, len(MAGIC)) != MAGIC
