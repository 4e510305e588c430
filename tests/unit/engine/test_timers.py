"""Timers: counted once, kept with the sentence, fired one by one in order of due time."""

from __future__ import annotations

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
