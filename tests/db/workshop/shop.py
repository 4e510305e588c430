"""A workshop with two small processes that share forms and a table, and people of every side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from app import db, definitions
from app.cases import Waymark, commands, queries
from app.cases.workshop.views import DraftView, Saved
from app.definitions.collecting import library
from app.engine import Bundle
from app.identity import Actor, Organisation
from app.identity.people import create_organisation, create_person, set_provider
from app.settings import ROOT, Settings

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
GAP, TWIN = "policy_gap", "policy_twin"
MAIN, FORM, REVIEW, TABLE = "policy_gap.bpmn", "policy-gap.form", "policy-gap-review.form", "review-policy.dmn"
PEOPLE = {
    "owner": ("calder", "process_owner"),
    "second": ("calder", "process_owner"),
    "elsewhere": ("pennine", "process_owner"),
    "employers_owner": ("northfield", "process_owner"),
    "auditor": ("calder", "auditor"),
    "administrator": ("calder", "administrator"),
    "practitioner": ("calder", "practitioner"),
    "manager": ("northfield", "manager"),
}


@cache
def gap() -> Bundle:
    """The smallest process that ships: a diagram, two forms, a table."""
    return library([ROOT / "processes" / "policy_review", ROOT / "forms"]).bundle(GAP)


def twin() -> Bundle:
    """The same under another name, with the same forms and table."""
    files = {name: data for name, data in gap().files.items() if name != MAIN}
    return Bundle(TWIN, {"policy_twin.bpmn": gap().files[MAIN].replace(b"policy_gap", b"policy_twin"), **files})


def relabelled(data: bytes, name: str = "Newer") -> bytes:
    """Another text that is as sound as the first."""
    return data.replace(b'"label": "', f'"label": "{name} '.encode(), 1)


@dataclass
class Shop:
    w: Waymark
    people: dict[str, Actor]

    @property
    def owner(self) -> Actor:
        return self.people["owner"]

    def open(self, key: str = GAP, title: str = "Ask less", who: str = "owner") -> str:
        return commands.open_draft(self.w, self.people[who], key, title, NOW)

    def draft(self, draft_id: str, who: str = "owner") -> DraftView:
        return queries.draft(self.w, self.people[who], draft_id, NOW.date())

    def save(self, draft_id: str, name: str, data: bytes, seen: int = 99, who: str = "owner") -> Saved:
        return commands.save_file(self.w, self.people[who], draft_id, name, data, seen, NOW + HOUR)

    def changed(self, title: str = "Ask less") -> str:
        """A sound draft whose first form has another text."""
        draft_id = self.open(title=title)
        self.save(draft_id, FORM, relabelled(gap().files[FORM], title))
        return draft_id

    def deploy(self, draft_id: str, seen: int = 2, reason: str = "It was too long") -> tuple[definitions.Deployed, ...]:
        return commands.deploy_draft(self.w, self.owner, draft_id, seen, reason, NOW + 2 * HOUR)

    def in_force(self) -> dict[str, tuple[int, str]]:
        with db.reading(self.w.engine) as connection:
            return {one.key: (one.version, one.sha256) for one in definitions.current_all(connection)}


def opened(settings: Settings) -> Shop:
    waymark = Waymark.open(settings)
    with db.transaction(waymark.engine) as connection:
        for org, kind in (("calder", "provider"), ("pennine", "provider"), ("northfield", "employer")):
            create_organisation(connection, Organisation(org, org.capitalize(), kind))
        set_provider(connection, "northfield", "calder")
        people = {}
        for name, (org, role) in PEOPLE.items():
            create_person(connection, f"Person {name}", org, (role,), person_id=name)
            people[name] = Actor(name, f"Person {name}", org, frozenset({(org, role)}))
        for bundle in (gap(), twin()):
            definitions.deploy(connection, bundle, "system", "shipped", NOW, family="policy_review")
    return Shop(waymark, people)
