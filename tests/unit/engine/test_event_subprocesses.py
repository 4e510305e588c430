"""Event sub-processes: recognised at any depth, interrupting or not, harmless when they do not fire."""

from __future__ import annotations

import pytest

from tests.unit.engine.models import Bundle, Diagram, Play, bundle, message, message_definition, timer_definition


def model(kind: str, *, interrupting: bool, nested: bool) -> Bundle:
    definition = message_definition("m") if kind == "message" else timer_definition("P10D")
    handler = Diagram("handler").add("startEvent", "hs", definition, isInterrupting="true" if interrupting else "false")
    handler.user("h").end("he").chain("hs", "h", "he")
    body = Diagram("body").start("bs").add("parallelGateway", "g").user("u", "v", "u2").add("parallelGateway", "j")
    body.end("be", "re").timer("t", "u", "R/P7D").chain("t", "re").chain("bs", "g", "u", "j", "u2", "be")
    body.chain("g", "v", "j").sub("esub", handler, triggeredByEvent="true")
    if not nested:
        return bundle(body, tops=message("m", "stop"))
    main = Diagram().start().sub("phase", body).user("after").end().chain("start", "phase", "after", "end")
    return bundle(main, tops=message("m", "stop"))


@pytest.mark.parametrize("kind", ["message", "timer"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("interrupting", [False, True])
def test_event_sub_process(kind: str, nested: bool, interrupting: bool) -> None:
    play = Play(model(kind, interrupting=interrupting, nested=nested), {"k": 1})
    before = play.definition.fingerprint()
    play.do("u", seen="by main")
    if kind == "message":
        play.tell("stop", why="x")
    else:
        play.at("2026-03-13")
    assert play.open() == (["h"] if interrupting else ["v", "h"])
    expected = {"k": 1, "seen": "by main", **({"why": "x"} if kind == "message" else {})}
    assert play.task("h").facts == expected
    play.do("h")
    for element in ("v", "u2") if not interrupting else ():
        play.do(element)
    if nested:
        assert play.open() == ["after"]
        play.do("after")
    assert play.step.status == "completed"
    assert play.waiting() == {"tasks": [], "timers": [], "messages": (), "incidents": ()}
    assert play.definition.fingerprint() == before


@pytest.mark.parametrize("kind", ["message", "timer"])
@pytest.mark.parametrize("nested", [False, True])
def test_one_that_does_not_fire_holds_nothing_open(kind: str, nested: bool) -> None:
    play = Play(model(kind, interrupting=True, nested=nested))
    assert play.step.messages == (("stop",) if kind == "message" else ())
    for element in ("u", "v", "u2"):
        play.do(element)
    if nested:
        assert play.open() == ["after"]
        assert play.waiting()["timers"] == []
        assert play.step.messages == ()
        play.do("after")
    assert play.step.status == "completed"


def test_one_that_does_not_interrupt_runs_as_often_as_its_message_comes() -> None:
    play = Play(model("message", interrupting=False, nested=True), {"k": 1})
    play.tell("stop", why=1)
    play.tell("stop", why=2)
    assert sorted(play.open()) == ["h", "h", "u", "v"]
    assert [task.facts["why"] for task in play.step.tasks if task.element_id == "h"] == [1, 2]
    for element in ("u", "v", "u2", "h"):
        play.do(element)
    assert play.open() == ["h"]
    assert play.do("h") == ["after"]
    assert play.step.messages == ()
