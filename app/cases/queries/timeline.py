"""A case's history in words: who did what, when, and which rule asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa

from app import engine
from app.cases.queries import flags, messages, parties
from app.cases.queries.names import Names
from app.cases.queries.pages import page_of, steps
from app.cases.queries.sight import Sight
from app.cases.views import TimelineEntry

Words = Callable[[Mapping[str, Any]], str]

_COMMANDS: Mapping[str, Words] = {
    "command.start": lambda data: "started the case",
    "command.complete": lambda data: f"completed “{data['name']}”" + (", after its deadline" if data["late"] else ""),
    "command.claim": lambda data: f"took “{data['name']}”",
    "command.unclaim": lambda data: f"gave “{data['name']}” back to the team",
    "command.withdraw_consent": lambda data: "withdrew consent",
    "command.withdraw": lambda data: f"took back consent {_to(data['scope'])}",
    "command.share": lambda data: f"gave consent {_to(data['scope'])}",
    "command.cancel": lambda data: "ended the case",
    "command.migrate": lambda data: f"moved the case to version {data['to_version']} of the process",
    "command.migrate_back": lambda data: f"moved the case back to version {data['to_version']} of the process",
    "command.retry": lambda data: f"tried “{data['name']}” again",
    "command.hold": lambda data: (
        "put "
        + ("everything about the employee" if data["whole_person"] else "the case")
        + " on hold: nothing of it is erased"
    ),
    "command.lift_hold": lambda data: "lifted a hold",
    "records.erased": lambda data: f"erased {_classes(data['classes'])}, under {data['under']}",
    "command.emergency": lambda data: "was given emergency access to the case",
    "command.emergency_review": lambda data: (
        "looked at the emergency access: " + ("justified" if data["justified"] else "not justified")
    ),
    "case.said": lambda data: f"said “{data['name']}”",
    "command.tell": lambda data: f"found nobody for “{data['name']}”",
}
#: what a class is called where it is not a matter of one answer
CLASS_WORDS = {
    "public": "how the case was dealt with",
    "employer": "what the employer could see",
    "restricted": "what the occupational health team could see",
    "clinical": "what only the practitioner could see",
}


def _classes(classes: Iterable[str]) -> str:
    return " and ".join(CLASS_WORDS.get(cls, cls) for cls in classes)


#: commands that may end a case, or a part of it, before its time
_STOPS = frozenset({"command.withdraw_consent", "command.withdraw", "command.cancel"})
#: what the ledger of consents adds; a withdrawal is told by its command
_CONSENTS = {"consent.given": "Consent given", "consent.refused": "Consent refused"}
_SCOPES = {
    "referral": "To the referral",
    "gp-report": "To a GP or specialist report",
    "gp-supply": "To sending the GP or specialist report",
    "release": "To the release of the report",
    "recovery-support": "To recovery support",
    "sharing": "To sharing an item",
}
CHANNELS = {
    "online": "online",
    "web": "online",
    "telephone": "by telephone",
    "letter": "by letter",
    "in_person": "in person",
}


#: entries on one page
ENTRIES = 100


def timeline(connection: sa.Connection, sight: Sight, page: int = 1) -> tuple[list[TimelineEntry], bool]:
    """Every step that a person would call one: a page of them, oldest first, and whether there are earlier ones."""
    found, more = page_of(_newest_first(connection, sight), page, ENTRIES)
    for _entry, data in found:
        sight.saw_step(str(data.get("process", "")), str(data.get("element", "")))
    return [entry for entry, _data in found], more


def whole(connection: sa.Connection, sight: Sight) -> list[TimelineEntry]:
    """All of it, oldest first."""
    found = list(_newest_first(connection, sight))
    for _entry, data in found:
        sight.saw_step(str(data.get("process", "")), str(data.get("element", "")))
    return [entry for entry, _data in found][::-1]


def _newest_first(connection: sa.Connection, sight: Sight) -> Iterator[tuple[TimelineEntry, Mapping[str, Any]]]:
    names, talk = Names(connection), messages.talk(connection, sight)
    for rows in steps(connection, sight.row.id):
        told: list[tuple[TimelineEntry, Mapping[str, Any]]] = []
        command = rows[0].kind
        for row in rows:
            data = orjson.loads(row.body)["data"]
            if sight.course.shows_entry(data):
                entries = [*_closed(sight, row, data)] if command in _STOPS else []
                found = talk.entries(row, data) or parties.told(sight, row, data, names) or in_words(row, data, names)
                entries += _with_flags(found, flags.shown(connection, sight, data))
                told += [(entry, data) for entry in entries]
        yield from reversed(told)


def _with_flags(entries: Iterable[TimelineEntry], found: list[str]) -> list[TimelineEntry]:
    """The entry of what somebody did says so, too, when they went past a soft rule."""
    words = flags.in_words(found)
    return [replace(one, detail="; ".join(filter(None, (one.detail, words)))) for one in entries]


def _closed(sight: Sight, row: sa.Row[Any], data: Mapping[str, Any]) -> Iterable[TimelineEntry]:
    """When somebody stops a case, the tasks that this closes are named (XX-A2)."""
    if row.kind != "engine.cancelled":
        return
    step = engine.describe(sight.definition).element(data["process"], data["element"])
    if step is not None and step.kind == "userTask":
        yield TimelineEntry(row.at, "Waymark", f"“{data['name']}” was closed", "", tuple(data["rules"]), row.kind)


def in_words(row: sa.Row[Any], data: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[TimelineEntry]:
    """An entry of the history in words, whoever may read it; nothing for what nobody would call a step."""
    who = names.get(row.actor_id, "Waymark")
    rules = tuple(data.get("rules", ()))
    if row.kind in _COMMANDS:
        yield TimelineEntry(row.at, who, _COMMANDS[row.kind](data), data.get("reason", ""), rules, row.kind)
    elif row.kind in _CONSENTS:
        said = _CONSENTS[row.kind]
        yield TimelineEntry(row.at, who, said, _how(data["scope"], data["channel"]), rules, row.kind)
    elif row.kind == "consent.items":
        yield from _items(row, data, who, rules)
    elif row.kind.startswith("engine."):
        what = _event_words(row.kind.removeprefix("engine."), data)
        if what:
            yield TimelineEntry(row.at, "Waymark", what, _detail(row.kind, data), rules, row.kind)


def _how(scope: str, channel: str) -> str:
    """In words: “To the referral, by telephone”; a word that is not known is shown as it is."""
    return f"{_SCOPES.get(scope, scope)}, {CHANNELS.get(channel, channel)}"


def _items(row: sa.Row[Any], data: Mapping[str, Any], who: str, rules: tuple[str, ...]) -> Iterable[TimelineEntry]:
    """The employee's word on the rows of a list; one that is changed later is told by its command."""
    said = list(data["items"].values())
    if "process" in data:
        what = f"Said of {len(said)} items what may be shared: {said.count('given')} yes, {said.count('refused')} no"
        yield TimelineEntry(row.at, who, what, CHANNELS.get(data["channel"], ""), rules, row.kind)


def _to(scope: str) -> str:
    said = _SCOPES.get(scope, scope)
    return said[:1].lower() + said[1:]


def _event_words(kind: str, data: Mapping[str, Any]) -> str:
    name, inner = data["name"] or data["element"], data["data"]
    if kind == "timer_fired":
        lead = {"warn": "Warning", "escalate": "Deadline passed", "remind": "Reminder"}
        return f"{lead.get(inner.get('deadline', ''), 'Time came')}: {name}"
    if kind == "timer_paused":
        return f"The clock stopped, waiting for {inner['for']}"
    if kind == "timer_resumed":
        return "The clock runs on"
    if kind == "completed" and inner.get("milestone"):
        return str(inner["milestone"])
    words: dict[str, str] = {
        "entered": f"“{name}” became open",
        "failed": f"“{name}” could not be carried out",
        "ended": "The case has ended",
        "decided": name,
    }
    return words.get(kind, "")


def _detail(kind: str, data: Mapping[str, Any]) -> str:
    name, inner = data["name"] or data["element"], data["data"]
    if kind == "engine.timer_paused":
        return f"“{name}”"
    if kind == "engine.timer_resumed":
        return f"“{name}”. {inner['how'].removesuffix('.')}"
    return _missed(inner.get("missed") or 0, inner.get("deadline") == "remind")


def _missed(number: int, is_reminder: bool) -> str:
    """After the service was down a repeated timer comes once, and says so."""
    if not number:
        return ""
    if is_reminder:
        what = "reminder" if number == 1 else "reminders"
        return f"{number:,} more {what} would have gone out while the service was not running"
    return f"it would have come {number:,} more {'time' if number == 1 else 'times'} while the service was not running"
