"""The doors that pages go through: the case layer, logins and, in a demo, the clock. Tests bring their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from flask import current_app

from app import db
from app.cases import Waymark, demo
from app.clock import Clock, SystemClock
from app.identity import MEMBERSHIPS, Session, SignIn, authenticate, outside, sign_in, sign_out
from app.identity import clock as demo_clock
from app.identity.actor import Half
from app.identity.people import organisation_of
from app.identity.sealing import Enveloped
from app.identity.second_step import Required
from app.identity.sessions import half_of

#: rounds of due timers after the demo's clock moved; the worker does what is left
MOST_ROUNDS = 40
#: the process by which anybody flags what a policy does not cover
GAP = "policy_gap"
#: how long who may start something is kept in mind
LOOK_UP = timedelta(minutes=1)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom the login page of a demo offers."""

    username: str
    name: str
    #: what they are, in words: "Manager, Northwick Council"
    what: str


@dataclass(frozen=True)
class Doors:
    """`queries` and `commands`: the modules of app.cases, or something of the same shape."""

    w: Waymark
    queries: Any
    commands: Any
    clock: Clock
    zones: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    #: when who may start something was last looked up, and what was found
    looked_up: dict[datetime, frozenset[str]] = field(default_factory=dict)
    gap: dict[datetime, str] = field(default_factory=dict)
    #: the organisations' own logins, by id
    issuers: Mapping[str, outside.Issuer] = field(default_factory=dict)
    providers: outside.Providers = field(default_factory=outside.Providers)

    @classmethod
    def open(cls, w: Waymark, queries: ModuleType, commands: ModuleType) -> Doors:
        return cls(w, queries, commands, SystemClock(), issuers=outside.issuers_of(w.settings, w.engine))

    @property
    def demo(self) -> bool:
        return self.w.settings.demo

    def session(self, token: str | None) -> Session | None:
        """Whose cookie this is; None when it is nobody's any more."""
        return authenticate(self.w.engine, token, self.clock, demo=self.demo)

    def half(self, token: str | None) -> Half | None:
        """The login that waits for its second step, if this is its cookie."""
        if not token:
            return None
        with db.reading(self.w.engine) as conn:
            return half_of(conn, token, self.real_now)

    @property
    def real_now(self) -> datetime:
        """The time by which logins, codes and links run out, never moved by a demo."""
        return self.clock.now()

    @property
    def now(self) -> datetime:
        """The time by which cases run, for who is not logged in: a demo may have moved it."""
        with db.reading(self.w.engine) as conn:
            return demo_clock.read(conn, demo=self.demo).now

    @property
    def sealer(self) -> Enveloped:
        """Seals the secrets of the second step."""
        return Enveloped(self.w.master_key)

    @property
    def second_step_required(self) -> Required:
        return self.w.settings.second_step_required

    def zone(self, org_id: str) -> str:
        """Time zone of an organisation; looked up once, for it does not move."""
        if org_id not in self.zones:
            with db.reading(self.w.engine) as conn:
                self.zones[org_id] = organisation_of(conn, org_id).tz
        return self.zones[org_id]

    def provides(self, org_id: str) -> bool:
        """Is it a provider? Looked up once, for that does not change."""
        if org_id not in self.kinds:
            with db.reading(self.w.engine) as conn:
                self.kinds[org_id] = organisation_of(conn, org_id).kind
        return self.kinds[org_id] == "provider"

    def starters(self, now: datetime) -> frozenset[str]:
        """Memberships that may start any process; looked up anew when a minute has passed, not with every page."""
        for at, found in list(self.looked_up.items()):
            if at <= now < at + LOOK_UP:
                return found
            self.looked_up.pop(at, None)
        fresh: frozenset[str] = self.queries.starters(self.w)
        self.looked_up[now] = fresh
        return fresh

    def flags_gap(self, now: datetime) -> str:
        """The process by which people say what a policy does not cover (XX-5), if in force; looked up as above."""
        for at, found in list(self.gap.items()):
            if at <= now < at + LOOK_UP:
                return found
            self.gap.pop(at, None)
        self.gap[now] = GAP if GAP in self.queries.deployed_keys(self.w) else ""
        return self.gap[now]

    def sign_in(self, username: str, password: str, old_token: str | None, address: str = "") -> SignIn:
        """`address`: a mark of where the try comes from."""
        required = self.second_step_required
        now = self.real_now
        return sign_in(self.w.engine, username, password, now, old_token, required=required, address=address)

    def sign_out(self, token: str) -> None:
        with db.transaction(self.w.engine) as conn:
            sign_out(conn, token)

    def demo_people(self) -> Sequence[DemoPerson]:
        """Everybody of the demonstration, as the login page lists them."""
        places = {org.id: org.name for org in (demo.PROVIDER, *demo.EMPLOYERS)}
        return [
            DemoPerson(username, name, f"{_in_words(held)}, {places[org]}") for username, name, org, held in demo.PEOPLE
        ]

    @property
    def demo_password(self) -> str:
        return demo.PASSWORD

    def move_clock(self, by: timedelta) -> None:
        """Move the demo's clock on and do what is then due. Raises `NotAllowed` outside a demo."""
        with db.transaction(self.w.engine) as conn:
            demo_clock.advance(conn, by, demo=self.demo)
        for _ in range(MOST_ROUNDS):
            if not (self.commands.fire_due(self.w) or self.commands.deliver(self.w)):
                break
        self.commands.keep_house(self.w)


def _in_words(held: str) -> str:
    """Memberships as words; "employee" only for those who are nothing else."""
    roles = held.split()
    named = [MEMBERSHIPS[role] for role in roles if role != "employee"] or [MEMBERSHIPS["employee"]]
    return ", ".join(named)


def doors() -> Doors:
    """The doors of the running app."""
    found: Doors = current_app.extensions["waymark"]
    return found
