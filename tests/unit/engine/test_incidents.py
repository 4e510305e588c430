"""An element that fails: its token rests, the command is kept, other branches go on, and it can be tried again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from app.engine import Retry, handlers
from app.errors import NotWaiting
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, inputs, instances, timer_definition


@pytest.fixture(autouse=True)
def flaky() -> Iterator[None]:
    @handlers.handles("flaky")
    def fails_without_address(facts: Mapping[str, Any], params: Mapping[str, Any], now: datetime) -> handlers.Result:
        return handlers.Result(facts={"sent_to": facts["address"].lower()})

    yield
    del handlers.REGISTRY["flaky"]


def service(element: str, topic: str, **parameters: str) -> dict[str, Any]:
    return {"kind": "serviceTask", "element": element, "ext": inputs(**parameters), "camunda__topic": topic}


def beside(**node: Any) -> Bundle:
    """A user task, then the element under test; another user task beside them."""
    diagram = Diagram().start().add("parallelGateway", "split").user("a", "b", "after").end("e1", "e2").add(**node)
    diagram.chain("start", "split", "a", node["element"], "after", "e1").chain("split", "b", "e2")
    return bundle(diagram)


def test_a_failing_handler_parks_the_token_and_keeps_the_command() -> None:
    play = Play(beside(**service("tell", "flaky")))
    assert play.do("a", done=True) == ["b"]
    incident = play.step.incidents[0]
    assert (incident.element_id, incident.process) == ("tell", "case")
    assert incident.detail == "The handler stopped with an unexpected error (KeyError)."
    assert ("case", "tell") in play.step.marks
    play.do("b")
    assert play.step.status == "running"
    assert play.step.incidents[0] == incident
    play.give(Retry(incident.task_id, {"address": "ANN"}))
    assert play.open() == ["after"]
    assert play.task("after").facts == {"done": True, "address": "ANN", "sent_to": "ann"}
    assert play.step.incidents == ()
    play.do("after")
    assert play.step.status == "completed"


def test_a_retry_that_fails_again_is_an_incident_again() -> None:
    play = Play(beside(**service("tell", "flaky")))
    play.do("a")
    play.give(Retry(play.step.incidents[0].task_id))
    assert play.kinds() == ["failed:tell"]
    play.give(Retry(play.step.incidents[0].task_id, {"address": "B"}))
    assert "after" in play.open()


def test_an_incident_that_is_not_there_is_refused() -> None:
    play = Play(beside(**service("tell", "flaky")))
    with pytest.raises(NotWaiting):
        play.give(Retry(play.task("a").id))


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (service("x", "unheard-of"), "topic “unheard-of”"),
        (service("x", "notify", to="hr"), "parameter “template”"),
        ({"kind": "intermediateCatchEvent", "element": "x", "inside": timer_definition("${deadline}")}, "not known"),
        ({"kind": "intermediateCatchEvent", "element": "x", "inside": timer_definition("${3}")}, "not a date"),
        ({"kind": "userTask", "element": "x", "camunda__dueDate": "${true}"}, "not a date"),
        ({"kind": "userTask", "element": "x", "inside": instances("nobody")}, "must be a list"),
        ({"kind": "scriptTask", "element": "x"}, "one FEEL expression"),
        ({"kind": "businessRuleTask", "element": "x", "camunda__decisionRef": "lost"}, "decision “lost”"),
    ],
)
def test_what_fails_is_said_in_words(node: dict[str, Any], words: str) -> None:
    play = Play(beside(**node))
    assert play.do("a") == ["b"]
    incident = play.step.incidents[0]
    assert incident.element_id == "x"
    assert words in incident.detail
    assert any(event.kind == "failed" and event.data["detail"] == incident.detail for event in play.step.events)


def test_a_failed_timer_does_not_outlive_its_task() -> None:
    diagram = Diagram().start().user("a").end("e1", "e2").timer("late", "a", "${deadline}")
    play = Play(bundle(diagram.chain("start", "a", "e1").chain("late", "e2")))
    assert play.open() == ["a"]
    assert play.step.incidents[0].element_id == "late"
    play.do("a")
    assert play.step.status == "completed"
    assert play.step.incidents == ()


def test_a_failed_timer_can_be_set_again() -> None:
    diagram = Diagram().start().user("a").end("e1", "e2").timer("late", "a", "${deadline}")
    play = Play(bundle(diagram.chain("start", "a", "e1").chain("late", "e2")))
    play.give(Retry(play.step.incidents[0].task_id, {"deadline": "2026-03-09"}))
    assert play.due() == [("late", "2026-03-09T17:00")]
    assert play.open() == ["a"]


def test_a_failed_activity_keeps_its_boundary_events() -> None:
    diagram = Diagram().start().user("a", "handle").end("e1", "e2").add(**service("tell", "flaky"))
    diagram.timer("late", "tell", "P1D", interrupting=True).chain("start", "a", "tell", "e1")
    play = Play(bundle(diagram.chain("late", "handle", "e2")))
    play.do("a")
    assert play.due() == [("late", "2026-03-03T09:00")]
    assert play.at("2026-03-04") == ["handle"]
    assert play.step.incidents == ()


def test_an_incident_in_one_instance_leaves_the_others() -> None:
    diagram = Diagram().start().user("after").end().chain("start", "each", "after", "end")
    inner = Diagram("inner").start("is").add(**service("tell", "flaky")).end("ie").chain("is", "tell", "ie")
    diagram.sub("each", inner, instances("people", "address"))
    play = Play(bundle(diagram), {"people": ["Ann", 7]})
    assert play.step.incidents[0].element_id == "tell"
    play.give(Retry(play.step.incidents[0].task_id, {"address": "Bob"}))
    assert play.open() == ["after"]


def test_a_process_that_goes_round_is_stopped_and_says_where() -> None:
    diagram = Diagram().start().user("a", "b").add("exclusiveGateway", "m", name="Again?").script("s", "n", "n + 1")
    diagram.end().chain("start", "a", "m", "s").flow("s", "m").add("parallelGateway", "g")
    play = Play(bundle(diagram), {"n": 0})
    play.do("a")
    assert play.step.status == "running"
    assert "5,000 steps" in play.step.incidents[0].detail
    assert len(play.state or b"") < 2_000
