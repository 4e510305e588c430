"""Timers: counted once, kept with the sentence, fired one by one in order of due time."""

from __future__ import annotations

import pytest

from tests.unit.engine.models import Bundle, Diagram, Play, bundle, timer_definition


def guarded(*timers: tuple[str, str, bool], **attributes: str) -> Bundle:
    """A task with boundary timers (id, time, interrupting), each leading to a task `h_<id>`."""
    diagram = Diagram().start().user("work", **attributes).end().chain("start", "work", "end")
    for timer, time, interrupting in timers:
        diagram.timer(
            timer, "work", time, interrupting=interrupting, props={"deadline": "warn", "rules": "XX-2 WW-1.2a"}
        )
        diagram.user(f"h_{timer}").end(f"e_{timer}").chain(timer, f"h_{timer}", f"e_{timer}")
    return bundle(diagram)


def test_a_boundary_timer_is_armed_with_its_task() -> None:
    play = Play(guarded(("late", "P3D", False)))
    timer = play.step.timers[0]
    assert play.due() == [("late", "2026-03-05T09:00")]
    assert timer.task_id == play.task("work").id
    assert timer.kind == "warn"
    assert timer.rules == ("XX-2", "WW-1.2a")
    assert not timer.interrupting
    assert "3 days" in timer.due.how
    assert play.kinds() == ["completed:start", "entered:work", "timer_set:late"]


def test_a_non_interrupting_timer_leaves_the_task_open() -> None:
    play = Play(guarded(("late", "P3D", False)))
    assert play.at("2026-03-05T08:59:59") == ["work"]
    assert play.at("2026-03-05T09:00") == ["work", "h_late"]
    assert play.due() == []
    assert play.do("work") == ["h_late"]
    play.do("h_late")
    assert play.step.status == "completed"


def test_an_interrupting_timer_takes_the_task_away() -> None:
    play = Play(guarded(("late", "P3D", True)))
    assert play.at("2026-03-06") == ["h_late"]
    assert "cancelled:work" in play.kinds()
    play.do("h_late")
    assert play.step.status == "completed"


def test_completing_the_task_takes_its_timers_away() -> None:
    play = Play(guarded(("warn", "P1D", False), ("late", "P3D", True)))
    play.do("work")
    assert play.waiting() == {"tasks": [], "timers": [], "messages": (), "incidents": ()}
    assert {"cancelled:warn", "cancelled:late"} <= set(play.kinds())


def test_two_overdue_interrupting_timers_give_one_path() -> None:
    play = Play(guarded(("second", "P3D", True), ("first", "P1D", True)))
    assert play.at("2026-06-01") == ["h_first"]
    assert [kind for kind in play.kinds() if kind.startswith("timer_fired")] == ["timer_fired:first"]


def test_after_downtime_timers_fire_in_order_of_due_time() -> None:
    play = Play(guarded(("esc", "P5D", True), ("warn", "P1D", False)))
    assert play.at("2027-03-01") == ["h_warn", "h_esc"]
    fired = [event.element_id for event in play.step.events if event.kind == "timer_fired"]
    assert fired == ["warn", "esc"]


def test_working_days_keep_how_they_were_counted() -> None:
    play = Play(guarded(("esc", "${workdays(5)}", False)), now="2026-04-01T10:00")  # Easter between
    timer = play.step.timers[0]
    assert timer.due.at.isoformat() == "2026-04-10T16:00:00+00:00"
    assert "5 working days from Wednesday 1 April 2026" in timer.due.how
    assert "Good Friday" in timer.due.how


def test_a_deadline_from_policy_data_and_a_warning_before_it() -> None:
    play = Play(
        guarded(("warn", "${workdays_before(1, deadline)}", False), ("esc", "${deadline}", True)),
        {"deadline": "2026-03-13T17:00:00Z"},
    )
    assert play.due() == [("warn", "2026-03-12T17:00"), ("esc", "2026-03-13T17:00")]


def test_the_due_date_of_a_task_is_counted_once() -> None:
    play = Play(guarded(camunda__dueDate="${workdays(2)}"))
    due = play.task("work").due
    assert due is not None
    assert due.at.isoformat() == "2026-03-04T17:00:00+00:00"
    assert "2 working days" in due.how
    entered = next(event for event in play.step.events if event.kind == "entered")
    assert entered.data == {"due": due.at.isoformat(), "how": due.how}
    play.at("2026-03-20")
    assert play.task("work").due == due


def test_a_cycle_fires_once_after_a_year_and_says_what_it_missed() -> None:
    diagram = Diagram().start().user("work").end().chain("start", "work", "end")
    diagram.timer("remind", "work", "R/P7D", props={"deadline": "remind"}).notify("tell").end("told")
    play = Play(bundle(diagram.chain("remind", "tell", "told")))
    play.at("2026-03-09T09:00")
    assert [effect.topic for effect in play.step.effects] == ["notify"]
    assert play.due() == [("remind", "2026-03-16T09:00")]
    play.at("2027-03-09T09:00")
    assert len(play.step.effects) == 1
    fired = play.step.events[0]
    assert fired.kind == "timer_fired"
    assert fired.data["missed"] == 51
    assert play.due() == [("remind", "2027-03-15T09:00")]
    assert play.do("work") == []
    assert play.step.status == "completed"


def test_a_cycle_with_an_end_stops() -> None:
    diagram = Diagram().start().user("work").end().chain("start", "work", "end")
    diagram.timer("remind", "work", "R3/P1D").notify("tell").end("told").chain("remind", "tell", "told")
    play = Play(bundle(diagram))
    for day in (3, 4, 5, 6, 7):
        play.at(f"2026-03-0{day}T12:00")
    assert sum(len(step.effects) for step in play.steps) == 3
    assert play.due() == []
    play.do("work")
    assert play.step.status == "completed"


def test_a_cycle_keeps_wall_time_over_the_clock_change_and_month_ends() -> None:
    diagram = Diagram().start().user("work").end().chain("start", "work", "end")
    diagram.timer("remind", "work", "R/P1M").notify("tell").end("told").chain("remind", "tell", "told")
    play = Play(bundle(diagram), now="2026-01-31T09:00")
    seen = [play.due()[0][1]]
    for _ in range(3):
        play.at(seen[-1])
        seen.append(play.due()[0][1])
    assert seen == ["2026-02-28T09:00", "2026-03-31T08:00", "2026-04-30T08:00", "2026-05-31T08:00"]


def test_a_catch_timer_waits_and_goes_on() -> None:
    diagram = Diagram().start().add("intermediateCatchEvent", "pause", timer_definition("P30D")).user("after").end()
    play = Play(bundle(diagram.chain("start", "pause", "after", "end")))
    assert play.open() == []
    assert play.step.marks == (("case", "pause"),)
    assert play.at("2026-04-01T09:00") == ["after"]


def test_a_timer_start_waits() -> None:
    diagram = Diagram().start(inside=timer_definition("P1Y")).user("review").end().chain("start", "review", "end")
    play = Play(bundle(diagram))
    assert play.open() == []
    assert play.at("2027-03-02T09:00") == ["review"]


def test_a_timer_set_in_the_past_fires_at_the_next_sweep() -> None:
    play = Play(guarded(("late", "${deadline}", True)), {"deadline": "2026-01-01"})
    assert play.open() == ["work"]
    assert play.at("2026-03-02T09:01") == ["h_late"]


def test_event_gateway_with_two_timers_takes_the_earliest() -> None:
    diagram = (
        Diagram()
        .start()
        .add("eventBasedGateway", "wait")
        .add("intermediateCatchEvent", "long", timer_definition("P10D"))
        .add("intermediateCatchEvent", "short", timer_definition("P1D"))
        .user("after_long", "after_short")
        .end("e1", "e2")
        .chain("start", "wait", "long", "after_long", "e1")
        .chain("wait", "short", "after_short", "e2")
    )
    play = Play(bundle(diagram))
    assert play.due() == [("short", "2026-03-03T09:00"), ("long", "2026-03-12T09:00")]
    assert len({timer.id for timer in play.step.timers}) == 2
    assert play.at("2026-03-22") == ["after_short"]
    assert play.due() == []


def test_what_a_repeated_timer_has_started_goes_on_when_its_task_is_done() -> None:
    diagram = Diagram().start().user("work", "chase", "after").end("e1", "e2").chain("start", "work", "after", "e1")
    play = Play(bundle(diagram.timer("again", "work", "R/P7D").chain("again", "chase", "e2")))
    play.at("2026-03-09T09:00")
    assert play.at("2026-03-16T09:00") == ["work", "chase", "chase"]
    assert play.do("work") == ["chase", "chase", "after"]
    assert play.due() == []
    play.do("chase")
    play.do("after")
    assert play.open() == ["chase"]
    play.do("chase")
    assert play.step.status == "completed"


def every(time: str, now: str = "2026-03-02T09:00", tz: str = "Europe/London") -> Play:
    diagram = Diagram().start().user("work").end().chain("start", "work", "end")
    diagram.timer("remind", "work", time, kind="timeCycle").notify("tell").end("told").chain("remind", "tell", "told")
    return Play(bundle(diagram), now=now, tz=tz)


def dues(play: Play, turns: int) -> list[str]:
    """The next due times, each fired exactly when it comes."""
    seen = []
    for _ in range(turns):
        seen.append(play.due()[0][1])
        play.at(seen[-1])
    return seen


def test_years_are_counted_from_the_anchor_too() -> None:
    assert dues(every("R/P1Y", "2028-02-29T09:00"), 5) == [
        "2029-02-28T09:00",
        "2030-02-28T09:00",
        "2031-02-28T09:00",
        "2032-02-29T09:00",
        "2033-02-28T09:00",
    ]


def test_twenty_years_of_months_keep_the_thirty_first() -> None:
    seen = dues(every("R/P1M", "2026-01-31T12:00", "UTC"), 240)
    assert len(set(seen)) == 240
    assert {at[8:10] for at in seen if at[5:7] in ("01", "03", "05", "07", "08", "10", "12")} == {"31"}
    assert {at[8:10] for at in seen if at[5:7] == "02"} == {"28", "29"}


def test_a_cycle_with_a_start_keeps_to_it() -> None:
    assert dues(every("R/2026-03-10T09:00/P1M"), 3) == ["2026-03-10T09:00", "2026-04-10T08:00", "2026-05-10T08:00"]


def test_a_start_long_past_only_says_on_which_days() -> None:
    """What lies before the timer was set was not missed by anybody."""
    play = every("R/2020-01-15T09:00/P1M")
    assert play.due() == [("remind", "2026-03-15T09:00")]
    play.at("2026-03-15T09:00")
    assert play.step.events[0].data["missed"] == 0
    assert play.due() == [("remind", "2026-04-15T08:00")]


def test_of_a_number_of_times_those_before_are_gone() -> None:
    play = every("R5/2026-02-01T09:00/P14D")
    assert dues(play, 2) == ["2026-03-15T09:00", "2026-03-29T08:00"]
    assert play.due() == []


def test_when_all_its_times_are_past_the_last_comes_at_once() -> None:
    play = every("R3/2026-01-01T09:00/P1D")
    assert play.due() == [("remind", "2026-01-03T09:00")]
    play.at("2026-03-02T09:01")
    assert play.step.events[0].data == {"due": "2026-01-03T09:00:00+00:00", "missed": 0, "timer": "remind"} | {
        name: play.step.events[0].data[name] for name in ("deadline", "host")
    }
    assert play.due() == []


@pytest.mark.parametrize("time", ["R0/P1D", '${"R0/P1D"}', '${"R/P0D"}', '${"P1D"}', '${"R/2026-02-30T09:00/P1D"}'])
def test_a_cycle_that_is_none_is_an_incident_in_words(time: str) -> None:
    (incident,) = every(time).step.incidents
    assert incident.element_id == "remind"
    assert incident.detail.endswith(".")


def test_an_hourly_reminder_goes_on_for_years() -> None:
    """A count of turns above 5,000 once stopped it, after 208 days."""
    play = every("R/PT1H", tz="UTC")
    play.at("2029-03-02T09:30")
    assert play.step.incidents == ()
    assert play.step.events[0].data["missed"] == 3 * 365 * 24 + 24 - 1  # 2028 has a 29 February
    assert play.due() == [("remind", "2029-03-02T10:00")]


def test_a_reminder_every_minute_is_found_quickly_after_two_years() -> None:
    play = every("R/PT1M", tz="UTC")
    play.at("2028-03-02T09:00:30")
    assert [event.kind for event in play.step.events].count("timer_fired") == 1
    assert play.step.events[0].data["missed"] == (2 * 365 + 1) * 24 * 60 - 1
    assert len(play.step.effects) == 1


def test_a_limited_reminder_says_only_what_there_would_have_been() -> None:
    play = every("R5/P1D")
    play.at("2027-03-02T09:00")
    assert play.step.events[0].data["missed"] == 4
    assert play.due() == []


def test_a_clock_that_is_put_back_fires_nothing_twice_and_takes_nothing_back() -> None:
    play = every("R/P1D")
    play.at("2026-03-03T09:00")
    for back in ("2026-03-03T08:59", "2026-03-02T09:00", "2025-01-01T00:00"):
        assert play.at(back) == ["work"]
        assert play.step.events == ()
        assert play.due() == [("remind", "2026-03-04T09:00")]
    play.at("2026-03-04T08:59:59.999999")
    assert play.step.events == ()
    play.at("2026-03-04T09:00")
    assert play.step.events[0].kind == "timer_fired"


def test_timers_that_are_due_at_the_same_moment_fire_in_the_order_in_which_they_were_set() -> None:
    play = Play(guarded(("b", "P1D", False), ("a", "P1D", False), ("c", "PT24H", False)))
    play.at("2026-03-03T09:00")
    fired = [event.element_id for event in play.step.events if event.kind == "timer_fired"]
    assert fired == ["b", "a", "c"]


def test_the_hour_that_comes_twice_is_waited_for_once() -> None:
    """Once a duration of hours that was set in the second one was due at once."""
    first = Play(guarded(("late", "PT1H", False)), now="2026-10-25T00:30")
    second = Play(guarded(("late", "PT1H", False)), now="2026-10-25T01:30")
    assert first.due() == [("late", "2026-10-25T01:30")]
    assert second.due() == [("late", "2026-10-25T02:30")]


@pytest.mark.parametrize(
    ("tz", "now", "time", "due"),
    [
        ("Europe/London", "2026-03-28T01:30", "P1D", "2026-03-29T01:30"),
        ("Europe/London", "2026-10-24T00:30", "P1D", "2026-10-25T00:30"),
        ("Australia/Lord_Howe", "2026-10-02T15:45", "P1D", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "2026-04-03T14:45", "P1D", "2026-04-04T14:45"),
        ("Pacific/Apia", "2011-12-29T20:00", "P1D", "2011-12-30T20:00"),
        ("America/Santiago", "2026-09-05T04:30", "P1D", "2026-09-06T04:30"),
        ("America/St_Johns", "2026-03-07T13:00", "P1D", "2026-03-08T12:00"),
        ("Asia/Kolkata", "2026-03-28T09:00", "P1D", "2026-03-29T09:00"),
    ],
    ids=["gap", "comes twice", "half an hour on", "half an hour back", "a day left out", "midnight", "west", "none"],
)
def test_a_day_is_a_day_on_the_wall_clock_of_the_case(tz: str, now: str, time: str, due: str) -> None:
    assert Play(guarded(("late", time, False)), now=now, tz=tz).due() == [("late", due)]


def test_the_last_turn_of_a_repeated_timer_leaves_alone_what_the_others_have_started() -> None:
    inner = Diagram("inner").start("is").user("first", "second").end("ie").chain("is", "first", "second", "ie")
    diagram = Diagram().start().user("work").sub("part", inner).end("e1", "e2").chain("start", "work", "e1")
    play = Play(bundle(diagram.timer("again", "work", "R2/P7D").chain("again", "part", "e2")))
    play.at("2026-03-09T09:00")
    play.do("first")
    assert play.open() == ["work", "second"]
    assert play.at("2026-03-16T09:00") == ["work", "second", "first"]


def test_the_last_turn_of_a_repeated_timer_moves_no_due_date() -> None:
    diagram = Diagram().start().user("work").user("chase", camunda__dueDate="P2D").end("e1", "e2")
    diagram.chain("start", "work", "e1").timer("again", "work", "R2/P7D").chain("again", "chase", "e2")
    play = Play(bundle(diagram))
    play.at("2026-03-09T09:00")
    before = play.task("chase").due
    play.at("2026-03-16T09:00")
    assert play.task("chase").due == before
