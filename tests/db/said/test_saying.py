"""What people say at any time: offered to whom it concerns, sealed, told in the history, and said once."""

from __future__ import annotations

import orjson
import pytest
import sqlalchemy as sa

from app import db, definitions, engine, records
from app.cases import commands
from app.cases.parties import conflict
from app.cases.said.saying import WhichOne
from app.cases.tables import task
from app.engine import Message
from app.errors import CaseEnded, InvalidAnswers, NotFound, NotWaiting, SaidTooLate
from app.history import history_event
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW
from tests.db.messages.test_replay import all_agree
from tests.db.messages.town import speaker
from tests.db.said.square import EMPLOYEE, HR, Square, apart, talk


def test_it_is_offered_to_the_roles_that_the_diagram_names(square: Square) -> None:
    case_id = square.begin("talk")
    assert set(square.offered(case_id)) == {"stop", "note"}
    assert set(square.offered(case_id, MANAGER)) == {"stop"}
    stop = square.offered(case_id)["stop"]
    assert (stop.name, stop.why, stop.role, stop.rules) == (
        "Stop here",
        "It stops, and HR is told.",
        "employee",
        ("XX-A2",),
    )


def test_saying_it_moves_the_case_and_leaves_an_entry(square: Square) -> None:
    case_id = square.begin("talk")
    square.say(case_id, "stop", words="I want this to stop", health="Migraine", urgent="yes")
    assert square.open(case_id) == ["stopped"]
    assert square.facts(case_id)["urgent"] == "yes"
    [said] = square.told(case_id, "case.said")
    assert said.pop("commitments").keys() == {"words", "health", "urgent"}
    definition = square.row(case_id).definition_sha
    assert said == {
        "process": "talk",
        "element": "stop",
        "name": "Stop here",
        "rules": ["XX-A2"],
        "role": "employee",
        "form": "stopped",
        "definition": definition,
    }
    assert ("said “Stop here”", "") in square.lines(case_id)
    assert not [line for line in square.lines(case_id) if "message" in line[0]]
    assert broken(square.waymark, [case_id]) == []
    assert all_agree(square) == 2


def test_what_was_written_is_sealed_and_nowhere_else(square: Square) -> None:
    case_id = square.begin("talk")
    square.say(case_id, "stop", words="I want this to stop", health="Migraine", urgent="no")
    row = square.row(case_id)
    entries = square.rows(sa.select(history_event.c.body).where(history_event.c.case_id == case_id))
    kept = b"".join([row.state, orjson.dumps(row.facts), *(one.body.encode() for one in entries)])
    sealed = square.rows(sa.select(records.submission).where(records.submission.c.form_id == "stopped"))
    assert len(sealed) == 1
    for word in (b"Migraine", b"want this"):
        assert word not in kept
        assert word not in sealed[0].sealed
    titles = [one.fields for one in square.view(case_id, EMPLOYEE).submissions]
    assert any(("Health", "Migraine") in fields for fields in titles)
    assert not any(label == "Health" for one in square.view(case_id, MANAGER).submissions for label, _ in one.fields)


def test_who_comes_second_hears_that_it_is_over(square: Square) -> None:
    case_id = square.begin("talk")
    wait = square.wait_of(case_id, "stop")
    square.say(case_id, wait, words="a", urgent="no")
    with pytest.raises(SaidTooLate):
        square.say(case_id, wait, MANAGER, words="b", urgent="no")
    with pytest.raises(SaidTooLate):
        square.page(case_id, wait, MANAGER)
    assert len(square.told(case_id, "case.said")) == 1


def test_the_same_key_gives_the_first_answer_again(square: Square) -> None:
    case_id = square.begin("talk")
    first = square.say(case_id, "stop", key="k", words="a", urgent="no")
    assert square.say(case_id, "stop", key="k", words="a", urgent="no") == first
    assert len(square.told(case_id, "case.said")) == 1


def test_what_does_not_interrupt_is_said_as_often_as_one_likes(square: Square) -> None:
    case_id = square.begin("talk")
    square.say(case_id, "note")
    square.say(case_id, "note")
    assert square.open(case_id) == ["noted", "noted", "work"]
    assert set(square.offered(case_id)) == {"stop", "note"}


def test_nobody_else_may_say_it(square: Square) -> None:
    case_id = square.begin("talk")
    note = square.wait_of(case_id, "note")
    with pytest.raises(NotFound):
        square.say(case_id, note, MANAGER)
    with pytest.raises(NotFound):
        square.page(case_id, note, MANAGER)
    with pytest.raises(NotFound):
        square.say(case_id, note, "fiona.mackay")
    assert square.told(case_id, "case.said") == []


def test_a_wrong_answer_changes_nothing(square: Square) -> None:
    case_id = square.begin("talk")
    with pytest.raises(InvalidAnswers):
        square.say(case_id, "stop", urgent="no")
    assert (square.open(case_id), square.told(case_id, "case.said")) == (["work"], [])


def test_each_of_several_is_offered_and_said_by_itself(square: Square) -> None:
    case_id = square.begin("several")
    found = square.view(case_id, MANAGER).can_say
    assert [(one.element, one.number, one.many, one.holder) for one in found] == [
        ("late", number, 3, "") for number in (1, 2, 3)
    ]
    with pytest.raises(WhichOne):
        square.say(case_id, "late", MANAGER)
    square.say(case_id, found[1].id, MANAGER)
    assert square.open(case_id) == ["declined", "reply", "reply"]
    left = [one.id for one in square.view(case_id, MANAGER).can_say]
    assert left == [found[0].id, found[2].id]


def test_whoever_has_one_of_the_tasks_is_offered_their_own(square: Square) -> None:
    case_id = square.begin("several")
    one, *_others = square.rows(sa.select(task.c.id).where(task.c.case_id == case_id).order_by(task.c.id))
    other = HR
    commands.claim(square.waymark, square.actors[other], one.id, NOW)
    offered = square.view(case_id, MANAGER).can_say
    assert sorted(each.holder for each in offered) == ["", "", "Ruth Bell"]
    for rest in _others:
        commands.claim(square.waymark, square.actors[other], rest.id, NOW)
    square.say(case_id, next(each.id for each in offered if each.holder), MANAGER)
    assert len(square.view(case_id, other).can_say) == 2


def test_who_has_done_what_rules_it_out_reads_why_and_may_not_say_it(square: Square) -> None:
    square.deploy(apart())
    case_id = square.begin("apart")
    square.do(case_id, "decide")
    offered = square.offered(case_id, MANAGER)["object"]
    assert offered.barred_by == "You did “decide” in this case, so somebody else has to do this."
    with pytest.raises(conflict.OwnDecision):
        square.say(case_id, "object", MANAGER)
    with pytest.raises(conflict.OwnDecision):
        square.page(case_id, square.wait_of(case_id, "object"), MANAGER)
    assert square.offered(case_id)["object"].barred_by == ""
    square.say(case_id, "object")
    assert square.open(case_id) == ["again"]


def test_nobody_acts_in_their_own_case_for_the_organisation(square: Square) -> None:
    """Ruth Bell is of HR, and this case is about her: what HR may say is not hers to say."""
    case_id = square.begin("several", employee=HR)
    assert square.view(case_id, HR).can_say == []
    wait = square.view(case_id, MANAGER).can_say[0].id
    with pytest.raises(NotFound):
        square.say(case_id, wait, HR)


def test_it_reads_the_facts_as_they_are_where_it_waits(square: Square) -> None:
    """Each instance knows its own item, though the case has many."""
    case_id = square.begin("several")
    held = square.row(case_id)
    with db.reading(square.engine) as connection:
        definition = engine.load(definitions.get(connection, held.definition_sha))
    waits = [one.id for one in square.view(case_id, MANAGER).can_say]
    known = [engine.facts_at(definition, held.state, wait, NOW)["one"] for wait in waits]
    assert sorted(known) == ["a", "b", "c"]
    with pytest.raises(NotWaiting):
        engine.facts_at(definition, held.state, "none", NOW)


def test_no_case_can_say_it(square: Square) -> None:
    """A message of the same name and key goes past what is for people."""
    square.deploy(speaker("liar", "stop", ""))
    case_id, other = square.begin("talk"), square.begin("liar")
    square.do(other, "prepare")
    assert square.letters() == ["waiting"]
    assert (square.open(case_id), square.told(case_id, "command.message")) == (["work"], [])
    with db.reading(square.engine) as connection:
        definition = engine.load(definitions.get(connection, square.row(case_id).definition_sha))
    with pytest.raises(NotWaiting):
        engine.advance(definition, square.row(case_id).state, Message("stop"), NOW)


def test_a_case_that_moved_offers_what_its_new_version_says(square: Square) -> None:
    case_id = square.begin("talk")
    before = square.wait_of(case_id, "note")
    square.deploy(talk(saidBy="employee"))
    commands.migrate(square.waymark, square.actors["owen.pike"], case_id, "because", NOW)
    assert set(square.offered(case_id, MANAGER)) == set()
    assert set(square.offered(case_id)) == {"stop", "note"}
    assert square.wait_of(case_id, "note") == before


def test_an_ended_case_hears_nothing_more(square: Square) -> None:
    case_id = square.begin("talk")
    wait = square.wait_of(case_id, "stop")
    commands.cancel(square.waymark, square.actors[MANAGER], case_id, "over", NOW)
    assert square.offered(case_id) == {}
    with pytest.raises(CaseEnded):
        square.say(case_id, wait, words="a", urgent="no")
    with pytest.raises(CaseEnded):
        square.page(case_id, wait)
