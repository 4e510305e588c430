"""A case about nobody: who starts it, where it belongs, and that nobody is its subject (WW-2.3a)."""

from __future__ import annotations

import pytest

from app.cases import queries
from app.cases.subject import NOBODY_NAME
from app.errors import NotAllowed, NotFound
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, PRACTITIONER
from tests.db.starts.village import HR, Village, meeting


@pytest.mark.rule("WW-2.3a", "follows")
def test_a_manager_asks_without_naming_anybody(village: Village) -> None:
    asked = village.ask()
    row = village.row(asked)
    assert row.parties == {"referring_manager": [MANAGER]}
    assert village.facts(asked) == {"employer": "northfield", "follow_up": False, "previous": None, "kind": "yes"}
    shown = village.view(asked)
    assert (shown.subject, [one.role for one in shown.parties]) == (NOBODY_NAME, ["referring_manager"])
    village.fill(asked, "reply", OFFICE, answer="Nothing", note="Asked before", settled="yes")
    village.fill(asked, "thank", MANAGER)
    assert village.row(asked).status == "completed"


def test_a_member_of_the_provider_may_start_one_with_the_provider_itself(village: Village) -> None:
    asked = village.ask(OFFICE)
    row = village.row(asked)
    assert (row.employer_id, row.provider_id) == (village.actors[OFFICE].org_id,) * 2
    assert row.parties == {"oh_admin": [OFFICE]}
    assert village.open(asked) == ["reply"]
    with pytest.raises(NotAllowed):
        village.ask(PRACTITIONER)


def test_a_member_of_the_provider_starts_nothing_about_an_employee_by_themselves(one_village: Village) -> None:
    one_village.deploy(meeting(starters="oh_admin"))
    with pytest.raises(NotAllowed):
        one_village.start("meeting", OFFICE, employee=EMPLOYEE, why="yes")


def test_lists_and_pages_show_that_it_is_about_nobody(one_village: Village) -> None:
    asked = one_village.ask()
    waymark, office = one_village.waymark, one_village.actors[OFFICE]
    [row] = queries.cases(waymark, office).items
    assert (row.id, row.subject) == (asked, NOBODY_NAME)
    [waiting] = queries.inbox(waymark, office, "groups", now=NOW).items
    assert (waiting.case_id, waiting.subject) == (asked, NOBODY_NAME)
    assert queries.task(waymark, office, waiting.id, NOW).subject == NOBODY_NAME
    with pytest.raises(NotFound):
        one_village.view(asked, HR)
    with pytest.raises(NotFound):
        one_village.view(asked, EMPLOYEE)
