"""A long absence looked after month by month: a process of forty elements and the two that it calls, as a process owner
might draw it, and somebody who plays it for as many years as one likes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.unit.engine.loops import Loop
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, instances, message, message_definition, moment
from tests.unit.engine.models import timer_definition as time_of

BEGIN = moment("2026-01-15T09:00")
MONTHS = 12 * 20
#: months after which everybody is in time or late as before
SAME_AGAIN = 60
#: open at the beginning of a month
OPEN = ["check_pay", "keep_in_touch", "send_note", "vote", "vote"]
FACTS = {"back": False, "members": ["ann", "bob"], "report": "none", "looked_back": 0}


def care() -> Bundle:
    """The main process, with a sub-process and an event sub-process, and the processes that it calls."""
    main = Diagram("care", "Looking after a long absence").start().notify("welcome").script("begin", "month", "0")
    main.add("exclusiveGateway", "next_month").script("count", "month", "month + 1").add("parallelGateway", "fork")
    main.chain("start", "welcome", "begin", "next_month", "count", "fork")
    _branches(main)
    _report(main)
    main.add("intermediateCatchEvent", "month_passes", time_of("P1M")).add("parallelGateway", "together")
    main.chain("fork", "month_passes", "together").chain("after_report", "together")
    _year(main)
    main.sub("leaving", _leaving(), triggeredByEvent="true")
    tops = message("m_ask", "askGp") + message("m_reply", "gpReply") + message("m_left", "hasLeft")
    return bundle(main, _payroll(), _sick_note(), tops=tops)


def _branches(main: Diagram) -> None:
    """Side by side: the manager's call with reminders and an escalation, pay, the sick note, the board."""
    main.user("keep_in_touch").timer("weekly", "keep_in_touch", "R/P5D").notify("remind").end("reminded")
    main.chain("weekly", "remind", "reminded").timer("late", "keep_in_touch", "${workdays(5)}").notify("tell_hr")
    main.end("told_hr").chain("late", "tell_hr", "told_hr").add("parallelGateway", "join")
    main.call("pay", "payroll", "month", "paid").call("note", "sick_note", "month", "note").sub("board", _board())
    for branch in ("keep_in_touch", "pay", "note", "board"):
        main.chain("fork", branch, "join")


def _board() -> Diagram:
    inner = Diagram("board").start("b_start").end("b_end")
    props = {"outputCollection": "votes", "outputElement": "v"}
    inner.user("vote", inside=instances("members", "member"), props=props)
    return inner.script("keep", "ballot", "votes").chain("b_start", "vote", "keep", "b_end")


def _report(main: Diagram) -> None:
    """Every other month a report is asked for; it comes, or two weeks pass."""
    main.add("exclusiveGateway", "report_needed", default="f_no_report").chain("join", "report_needed")
    main.add("intermediateThrowEvent", "ask_gp", message_definition("m_ask", camunda__expression="${{month: month}}"))
    main.add("eventBasedGateway", "wait").add("intermediateCatchEvent", "reply", message_definition("m_reply"))
    main.add("intermediateCatchEvent", "silence", time_of("P14D")).script("no_report", "report", '"none"')
    main.add("exclusiveGateway", "either").add("exclusiveGateway", "after_report")
    main.flow("report_needed", "ask_gp", "${modulo(month, 2) = 0}").chain("ask_gp", "wait", "reply", "either")
    main.chain("wait", "silence", "no_report", "either", "after_report")
    main.flow("report_needed", "after_report", element="f_no_report")


def _year(main: Diagram) -> None:
    """At the end of a year somebody looks back; then another month, or the end."""
    main.add("exclusiveGateway", "year_over", default="f_go_on").user("look_back").add("exclusiveGateway", "go_on")
    main.add("exclusiveGateway", "over", default="f_on").user("say_welcome_back").end()
    main.chain("together", "year_over").flow("year_over", "look_back", "${modulo(month, 12) = 0}")
    main.flow("year_over", "go_on", element="f_go_on").chain("look_back", "go_on", "over")
    main.flow("over", "next_month", element="f_on").flow("over", "say_welcome_back", "${back}")
    main.chain("say_welcome_back", "end")


def _leaving() -> Diagram:
    inner = Diagram("leaving").add("startEvent", "has_left", message_definition("m_left")).user("settle_up")
    return inner.end("left").chain("has_left", "settle_up", "left")


def _payroll() -> Diagram:
    stage = Diagram("payroll").start("p_start").user("check_pay").script("reckon", "paid", "month * 100").end("p_end")
    stage.timer("pay_late", "check_pay", "${workdays(3)}").notify("tell_payroll").end("p_told")
    return stage.chain("p_start", "check_pay", "reckon", "p_end").chain("pay_late", "tell_payroll", "p_told")


def _sick_note() -> Diagram:
    stage = Diagram("sick_note").start("n_start").user("send_note").script("read", "note", "month + 1")
    stage.timer("never_came", "send_note", "P8D", interrupting=True).script("missing", "note", "-1")
    stage.end("n_end", "n_no").chain("n_start", "send_note", "read", "n_end")
    return stage.chain("never_came", "missing", "n_no")


def begin() -> Play:
    return Play(care(), FACTS, now=BEGIN)


def month(play: Play, number: int) -> None:
    """Play month `number`, from 1: in time, or late so that reminders, escalations and timeouts happen."""
    begun, late = play.now, number % 3 == 0
    _vote(play, number)
    _on(play, begun, 1)
    if not late:
        play.do("check_pay")
    if number % 5:
        play.do("send_note")
    for day in (5, 8, 10) if late or not number % 5 else ():
        _on(play, begun, day)
    if late:
        play.do("check_pay")
    play.do("keep_in_touch", touched=number)
    if not number % 4:
        play.tell("gpReply", report=number)
    elif not number % 2:
        play.at((play.now + timedelta(days=14)).isoformat())
    play.now = next(timer.due.at for timer in play.step.timers if timer.element_id == "month_passes")
    play.at(play.now.isoformat())
    if not number % 12:
        play.do("look_back", looked_back=number)


def _vote(play: Play, number: int) -> None:
    first = number % 2
    play.do("vote", first, v=True)
    play.do("vote", v=number % 7 == 0)


def _on(play: Play, begun: datetime, day: int) -> None:
    play.at((begun + timedelta(days=day)).isoformat())


def known_after(number: int) -> dict[str, Any]:
    """The facts of the case when month `number` is over and the next has begun."""
    last_asked = number - number % 2
    answers = [number % 7 == 0, True] if number % 2 else [True, number % 7 == 0]
    return {
        **FACTS,
        "month": number + 1,
        "touched": number,
        "paid": number * 100,
        "note": number + 1 if number % 5 else -1,
        "ballot": answers,
        "votes": [None, None],
        "report": "none" if last_asked % 4 else last_asked or "none",
        "looked_back": number - number % 12,
    }


def finish(play: Play) -> None:
    play.tell("hasLeft")
    play.do("settle_up")


def years() -> Loop:
    what = f"{MONTHS} months, one a turn, of a process of forty elements and two called ones"
    counted = {"keep_in_touch": 1, "vote": 3, "pay": 1, "note": 1, "board": 1, "join": 1, "month_passes": 1}
    return Loop("a month of a long absence", what, care(), month, finish, counted, FACTS)
