"""What a case waits to hear, and what it says of a message that nobody takes."""

from __future__ import annotations

import pytest

from app.engine import Retry, Start, advance
from app.engine.specs.messages import MAX_KEY
from app.errors import NotWaiting
from tests.unit.engine.models import CALENDAR, MONDAY, Bundle, Diagram, Play, bundle, load, message, message_definition

TOPS = message("ask") + message("reply")


def heard(step: Play) -> list[tuple[str, str | None, str, str]]:
    return [(one.name, one.key, one.element_id, one.process) for one in step.step.subscriptions]


def waiting(key: str = "${file}", kind: str = "receiveTask") -> Bundle:
    diagram = Diagram().start().user("first", "use").end()
    diagram.add(kind, "hear", messageRef="reply", props={"key": key} if key else {})
    return bundle(diagram.chain("start", "first", "hear", "use", "end"), tops=TOPS)


def sending(**props: str) -> Bundle:
    diagram = Diagram().start().add("sendTask", "say", messageRef="ask", props=props).user("use").end()
    return bundle(diagram.chain("start", "say", "use", "end"), tops=TOPS)


def test_a_wait_has_name_key_and_place_while_it_lasts() -> None:
    play = Play(waiting(), {"file": 7})
    assert heard(play) == []
    play.do("first")
    assert heard(play) == [("reply", "7", "hear", "case")]
    assert play.step.messages == ("reply",)
    play.tell("reply", "7")
    assert heard(play) == []


def test_a_wait_without_a_key_takes_any() -> None:
    play = Play(waiting(key=""))
    play.do("first")
    assert heard(play) == [("reply", None, "hear", "case")]
    assert play.tell("reply", key="anybody's") == ["use"]


def test_a_wait_keeps_its_id_from_step_to_step_and_another_key_has_another() -> None:
    diagram = Diagram().start().add("parallelGateway", "split").user("work").end("e1", "e2")
    diagram.add("receiveTask", "hear", messageRef="reply", props={"key": "${file}"})
    made = bundle(diagram.chain("start", "split", "work", "e1").chain("split", "hear", "e2"), tops=TOPS)
    play = Play(made, {"file": 7})
    [first] = play.step.subscriptions
    play.do("work")
    assert [one.id for one in play.step.subscriptions] == [first.id]
    [other] = Play(made, {"file": 8}).step.subscriptions
    [elsewhere] = Play(made, {"file": 7}, case="case-2").step.subscriptions
    assert len({first.id, other.id, elsewhere.id}) == 3


def test_alternatives_boundary_events_and_event_sub_processes_wait_too() -> None:
    inner = Diagram("stop").start("told", inside=message_definition("ask"), props={"key": "${case}"}).end("ie")
    diagram = Diagram().start().add("eventBasedGateway", "which").user("use").end("end", "e2")
    diagram.add("intermediateCatchEvent", "a", message_definition("reply"), props={"key": "${file}"})
    diagram.add("intermediateCatchEvent", "b", message_definition("ask"), props={"key": "${file}"})
    diagram.sub("around", inner.chain("told", "ie"), triggeredByEvent="true")
    diagram.chain("start", "which", "a", "use", "end").chain("which", "b", "e2")
    play = Play(bundle(diagram, tops=TOPS), {"file": 1})
    assert sorted(heard(play)) == [
        ("ask", "1", "b", "case"),
        ("ask", "case-1", "told", "case"),
        ("reply", "1", "a", "case"),
    ]
    play.tell("reply", "1")
    assert heard(play) == [("ask", "case-1", "told", "case")]


def test_an_ended_case_waits_for_nothing() -> None:
    play = Play(waiting(), {"file": 7})
    play.do("first")
    play.tell("reply", "7")
    play.do("use")
    assert (play.step.status, heard(play)) == ("completed", [])


@pytest.mark.parametrize("value", [None, True, [1], {"a": 1}, "", "x" * (MAX_KEY + 1), "a\x00b", "a\nb"])
def test_what_is_no_key_is_an_incident_at_the_element_not_a_wait_for_anything(value: object) -> None:
    play = Play(waiting(), {"file": value})
    play.do("first")
    assert heard(play) == []
    [failed] = play.step.incidents
    assert (failed.element_id, failed.detail[:24]) == ("hear", "The key “${file}” of the")
    with pytest.raises(NotWaiting):
        play.tell("reply")
    play.give(Retry(failed.task_id, {"file": 9}))
    assert heard(play) == [("reply", "9", "hear", "case")]


@pytest.mark.parametrize(("value", "key"), [(7, "7"), (7.0, "7"), (7.5, "7.5"), ("7", "7"), ("a b", "a b")])
def test_keys_are_compared_as_text(value: object, key: str) -> None:
    play = Play(waiting(), {"file": value})
    play.do("first")
    assert heard(play) == [("reply", key, "hear", "case")]


def test_the_case_itself_can_be_the_key_and_is_no_fact() -> None:
    play = Play(sending(key="${case}", payload="{asked_by: case}"))
    assert play.step.effects[0].params == {"name": "ask", "key": "case-1", "payload": {"asked_by": "case-1"}}
    assert play.facts() == {}


def test_a_sender_says_what_becomes_of_a_message_that_nobody_takes() -> None:
    play = Play(sending(key="k", to="other", unmatched="tell", told="nobody"))
    [sent] = play.step.effects
    assert (sent.element_id, sent.process) == ("say", "case")
    assert {name: sent.params[name] for name in ("to", "unmatched", "told")} == {
        "to": "other",
        "unmatched": "tell",
        "told": "nobody",
    }


@pytest.mark.parametrize(
    ("keep", "until"),
    [("P3D", "2026-03-05T09:00:00+00:00"), ("${workdays(1)}", "2026-03-03T17:00:00+00:00")],
)
def test_its_patience_is_counted_when_it_is_sent(keep: str, until: str) -> None:
    play = Play(sending(key="k", keep=keep))
    assert play.step.effects[0].params["keep"]["at"] == until
    assert play.step.effects[0].params["keep"]["how"]


@pytest.mark.parametrize("props", [{"key": "${nothing}"}, {"payload": "7"}, {"keep": "${nothing}"}])
def test_a_message_that_cannot_be_made_is_an_incident_and_not_sent(props: dict[str, str]) -> None:
    play = Play(sending(**props))
    assert play.step.effects == ()
    assert [one.element_id for one in play.step.incidents] == ["say"]


@pytest.mark.parametrize(("result", "facts"), [("", {"a": 1, "own": 2}), ("brought", {"brought": {"a": 1}, "own": 2})])
def test_a_message_start_takes_what_the_message_brings(result: str, facts: dict[str, object]) -> None:
    diagram = Diagram().start(inside=message_definition("ask"), props={"result": result} if result else {})
    definition = load(bundle(diagram.user("use").end().chain("start", "use", "end"), tops=TOPS))
    step = advance(definition, None, Start("c", {"own": 2}, CALENDAR, {"a": 1}), MONDAY)
    assert dict(step.facts) == facts
    assert "message_caught" in [event.kind for event in step.events]
    assert step.subscriptions == ()
