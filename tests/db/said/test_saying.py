"""What people say at any time: offered to whom it concerns, sealed, told in the history, and said once."""

from __future__ import annotations

import orjson
import pytest
import sqlalchemy as sa

from app import records
from app.cases import commands
from app.cases.said.saying import WhichOne
from app.cases.tables import task
from app.errors import InvalidAnswers, NotFound, SaidTooLate
from app.history import history_event
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW
from tests.db.messages.test_replay import all_agree
from tests.db.said.square import EMPLOYEE, HR, Square


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
