"""Processes that go round for as long as one lets them, one for each way in which a process can. The benchmark of
growth and its tests play them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.engine.models import Bundle, Diagram, Play, bundle, inputs, instances, message, message_definition
from tests.unit.engine.models import timer_definition as time_of

Turn = Callable[[Play, int], None]


@dataclass(frozen=True)
class Loop:
    """`turn` plays the turn of the given number, from 1; `finish` leads out of the loop to the end of the case.
    `counted`: what completes in every turn, element id to how often."""

    name: str
    what: str
    bundle: Bundle
    turn: Turn
    finish: Callable[[Play], None]
    counted: Mapping[str, int]
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: False where only many more turns lead out
    leads_out: bool = True

    def play(self) -> Play:
        return Play(self.bundle, {"stop": False, **self.facts})


def _round(diagram: Diagram, *body: str) -> Diagram:
    """Draw start, merge, `body`, choice, the way back and the way out."""
    diagram.start().add("exclusiveGateway", "merge").add("exclusiveGateway", "again", default="f_back").end()
    diagram.chain("start", "merge", *body, "again").flow("again", "merge", element="f_back")
    return diagram.flow("again", "end", "${stop}")


def _does(*elements: str) -> Turn:
    def turn(play: Play, number: int) -> None:
        for element in elements:
            play.do(element, turn=number)

    return turn


def _stops(*elements: str) -> Callable[[Play], None]:
    def finish(play: Play) -> None:
        for element in elements:
            play.do(element, stop=True)

    return finish


def next_timer(play: Play, _number: int = 0) -> None:
    """Let time pass until the next timer fires."""
    play.at(play.step.timers[0].due.at.isoformat())


def user_task() -> Loop:
    diagram = _round(Diagram("user_task").user("ask"), "ask")
    return Loop("user task", "a user task", bundle(diagram), _does("ask"), _stops("ask"), {"ask": 1})


def call_activity() -> Loop:
    stage = Diagram("stage").start("s_start").user("check").end("s_end").chain("s_start", "check", "s_end")
    diagram = _round(Diagram("call_activity").call("stage_call", "stage", "turn stop", "turn stop"), "stage_call")
    made = bundle(diagram, stage)
    what = "a called process with a user task"
    return Loop("call activity", what, made, _does("check"), _stops("check"), {"check": 1, "stage_call": 1})


def boundary_cycle() -> Loop:
    diagram = Diagram("boundary_cycle").start().user("wait").end("end", "told").chain("start", "wait", "end")
    diagram.timer("monthly", "wait", "R/P28D").script("count", "told", "1").notify("tell")
    diagram.chain("monthly", "count", "tell", "told")
    return Loop(
        "repeating timer on a task",
        "a timer R/P28D that does not interrupt the open user task it sits on",
        bundle(diagram),
        next_timer,
        _stops("wait"),
        {"count": 1, "tell": 1},
    )


def catch_timer() -> Loop:
    diagram = Diagram("catch_timer").add("intermediateCatchEvent", "pause", time_of("P28D"))
    diagram.script("count", "n", "n + 1").script("look", "stop", "n > 1003")
    return Loop(
        "timer waited for in a loop",
        "a catching timer event P28D and two scripts",
        bundle(_round(diagram, "pause", "count", "look")),
        next_timer,
        _wait_for_the_end,
        {"pause": 1, "count": 1},
        {"n": 0},
        leads_out=False,
    )


def _wait_for_the_end(play: Play) -> None:
    while play.step.status == "running":
        next_timer(play)


def side_by_side() -> Loop:
    props = {"outputCollection": "votes", "outputElement": "vote"}
    diagram = Diagram("side_by_side").user("vote", inside=instances(), props=props).user("sum_up")

    def turn(play: Play, number: int) -> None:
        for at in (1, 1, 0) if number % 2 else (0, 1, 0):
            play.do("vote", at, vote=number)
        play.do("sum_up", turn=number)

    def finish(play: Play) -> None:
        for _ in range(3):
            play.do("vote", vote=0)
        play.do("sum_up", stop=True)

    made = bundle(_round(diagram, "vote", "sum_up"))
    what = "a user task for each of three people at once, whose answers become a list, and one that ends the round"
    counted = {"vote": 4, "sum_up": 1}
    return Loop("instances side by side", what, made, turn, finish, counted, {"people": ["a", "b", "c"]})


def one_by_one() -> Loop:
    inner = Diagram("each").start("e_start").user("sign").end("e_end").chain("e_start", "sign", "e_end")
    diagram = Diagram("one_by_one").sub("each", inner, instances(sequential=True))
    return Loop(
        "instances one by one",
        "a sub-process with a user task for each of three people, one after the other",
        bundle(_round(diagram, "each")),
        _does("sign", "sign", "sign"),
        _stops("sign", "sign", "sign"),
        {"sign": 3},
        {"people": ["a", "b", "c"]},
    )


def fork_and_join() -> Loop:
    diagram = Diagram("fork_and_join").add("parallelGateway", "fork").user("a", "b", "c").add("parallelGateway", "join")
    diagram.chain("fork", "b", "join").chain("fork", "c", "join")

    def turn(play: Play, number: int) -> None:
        for element in ("abc", "cab", "bca")[number % 3]:
            play.do(element, **{element: number})

    made = bundle(_round(diagram, "fork", "a", "join"))
    what = "three user tasks side by side that end in another order every time"
    return Loop("fork and join", what, made, turn, _stops("a", "b", "c"), {"a": 1, "b": 1, "c": 1, "join": 1})


def event_sub_process() -> Loop:
    """One that stays armed around the whole case, and in each turn one that runs beside its phase and one that
    interrupts it."""
    beside = Diagram("beside").add("startEvent", "noted", message_definition("m1"), isInterrupting="false")
    beside.user("note").end("noted_end").chain("noted", "note", "noted_end")
    stopping = Diagram("stopping").add("startEvent", "stopped", message_definition("m2")).user("round_off")
    stopping.end("stopped_end").chain("stopped", "round_off", "stopped_end")
    phase = Diagram("phase").start("p_start").user("work").end("p_end").chain("p_start", "work", "p_end")
    phase.sub("beside", beside, triggeredByEvent="true").sub("stopping", stopping, triggeredByEvent="true")
    over = Diagram("over").add("startEvent", "withdrawn", message_definition("m3")).user("say_goodbye").end("over_end")
    over.chain("withdrawn", "say_goodbye", "over_end")
    diagram = Diagram("event_sub_process").sub("phase", phase).sub("over", over, triggeredByEvent="true")

    def turn(play: Play, number: int) -> None:
        play.tell("note", noted=number)
        play.do("note", turn=number)
        play.tell("stop", why=number)
        play.do("round_off", turn=number)

    def finish(play: Play) -> None:
        play.tell("withdraw")
        play.do("say_goodbye")

    return Loop(
        "event sub-process",
        "a sub-process that one event sub-process runs beside and another one interrupts, a third around the case",
        bundle(
            _round(diagram, "phase"), tops=message("m1", "note") + message("m2", "stop") + message("m3", "withdraw")
        ),
        turn,
        finish,
        {"note": 1, "round_off": 1, "phase": 1},
    )


def question_and_reply() -> Loop:
    diagram = Diagram("question_and_reply").add("sendTask", "ask", ext=inputs(n="${turn}"), messageRef="m1")
    diagram.add("eventBasedGateway", "wait").add("intermediateCatchEvent", "reply", message_definition("m2"))
    diagram.add("intermediateCatchEvent", "no_reply", time_of("P14D")).add("exclusiveGateway", "either").user("read")
    diagram.chain("wait", "no_reply", "either")
    _round(diagram, "ask", "wait", "reply", "either", "read")

    def turn(play: Play, number: int) -> None:
        if number % 2:
            play.tell("reply", said=number)
        else:
            next_timer(play)
        play.do("read", turn=number)

    def finish(play: Play) -> None:
        play.tell("reply", said=0)
        play.do("read", stop=True)

    made = bundle(diagram, tops=message("m1", "question") + message("m2", "reply"))
    what = "a message sent, a reply or a deadline waited for, and a user task"
    return Loop("question and reply", what, made, turn, finish, {"ask": 1, "read": 1, "wait": 1}, {"turn": 0})


LOOPS: tuple[Loop, ...] = (
    user_task(),
    call_activity(),
    boundary_cycle(),
    catch_timer(),
    side_by_side(),
    one_by_one(),
    fork_and_join(),
    event_sub_process(),
    question_and_reply(),
)
