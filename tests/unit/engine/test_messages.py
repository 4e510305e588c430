"""Messages: thrown to the world, caught by name and key."""

from __future__ import annotations

import pytest

from app.engine import Message
from app.errors import NotWaiting
from tests.unit.engine.models import (
    Bundle,
    Diagram,
    Play,
    bundle,
    inputs,
    message,
    message_definition,
    timer_definition,
)

TOPS = message("ask") + message("reply")


def asking(wait: str) -> Bundle:
    diagram = Diagram("asking").start()
    payload = "${{caseId: caseId, question: question}}"
    keyed = {"key": "${caseId}"}
    diagram.add("intermediateThrowEvent", "ask", message_definition("ask", camunda__expression=payload), props=keyed)
    if wait == "receiveTask":
        diagram.add(wait, "reply", messageRef="reply", props={**keyed, "result": "records"}).chain(
            "ask", "reply", "use"
        )
    elif wait == "eventBasedGateway":
        diagram.add(wait, "which")
        caught = message_definition("reply", camunda__resultVariable="records")
        diagram.add("intermediateCatchEvent", "reply", caught, props=keyed)
        diagram.add("intermediateCatchEvent", "late", timer_definition("P14D")).user("chase").end("e2")
        diagram.chain("ask", "which", "reply", "use").chain("which", "late", "chase", "e2")
    else:
        caught = message_definition("reply", camunda__resultVariable="records")
        diagram.add(wait, "reply", caught, props=keyed).chain("ask", "reply", "use")
    return bundle(diagram.user("use").end().chain("start", "ask").chain("use", "end"), tops=TOPS)


@pytest.mark.parametrize("wait", ["intermediateCatchEvent", "receiveTask", "eventBasedGateway"])
def test_ask_and_reply(wait: str) -> None:
    play = Play(asking(wait), {"caseId": "c1", "question": "days?", "secret": "stays"})
    sent = play.step.effects[0]
    assert (sent.topic, sent.element_id) == ("message", "ask")
    assert sent.params == {"name": "ask", "key": "c1", "payload": {"caseId": "c1", "question": "days?"}}
    assert play.step.messages == ("reply",)
    with pytest.raises(NotWaiting):
        play.tell("reply", key="somebody else's")
    assert play.tell("reply", key="c1", absences=[2]) == ["use"]
    assert play.task("use").facts["records"] == {"absences": [2]}
    assert play.waiting()["timers"] == []
    assert play.step.messages == ()


def test_event_gateway_timer_wins_when_no_reply_comes() -> None:
    play = Play(asking("eventBasedGateway"), {"caseId": "c1", "question": "q"})
    assert play.at("2026-03-17") == ["chase"]
    assert play.step.messages == ()


def test_a_thrown_message_is_not_caught_in_the_own_case() -> None:
    diagram = Diagram().start().add("parallelGateway", "split").user("a", "b").end("e1", "e2", "e3")
    diagram.add("intermediateThrowEvent", "say", message_definition("ask"))
    diagram.boundary("heard", "a", message_definition("ask")).chain("start", "split", "a", "e1")
    play = Play(bundle(diagram.chain("split", "b", "say", "e2").chain("heard", "e3"), tops=TOPS))
    assert play.do("b") == ["a"]
    assert play.step.effects[0].params == {"name": "ask", "key": None, "payload": {}}


def test_facts_of_a_message_without_result_variable_are_merged() -> None:
    diagram = Diagram().start().add("receiveTask", "reply", messageRef="reply").user("use").end()
    play = Play(bundle(diagram.chain("start", "reply", "use", "end"), tops=TOPS), {"x": 1})
    play.tell("reply", y=2)
    assert play.task("use").facts == {"x": 1, "y": 2}
    assert play.kinds()[0] == "message_caught:reply"


def test_a_message_start_is_started_by_start() -> None:
    diagram = (
        Diagram()
        .start(inside=message_definition("ask"))
        .user("answer")
        .add(
            "endEvent", "done", message_definition("reply", camunda__expression="${{n: n}}"), props={"key": "${caseId}"}
        )
    )
    play = Play(bundle(diagram.chain("start", "answer", "done"), tops=TOPS), {"caseId": "c9", "n": 3})
    assert play.open() == ["answer"]
    play.do("answer")
    assert play.step.status == "completed"
    assert play.step.effects[0].params == {"name": "reply", "key": "c9", "payload": {"n": 3}}


def test_send_task_with_parameters() -> None:
    diagram = Diagram().start().add("sendTask", "send", ext=inputs(who="${name}", kind="plain"), messageRef="ask").end()
    play = Play(bundle(diagram.chain("start", "send", "end"), tops=TOPS), {"name": "A"})
    assert play.step.effects[0].params["payload"] == {"who": "A", "kind": "plain"}


def test_a_message_reaches_every_token_that_waits_for_it() -> None:
    diagram = Diagram().start().add("parallelGateway", "split").end("e1", "e2")
    diagram.add("receiveTask", "r1", messageRef="reply").add("receiveTask", "r2", messageRef="reply").user("u1", "u2")
    diagram.chain("start", "split", "r1", "u1", "e1").chain("split", "r2", "u2", "e2")
    play = Play(bundle(diagram, tops=TOPS))
    assert play.tell("reply") == ["u1", "u2"]


def test_a_message_that_ends_the_other_waiter_reaches_only_the_first() -> None:
    inner = Diagram("inner").start("is").add("receiveTask", "r", messageRef="reply").end("ie").chain("is", "r", "ie")
    diagram = Diagram().start().sub("phase", inner).end("e1").user("kind").end("e2")
    diagram.boundary("stop", "phase", message_definition("reply")).chain("start", "phase", "e1")
    play = Play(bundle(diagram.chain("stop", "kind", "e2"), tops=TOPS))
    assert play.tell("reply") == ["kind"]
    assert play.step.messages == ()


def test_a_boundary_message_that_does_not_interrupt_is_caught_each_time() -> None:
    diagram = Diagram().start().user("work").end("e1", "e2").user("note").chain("start", "work", "e1")
    diagram.boundary("noted", "work", message_definition("reply"), interrupting=False).chain("noted", "note", "e2")
    play = Play(bundle(diagram, tops=TOPS))
    play.tell("reply", said=1)
    play.tell("reply", said=2)
    assert play.open() == ["work", "note", "note"]
    assert [task.facts.get("said") for task in play.step.tasks] == [None, 1, 2]
    assert play.do("work") == ["note", "note"]
    with pytest.raises(NotWaiting):
        play.give(Message("reply"))
    play.do("note")
    play.do("note")
    assert play.step.status == "completed"
