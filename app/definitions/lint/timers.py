"""Timers that make sense: a time that fits what was drawn, is not nought, and leaves people time to act."""

from __future__ import annotations

import re

from app.definitions.diagram import Node, Process, Timer
from app.definitions.lint.subject import Subject
from app.expressions import timer as timer_of

_KINDS = {"date": "a moment", "duration": "how long", "cycle": "how often"}


def check(subject: Subject) -> None:
    watched = {(process.id, node.attached_to) for process, node in subject.nodes() if "timer" in node.events}
    for process, node in subject.nodes():
        for timer in node.timers:
            _timer(subject, process, node, timer)
        if node.kind == "userTask" and node.camunda.get("dueDate") and (process.id, node.id) not in watched:
            _unwatched(subject, process, node)


def _timer(subject: Subject, process: Process, node: Node, timer: Timer) -> None:
    found = timer_of(timer.text)
    if not timer.text or found.kind == "expression":
        return
    if found.kind != timer.kind:
        message = f"{node.label} is drawn as {_KINDS[timer.kind]}, but “{timer.text}” says {_KINDS[found.kind]}."
        subject.warning("timer-kind", process, node.id, message, "Change the type of the timer, or its value.")
    _iso(subject, process, node, timer.text)


def _iso(subject: Subject, process: Process, node: Node, text: str) -> None:
    duration = next((part for part in text.split("/") if part.startswith("P")), "")
    if duration and not re.search(r"[1-9]", duration):
        message = f"The time of {node.inside} is nought."
        subject.error("timer-zero", process, node.id, message, "Give a time that passes.")
    if not text.startswith("R"):
        if not duration:
            message = f"{node.label} has one fixed date for every case."
            subject.warning("timer-fixed", process, node.id, message, "Count from the case instead: ${workdays(5)}.")
        return
    if text.startswith("R0/"):
        message = f"{node.label} repeats no times."
        subject.error("timer-zero", process, node.id, message, "Give a number of times, or none for no end.")
    if duration and not re.search(r"[YMWD](?!.*T)|[1-9]\d*[YMWD]|T[^S]*[1-9]\d*H", duration):
        message = f"{node.label} comes round more than once an hour."
        subject.warning("timer-often", process, node.id, message, "People need time to act: use hours or days.")


def _unwatched(subject: Subject, process: Process, node: Node) -> None:
    """XX-2: a deadline warns before and escalates after."""
    message = f"{node.label} has a due date, but nothing warns before it or happens after it."
    advice = "Put a timer on the task whose property “deadline” is warn, remind or escalate."
    subject.warning("deadline-unwatched", process, node.id, message, advice)
