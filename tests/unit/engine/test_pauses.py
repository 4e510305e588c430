"""Clocks that stand still while the case waits elsewhere (XX-2: clocks pause only where a rule says so)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest
import zstandard

from app.engine import Event, FireDue, advance
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, instances, message, message_definition, moment
from tests.unit.engine.models import timer_definition as timer_of

GP = {"rules": "XX-A9", "waitingFor": "the GP’s report"}


def beside(time: str, pauses: str = "late", *, interrupting: bool = False, **attributes: Any) -> Bundle:
    """A task `work` with the boundary timer `late`; beside it `ask`, then `wait` and `wait2`, which stop its clock,
    then `after`."""
    diagram = Diagram().start().add("parallelGateway", "fork").add("parallelGateway", "join").end()
    diagram.user("work", **attributes).user("ask", "after").user("wait", props={**GP, "pauses": pauses})
    diagram.user("wait2", props={"pauses": pauses, "rules": "XX-2"})
    diagram.timer("late", "work", time, interrupting=interrupting, props={"deadline": "escalate"}).notify("tell")
    diagram.end("told").chain("start", "fork", "work", "join", "end").chain("fork", "ask", "wait", "wait2", "after")
    return bundle(diagram.chain("after", "join").chain("late", "tell", "told"))


def on(play: Play, when: str) -> Play:
    play.now = moment(when)
    return play


def stopped(play: Play) -> list[str]:
    return [timer.element_id for timer in play.step.timers if timer.due.paused]


def due(play: Play, element: str = "late") -> str:
    at = next(timer.due.at for timer in play.step.timers if timer.element_id == element)
    return at.strftime("%Y-%m-%dT%H:%M")


def told(play: Play, kind: str) -> list[Event]:
    return [event for step in play.steps for event in step.events if event.kind == kind]


def through(play: Play, stop: str, go_on: str) -> Play:
    """Stop the clock at `stop`, let it run on at `go_on`."""
    on(play, stop).do("ask")
    on(play, go_on).do("wait")
    play.do("wait2")
    return play


def test_what_was_left_when_the_clock_stopped_is_left_when_it_runs_on() -> None:
    play = Play(beside("${workdays(5)}"))
    assert due(play) == "2026-03-09T17:00"
    on(play, "2026-03-03T09:00").do("ask")
    counted = play.step.timers[0].due
    assert counted.paused is not None
    assert counted.paused.since == play.now
    assert (counted.paused.waiting_for, counted.paused.element_id) == ("the GP’s report", "wait")
    assert play.at("2026-03-09T17:00") == ["work", "wait"]
    assert play.step.effects == ()
    on(play, "2026-03-10T11:00").do("wait")
    play.do("wait2")
    assert stopped(play) == []
    assert due(play) == "2026-03-16T17:00"
    play.at("2026-03-16T16:59:59")
    assert play.step.effects == ()
    play.at("2026-03-16T17:00")
    assert [effect.topic for effect in play.step.effects] == ["notify"]


def test_without_the_property_the_same_clock_runs_on() -> None:
    """The control of the test before."""
    play = Play(beside("${workdays(5)}", pauses=""))
    on(play, "2026-03-03T09:00").do("ask")
    assert stopped(play) == []
    play.at("2026-03-09T17:00")
    assert [effect.topic for effect in play.step.effects] == ["notify"]


def test_a_pause_is_told_with_its_rule_and_how_it_was_counted() -> None:
    play = through(Play(beside("${workdays(5)}")), "2026-03-03T09:00", "2026-03-10T11:00")
    (stop,), (go_on,) = told(play, "timer_paused"), told(play, "timer_resumed")
    assert (stop.element_id, stop.rules, stop.data["due"]) == ("late", ("XX-A9",), "2026-03-09T17:00:00+00:00")
    assert (stop.data["by"], stop.data["by_process"], stop.data["for"]) == ("wait", "case", "the GP’s report")
    assert (go_on.data["was"], go_on.data["due"]) == ("2026-03-09T17:00:00+00:00", "2026-03-16T17:00:00+00:00")
    assert go_on.data["how"] == (
        "Stopped from 3 March to 10 March 2026 while waiting for “wait2”: 5 working days. "
        "Now due 5pm on Monday 16 March 2026."
    )
    assert play.step.timers[0].due.how.startswith("5 working days from Monday 2 March 2026 (day 0), closing at 5pm")
    assert play.step.timers[0].due.how.endswith(go_on.data["how"])


def test_two_that_wait_one_after_the_other_are_one_pause() -> None:
    play = on(Play(beside("P10D")), "2026-03-03T09:00")
    play.do("ask")
    on(play, "2026-03-05T09:00").do("wait")
    paused = play.step.timers[0].due.paused
    assert paused is not None
    assert (paused.since, paused.element_id, paused.waiting_for) == (moment("2026-03-03T09:00"), "wait2", "“wait2”")
    on(play, "2026-03-06T09:00").do("wait2")
    assert due(play) == "2026-03-15T09:00"
    assert (len(told(play, "timer_paused")), len(told(play, "timer_resumed"))) == (1, 1)


def two_at_once() -> Bundle:
    diagram = Diagram().start().add("parallelGateway", "fork").add("parallelGateway", "join").end()
    diagram.user("work").user("a", "b", props={**GP, "pauses": "late"}).timer("late", "work", "P10D").end("told")
    for branch in ("work", "a", "b"):
        diagram.chain("fork", branch, "join")
    return bundle(diagram.chain("start", "fork").chain("join", "end").chain("late", "told"))


def test_pauses_that_overlap_are_counted_once() -> None:
    play = Play(two_at_once())
    assert stopped(play) == ["late"]
    on(play, "2026-03-05T09:00").do("b")
    assert stopped(play) == ["late"]
    on(play, "2026-03-07T09:00").do("a")
    assert due(play) == "2026-03-17T09:00"


@pytest.mark.parametrize(
    ("time", "stop", "go_on", "moved"),
    [
        ("${workdays(5)}", "2026-03-03T09:00", "2026-03-03T16:30", "2026-03-09T17:00"),
        ("${workdays(5)}", "2026-03-03T09:00", "2026-03-04T08:00", "2026-03-10T17:00"),
        ("${workdays(5)}", "2026-03-06T12:00", "2026-03-08T12:00", "2026-03-10T17:00"),
        ("${workdays(5)}", "2026-03-07T12:00", "2026-03-08T12:00", "2026-03-09T17:00"),
        ("${workdays(0)}", "2026-03-02T16:00", "2026-03-02T18:00", "2026-03-03T17:00"),
        ("${workdays(5)}", "2026-03-03T09:00", "2026-04-07T09:00", "2026-04-13T16:00"),
        ("${days(21)}", "2026-03-03T09:00", "2026-03-07T23:00", "2026-03-27T17:00"),
        ("${days(30)}", "2026-03-28T09:00", "2026-03-29T09:00", "2026-04-02T16:00"),
        ("${days(0)}", "2026-03-02T16:00", "2026-03-02T18:00", "2026-03-03T17:00"),
        ("P3D", "2026-03-03T09:00", "2026-03-04T12:00", "2026-03-06T12:00"),
        ("P1M", "2026-03-28T12:00", "2026-03-30T11:00", "2026-04-04T08:00"),
        ("PT100H", "2026-03-03T09:00", "2026-03-04T12:30", "2026-03-07T16:30"),
        ("${limit}", "2026-03-03T09:00", "2026-03-05T10:00", "2026-03-14T13:00"),
        ("${workdays_before(1, workdays(5))}", "2026-03-03T09:00", "2026-03-10T09:00", "2026-03-13T17:00"),
        ("${workdays_before(2, days(7))}", "2026-03-03T09:00", "2026-03-04T09:00", "2026-03-06T17:00"),
        ("${workdays_before(1, limit)}", "2026-03-03T09:00", "2026-03-05T10:00", "2026-03-13T13:00"),
    ],
    ids=[
        "one day moves nothing",
        "over night is a working day",
        "to a Sunday counts as to Monday",
        "within a weekend moves nothing",
        "a day that closes meanwhile gives the next",
        "over Easter and the change of the clocks",
        "calendar days by their dates",
        "calendar days end at close in summer too",
        "a calendar day that closes meanwhile",
        "a duration by the wall clock",
        "a month over the change of the clocks",
        "hours by the time that passed",
        "a moment that was given, by the wall clock",
        "a warning goes with its deadline",
        "a warning before calendar days",
        "a warning before a moment that was given",
    ],
)
def test_each_clock_is_moved_in_its_own_unit(time: str, stop: str, go_on: str, moved: str) -> None:
    play = Play(beside(time), {"limit": "2026-03-12T12:00:00Z"})
    assert due(through(play, stop, go_on)) == moved


def test_hours_that_pass_are_counted_over_the_change_of_the_clocks() -> None:
    play = through(Play(beside("PT2000H")), "2026-03-28T12:00", "2026-03-30T12:00")
    assert play.step.timers[0].due.at - moment("2026-03-02T09:00") == moment("2026-03-30T12:00") - moment(
        "2026-03-28T12:00"
    ) + (moment("2026-05-24T17:00") - moment("2026-03-02T09:00"))


def test_a_clock_that_is_due_already_is_not_held_up() -> None:
    play = on(Play(beside("P1D")), "2026-03-04T09:00")
    play.do("ask")
    assert stopped(play) == []
    play.at("2026-03-04T09:00")
    assert [effect.topic for effect in play.step.effects] == ["notify"]


def test_a_clock_that_has_fired_does_not_come_back() -> None:
    play = Play(beside("P1D"))
    play.at("2026-03-03T09:00")
    through(play, "2026-03-04T09:00", "2026-03-09T09:00")
    assert play.due() == []
    assert told(play, "timer_paused") == []


def test_the_moment_at_which_it_is_due_is_due() -> None:
    play = on(Play(beside("P1D")), "2026-03-03T09:00")
    play.do("ask")
    assert stopped(play) == []


def test_downtime_over_a_pause_fires_nothing_late() -> None:
    """The due time came while the clock stood still; a year later it still has all that was left."""
    play = on(Play(beside("P10D")), "2026-03-03T09:00")
    play.do("ask")
    play.at("2027-03-03T09:00")
    assert play.step.effects == ()
    play.do("wait")
    play.do("wait2")
    assert due(play) == "2027-03-12T09:00"


def test_a_clock_put_back_moves_no_deadline_forward() -> None:
    play = through(Play(beside("P10D")), "2026-03-03T09:00", "2026-03-02T23:00")
    assert due(play) == "2026-03-12T09:00"


def test_a_clock_set_while_the_case_waits_stands_still_from_the_start() -> None:
    diagram = Diagram().start().add("parallelGateway", "fork").add("parallelGateway", "join").end()
    diagram.user("before", "work").user("wait", props={**GP, "pauses": "late"}).timer("late", "work", "P10D")
    diagram.end("told").chain("start", "fork", "before", "work", "join", "end").chain("fork", "wait", "join")
    play = on(Play(bundle(diagram.chain("late", "told"))), "2026-03-04T09:00")
    play.do("before")
    assert stopped(play) == ["late"]
    on(play, "2026-03-06T09:00").do("wait")
    assert due(play) == "2026-03-16T09:00"


def test_an_activity_means_all_clocks_on_it_and_its_due_date() -> None:
    play = Play(beside("${workdays(5)}", "work", camunda__dueDate="${workdays(3)}"))
    on(play, "2026-03-03T09:00").do("ask")
    assert stopped(play) == ["late"]
    before = play.task("work").due
    assert before is not None
    assert before.paused is not None
    on(play, "2026-03-10T11:00").do("wait")
    play.do("wait2")
    after = play.task("work").due
    assert after is not None
    assert (after.paused, after.at.isoformat()) == (None, "2026-03-12T17:00:00+00:00")
    assert [event.element_id for event in told(play, "timer_resumed")] == ["work", "late"]


def test_of_a_timer_only_its_own_clock_stops() -> None:
    play = Play(beside("${workdays(5)}", camunda__dueDate="${workdays(3)}"))
    on(play, "2026-03-03T09:00").do("ask")
    due_date = play.task("work").due
    assert due_date is not None
    assert due_date.paused is None


def test_completing_the_task_while_its_clock_stands_still_takes_it_away() -> None:
    play = on(Play(beside("P10D")), "2026-03-03T09:00")
    play.do("ask")
    assert play.do("work") == ["wait"]
    assert play.due() == []
    play.do("wait")
    play.do("wait2")
    play.do("after")
    assert play.step.status == "completed"


def test_an_interrupting_timer_keeps_its_pause_too() -> None:
    play = through(Play(beside("P3D", interrupting=True)), "2026-03-03T09:00", "2026-03-05T09:00")
    assert play.at("2026-03-07T08:59") == ["work", "after"]
    assert play.at("2026-03-07T09:00") == ["after"]


def test_a_repeated_reminder_stands_still_and_goes_on_in_its_step() -> None:
    play = Play(beside("R/P7D"))
    play.at("2026-03-09T09:00")
    through(play, "2026-03-11T09:00", "2026-04-14T08:00")
    assert due(play) == "2026-04-19T08:00"
    play.at("2026-04-19T08:00")
    assert play.step.events[0].data["missed"] == 0
    assert due(play) == "2026-04-26T08:00"
    assert "Stopped" not in play.step.timers[0].due.how


def test_a_limited_reminder_does_not_lose_a_turn() -> None:
    play = through(Play(beside("R2/P7D")), "2026-03-03T09:00", "2026-06-03T08:00")
    for day in ("2026-06-09T08:00", "2026-06-16T08:00", "2026-06-23T08:00"):
        play.at(day)
    assert len(told(play, "timer_fired")) == 2


@pytest.mark.parametrize("kind", ["receiveTask", "intermediateCatchEvent"])
def test_a_message_that_is_waited_for_stops_clocks(kind: str) -> None:
    diagram = Diagram().start().add("parallelGateway", "fork").add("parallelGateway", "join").end().user("work")
    diagram.timer("late", "work", "P10D").end("told").chain("late", "told")
    waits = {"messageRef": "m"} if kind == "receiveTask" else {}
    diagram.add(kind, "wait", "" if waits else message_definition("m"), props={**GP, "pauses": "late"}, **waits)
    diagram.chain("start", "fork", "work", "join", "end").chain("fork", "wait", "join")
    play = Play(bundle(diagram, tops=message("m", "report")))
    assert stopped(play) == ["late"]
    on(play, "2026-03-05T09:00").tell("report")
    assert due(play) == "2026-03-15T09:00"


def called(times: int = 1) -> Bundle:
    """The case calls `inner`, whose step `wait` stops the clock on the call and one beside itself."""
    inner = Diagram("inner").start("is").add("parallelGateway", "if").add("parallelGateway", "ij").end("ie")
    inner.user("wait", props={**GP, "pauses": "overall own"}).user("mine").timer("own", "mine", "P5D").end("ot")
    inner.chain("is", "if", "wait", "ij", "ie").chain("if", "mine", "ij").chain("own", "ot")
    middle = Diagram("middle").start("ms").call("deep", "inner").end("me").chain("ms", "deep", "me")
    diagram = Diagram().start().add("parallelGateway", "fork").add("parallelGateway", "join").end()
    diagram.chain("start", "fork").chain("join", "end")
    for number in range(times):
        call = f"call{number}"
        diagram.call(call, "middle").chain("fork", call, "join")
        diagram.timer("overall" if not number else f"other{number}", call, "P20D").end(f"t{number}")
        diagram.chain("overall" if not number else f"other{number}", f"t{number}")
    return bundle(diagram, middle, inner)


def test_a_called_process_stops_clocks_of_those_that_call_it() -> None:
    play = Play(called())
    assert stopped(play) == ["own", "overall"]
    on(play, "2026-03-09T09:00").do("wait")
    assert [due(play, "own"), due(play, "overall")] == ["2026-03-14T09:00", "2026-03-29T08:00"]


def test_of_a_process_called_twice_one_call_does_not_stop_the_clocks_of_the_other() -> None:
    play = Play(called(2))
    assert stopped(play) == ["own", "own", "overall"]
    on(play, "2026-03-04T09:00").do("wait")
    assert stopped(play) == ["own", "overall"]  # the second call still waits, and the case has one clock of that name
    on(play, "2026-03-05T09:00").do("wait")
    assert stopped(play) == []
    assert sorted(at for element, at in play.due() if element == "own") == ["2026-03-09T09:00", "2026-03-10T09:00"]


def test_of_several_instances_each_stops_its_own_clock() -> None:
    inner = Diagram("each").start("is").add("parallelGateway", "if").add("parallelGateway", "ij").end("ie")
    inner.user("wait", props={**GP, "pauses": "own"}).user("mine").timer("own", "mine", "P5D").end("ot")
    inner.chain("is", "if", "wait", "ij", "ie").chain("if", "mine", "ij").chain("own", "ot")
    diagram = Diagram().start().sub("each", inner, instances()).end().chain("start", "each", "end")
    play = Play(bundle(diagram), {"people": [1, 2, 3]})
    assert stopped(play) == ["own"] * 3
    play.do("wait", 1)
    assert stopped(play) == ["own"] * 2


def test_a_step_inside_a_sub_process_stops_a_clock_around_it_and_one_inside_another() -> None:
    left = Diagram("left").start("ls").user("wait", props={**GP, "pauses": "around within"}).end("le")
    right = Diagram("right").start("rs").user("mine").end("re", "rt").timer("within", "mine", "P5D")
    left.chain("ls", "wait", "le")
    right.chain("rs", "mine", "re").chain("within", "rt")
    diagram = Diagram().start().add("parallelGateway", "fork").add("parallelGateway", "join").end("end", "t")
    diagram.sub("left", left).sub("right", right).timer("around", "left", "P20D").chain("around", "t")
    diagram.chain("start", "fork", "left", "join", "end").chain("fork", "right", "join")
    play = Play(bundle(diagram))
    assert stopped(play) == ["within", "around"]


def test_an_event_sub_process_with_a_timer_can_stand_still() -> None:
    handler = Diagram("esub").add("startEvent", "hs", timer_of("P5D")).user("h").end("he").chain("hs", "h", "he")
    diagram = Diagram().start().user("wait", props={**GP, "pauses": "esub"}).user("work").end()
    diagram.chain("start", "wait", "work", "end").sub("esub", handler, triggeredByEvent="true")
    play = Play(bundle(diagram))
    assert stopped(play) == ["hs"]
    on(play, "2026-03-04T09:00").do("wait")
    assert due(play, "hs") == "2026-03-09T09:00"


def test_the_timers_of_an_event_gateway_each_have_their_own_pause() -> None:
    diagram = Diagram().start().add("parallelGateway", "fork").add("eventBasedGateway", "choose").end("e1", "e2", "e3")
    diagram.add("intermediateCatchEvent", "short", timer_of("P5D")).add(
        "intermediateCatchEvent", "long", timer_of("P9D")
    )
    diagram.user("wait", props={**GP, "pauses": "short"}).chain("start", "fork", "choose", "short", "e1")
    diagram.chain("choose", "long", "e2").chain("fork", "wait", "e3")
    play = Play(bundle(diagram))
    assert stopped(play) == ["short"]
    assert [event.element_id for event in told(play, "timer_paused")] == ["short"]
    play.at("2026-03-11T09:00")
    assert play.due() == []


def test_a_step_that_is_taken_away_lets_the_clock_run_on() -> None:
    diagram = Diagram().start().add("parallelGateway", "fork").user("work").end("e1", "e2", "e3", "e4")
    diagram.user("wait", props={**GP, "pauses": "late"}).timer("late", "work", "P10D").chain("late", "e3")
    diagram.timer("enough", "wait", "P4D", interrupting=True).user("decide").chain("enough", "decide", "e4")
    play = Play(bundle(diagram.chain("start", "fork", "work", "e1").chain("fork", "wait", "e2")))
    play.at("2026-03-06T09:00")
    assert play.open() == ["work", "decide"]
    assert due(play) == "2026-03-16T09:00"


def test_many_pauses_leave_one_sentence_and_a_state_that_does_not_grow() -> None:
    diagram = Diagram().start().add("parallelGateway", "fork").add("exclusiveGateway", "m").user("work", "ask")
    diagram.add("exclusiveGateway", "x", default="back").user("wait", props={**GP, "pauses": "late"}).end(
        "e1", "e2", "e3"
    )
    diagram.timer("late", "work", "${workdays(200)}").chain("late", "e3").chain("start", "fork", "work", "e1")
    diagram.chain("fork", "m", "ask", "wait", "x").flow("x", "m", element="back").flow("x", "e2", "over = true")
    play = Play(bundle(diagram))
    sizes = []
    for day in range(2, 30):
        on(play, f"2026-03-{day:02}T10:00").do("ask")
        on(play, f"2026-03-{day:02}T12:00").do("wait")
        sizes.append(len(play.step.state))
    assert max(sizes[5:]) <= sizes[4] * 1.05
    how = play.step.timers[0].due.how
    assert how.count("Stopped") == 1
    assert "Stopped 28 times, the last time on 29 March 2026" in how
    assert due(play) == due(Play(bundle(diagram)))


def test_a_paused_case_is_the_same_after_a_journey_and_on_any_machine() -> None:
    first = through(Play(beside("${workdays(5)}")), "2026-03-03T09:00", "2026-03-10T11:00")
    second = through(Play(beside("${workdays(5)}")), "2026-03-03T09:00", "2026-03-10T11:00")
    assert [step.state for step in first.steps] == [step.state for step in second.steps]
    assert [step.events for step in first.steps] == [step.events for step in second.steps]


def test_a_state_without_pauses_is_written_as_before() -> None:
    content = _content(Play(beside("P10D")).step.state)
    assert "paused" not in content
    play = on(Play(beside("P10D")), "2026-03-03T09:00")
    play.do("ask")
    assert _content(play.step.state)["paused"] is True


def test_a_clock_that_stood_still_under_a_diagram_that_stops_none_runs_on() -> None:
    """So that a case moved to another version does not keep a clock that nothing would start again."""
    play = on(Play(beside("P10D")), "2026-03-03T09:00")
    play.do("ask")
    other = Play(beside("P10D", pauses="")).definition
    step = advance(other, play.state, FireDue(), datetime.fromisoformat("2026-03-05T09:00+00:00"))
    assert [(timer.due.paused, timer.due.at.isoformat()) for timer in step.timers] == [
        (None, "2026-03-14T09:00:00+00:00")
    ]


def _content(state: bytes) -> Any:
    return orjson.loads(zstandard.decompress(state))
