"""A case's history in words: who did what, when, and which rule asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from app import engine
from app.cases.queries import messages
from app.cases.queries.sight import Sight
from app.cases.views import TimelineEntry
from app.history import history_event
from app.identity.people import persons

Words = Callable[[Mapping[str, Any]], str]

_COMMANDS: Mapping[str, Words] = {
    "command.start": lambda data: "started the case",
    "command.complete": lambda data: f"completed “{data['name']}”" + (", after its deadline" if data["late"] else ""),
    "command.claim": lambda data: f"took “{data['name']}”",
    "command.unclaim": lambda data: f"gave “{data['name']}” back to the team",
    "command.withdraw_consent": lambda data: "withdrew consent",
    "command.cancel": lambda data: "ended the case",
    "command.retry": lambda data: f"tried “{data['name']}” again",
    "command.tell": lambda data: f"found nobody for “{data['name']}”",
}
#: commands that end a case before its time
_STOPS = frozenset({"command.withdraw_consent", "command.cancel"})
#: what the ledger of consents adds; a withdrawal is told by its command
_CONSENTS = {"consent.given": "Consent given", "consent.refused": "Consent refused"}
_SCOPES = {"referral": "To the referral", "gp-report": "To a GP or specialist report"}
_CHANNELS = {
    "online": "online",
    "web": "online",
    "telephone": "by telephone",
    "letter": "by letter",
    "in_person": "in person",
}


def timeline(connection: sa.Connection, sight: Sight) -> list[TimelineEntry]:
    """Every step that a person would call one, oldest first."""
    rows = connection.execute(
        sa.select(history_event).where(history_event.c.case_id == sight.row.id).order_by(history_event.c.seq)
    ).all()
    names = {person.id: person.name for person in persons(connection, {row.actor_id for row in rows}).values()}
    talk = messages.talk(connection, sight)
    told: list[TimelineEntry] = []
    command = ""
    for row in rows:
        command = row.kind if row.kind.startswith("command.") else command
        data = orjson.loads(row.body)["data"]
        if sight.course.shows_entry(data):
            told += _closed(sight, row, data) if command in _STOPS else ()
            told += talk.entries(row, data) or _entries(row, data, names)
    return told


def _closed(sight: Sight, row: sa.Row[Any], data: Mapping[str, Any]) -> Iterable[TimelineEntry]:
    """When somebody stops a case, the tasks that this closes are named (XX-A2)."""
    if row.kind != "engine.cancelled":
        return
    step = engine.describe(sight.definition).element(data["process"], data["element"])
    if step is not None and step.kind == "userTask":
        yield TimelineEntry(row.at, "Waymark", f"“{data['name']}” was closed", "", tuple(data["rules"]), row.kind)


def _entries(row: sa.Row[Any], data: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[TimelineEntry]:
    who = names.get(row.actor_id, "Waymark")
    rules = tuple(data.get("rules", ()))
    if row.kind in _COMMANDS:
        yield TimelineEntry(row.at, who, _COMMANDS[row.kind](data), "", rules, row.kind)
    elif row.kind in _CONSENTS:
        said = _CONSENTS[row.kind]
        yield TimelineEntry(row.at, who, said, _how(data["scope"], data["channel"]), rules, row.kind)
    elif row.kind.startswith("engine."):
        what = _event_words(row.kind.removeprefix("engine."), data)
        if what:
            yield TimelineEntry(row.at, "Waymark", what, _lateness(data), rules, row.kind)


def _how(scope: str, channel: str) -> str:
    """In words: “To the referral, by telephone”; a word that is not known is shown as it is."""
    return f"{_SCOPES.get(scope, scope)}, {_CHANNELS.get(channel, channel)}"


def _event_words(kind: str, data: Mapping[str, Any]) -> str:
    name, inner = data["name"] or data["element"], data["data"]
    if kind == "timer_fired":
        lead = {"warn": "Warning", "escalate": "Deadline passed", "remind": "Reminder"}
        return f"{lead.get(inner.get('deadline', ''), 'Time came')}: {name}"
    if kind == "completed" and inner.get("milestone"):
        return str(inner["milestone"])
    words: dict[str, str] = {
        "entered": f"“{name}” became open",
        "failed": f"“{name}” could not be carried out",
        "ended": "The case has ended",
        "decided": name,
    }
    return words.get(kind, "")


def _lateness(data: Mapping[str, Any]) -> str:
    missed = data["data"].get("missed")
    return f"{missed} earlier times were missed" if missed else ""
