"""The demo: two employers, one occupational health provider, one person for every role, a few cases under way."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import db
from app.cases import scenario
from app.cases.waymark import Waymark
from app.identity import passwords
from app.identity.people import (
    Organisation,
    create_account,
    create_membership,
    create_organisation,
    create_person,
    organisations,
    set_provider,
)
from app.settings import ROOT

log = logging.getLogger("waymark.demo")

#: everybody in the demo has this one
PASSWORD = "waymark demo"  # noqa: S105 -- shown on the demo's login page

_DEMO = re.compile(r"^demo\s*=\s*true\b", re.MULTILINE)

PROVIDER = Organisation("calder", "Calder Occupational Health", "provider")
EMPLOYERS = (
    Organisation("northfield", "Northfield Hospital Trust", "employer"),
    Organisation("harbour", "Harbour Logistics", "employer", "GB", "SCT"),
    Organisation("eastmoor", "Eastmoor University", "employer"),
    Organisation("coastline", "Coastline Transit", "employer", "CA", "BC", "America/Vancouver"),
)
#: username, name, organisation, memberships
PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("grace.obi", "Grace Obi", "northfield", "employee"),
    ("daniel.price", "Daniel Price", "northfield", "employee"),
    ("amir.shah", "Amir Shah", "northfield", "employee manager"),
    ("helen.ward", "Helen Ward", "northfield", "employee manager"),
    ("ruth.bell", "Ruth Bell", "northfield", "employee hr"),
    ("callum.reid", "Callum Reid", "harbour", "employee"),
    ("fiona.mackay", "Fiona Mackay", "harbour", "employee manager"),
    ("ewan.stewart", "Ewan Stewart", "harbour", "employee hr policy_owner"),
    ("lena.fox", "Lena Fox", "northfield", "employee manager"),
    ("miles.dean", "Miles Dean", "northfield", "employee manager hr"),
    ("una.reilly", "Una Reilly", "northfield", "employee union"),
    ("victor.lane", "Victor Lane", "northfield", "employee oversight policy_owner"),
    ("tessa.moss", "Tessa Moss", "eastmoor", "employee"),
    ("ben.carver", "Dr Ben Carver", "eastmoor", "employee manager"),
    ("holly.grant", "Holly Grant", "eastmoor", "employee hr policy_owner"),
    ("josie.tran", "Josie Tran", "coastline", "employee"),
    ("neil.osborne", "Neil Osborne", "coastline", "employee manager"),
    ("petra.wong", "Petra Wong", "coastline", "employee hr policy_owner"),
    ("marcus.bell", "Marcus Bell", "coastline", "employee committee_member"),
    ("dana.singh", "Dana Singh", "coastline", "employee committee_member union"),
    ("luis.ortega", "Luis Ortega", "coastline", "employee union"),
    ("maya.lindqvist", "Maya Lindqvist", "calder", "employee specialist"),
    ("olivia.hart", "Olivia Hart", "calder", "employee oh_admin"),
    ("samuel.okoro", "Dr Samuel Okoro", "calder", "employee practitioner"),
    ("nina.kaur", "Nina Kaur", "calder", "employee practitioner"),
    ("ada.stone", "Ada Stone", "calder", "administrator"),
    ("owen.pike", "Owen Pike", "calder", "process_owner policy_owner"),
    ("irene.vale", "Irene Vale", "calder", "auditor"),
)


def seed(waymark: Waymark, now: datetime) -> bool:
    """Fill an empty database. Returns False, changing nothing, when somebody is there already."""
    with db.transaction(waymark.engine) as connection:
        if organisations(connection):
            return False
        create_people(connection)
    for written in stories():
        _tell(waymark, written, now)
    return True


def _tell(waymark: Waymark, written: scenario.Scenario, now: datetime) -> None:
    """Play a story so that it ends by `now`. The stories are written for ordinary weeks: around bank holidays one may
    not go on as written; then its case stays where it stands, and the demo is there all the same."""
    try:
        scenario.play(waymark, written, _morning(now - scenario.length(written)))
    except (scenario.ScenarioStuck, scenario.ScenarioFailed):
        log.warning("a story of the demo stopped", extra={"story": written.title})


def stories() -> list[scenario.Scenario]:
    """The shipped scenarios with which the demo begins. The others, of which there may be many, are not read."""
    paths = sorted((ROOT / "processes").glob("*/scenarios/*.toml"))
    found = [scenario.read(path) for path in paths if _DEMO.search(path.read_text(encoding="utf-8"))]
    return [one for one in found if one.demo]


def _morning(latest: datetime) -> datetime:
    """Nine o'clock on the last morning that is over by then: the stories are written for office hours."""
    nine = latest.replace(hour=9, minute=0, second=0, microsecond=0)
    return nine if nine <= latest else nine - timedelta(days=1)


def create_people(connection: sa.Connection, hashed: str | None = None) -> None:
    """The organisations and people of the demo, without cases; person id = username.

    `hashed`: in place of the hash of their password; one that is none lets nobody log in.
    """
    # one for all: they have the same password, and hashing takes its time on purpose
    hashed = passwords.hash_password(PASSWORD) if hashed is None else hashed
    for org in (PROVIDER, *EMPLOYERS):
        create_organisation(connection, org)
    for employer in EMPLOYERS:
        set_provider(connection, employer.id, PROVIDER.id)
    for username, name, org_id, roles in PEOPLE:
        first, *rest = roles.split()
        create_person(connection, name, org_id, [first], email=f"{username}@{org_id}.example", person_id=username)
        for role in rest:
            create_membership(connection, username, org_id, role)
        create_account(connection, username, username, hashed=hashed)
