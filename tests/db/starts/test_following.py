"""Cases that follow others: who may, on what condition, with whom and with which facts; and an employee's own case."""

from __future__ import annotations

import pytest

from app.cases import commands, queries
from app.cases.parties.naming import SAME_PERSON, NoSubject, OwnReferral
from app.cases.queries.following import NotReady
from app.errors import InvalidAnswers, NotAllowed, NotFound
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, OTHER_MANAGER, STRANGER
from tests.db.starts.test_anonymous import REFERRAL
from tests.db.starts.village import HR, Village, meeting

OTHER_EMPLOYEE = "daniel.price"


def test_a_case_follows_another_about_the_same_person(village: Village) -> None:
    referred = village.start("referral", MANAGER, **REFERRAL).case_id
    met = village.start("meeting", MANAGER, previous=referred, why="yes").case_id
    row = village.row(met)
    assert (row.subject_id, row.previous_case_id) == (EMPLOYEE, referred)
    # the line manager and the employee have something to do there; whoever starts it does so as line manager
    assert row.parties == {"employee": [EMPLOYEE], "line_manager": [MANAGER]}
    given = {"employer": "northfield", "follow_up": False, "previous": referred, "why": "yes"}
    assert village.facts(met) == given
    assert village.view(met, EMPLOYEE).previous_case == (referred, village.row(referred).reference)
    again = village.start("meeting", MANAGER, previous=met, why="yes").case_id
    assert village.facts(again)["follow_up"] is True


def test_whoever_has_no_part_there_that_is_named_starts_nothing_from_it(one_village: Village) -> None:
    referred = one_village.start("referral", MANAGER, **REFERRAL).case_id
    for who in (EMPLOYEE, OFFICE, STRANGER, HR):
        with pytest.raises(NotFound):
            one_village.start("meeting", who, previous=referred, why="yes")
    assert "meeting" in [one.key for one in one_village.view(referred, OTHER_MANAGER).starts]
    assert "meeting" not in [one.key for one in one_village.view(referred, EMPLOYEE).starts]


def test_it_is_never_about_somebody_else(one_village: Village) -> None:
    referred = one_village.start("referral", MANAGER, **REFERRAL).case_id
    with pytest.raises(InvalidAnswers) as refused:
        one_village.start("meeting", MANAGER, previous=referred, employee=OTHER_EMPLOYEE, why="yes")
    assert refused.value.messages == {"employee": SAME_PERSON}
    assert one_village.cases_of("meeting") == []


def test_what_begins_only_from_a_case_stands_in_no_list(one_village: Village) -> None:
    manager = one_village.actors[MANAGER]
    ours = {"meeting", "question", "welcome", "referral", "second_question"}
    found = queries.startable(one_village.waymark, manager)
    listed = [(one.key, one.about) for one in found if one.key in ours]
    # by name; the employee's own case is for every employee, and a manager is one
    assert listed == [
        ("meeting", "employee"),
        ("question", "nobody"),
        ("welcome", "yourself"),
        ("referral", "employee"),
    ]
    with pytest.raises(NotAllowed):
        one_village.start("second_question", MANAGER, unclear="And then?", kind="yes")


def test_it_waits_for_what_it_needs_and_says_so(village: Village) -> None:
    asked = village.ask()
    said = "The first question has not been answered yet."
    with pytest.raises(NotReady, match=said):
        village.start("second_question", MANAGER, previous=asked, unclear="And then?", kind="no")
    with pytest.raises(NotReady, match=said):
        queries.start_form(village.waymark, village.actors[MANAGER], "second_question", asked, now=NOW)
    [listed] = village.view(asked).starts
    assert (listed.key, listed.barred_by) == ("second_question", said)
    village.fill(asked, "reply", OFFICE, answer="Nothing", note="Asked before", settled="yes")
    [listed] = village.view(asked).starts
    assert listed.barred_by == ""
    second = village.start("second_question", MANAGER, previous=asked, unclear="And then?", kind="no").case_id
    # what is answered anew counts, not what was taken over
    assert village.facts(second) == {
        "employer": "northfield",
        "follow_up": False,
        "previous": asked,
        "kind": "no",
        "settled": "yes",
    }


def test_the_task_that_begins_it_says_so_to_who_may(one_village: Village) -> None:
    asked = one_village.answered()
    task = queries.task(one_village.waymark, one_village.actors[MANAGER], one_village.task(asked, "thank"), NOW)
    assert task.begins is not None
    assert (task.begins.key, task.begins.barred_by) == ("second_question", "")


def test_an_employee_starts_their_own_case(village: Village) -> None:
    wished = village.start("welcome", EMPLOYEE, wish="Shorter shifts").case_id
    row = village.row(wished)
    assert (row.subject_id, row.parties) == (EMPLOYEE, {"employee": [EMPLOYEE]})
    assert [one.id for one in queries.own_cases(village.waymark, village.actors[EMPLOYEE])] == [wished]
    # a manager who is one of the employees starts it as an employee
    own = village.start("welcome", MANAGER, wish="A quieter office").case_id
    assert village.row(own).parties == {"employee": [MANAGER]}


def test_nobody_refers_themselves_for_the_organisation(one_village: Village) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        one_village.start("meeting", MANAGER, employee=MANAGER, why="yes")
    assert refused.value.messages == {"employee": OwnReferral.__doc__}
    with pytest.raises(NoSubject):
        one_village.start("meeting", MANAGER, why="yes")


def test_only_what_the_employer_may_know_is_taken_over(one_village: Village) -> None:
    one_village.deploy(meeting("meeting: line_manager", carry="why lost previous"))
    first = one_village.start("meeting", MANAGER, employee=EMPLOYEE, why="yes").case_id
    second = one_village.start("meeting", MANAGER, previous=first, why="no").case_id
    assert one_village.facts(second) == {
        "employer": "northfield",
        "follow_up": True,
        "previous": first,
        "why": "no",
    }


def test_the_same_key_gives_the_same_case_again(one_village: Village) -> None:
    asked = one_village.over()
    waymark, manager = one_village.waymark, one_village.actors[MANAGER]
    answers = {"unclear": "And then?", "kind": "yes"}
    first, again = (
        commands.start(waymark, manager, "second_question", answers, NOW, key="k", previous_case=asked)
        for _ in range(2)
    )
    assert first == again
    assert len(one_village.cases_of("second_question")) == 1


def test_the_provider_enters_a_question_for_an_employer_that_it_serves(village: Village) -> None:
    office, answers = village.actors[OFFICE], {"unclear": "What does it cost?", "kind": "yes"}
    places = queries.start_places(village.waymark, office, "question")
    assert places[0][0] == office.org_id
    assert "northfield" in [one for one, _name in places]
    begun = commands.start(village.waymark, office, "question", answers, NOW, employer="northfield")
    row = village.row(begun.case_id)
    assert (row.employer_id, row.provider_id) == ("northfield", office.org_id)
    for who, wanted in ((OFFICE, "nowhere"), (MANAGER, "harbour")):
        with pytest.raises(NotFound):
            commands.start(village.waymark, village.actors[who], "question", answers, NOW, employer=wanted)
    assert len(queries.start_places(village.waymark, village.actors[MANAGER], "question")) == 1
