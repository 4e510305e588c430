"""Each command, and what it refuses."""

from __future__ import annotations

import pytest

from app.engine import Cancel, Complete, Message, Retry, Start, advance
from app.errors import CaseEnded, EngineFailure, NotWaiting, TaskClosed
from tests.unit.engine.models import CALENDAR, MONDAY, Bundle, Diagram, Play, bundle, load, message, message_definition


def two_tasks() -> Bundle:
    return bundle(Diagram("two", "Two tasks").start().user("a", "b").end().chain("start", "a", "b", "end"))


def fork() -> Diagram:
    return (
        Diagram("fork")
        .start()
        .add("parallelGateway", "split")
        .user("a", "b", "c")
        .add("parallelGateway", "join")
        .end()
        .chain("start", "split", "a", "join", "c", "end")
        .chain("split", "b", "join")
    )


def test_start_opens_the_first_task_with_its_facts() -> None:
    play = Play(two_tasks(), {"reason": "absence"})
    assert play.open() == ["a"]
    assert play.step.status == "running"
    assert play.task("a").facts == {"reason": "absence"}
    assert play.task("a").role == "hr"
    assert play.kinds() == ["completed:start", "entered:a"]
    assert play.step.marks == (("two", "a"),)


def test_complete_merges_facts_and_goes_on() -> None:
    play = Play(two_tasks(), {"x": 1})
    assert play.do("a", y=2) == ["b"]
    assert play.task("b").facts == {"x": 1, "y": 2}
    assert play.do("b", z=3) == []
    assert play.step.status == "completed"
    assert play.facts() == {"x": 1, "y": 2, "z": 3}
    assert play.kinds()[-1] == "ended:two"


def test_completing_twice_is_refused_and_changes_nothing() -> None:
    play = Play(two_tasks())
    first = play.task("a").id
    play.do("a")
    before = play.state
    with pytest.raises(TaskClosed):
        play.give(Complete(first, {}))
    assert play.state == before


def test_completing_in_an_ended_case_says_that_the_task_is_closed() -> None:
    play = Play(two_tasks())
    task = play.task("a").id
    play.give(Cancel("entered by mistake"))
    with pytest.raises(TaskClosed):
        play.give(Complete(task, {}))


def test_cancel_leaves_nothing_waiting() -> None:
    inner = Diagram("inner").start("is").user("deep").end("ie").chain("is", "deep", "ie").timer("it", "deep", "P9D")
    inner.end("ite").chain("it", "ite")
    called = Diagram("called").start("cs").user("far").end("ce").chain("cs", "far", "ce").timer("ct", "far", "R/P1D")
    called.end("cte").chain("ct", "cte")
    main = fork().sub("phase", inner).call("away", "called", "x", "x")
    main.chain("split", "phase", "join").chain("split", "away", "join")
    main.boundary("withdrawn", "phase", message_definition("m")).end("we").chain("withdrawn", "we")
    play = Play(bundle(main, called, tops=message("m", "consentWithdrawn")))
    assert len(play.open()) == 4
    assert len(play.due()) == 2
    play.give(Cancel("entered by mistake"))
    assert play.waiting() == {"tasks": [], "timers": [], "messages": (), "incidents": ()}
    assert play.step.status == "cancelled"
    assert play.step.marks == ()
    cancelled = {event.element_id for event in play.step.events if event.kind == "cancelled"}
    assert cancelled == {"a", "b", "deep", "it", "far", "ct", "phase", "away", "withdrawn"}
    assert play.step.events[-1].data == {"status": "cancelled", "reason": "entered by mistake"}


@pytest.mark.parametrize("command", [Cancel("again"), Retry("x")])
def test_an_ended_case_says_so(command: Cancel | Retry) -> None:
    play = Play(two_tasks())
    play.give(Cancel("first"))
    with pytest.raises(CaseEnded):
        play.give(command)


def test_a_message_nobody_waits_for_is_refused() -> None:
    play = Play(two_tasks())
    with pytest.raises(NotWaiting):
        play.give(Message("unknown"))
    play.give(Cancel("over"))
    with pytest.raises(NotWaiting):
        play.give(Message("unknown"))


def test_firing_when_nothing_is_due_changes_nothing() -> None:
    play = Play(two_tasks())
    before = play.state
    play.at("2027-01-01")
    assert play.state == before
    assert play.step.events == ()


def test_only_start_begins_a_case() -> None:
    definition = load(two_tasks())
    with pytest.raises(EngineFailure):
        advance(definition, None, Complete("x", {}), MONDAY)


def test_a_damaged_state_is_a_failure_in_words() -> None:
    definition = load(two_tasks())
    with pytest.raises(EngineFailure):
        advance(definition, b"not a state", Complete("x", {}), MONDAY)


def test_facts_must_be_json() -> None:
    with pytest.raises(EngineFailure):
        advance(load(two_tasks()), None, Start("c", {"x": object}, CALENDAR), MONDAY)


def test_tasks_keep_their_order() -> None:
    play = Play(bundle(fork()))
    assert play.open() == ["a", "b"]
    play.do("b")
    assert play.open() == ["a"]
    play.do("a")
    assert play.open() == ["c"]
