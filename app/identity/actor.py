"""Who acts: a person with their memberships, the clock, or the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: What an API token may do; a login in the browser may do both.
SCOPES: frozenset[str] = frozenset({"read", "write"})


@dataclass(frozen=True)
class Actor:
    """`roles`: (organisation id, membership) pairs. `person_id` and `org_id` are empty for the clock and the system."""

    person_id: str
    name: str
    org_id: str
    roles: frozenset[tuple[str, str]]
    kind: Literal["person", "clock", "system"] = "person"

    def has(self, membership: str, org_id: str | None = None) -> bool:
        """Whether this person holds `membership`, in `org_id` if given, else anywhere."""
        if org_id is not None:
            return (org_id, membership) in self.roles
        return any(held == membership for _, held in self.roles)

    def memberships_in(self, org_id: str) -> frozenset[str]:
        return frozenset(held for org, held in self.roles if org == org_id)

    @property
    def org_ids(self) -> frozenset[str]:
        """The organisation that the person belongs to and those in which they hold a membership."""
        return frozenset({org for org, _ in self.roles} | ({self.org_id} if self.org_id else set()))


#: Fires timers and retries; acts for nobody.
CLOCK_ACTOR = Actor("", "Clock", "", frozenset(), "clock")
#: Seeds, deploys at start-up, upgrades.
SYSTEM_ACTOR = Actor("", "Waymark", "", frozenset(), "system")


@dataclass(frozen=True)
class Session:
    """One request's identity. `now`: the database's clock, moved by the demo's offset; `csrf`: empty for a token."""

    actor: Actor
    csrf: str
    now: datetime
    scopes: frozenset[str] = SCOPES
    #: The real time, never moved: sessions and tokens run out by it.
    real_now: datetime | None = None
    #: The session has not been marked as seen for a minute, or a token not for an hour.
    stale: bool = False
    #: The last time that the person gave their password or a code, by the real clock.
    proven_at: datetime | None = None
    #: A code was given at this login.
    second: bool = False
    #: The id of the organisation's own login by which the session came; empty: a password.
    issuer: str = ""
    #: The cookie's new value, when it has just changed.
    renewed: str | None = None


@dataclass(frozen=True)
class Half:
    """A login whose password was right and whose second step is still to come. It opens nothing but that step."""

    person_id: str
    username: str
    csrf: str
    waits: Literal["code", "enrol"]
    issuer: str
