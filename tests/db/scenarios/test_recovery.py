"""What a story of recovery support leaves in the database: who is on which case, and whom the cases have to reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import Waymark, queries, scenario
from app.cases.tables import case, contact
from app.cases.views import CaseFilter
from app.errors import NotFound
from app.identity.people import actor_of_person
from app.settings import ROOT

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
#: after the end of the story
LATER = datetime(2026, 5, 1, 17, tzinfo=UTC)
STORIES = ROOT / "processes/recovery/scenarios"


@pytest.fixture(scope="module")
def cases(house: Waymark) -> dict[str, sa.Row[Any]]:
    """The cases of a story with a return that does not last, by process."""
    story = scenario.play_through(house, scenario.read(STORIES / "planned-anew.toml")).story
    with db.reading(house.engine) as connection:
        rows = connection.execute(sa.select(case).where(case.c.id.in_(story.ids))).all()
    return {row.process_key: row for row in rows}


def may_open(house: Waymark, username: str, case_id: str) -> bool:
    with db.reading(house.engine) as connection:
        actor = actor_of_person(connection, username)
    try:
        queries.case(house, actor, case_id, LATER)
    except NotFound:
        return False
    return True


@pytest.mark.rule("JE-7", "breaks")
@pytest.mark.rule("XX-1", "breaks")
def test_je_7_breaks_nobody_of_the_workplace_opens_the_specialists_case(
    house: Waymark, cases: dict[str, sa.Row[Any]]
) -> None:
    own = cases["recovery_support"]
    assert own.parties.keys() == {"employee", "specialist"}
    for username in ("marcus.bell", "dana.singh", "luis.ortega", "petra.wong", "neil.osborne"):
        assert not may_open(house, username, own.id), username
        assert may_open(house, username, cases["committee"].id), username
    assert may_open(house, "maya.lindqvist", own.id)
    assert may_open(house, "josie.tran", own.id)


def test_the_manager_of_the_notice_is_the_one_who_welcomes_back(cases: dict[str, sa.Row[Any]]) -> None:
    """The specialist's case does not know the manager; the one that it followed does."""
    assert cases["return_to_work"].parties["line_manager"] == ["neil.osborne"]
    assert cases["committee"].parties["line_manager"] == ["neil.osborne"]
    assert cases["return_to_work"].parties.keys() <= {"employee", "line_manager", "hr"}


@pytest.mark.rule("JE-0", "follows")
def test_je_0_follows_the_treating_physician_is_on_the_case_once(house: Waymark, cases: dict[str, sa.Row[Any]]) -> None:
    """The basis was entered twice: when support began, and when it went on after a return that did not last."""
    own = cases["recovery_support"]
    with db.reading(house.engine) as connection:
        kept = connection.execute(sa.select(contact).where(contact.c.case_id == own.id)).all()
        maya = actor_of_person(connection, "maya.lindqvist")
    assert [row.role for row in kept] == ["treating_physician"]
    found = queries.case_people(house, maya, own.id, LATER)
    assert [one.name for one in found.contacts] == ["Dr Amara Chen"]


@pytest.mark.parametrize("short", ["HMCS", "hcms"])
def test_both_short_names_of_the_specialist_find_the_cases_that_have_one(
    house: Waymark, cases: dict[str, sa.Row[Any]], short: str
) -> None:
    with db.reading(house.engine) as connection:
        maya, neil = (actor_of_person(connection, name) for name in ("maya.lindqvist", "neil.osborne"))
    own = {cases["recovery_support"].reference, cases["committee"].reference}
    assert {one.reference for one in queries.cases(house, maya, CaseFilter(short)).items} == own
    assert {one.reference for one in queries.cases(house, neil, CaseFilter(short)).items} == {
        cases["committee"].reference
    }
    assert queries.cases(house, maya, CaseFilter("HCSM")).items == []


@pytest.mark.rule("JE-10", "follows")
def test_je_10_follows_the_member_finds_on_the_case_where_to_stop(
    house: Waymark, cases: dict[str, sa.Row[Any]]
) -> None:
    with db.reading(house.engine) as connection:
        josie, maya = (actor_of_person(connection, name) for name in ("josie.tran", "maya.lindqvist"))
    own = cases["recovery_support"].id
    assert queries.case(house, josie, own, LATER).can_take_back
    assert not queries.case(house, maya, own, LATER).can_take_back
    assert not queries.case(house, josie, cases["committee"].id, LATER).can_take_back
