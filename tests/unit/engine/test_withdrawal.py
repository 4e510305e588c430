"""Withdrawal of consent: one interrupting message boundary on the phase that follows consent."""

from __future__ import annotations

import pytest

from app.errors import NotWaiting
from tests.unit.engine.models import (
    Bundle,
    Diagram,
    Play,
    bundle,
    instances,
    message,
    message_definition,
    timer_definition,
)


def phase() -> Bundle:
    stage = Diagram("stage").start("ss").user("c1").end("se", "ce").timer("ct", "c1", "${workdays(20)}")
    stage.chain("ss", "c1", "se").chain("ct", "ce")
    nest = Diagram("nested").start("ns").user("n1").end("ne", "ne2").timer("nt", "n1", "P5D", interrupting=True)
    nest.chain("ns", "n1", "ne").chain("nt", "ne2")
    inside = Diagram("inside").start("is").add("parallelGateway", "fork").user("a1", "a2", "b1", "late_u")
    inside.timer("remind", "a1", "R/P7D").end("re").chain("remind", "re").timer("late", "b1", "P10D")
    inside.end("le").chain("late", "late_u", "le").call("call", "stage", "x", "x").sub("nest", nest)
    inside.add("intermediateCatchEvent", "pause", timer_definition("P30D")).user("vote", inside=instances())
    inside.add("parallelGateway", "join").end("ie").chain("is", "fork", "a1", "a2", "join", "ie")
    for branch in ("b1", "call", "nest", "pause", "vote"):
        inside.chain("fork", branch, "join")
    main = Diagram().start().user("consent", "after", "close").sub("phase", inside).end("e1", "e2")
    main.boundary("withdrawn", "phase", message_definition("m")).chain("start", "consent", "phase", "after", "e1")
    return bundle(main.chain("withdrawn", "close", "e2"), stage, tops=message("m", "consentWithdrawn"))


STEPS = ["a1", "a2", "b1", "c1", "n1", "vote", "vote"]


@pytest.mark.parametrize("steps", range(len(STEPS) + 1))
def test_withdrawal_after_every_step_leaves_only_the_kind_ending(steps: int) -> None:
    play = Play(phase(), {"x": 1, "people": ["ann", "bob"]})
    with pytest.raises(NotWaiting):
        play.tell("consentWithdrawn")
    play.do("consent")
    for element in STEPS[:steps]:
        play.do(element)
    if steps >= 2:
        play.at("2026-03-13")
    was_open = [task.id for task in play.step.tasks]
    assert play.tell("consentWithdrawn", reason="mine") == ["close"]
    assert play.waiting() == {"tasks": ["close"], "timers": [], "messages": (), "incidents": ()}
    assert play.step.marks == (("case", "close"),)
    cancelled = {event.task_id for event in play.step.events if event.kind == "cancelled"}
    assert set(was_open) <= cancelled
    assert len(play.state or b"") < 700
    with pytest.raises(NotWaiting):
        play.tell("consentWithdrawn")
    play.do("close")
    assert play.step.status == "completed"


def by_event_sub_process(where: str) -> Bundle:
    """The same phase, withdrawn from within: at the top of the case, in a sub-process, or in a called process."""
    stage = Diagram("stage").start("ss").user("c1").end("se", "ce").timer("ct", "c1", "${workdays(20)}")
    stage.chain("ss", "c1", "se").chain("ct", "ce")
    vote = Diagram("vote").start("vs").user("v1").end("ve", "vte").timer("vt", "v1", "P9D").chain("vs", "v1", "ve")
    body = Diagram("body").start("bs").add("parallelGateway", "fork").user("a1").end("be", "re").chain("bs", "fork")
    body.timer("remind", "a1", "R/P7D").chain("remind", "re").call("call", "stage", "x", "x")
    body.sub("votes", vote.chain("vt", "vte"), instances()).add("parallelGateway", "join").chain("join", "be")
    body.add("intermediateCatchEvent", "pause", timer_definition("P30D"))
    for branch in ("a1", "call", "votes", "pause"):
        body.chain("fork", branch, "join")
    handler = Diagram("handler").add("startEvent", "hs", message_definition("m")).user("close").end("he")
    body.sub("withdrawn", handler.chain("hs", "close", "he"), triggeredByEvent="true")
    tops = message("m", "consentWithdrawn")
    if where == "top":
        return bundle(body, stage, tops=tops)
    main = Diagram().start().user("after").end().chain("start", "phase", "after", "end")
    if where == "sub-process":
        return bundle(main.sub("phase", body), stage, tops=tops)
    return bundle(main.call("phase", "body", "people x", "x"), body, stage, tops=tops)


@pytest.mark.parametrize("where", ["top", "sub-process", "called process"])
@pytest.mark.parametrize("steps", [[], ["a1"], ["v1", "c1"], ["v1", "v1"]])
def test_an_interrupting_event_sub_process_leaves_only_the_kind_ending(where: str, steps: list[str]) -> None:
    play = Play(by_event_sub_process(where), {"x": 1, "people": ["ann", "bob"]})
    before = play.definition.fingerprint()
    for element in steps:
        play.do(element)
    was_open = {task.id for task in play.step.tasks}
    assert play.tell("consentWithdrawn", reason="mine") == ["close"]
    assert play.waiting() == {"tasks": ["close"], "timers": [], "messages": (), "incidents": ()}
    assert was_open <= {event.task_id for event in play.step.events if event.kind == "cancelled"}
    assert play.task("close").facts["reason"] == "mine"
    play.do("close", x=2)
    if where != "top":
        assert play.open() == ["after"]
        play.do("after")
    assert play.step.status == "completed"
    assert play.facts()["x"] == 2
    assert play.definition.fingerprint() == before


def test_without_withdrawal_the_phase_goes_on() -> None:
    play = Play(phase(), {"x": 1, "people": ["ann", "bob"]})
    play.do("consent")
    for element in STEPS:
        play.do(element)
    assert play.at("2026-04-02") == ["after"]
    assert play.step.messages == ()


def test_the_kind_ending_knows_what_the_phase_had_found_out() -> None:
    inside = Diagram("inside").start("is").add("parallelGateway", "fork").user("a", "b", "c").end("e3", "e4")
    inside.chain("is", "fork", "a", "c", "e3").chain("fork", "b", "e4")
    main = Diagram().start().user("close").sub("phase", inside).end("e1", "e2").chain("start", "phase", "e1")
    main.boundary("withdrawn", "phase", message_definition("m")).chain("withdrawn", "close", "e2")
    play = Play(bundle(main, tops=message("m", "consentWithdrawn")), {"x": 1, "y": 1})
    play.do("a", x=2, practitioner="dr-1")
    play.tell("consentWithdrawn", reason="mine")
    assert play.task("close").facts == {"x": 2, "y": 1, "practitioner": "dr-1", "reason": "mine"}


def test_an_interrupting_event_on_several_instances_keeps_the_answers_that_came() -> None:
    props = {"outputCollection": "answers", "outputElement": "answer"}
    main = Diagram().start().user("vote", inside=instances(), props=props).user("count").end("e1", "e2")
    main.timer("late", "vote", "P3D", interrupting=True).chain("start", "vote", "e1").chain("late", "count", "e2")
    play = Play(bundle(main), {"people": ["ann", "bob", "cas"]})
    play.do("vote", 1, answer="yes")
    assert play.at("2026-03-06") == ["count"]
    assert play.task("count").facts["answers"] == [None, "yes", None]
