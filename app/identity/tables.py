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
    # empty: nobody logs in here by a password (a provider's account, or one whose link was not used yet)
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    # SHA-256 of the name as typed. Kept for names that have no account too: a lock that only real
    # accounts met would tell a stranger which names are real. Codes and addresses have keys of their own
    # (`lockout.py`), in which stands a character that nobody can type as a name.
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
    # "code" or "enrol": the password was right and the second step is still to come; opens nothing. Else empty.
    sa.Column("waits", sa.String(8)),
    # a code was given, here or at the organisation's own login
    sa.Column("second", sa.Boolean, nullable=False, server_default=sa.false()),
    # the last password or code; empty: when it was made
    sa.Column("proven_at", UTCTime),
    # the id of the organisation's own login by which this session came; empty: a password
    sa.Column("issuer", sa.String(40)),
    # The cookie's value changes every while: the value before, since when, and until when it is still taken
    # (empty: until the browser has shown that it holds the new one).
    sa.Column("previous_hash", sa.String(64), index=True),
    sa.Column("renewed_at", UTCTime),
    sa.Column("previous_until", UTCTime),
)

second_step = sa.Table(
    "second_step",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    # the secret of the codes (RFC 6238), sealed with a key made of the master key; empty until it was confirmed
    sa.Column("sealed", sa.LargeBinary),
    # one that was shown and not yet confirmed by a code
    sa.Column("pending", sa.LargeBinary),
    # the 30-second step of the last code that was taken: no code is taken twice
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("since", UTCTime),
)

recovery_code = sa.Table(
    "recovery_code",
    metadata,
    # SHA-256; a code has 80 random bits
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("made_at", UTCTime, nullable=False),
    sa.Column("used_at", UTCTime),
)

reset_link = sa.Table(
    "reset_link",
    metadata,
    # The link's token is this id and its signature (`app.signed`): who reads the table cannot make it.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("made_by", sa.String(36), nullable=False),
    sa.Column("expires_at", UTCTime, nullable=False),
)

outside_login = sa.Table(
    "outside_login",
    metadata,
    # Who a person is at their organisation's own login (OpenID Connect: `iss` and `sub`), bound for good.
    sa.Column("issuer", sa.String(400), primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("bound_at", UTCTime, nullable=False),
)

identity_event = sa.Table(
    "identity_event",
    metadata,
    # Who did what to whose account, when and why. Only ever added to: triggers and rights see to it.
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("at", UTCTime, nullable=False),
    # empty: the person's organisation, or the shell
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("person_id", sa.String(64), nullable=False),
    # "membership added", "password changed" …: see `events.KINDS`
    sa.Column("kind", sa.String(40), nullable=False),
    # ids and roles; no name, no address
    sa.Column("detail", Json, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
sa.Index("ix_identity_event_person_id_at", identity_event.c.person_id, identity_event.c.at)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("created_at", UTCTime, nullable=False),
    sa.Column("expires_at", UTCTime, nullable=False),
    # written once an hour at most
    sa.Column("used_at", UTCTime),
)

demo_clock = sa.Table(
    "demo_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offset_seconds", sa.BigInteger, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)
