"""Timers that make sense: a time that fits what was drawn, is not nought, and leaves people time to act."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from app import workdays
from app.definitions.diagram import Node, Process, Timer
from app.definitions.lint.flow import edges_of
from app.definitions.lint.graph import reached
from app.definitions.lint.subject import Subject
from app.errors import WaymarkError
from app.expressions import Environment, ExpressionError, parse
from app.expressions import timer as timer_of
from app.workdays.durations import IsoDuration

_BACKWARDS = re.compile(r"(?:R\d*/)?-\s*P.*|(?:R\d*/)?P.*-\d.*|R-\d+/.*")
#: any Monday morning
_ENVIRONMENT = Environment(datetime(2026, 1, 5, 9, tzinfo=UTC), workdays.Calendar())
_KINDS = {"date": "a moment", "duration": "how long", "cycle": "how often"}


def check(subject: Subject) -> None:
    watched = {(process.id, node.attached_to) for process, node in subject.nodes() if "timer" in node.events}
    for process, node in subject.nodes():
        for timer in node.timers:
            _timer(subject, process, node, timer)
        if node.kind == "userTask" and node.camunda.get("dueDate") and (process.id, node.id) not in watched:
            _unwatched(subject, process, node)


def _timer(subject: Subject, process: Process, node: Node, timer: Timer) -> None:
    text = timer.text
    if _BACKWARDS.fullmatch(text):
        message = f"The time of {node.inside} runs backwards: “{text}”."
        subject.error("timer-backwards", process, node.id, message, "Leave out the minus: a timer waits forwards.")
    elif _nought(text):
        message = f"The time of {node.inside} is nought."
        subject.error("timer-zero", process, node.id, message, "Give a time that passes, for example P3D.")
    elif text:
        _readable(subject, process, node, timer)


def _nought(text: str) -> bool:
    """No time in it, or no times."""
    duration = text.rpartition("/")[2]
    iso = re.fullmatch(r"P(?:[\d.]+[YMWD])*(?:T(?:[\d.]+[HMS])*)?", duration)
    return text.startswith("R0/") or (iso is not None and not re.search(r"[1-9]", duration))


def _readable(subject: Subject, process: Process, node: Node, timer: Timer) -> None:
    try:
        found = timer_of(timer.text)
    except ExpressionError:
        return  # said of the expression
    if found.kind == "expression" and re.fullmatch(r"(?:R\d*/)?P[\dYMWDTHS.]+", timer.text):
        _duration(subject, process, node, timer.text)
    elif found.kind == "expression":
        _worked_out(subject, process, node, timer.text)
    else:
        _iso(subject, process, node, timer, found.kind)


def _iso(subject: Subject, process: Process, node: Node, timer: Timer, kind: str) -> None:
    if kind != timer.kind:
        message = f"{node.label} is drawn as {_KINDS[timer.kind]}, but “{timer.text}” says {_KINDS[kind]}."
        subject.warning("timer-kind", process, node.id, message, "Change the type of the timer, or its value.")
    for part in timer.text.split("/"):
        if part.startswith("P"):
            _duration(subject, process, node, part)
    if kind == "date":
        _date(subject, process, node, timer.text)
    elif kind == "cycle":
        _cycle(subject, process, node, timer.text)


def _worked_out(subject: Subject, process: Process, node: Node, text: str) -> None:
    """An expression that reads no fact gives the same span for every case."""
    try:
        expression = parse(text)
        deadline = None if expression.names else expression.due({}, _ENVIRONMENT)
    except WaymarkError:
        return  # said of the expression, or only known when it runs
    if deadline is not None and deadline.at <= _ENVIRONMENT.now:
        message = f"The time of {node.inside} is over as soon as it begins: “{text}”."
        subject.error("timer-backwards", process, node.id, message, "Give a time that lies ahead.")


def _duration(subject: Subject, process: Process, node: Node, part: str) -> None:
    length = IsoDuration.parse(part)
    if length is None or length.months > 1_200 or length.days > 36_500 or length.clock > timedelta(days=36_500):
        message = f"The time of {node.inside} is longer than a hundred years: “{part}”."
        subject.error("timer-far", process, node.id, message, "Give a time that somebody will live to see.")


def _date(subject: Subject, process: Process, node: Node, text: str) -> None:
    message = f"{node.label} has one fixed date for every case."
    subject.warning("timer-fixed", process, node.id, message, "Count from the case instead: ${workdays(5)}.")
    today = subject.known.today
    if today is not None and text[:10] < today.isoformat():
        message = f"The date of {node.inside} is over: “{text}”. Every case would go past it at once."
        subject.error("timer-past", process, node.id, message, "Give a date that lies ahead, or count from the case.")


def _cycle(subject: Subject, process: Process, node: Node, text: str) -> None:
    duration = text.rpartition("/")[2]
    length = IsoDuration.parse(duration)
    if length is not None and not (length.months or length.days) and length.clock < timedelta(hours=1):
        message = f"{node.label} comes round more than once an hour."
        subject.warning("timer-often", process, node.id, message, "People need time to act: use hours or days.")
    if re.search(r"-(29|30|31)T", text) and re.search(r"P\d*Y?.*M|P\d+Y", duration.partition("T")[0]):
        message = f"{node.label} comes round late in the month: shorter months take their last day."
        subject.warning("timer-month-end", process, node.id, message, "Begin on a day up to the 28th.")
    _asks_again(subject, process, node)


def _asks_again(subject: Subject, process: Process, node: Node) -> None:
    """What a repeated timer leads to is opened each time anew."""
    for one in sorted(reached([flow.target for flow in process.leaving(node.id)], edges_of(process))):
        after = process.nodes.get(one)  # a flow may lead nowhere
        if after is not None and after.kind in ("userTask", "manualTask") and one != node.attached_to:
            message = f"{node.label} opens {after.inside} again each time it comes round."
            advice = "Send a notice each time, and let a timer that fires once hand the task to somebody."
            subject.warning("timer-task", process, node.id, message, advice)
            return


def _unwatched(subject: Subject, process: Process, node: Node) -> None:
    """XX-2: a deadline warns before and escalates after."""
    message = f"{node.label} has a due date, but nothing warns before it or happens after it."
    advice = "Put a timer on the task whose property “deadline” is warn, remind or escalate."
    subject.warning("deadline-unwatched", process, node.id, message, advice)
