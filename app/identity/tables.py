"""Tables of organisations, people, logins and the demo's clock."""

from __future__ import annotations

import sqlalchemy as sa

from app.db import Json, UTCTime, metadata

organisation = sa.Table(
    "organisation",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    # Deadlines belong to a place: bank holidays, time zone and close of day ("17:00") of this one.
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("subdivision", sa.String(8), nullable=False),
    sa.Column("tz", sa.String(64), nullable=False),
    sa.Column("close", sa.String(5), nullable=False),
    sa.CheckConstraint("kind IN ('employer', 'provider')", name="kind"),
)

service = sa.Table(
    "service",
    metadata,
    # An employer has one provider at a time; a provider serves many employers.
    sa.Column("employer_id", sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("provider_id", sa.ForeignKey("organisation.id"), nullable=False, index=True),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("phone", sa.String(40), nullable=False),
    sa.Column("org_id", sa.ForeignKey("organisation.id"), nullable=False, index=True),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("username", sa.String(100), nullable=False, unique=True),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    # SHA-256 of the name as typed. Kept for names that have no account too: a lock that only real
    # accounts met would tell a stranger which names are real.
    sa.Column("name_hash", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("tried_at", UTCTime, nullable=False, index=True),
    sa.Column("locked_until", UTCTime),
)

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("org_id", sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("role", sa.String(32), primary_key=True),
    sa.Index("ix_membership_org_id_role", "org_id", "role"),
)

login_session = sa.Table(
    "login_session",
    metadata,
    # SHA-256 of the cookie: who reads the table cannot log in with it.
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", UTCTime, nullable=False),
    sa.Column("seen_at", UTCTime, nullable=False),
    sa.Column("expires_at", UTCTime, nullable=False, index=True),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("created_at", UTCTime, nullable=False),
    sa.Column("expires_at", UTCTime, nullable=False),
)

demo_clock = sa.Table(
    "demo_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offset_seconds", sa.BigInteger, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)
