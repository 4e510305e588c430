"""Shipped stories as moves of a trial: the same steps at the same times, by made-up people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.cases.scenario.model import CANCEL, SAY, START, WITHDRAW, Line, Scenario
from app.cases.workshop.trying import Answer, At, Begin, End, Hear, Move, Say, Situation, Trial, Wait, made_up, play
from app.cases.workshop.trying.playing import form_named
from app.definitions import withdrawn
from app.engine import Bundle
from app.forms import Field
from app.workdays import Calendar


def situation(scenario: Scenario, employer: str = "northfield", **more: Any) -> Situation:
    calendar = Calendar()
    return Situation(employer, calendar, scenario.begin.replace(tzinfo=calendar.zone).astimezone(UTC), **more)


def played(bundle: Bundle, scenario: Scenario, begin: Situation) -> Trial:
    """The trial after all steps that are taken."""
    moves: list[Move] = []
    trial = play(bundle, begin, moves)
    for line in scenario.steps:
        for move in moves_of(bundle, trial, line):
            moves.append(move)
            trial = play(bundle, begin, moves)
            assert trial.refused is None, (line.place, trial.refused.error.detail, trial.refused.messages)
    return trial


def moves_of(bundle: Bundle, trial: Trial, line: Line) -> Iterator[Move]:
    """The moves that one step of a story makes. A step that is refused makes none but time passes."""
    now = trial.now + line.after
    if line.after:
        yield Wait(now)
    if line.task and line.refused is None:
        yield _move(bundle, trial, line, now)


def _move(bundle: Bundle, trial: Trial, line: Line, now: datetime) -> Move:
    if line.task == CANCEL:
        return End(line.reason)
    if line.task == START:
        return Begin(_answers(bundle, trial.outline.start_form, line, now))
    elements = [one for process in trial.outline.processes for one in process.elements]
    if line.task == WITHDRAW:
        message = withdrawn(line.scope or "referral")
        found = next(one for one in elements if one.refers_to == message)
        return Hear(At(found.process, found.id), {})
    wanted = line.message if line.task == SAY else line.task
    found = next(one for one in elements if wanted in ({one.refers_to} if line.task == SAY else {one.id}))
    kind = Say if line.task == SAY else Answer
    return kind(At(found.process, found.id), _answers(bundle, found.form, line, now))


def _answers(bundle: Bundle, form_id: str | None, line: Line, now: datetime) -> dict[str, Any]:
    fields = {one.key: one for one in form_named(bundle, form_id).walk() if one.key}
    return {name: _meant(value, fields.get(name), now) for name, value in line.answers.items()}


def _meant(value: Any, field: Field | None, now: datetime) -> Any:
    """As `scenario.meant`, with somebody made up for each person."""
    if isinstance(value, Mapping):
        inner = {one.key: one for one in field.children} if field is not None else {}
        return {name: _meant(one, inner.get(name), now) for name, one in value.items()}
    if isinstance(value, list):
        return [_meant(one, field, now) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if value.startswith("@"):
        assert field is not None
        people = made_up.PEOPLE[field.options_key or ""]
        return people[len(value) % len(people)].value
    return _later(value, now)


def _later(text: str, now: datetime) -> str:
    """“+3d” and “-3d” as a day, “+3d 10:30” as a time of it."""
    days, found, clock = text.partition("d")
    if not found or days[:1] not in {"+", "-"} or not days[1:].isdecimal():
        return text
    day = (now.astimezone(ZoneInfo("Europe/London")) + timedelta(days=int(days))).date().isoformat()
    return f"{day}T{clock.strip()}" if clock else day
