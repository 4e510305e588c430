"""People, organisations, roles, logins, tokens, and the clock by which cases run."""

from app.identity.actor import CLOCK_ACTOR, SCOPES, SYSTEM_ACTOR, Actor, Session
from app.identity.people import (
    Organisation,
    Person,
    calendar_of,
    employers_of,
    list_users,
    people_with_membership,
    person_ids_of_team,
    persons,
    provider_of,
    recipients,
)
from app.identity.roles import MEMBERSHIPS, ROLES, Role, may_hold
from app.identity.sessions import SignIn, actor_of_session, authenticate, end_sessions, sign_in, sign_out
from app.identity.tokens import actor_of_token, create_token

__all__ = [
    "CLOCK_ACTOR",
    "MEMBERSHIPS",
    "ROLES",
    "SCOPES",
    "SYSTEM_ACTOR",
    "Actor",
    "Organisation",
    "Person",
    "Role",
    "Session",
    "SignIn",
    "actor_of_session",
    "actor_of_token",
    "authenticate",
    "calendar_of",
    "create_token",
    "employers_of",
    "end_sessions",
    "list_users",
    "may_hold",
    "people_with_membership",
    "person_ids_of_team",
    "persons",
    "provider_of",
    "recipients",
    "sign_in",
    "sign_out",
]
