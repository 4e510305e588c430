"""The blueprint of the pages, and what every template knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, request
from markupsafe import Markup

from app.cases.subject import NOBODY_NAME
from app.identity import Actor, Session, roles
from app.web import assets, rules, security, words
from app.web.doors import doors

bp = Blueprint("web", __name__, template_folder="templates")

START = ("web.start", "Start a case")
NAVIGATION = (
    ("web.inbox", "Inbox"),
    ("web.cases", "Cases"),
    START,
    ("web.notices", "Notices"),
    ("web.me", "Your information"),
)
FOR_ADMINISTRATORS = (
    ("web.people", "People"),
    ("web.incidents", "Incidents"),
    ("web.deployments", "Processes"),
    ("web.retention", "Retention"),
)
#: memberships whose people may set holds somewhere
HOLDERS = ("hr", "oh_admin", "practitioner")
#: for who holds one of these memberships
FOR_MEMBERS = (
    (("oh_admin",), ("web.requests", "Requests")),
    (HOLDERS, ("web.holds", "Holds")),
    (("practitioner",), ("web.emergency", "Emergency access")),
    (("oh_admin",), ("web.emergency_reviews", "Emergency access")),
    (("auditor",), ("web.audit_room", "Audit room")),
    (("auditor",), ("web.audit_looks", "Looks")),
    (("oversight", "auditor"), ("web.measures", "Measures")),
    (("oversight",), ("web.voices", "Feedback")),
    (("hr", "oversight"), ("web.audits", "Audits")),
    (("process_owner",), ("web.workshop", "Workshop")),
)
#: rooms for people of a provider: to others they are not there
OF_PROVIDERS = frozenset({"web.audit_room", "web.workshop"})
#: pages below a page of the navigation
BELOW = {
    "web.task": "web.inbox",
    "web.case": "web.cases",
    "web.as_seen_by": "web.cases",
    "web.sent": "web.cases",
    "web.withdraw": "web.cases",
    "web.cancel": "web.cases",
    "web.case_people": "web.cases",
    "web.add_person": "web.cases",
    "web.remove_person": "web.cases",
    "web.keep_contact": "web.cases",
    "web.drop_contact": "web.cases",
    "web.pass_on": "web.inbox",
    "web.start_form": "web.start",
    "web.incident": "web.incidents",
    "web.request": "web.requests",
    "web.request_new": "web.requests",
    "web.lift_hold": "web.holds",
    "web.case_looks": "web.cases",
    "web.emergency_review": "web.emergency_reviews",
    "web.audit": "web.audits",
    "web.audit_replay": "web.audit_room",
    "web.audit_rerun": "web.audit_room",
    "web.audit_pack": "web.audit_room",
    "web.audit_verify": "web.audit_room",
    "web.audit_case_verify": "web.audit_room",
    "web.audit_reruns": "web.audit_room",
    "web.audit_deadlines": "web.audit_room",
    "web.audit_version_deadlines": "web.audit_room",
    "web.person": "web.people",
    "web.my_looks": "web.me",
    "web.my_erasure": "web.me",
    "web.confirm_my_erasure": "web.me",
}


def _links(session: Session | None) -> tuple[tuple[str, str], ...]:
    """The navigation: only what this person can do something with."""
    if session is None:
        return NAVIGATION
    actor = session.actor
    starts = actor.memberships_in(actor.org_id) & doors().starters(session.now)
    found = NAVIGATION if starts else tuple(one for one in NAVIGATION if one != START)
    return found + _for_members(actor) + (FOR_ADMINISTRATORS if actor.has("administrator") else ())


def _for_members(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Links by membership; the first of those with the same words."""
    found = [link for held, link in FOR_MEMBERS if any(_is_for(actor, one, link[0]) for one in held)]
    return tuple({text: (endpoint, text) for endpoint, text in reversed(found)}.values())[::-1]


def _here(endpoint: str) -> str:
    """The page of the navigation to which a page belongs."""
    if request.url_rule is not None and request.url_rule.rule.startswith("/workshop"):
        return "web.workshop"
    return "web.me" if endpoint.startswith("web.me_") else BELOW.get(endpoint, endpoint)


def _is_for(actor: Actor, membership: str, endpoint: str) -> bool:
    if endpoint not in OF_PROVIDERS:
        return actor.has(membership)
    return any(held == membership and doors().provides(org) for org, held in actor.roles)


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="_csrf" value="{}">').format(security.csrf_token())


@bp.app_context_processor
def known() -> dict[str, Any]:
    """Names in every template: `person`, `now`, `navigation`, `here`, `demo`, `csrf()`, `asset(name)`."""
    session = security.current_session() if not g.get("broken") else None
    actor = session.actor if session else None
    endpoint = request.endpoint or ""
    return {
        "person": actor,
        "now": session.now if session else None,
        "navigation": _links(session),
        "here": _here(endpoint),
        "demo": doors().demo,
        "csrf": csrf_field,
        "asset": assets.url,
        "until": _local(words.until),
        "clock_line": words.clock_line,
        "role_label": roles.label,
        "no_employee": NOBODY_NAME,
        "rule_sentences": rules.sentences(),
    }


bp.before_request(security.refuse_control_characters)
bp.before_request(security.check_post)


def reader_zone() -> str:
    """Times are shown as the clocks go where the reader works."""
    if "zone" not in g:
        found = security.current_session() if not g.get("broken") else None
        g.zone = doors().zone(found.actor.org_id) if found else words.HOME
    zone: str = g.zone
    return zone


def _local(function: Callable[..., str]) -> Callable[..., str]:
    return lambda at, *more: function(at, *more, reader_zone())


for name, function in words.LOCAL.items():
    bp.add_app_template_filter(_local(function), name)
bp.add_app_template_filter(words.own_links, "own_links")
