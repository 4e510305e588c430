"""What came out, held to what was recorded. Pure. Values are told only of what cannot hold a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

import orjson

from app.cases.entries import event_entries
from app.cases.rerun.recorded import Entry, Recorded
from app.cases.rerun.views import Part, Said
from app.engine import Event, Step, digest

#: parts of an event whose values are told: dates and words of the diagram's author. Facts, branches and what a table
#: answered are only named
PLAIN = frozenset({"kind", "element", "name", "process", "task", "rules", "data.due", "data.deadline", "data.status"})
NOTHING = Said("nothing")
#: each kind of event in words; what it happened to follows
WORDS: Mapping[str, str] = {
    "entered": "opened",
    "started": "began",
    "waiting": "waited",
    "completed": "completed",
    "cancelled": "taken away",
    "failed": "failed",
    "timer_set": "clock set",
    "timer_fired": "clock rang",
    "timer_paused": "clock stopped",
    "timer_resumed": "clock ran on",
    "handled": "carried out",
    "message_sent": "message sent",
    "message_caught": "message taken",
    "caught": "caught",
    "decided": "decided",
    "moved": "moved on",
    "ended": "the case ended",
}


def state(entry: Entry, step: Step) -> Part:
    """The recorded digest is not that of the state that came out."""
    recorded, found = str(entry.data["state"]), digest(step.state)
    return Part(entry.seq, "the state of the case", short(recorded), short(found))


def short(sha: str) -> Said:
    """A digest as people compare it."""
    return Said(f"digest {sha[:16]}…")


def work(entry: Entry, before: Step | None) -> Iterator[Part]:
    """Does a completion tell of the task that was open? What an older release did not write is not asked for."""
    task = next((one for one in before.tasks if one.id == entry.data["task"]), None) if before else None
    if task is None:
        return
    found = {
        "element": task.element_id,
        "name": task.name,
        "process": task.process,
        "role": task.role,
        "rules": list(task.rules),
        "form": task.form,
    }
    for name, value in found.items():
        if entry.data.get(name, value) != value:
            at = (task.process, task.element_id)
            yield Part(entry.seq, f"the task’s {name}", Said(_words(entry.data[name])), Said(_words(value), *at))


def events(recorded: Recorded, step: Step) -> Iterator[Part]:
    """Each event, in order, with the first that is too many or too few."""
    made = list(zip(step.events, event_entries(step.events), strict=True))
    last = recorded.command.seq
    for entry, one in zip_longest(recorded.events, made):
        event, written = one or (None, None)
        if entry is None or event is None or written is None or entry.kind != written.kind:
            # what is missing would stand behind the last one
            yield Part(entry.seq if entry else last + 1, "what happened", _happened(entry), _of(event))
            return
        last = entry.seq
        yield from _event(entry, event, _plain(written.data))
    if recorded.stray is not None:
        yield Part(recorded.stray.seq, "what happened", _happened(recorded.stray), NOTHING)


def _event(entry: Entry, event: Event, data: Mapping[str, Any]) -> Iterator[Part]:
    was, now = _flat(entry.data), _flat(data)
    here = (event.process, event.element_id)
    there = (str(was.get("process", "")), str(was.get("element", "")))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            words = name.removeprefix("data.").replace("_", " ")
            what = f"“{words}” of “{was.get('name') or was.get('element') or entry.kind}”"
            told = [_words(one.get(name)) for one in (was, now)] if name in PLAIN else ["one value", "another"]
            yield Part(entry.seq, what, Said(told[0], *there), Said(told[1], *here))


def moment(recorded: Recorded) -> Iterator[Part]:
    """All entries of a step have its time and its actor."""
    command = recorded.command
    for entry in recorded.events:
        if entry.at != command.at:
            yield Part(entry.seq, "the time", Said(entry.at.isoformat()), Said(command.at.isoformat()))
        if entry.actor != command.actor:
            yield Part(entry.seq, "who acted", Said("another actor"), Said("the actor of the command"))


def _happened(entry: Entry | None) -> Said:
    if entry is None:
        return NOTHING
    data = entry.data
    named = str(data.get("name") or data.get("element") or "")
    kind = entry.kind.removeprefix("engine.")
    return Said(f"{WORDS.get(kind, kind)}: “{named}”", str(data.get("process", "")), str(data.get("element", "")))


def _of(event: Event | None) -> Said:
    if event is None:
        return NOTHING
    named = event.name or event.element_id
    return Said(f"{WORDS.get(event.kind, event.kind)}: “{named}”", event.process, event.element_id)


def _flat(data: Mapping[str, Any]) -> dict[str, Any]:
    inner = data.get("data")
    more = {f"data.{name}": value for name, value in inner.items()} if isinstance(inner, Mapping) else {"data": inner}
    return {**{name: value for name, value in data.items() if name != "data"}, **more}


def _plain(data: Mapping[str, Any]) -> Any:
    """As it comes back from the database."""
    return orjson.loads(orjson.dumps(data))


def _words(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
