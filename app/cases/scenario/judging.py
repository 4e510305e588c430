"""Is it as the scenario expects? Every difference is a sentence with what was found instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from app import db
from app.cases.scenario.doing import actor_named
from app.cases.scenario.model import Expect
from app.cases.scenario.showing import printed, shown
from app.cases.tables import task, timer
from app.cases.waymark import Waymark
from app.errors import InvalidAnswers, WaymarkError
from app.history import history_event


@dataclass(frozen=True)
class Found:
    """What there is after a step. `told`: (username, subject) since the step before; `cases`: rows of the story."""

    waymark: Waymark
    row: sa.Row[Any]
    cases: list[sa.Row[Any]]
    told: list[tuple[str, str]]
    zone: ZoneInfo
    now: datetime


def judge(expect: Expect, found: Found) -> list[str]:
    """What is not as expected; nothing when all is."""
    with db.reading(found.waymark.engine) as connection:
        open_tasks = connection.execute(
            sa.select(task).where(task.c.case_id == found.row.id, task.c.state == "open")
        ).all()
        timers = connection.execute(sa.select(timer).where(timer.c.case_id == found.row.id)).all()
        entries = [
            (kind, orjson.loads(body)["data"])
            for kind, body in connection.execute(
                sa.select(history_event.c.kind, history_event.c.body)
                .where(history_event.c.case_id == found.row.id)
                .order_by(history_event.c.seq)
            )
        ]
    faults = [*_tasks(expect, [row.element_id for row in open_tasks]), *_state(expect, found)]
    faults += _flags(expect, entries)
    faults += [fault for who, words in expect.told for fault in _told(who, words, found.told)]
    faults += _dues(expect.due, [*open_tasks, *timers], found.zone)
    return [*faults, *_sights(expect, found)]


def _tasks(expect: Expect, is_open: list[str]) -> Iterator[str]:
    names = ", ".join(sorted(is_open)) or "nothing"
    if expect.open is not None and sorted(expect.open) != sorted(is_open):
        yield f"open should be {', '.join(sorted(expect.open)) or 'nothing'}; open: {names}"
    for one in expect.also:
        if one not in is_open:
            yield f"“{one}” should be open; open: {names}"
    for one in expect.closed:
        if one in is_open:
            yield f"“{one}” should not be open; open: {names}"


def _state(expect: Expect, found: Found) -> Iterator[str]:
    row = found.row
    if expect.status and expect.status != row.status:
        yield f"the case should be {expect.status}; it is {row.status}"
    for name, value in expect.facts.items():
        wanted = value.isoformat() if hasattr(value, "isoformat") else value
        if name not in row.facts:
            yield f"the fact “{name}” should be {wanted!r}; the case does not know it; known: {', '.join(row.facts)}"
        elif row.facts[name] != wanted:
            yield f"the fact “{name}” should be {wanted!r}; it is {row.facts[name]!r}"
    processes = sorted(one.process_key for one in found.cases)
    if expect.cases is not None and sorted(expect.cases) != processes:
        yield f"the cases should be {', '.join(sorted(expect.cases))}; there are: {', '.join(processes)}"


def _flags(expect: Expect, entries: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    flags = [flag for _kind, data in entries for flag in data.get("flags", ())]
    if expect.flags is not None and list(expect.flags) != flags:
        yield f"flags should be {', '.join(expect.flags) or 'none'}; there are: {', '.join(flags) or 'none'}"
    rules = _newest_rules(entries)
    for rule in expect.history:
        if rule not in rules:
            there = ", ".join(rules) or "none"
            yield f"{rule} should stand beside the newest step of the history; there stand: {there}"


def _newest_rules(entries: list[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Rules of what a person or the clock did last, and of all that came of it."""
    begins = [at for at, (kind, _data) in enumerate(entries) if not kind.startswith("engine.")]
    newest = entries[begins[-1] :] if begins else entries
    return sorted({rule for _kind, data in newest for rule in data.get("rules", ())})


def _told(who: str, words: str, told: list[tuple[str, str]]) -> Iterator[str]:
    if not any(who == one and words in subject for one, subject in told):
        heard = "; ".join(f"{one}: {subject}" for one, subject in told) or "nobody was told anything"
        yield f"{who} should have been told “{words}”; told: {heard}"


def _dues(due: Mapping[str, str], rows: list[sa.Row[Any]], zone: ZoneInfo) -> Iterator[str]:
    for element, wanted in due.items():
        times = [row.due_at.astimezone(zone) for row in rows if row.element_id == element and row.due_at]
        if not any(at.isoformat().startswith(wanted) for at in times):
            heard = ", ".join(f"{at:%Y-%m-%dT%H:%M}" for at in times) or "no date; is it open?"
            yield f"“{element}” should be due {wanted}; found: {heard}"


def _sights(expect: Expect, found: Found) -> Iterator[str]:
    for who, words in expect.shown.items():
        text = _seen(found, who, with_forms=True)
        yield from (f"{who} should be shown “{one}”, and is not" for one in words if one not in text)
    for who, words in expect.hidden.items():
        text = _seen(found, who, with_forms=False)
        yield from (f"{who} must not be shown “{one}”, and is" for one in words if one in text)


def _seen(found: Found, who: str, *, with_forms: bool) -> str:
    with db.reading(found.waymark.engine) as connection:
        actor = actor_named(connection, who)
    read = printed if with_forms else shown
    return read(found.waymark, actor, found.row.id, found.now)


def refusal(wanted: Mapping[str, str], error: WaymarkError) -> str:
    """Why this is not the refusal that was expected; "" when it is. A sentence may be given by a part of it."""
    said = error.messages if isinstance(error, InvalidAnswers) else {"": error.detail}
    heard = "; ".join(f"{field}: {text}" if field else text for field, text in said.items())
    if set(wanted) == {""}:
        fits = any(wanted[""] in text for text in [*said.values(), error.detail])
    else:
        fits = wanted.keys() == said.keys() and all(text in said[field] for field, text in wanted.items())
    meant = "; ".join(f"{field}: {text}" if field else text for field, text in wanted.items())
    return "" if fits else f"should have been refused with “{meant}”; refused with “{heard}”"


def in_words(error: WaymarkError) -> str:
    """The sentences of an error, each with its field."""
    if not isinstance(error, InvalidAnswers):
        return error.detail
    return "; ".join(f"{field}: {text}" for field, text in error.messages.items())
