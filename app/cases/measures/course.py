"""The course of a case as its history has it: which steps it reached, when, until when they were due, how they ended.

History alone: nothing else of a case is read, least of all an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson

from app.engine import Element
from app.privacy import HEALTH

#: kinds of entries that are read
KINDS = (
    "command.start",
    "command.complete",
    "engine.entered",
    "engine.completed",
    "engine.cancelled",
    "engine.decided",
)
#: a step under one of these rules tells of somebody's health by being there at all: a path that was stopped (NW-6)
TELLING = frozenset({"NW-6"})
#: who stands for a team: the manager who leads it
LEADS = ("line_manager", "referring_manager")


def tells(element: Element) -> bool:
    """Would a count, or an audit, tell of somebody's health by naming this step?"""
    return element.properties.get("class", "") in HEALTH or bool(TELLING.intersection(element.rules))


@dataclass(slots=True)
class Passage:
    """One time that a case was at a step. `ended`: None while it is there. `late`: None without a date."""

    process: str
    element: str
    rules: tuple[str, ...]
    began: datetime
    due: datetime | None = None
    ended: datetime | None = None
    done: bool = False
    late: bool | None = None


@dataclass(slots=True)
class Course:
    """One case. `policy`: name and version under which it runs, or "". `team`: person id of its lead."""

    case_id: str
    process: str = ""
    policy: str = ""
    team: str = ""
    passages: list[Passage] = field(default_factory=list)


def courses(rows: Iterable[Any]) -> Iterator[Course]:
    """From rows (case_id, at, kind, body) in the order of case and number."""
    for case_id, entries in groupby(rows, key=attrgetter("case_id")):
        course = Course(case_id)
        at: dict[str, Passage] = {}
        for row in entries:
            _read(course, at, row.kind, row.at, orjson.loads(row.body)["data"])
        yield course


def _read(course: Course, at: dict[str, Passage], kind: str, when: datetime, data: Mapping[str, Any]) -> None:
    if kind.startswith("command."):
        _command(course, at, kind, data)
    elif kind == "engine.decided":
        course.policy = course.policy or _policy(data["data"].get("result"))
    elif kind == "engine.entered":
        at[data["task"]] = passage = Passage(data["process"], data["element"], tuple(data["rules"]), when)
        passage.due = _moment(data["data"].get("due"))
        course.passages.append(passage)
    else:
        _ended(course, at, kind == "engine.completed", when, data)


def _command(course: Course, at: Mapping[str, Passage], kind: str, data: Mapping[str, Any]) -> None:
    """A start says which process it is; whoever leads the team may be named at any step. A completion knows whether it
    was late, also where the clock had stood still."""
    if kind == "command.start":
        course.process = data.get("process", "")
    named = data.get("parties", {})
    for role in LEADS:
        people = named.get(role)
        if people and not course.team:
            course.team = people if isinstance(people, str) else people[0]
    if data.get("task") in at and at[data["task"]].due is not None:
        at[data["task"]].late = bool(data.get("late"))


def _ended(course: Course, at: dict[str, Passage], done: bool, when: datetime, data: Mapping[str, Any]) -> None:
    passage = at.pop(data["task"], None)
    if passage is None:
        # a step at which nobody waits: it is passed in the same moment
        if done:
            passage = Passage(data["process"], data["element"], tuple(data["rules"]), when, ended=when, done=True)
            course.passages.append(passage)
        return
    passage.ended, passage.done = when, done
    if passage.due is not None and passage.late is None:
        passage.late = when > passage.due


def _policy(result: Any) -> str:
    if not isinstance(result, Mapping) or not isinstance(result.get("name"), str):
        return ""
    return " ".join(str(result[part]) for part in ("name", "version") if result.get(part))


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(told) if isinstance(told, str) else None
