"""WW-2.3a: nothing ties a case about nobody to an employee, and no later referral is ever joined to it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.emergency.errors import NoSuchCase
from app.cases.files.target import Target, desk
from app.cases.parties.contacts import NobodysContact
from app.cases.subject import nobody
from app.db.schema import metadata
from app.engine import Bundle
from app.errors import NotFound
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, PRACTITIONER
from tests.db.messages.town import TOPS, listener, process
from tests.db.starts.village import ASKED, Village, meeting, question
from tests.unit.engine.diagrams import Diagram, message_definition

#: a referral in its own words; `test_a_referral_is_never_joined` says what becomes of one that names the question
REFERRAL = {
    "employee": EMPLOYEE,
    "line_manager": "helen.ward",
    "job_title": "Staff nurse",
    "job_demands": "Nights",
    "absence": "absent",
    "absent_since": "2026-10-01",
    "ground": "long_absence",
    "reason": "As I asked before",
    "questions": "What helps?",
    "discussed": True,
}


@pytest.mark.rule("WW-2.3a", "breaks")
def test_no_referral_is_ever_joined_to_what_was_asked_before_one(village: Village) -> None:
    asked = village.over()
    for who in (MANAGER, OFFICE, PRACTITIONER):
        with pytest.raises(NotFound):
            village.start("referral", who, previous=asked, **REFERRAL)
    # not even where a diagram says so
    village.deploy(meeting("question: referring_manager; *: referring_manager"))
    with pytest.raises(NotFound):
        village.start("meeting", MANAGER, previous=asked, employee=EMPLOYEE, why="yes")
    manager = village.actors[MANAGER]
    with pytest.raises(NotFound):
        queries.start_form(village.waymark, manager, "referral", asked, now=NOW)
    with db.reading(village.engine) as connection, pytest.raises(NotFound):
        desk(connection, manager, Target(process_key="referral", previous_case=asked))
    assert [one.key for one in village.view(asked).starts] == ["second_question"]
    # the same people, the same day: the referral knows nothing of the question, nor the question of the referral
    made = village.start("referral", MANAGER, **REFERRAL).case_id
    assert village.row(made).previous_case_id is None
    assert tied(village, asked) == []


def test_from_any_process_does_not_mean_one_about_nobody(one_village: Village) -> None:
    one_village.deploy(meeting("*: referring_manager"))
    asked = one_village.over()
    assert [one.key for one in one_village.view(asked).starts] == ["second_question"]
    referred = one_village.start("referral", MANAGER, **REFERRAL).case_id
    assert "meeting" in [one.key for one in one_village.view(referred).starts]


def tied(village: Village, case_id: str, employee: str = EMPLOYEE) -> list[str]:
    """Tables in which one row names both the case and the employee."""
    found = []
    with village.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                said = " ".join(map(str, row))
                if case_id in said and employee in said:
                    found.append(table.name)
    return sorted(set(found))


def test_what_looks_for_a_tie_finds_one_where_there_is_one(one_village: Village) -> None:
    made = one_village.start("meeting", MANAGER, employee=EMPLOYEE, why="yes").case_id
    assert {"cases", "party", "person"} & set(tied(one_village, made)) == {"cases", "party"}


def test_a_case_about_nobody_has_no_employee_whatever_is_posted(one_village: Village) -> None:
    asked = one_village.start("question", MANAGER, unclear="What?", kind="yes", employee=EMPLOYEE).case_id
    assert "employee" not in one_village.row(asked).parties
    assert tied(one_village, asked) == []


def test_nothing_about_the_employee_finds_it(one_village: Village) -> None:
    asked = one_village.over()
    waymark, me = one_village.waymark, one_village.actors[EMPLOYEE]
    assert queries.own_cases(waymark, me) == []
    assert queries.my_erasure(waymark, me).cases == ()
    with pytest.raises(NotFound):
        one_village.view(asked, EMPLOYEE)
    assert EMPLOYEE not in [one for one, _name in queries.askers(waymark, one_village.actors[OFFICE])]


def test_nobody_is_let_into_it_in_an_emergency(one_village: Village) -> None:
    asked = one_village.answered()
    reference = one_village.row(asked).reference
    with pytest.raises(NoSuchCase):
        commands.emergency_access(
            one_village.waymark, one_village.actors[PRACTITIONER], reference, "I need to see it now", NOW
        )


def test_nobodys_physician_is_kept_in_it(one_village: Village) -> None:
    asked = one_village.ask(OFFICE)
    who = one_village.actors[OFFICE]
    assert queries.case_people(one_village.waymark, who, asked, NOW).may_keep_contact is False
    with pytest.raises(NobodysContact):
        commands.keep_contact(one_village.waymark, who, asked, "Dr Hall", "Mill Lane", NOW)


def speaking(key: str, about: str, **said: str) -> Bundle:
    """Says a word as soon as its manager does."""
    diagram = Diagram(key)
    diagram.props = {"about": about}
    diagram.start(camunda__formRef="ask", props={"starters": "manager"})
    diagram.user("prepare", "after", camunda__candidateGroups="referring_manager").end()
    diagram.add("intermediateThrowEvent", "say", message_definition("word"), props={"key": "1", **said})
    chained = diagram.chain("start", "prepare", "say", "after", "end")
    if about == "employee":
        return process(chained)
    return Bundle(key, {f"{key}.bpmn": chained.xml(TOPS), "ask.form": ASKED.replace(b'"asked"', b'"ask"')})


def heard(key: str, about: str) -> Bundle:
    diagram = Diagram(key)
    diagram.props = {"about": about}
    diagram.start(inside=message_definition("word")).user("used").end()
    return process(diagram.chain("start", "used", "end"), None)


ASK: dict[str, Any] = {"unclear": "What does it cost?", "kind": "yes"}


@pytest.mark.parametrize(("sender", "started"), [("nobody", "employee"), ("employee", "nobody")])
def test_no_message_ties_the_two_either(one_village: Village, sender: str, started: str) -> None:
    one_village.deploy(speaking("says", sender, to="hears"), heard("hears", started))
    answers = ASK if sender == "nobody" else {"employee": EMPLOYEE, "file": 1}
    says = one_village.start("says", MANAGER, **answers).case_id
    one_village.do(says, "prepare")
    assert one_village.cases_of("hears") == []
    [told] = one_village.incidents()
    assert "nothing may tie them together" in told.detail


def test_a_message_about_nobody_reaches_no_case_about_somebody(one_village: Village) -> None:
    one_village.deploy(speaking("says", "nobody"), listener())
    waits = one_village.begin("listener")
    one_village.do(waits, "get_ready")
    says = one_village.start("says", MANAGER, **ASK).case_id
    one_village.do(says, "prepare")
    assert one_village.letters() == ["waiting"]
    # a case about the same employee is heard
    one_village.deploy(speaking("tells", "employee"))
    tells = one_village.start("tells", MANAGER, employee=EMPLOYEE, file=1).case_id
    one_village.do(tells, "prepare")
    assert sorted(one_village.letters()) == ["delivered", "waiting"]


def test_from_a_case_about_somebody_nothing_goes_along_into_one_about_nobody(village: Village) -> None:
    village.deploy(question("*: line_manager"))
    met = village.start("meeting", MANAGER, employee=EMPLOYEE, why="yes").case_id
    assert "question" in [one.key for one in village.view(met).starts]
    form = queries.start_form(village.waymark, village.actors[MANAGER], "question", met, now=NOW)
    assert form.follows is False
    asked = village.start("question", MANAGER, previous=met, **ASK).case_id
    assert village.facts(asked)["previous"] is None
    assert (village.row(asked).previous_case_id, village.row(asked).parties) == (None, {"referring_manager": [MANAGER]})
    assert tied(village, asked) == []
    assert tied(village, asked, met) == []
    with pytest.raises(NotFound):
        village.start("question", EMPLOYEE, previous=met, **ASK)


def test_cases_about_nobody_hear_each_other_by_name_and_key(one_village: Village) -> None:
    one_village.deploy(speaking("says", "nobody"), listening())
    hears = one_village.start("listening", MANAGER, **ASK).case_id
    one_village.do(one_village.start("says", MANAGER, **ASK).case_id, "prepare")
    assert one_village.open(hears) == ["used"]


def listening() -> Bundle:
    diagram = Diagram("listening")
    diagram.props = {"about": "nobody"}
    diagram.start(camunda__formRef="asked", props={"starters": "manager"})
    diagram.add("receiveTask", "listen", messageRef="word", props={"key": "1", "result": "heard"})
    diagram.user("used").end().chain("start", "listen", "used", "end")
    return Bundle("listening", {"listening.bpmn": diagram.xml(TOPS), "asked.form": ASKED})


def test_a_message_about_nobody_starts_a_case_about_nobody_and_the_two_talk(one_village: Village) -> None:
    one_village.deploy(speaking("says", "nobody", to="hears"), heard("hears", "nobody"))
    says = one_village.start("says", MANAGER, **ASK).case_id
    one_village.do(says, "prepare")
    [hears] = one_village.cases_of("hears")
    assert one_village.facts(hears)["previous"] == says
    assert [one_village.row(one).subject_id for one in (says, hears)] == [nobody(says), nobody(hears)]
    assert "employee" not in one_village.row(hears).parties
