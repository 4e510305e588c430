"""Whatever fails after a person has done a task rests as an incident on its element: what the person did is kept, and
another try goes on from there."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import Complete, Retry, advance, settle
from app.errors import EngineFailure
from tests.unit.engine.models import (
    MONDAY,
    Bundle,
    Diagram,
    Play,
    bundle,
    inputs,
    instances,
    message,
    message_definition,
    timer_definition,
)

#: A number of days that cannot be counted, until somebody sets it right.
BAD = {"days": -1}
BROKEN = "${string(workdays(days))}"
TOPS = message("ask") + message("reply")


def after(diagram: Diagram, *others: Diagram) -> Bundle:
    """Task a, the element x under test, task z."""
    return bundle(diagram.start().user("a", "z").end().chain("start", "a", "x", "z", "end"), *others, tops=TOPS)


def caught(kind: str) -> Diagram:
    return Diagram().add(kind, "x", "" if kind == "receiveTask" else message_definition("reply"), **_KEYED)


_KEYED: dict[str, Any] = {"props": {"key": BROKEN}, "messageRef": "reply"}


def race() -> Diagram:
    diagram = Diagram().add("eventBasedGateway", "x").add("intermediateCatchEvent", "t", timer_definition("P1D"))
    diagram.add("intermediateCatchEvent", "m", message_definition("reply"), props={"key": BROKEN})
    diagram.flow("x", "t").flow("x", "m").user("late", "told").end("e1", "e2")
    return diagram.chain("t", "late", "e1").chain("m", "told", "e2")


def stage() -> Diagram:
    return Diagram("stage").start("ss").user("inside").end("se").chain("ss", "inside", "se")


CASES: dict[str, tuple[Bundle, list[str]]] = {
    "timer": (after(Diagram().add("intermediateCatchEvent", "x", timer_definition("${workdays(days)}"))), []),
    "due date": (after(Diagram().user("x", camunda__dueDate="${workdays(days)}")), ["x"]),
    "condition": (
        after(
            Diagram()
            .add("exclusiveGateway", "x", default="f")
            .user("late")
            .end("e2")
            .flow("x", "late", "${workdays(days) < now()}")
            .chain("late", "e2")
        ),
        ["z"],
    ),
    "expression": (after(Diagram().script("x", "due", BROKEN)), ["z"]),
    "parameter": (
        after(
            Diagram().add("serviceTask", "x", ext=inputs(to="hr", template="t", due=BROKEN), camunda__topic="notify")
        ),
        ["z"],
    ),
    "list of instances": (after(Diagram().user("x", inside=instances("[workdays(days)]"))), ["x"]),
    "what goes into a call": (
        after(Diagram().call("x", "stage", f"due={BROKEN}".replace(" ", ""), "r"), stage()),
        ["inside"],
    ),
    "key of a message that is sent": (
        after(Diagram().add("intermediateThrowEvent", "x", message_definition("ask"), props={"key": BROKEN})),
        ["z"],
    ),
    "what a message brings": (
        after(Diagram().add("sendTask", "x", messageRef="ask", props={"payload": f"${{{{due: {BROKEN[2:-1]}}}}}"})),
        ["z"],
    ),
    "key of a message that is caught": (after(caught("intermediateCatchEvent")), []),
    "key of a message that is received": (after(caught("receiveTask")), []),
}


@pytest.mark.parametrize("what", CASES)
def test_what_fails_is_parked_and_goes_on_when_it_is_set_right(what: str) -> None:
    model, then = CASES[what]
    play = Play(model, BAD)
    play.do("a", done=True)
    incident = play.step.incidents[0]
    assert (incident.element_id, play.step.status) == ("x", "running")
    assert "from 0 to 5,000" in incident.detail
    assert play.facts()["done"] is True
    play.give(Retry(incident.task_id))
    assert [again.task_id for again in play.step.incidents] == [incident.task_id]
    play.give(Retry(incident.task_id, {"days": 2}))
    assert play.step.incidents == ()
    assert play.open() == then
    assert play.facts()["done"] is True


def test_a_race_whose_key_fails_begins_anew() -> None:
    diagram = race().start().user("a").chain("start", "a", "x")
    play = Play(bundle(diagram, tops=TOPS), BAD)
    play.do("a", done=True)
    assert [incident.element_id for incident in play.step.incidents] == ["x"]
    assert play.due() == []
    play.give(Retry(play.step.incidents[0].task_id, {"days": 2}))
    assert play.due() == [("t", "2026-03-03T09:00")]
    assert play.at("2026-03-04") == ["late"]


def invitation(enough: str, *, sequential: bool = False) -> Bundle:
    loop = instances(enough=enough, sequential=sequential)
    diagram = Diagram().start().user("x", inside=loop, props=_ANSWERS).user("z").end()
    return bundle(diagram.chain("start", "x", "z", "end"))


_ANSWERS = {"outputCollection": "answers", "outputElement": "answer"}


def test_a_completion_condition_that_fails_keeps_every_answer() -> None:
    play = Play(invitation("${answer = 1 or string(workdays(days)) = null}"), {**BAD, "people": ["ann", "bob", "cas"]})
    play.do("x", 1, answer="yes")
    incident = play.step.incidents[0]
    assert (incident.element_id, play.open()) == ("x", ["x", "x"])
    play.give(Retry(incident.task_id, {"days": 1}))
    assert play.step.incidents == ()
    assert play.open() == ["x", "x"]
    play.do("x", 0, answer=1)
    assert play.task("z").facts["answers"] == [1, "yes", None]


def test_a_completion_condition_that_is_neither_true_nor_false_is_an_incident() -> None:
    play = Play(invitation("${answer}", sequential=True), {"people": ["ann", "bob", "cas"]})
    assert play.do("x", answer=False) == ["x"]
    assert play.do("x", answer="perhaps") == []
    incident = play.step.incidents[0]
    assert "must be true or false; it gave 'perhaps'" in incident.detail
    play.give(Retry(incident.task_id))
    assert [again.task_id for again in play.step.incidents] == [incident.task_id]
    play.give(Retry(incident.task_id, {"answer": False}))
    assert play.open() == ["x"]
    play.do("x", answer="no")
    assert play.task("z").facts["answers"] == [False, "perhaps", "no"]


def test_a_withdrawal_takes_an_unsure_activity_away() -> None:
    inside = Diagram("inside").start("is").user("x", inside=instances(enough="${answer}")).end("ie")
    diagram = Diagram().start().sub("phase", inside.chain("is", "x", "ie")).user("kind").end("e1", "e2")
    diagram.boundary("withdrawn", "phase", message_definition("ask")).chain("start", "phase", "e1")
    play = Play(bundle(diagram.chain("withdrawn", "kind", "e2"), tops=TOPS), {"people": ["ann", "bob"]})
    play.do("x", answer="perhaps")
    assert play.tell("ask") == ["kind"]
    assert play.waiting() == {"tasks": ["kind"], "timers": [], "messages": (), "incidents": ()}


def test_results_that_cannot_come_out_of_a_call_can_be_set_right() -> None:
    diagram = Diagram().start().call("x", "stage", "days", "due=" + BROKEN).user("z").end()
    play = Play(bundle(diagram.chain("start", "x", "z", "end"), stage()), BAD)
    play.do("inside", seen=True)
    for _ in range(3):
        incident = play.step.incidents[0]
        assert (incident.element_id, play.open()) == ("x", [])
        play.give(Retry(incident.task_id))
    play.give(Retry(incident.task_id, {"days": 0}))
    assert play.open() == ["z"]
    facts = play.task("z").facts
    assert facts["days"] == -1
    assert facts["due"].startswith("2026-03-02T17:00:00")


def event_sub_process(time: str) -> Bundle:
    handler = Diagram("handler").add("startEvent", "hs", timer_definition(time)).user("h").end("he")
    body = Diagram("body").start("bs").user("a").end("be").chain("bs", "a", "be")
    body.sub("esub", handler.chain("hs", "h", "he"), triggeredByEvent="true")
    return bundle(Diagram().start().sub("phase", body).user("z").end().chain("start", "phase", "z", "end"))


def test_an_event_sub_process_that_cannot_be_armed_holds_nothing_open() -> None:
    play = Play(event_sub_process("${workdays(days)}"), BAD)
    assert [incident.element_id for incident in play.step.incidents] == ["hs"]
    assert play.do("a") == ["z"]
    assert play.step.incidents == ()
    play.do("z")
    assert play.step.status == "completed"


def test_an_event_sub_process_that_could_not_be_armed_is_armed_by_another_try() -> None:
    play = Play(event_sub_process("${workdays(days)}"), BAD)
    play.give(Retry(play.step.incidents[0].task_id, {"days": 1}))
    assert play.due() == [("hs", "2026-03-03T17:00")]
    assert play.at("2026-03-04") == ["h"]
    assert play.do("h") == ["z"]


def test_a_loop_that_was_stopped_goes_on_when_it_is_shown_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle.Budget.__init__, "__defaults__", (60,))
    diagram = Diagram().start().user("a", "z").add("exclusiveGateway", "m").add("exclusiveGateway", "x", default="f")
    diagram.script("count", "n", "n + 1").end().chain("start", "a", "m", "count", "x").flow("x", "m", element="f")
    play = Play(bundle(diagram.flow("x", "z", "${enough}").chain("z", "end")), {"n": 0, "enough": False})
    play.do("a", done=True)
    incident = play.step.incidents[0]
    assert incident.element_id in ("m", "count", "x")
    counted = play.facts()["n"]
    play.give(Retry(incident.task_id))
    again = play.step.incidents[0]
    assert play.facts()["n"] > counted
    play.give(Retry(again.task_id, {"enough": True}))
    assert play.open() == ["z"]
    assert play.facts()["done"] is True


def test_what_is_not_json_is_refused_before_anything_happens() -> None:
    play = Play(after(Diagram().user("x")))
    with pytest.raises(EngineFailure):
        advance(play.definition, play.state, Complete(play.task("a").id, {"x": object()}), MONDAY)
