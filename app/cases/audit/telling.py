"""One step of a case in words, as its auditor may know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.cases.audit.entered import Entered, Place
from app.cases.audit.entries import Raw, shown
from app.cases.audit.versions import Version
from app.cases.audit.views import Clock, Line, Sealed, StepView
from app.cases.queries import flags, parties
from app.cases.queries.history import redacted
from app.cases.queries.messages import Talk
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight
from app.cases.queries.timeline import in_words

WAYMARK = "Waymark"
#: facts that every case has, and the other case among them
_GIVEN = frozenset({"employer", "previous", "follow_up"})
#: entries that the timeline of a case leaves out, as nobody there would call them a step
_MORE: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "engine.started": lambda name, inner: f"“{name}” began",
    "engine.waiting": lambda name, inner: f"“{name}” waits to be called",
    "engine.cancelled": lambda name, inner: f"“{name}” was taken away",
    "engine.timer_set": lambda name, inner: f"A clock was set: {name}",
    "engine.handled": lambda name, inner: f"“{name}” was done",
}
_CLOCKS = {"timer_set": "set", "timer_fired": "fired", "timer_paused": "paused", "timer_resumed": "resumed"}


@dataclass
class Telling:
    """Tells the steps of one case in order. `version`: on which the step ran, set anew by whoever plays them."""

    connection: sa.Connection
    sight: Sight
    names: Names
    talk: Talk
    entered: Mapping[Place, Entered]
    numbers: Mapping[str, int]

    def step(self, step: Sequence[Raw], version: Version, deadline: str) -> StepView:
        seen = shown(self.sight, step)
        known = [one for one, shows in zip(step, seen, strict=True) if shows]
        lines = [line for one in known for line in self._lines(one, version, seen[0] or _later(one, step))]
        sent = [found for one in known for found in self._sent(one)]
        return StepView(
            seq=step[0].row.seq,
            last=step[-1].row.seq,
            at=step[0].row.at,
            who=self.names.get(step[0].row.actor_id, WAYMARK) if seen[0] else "",
            lines=lines,
            clocks=[clock for one in known for clock in _clocks(one, version)],
            rules=_once(rule for one in known for rule in (one.data or {}).get("rules", ())),
            version=version.number if known else None,
            entered=[line for one in sent for line in one.answers],
            partly=any(one.partly for one in sent),
            facts=[fact for one in known for fact in self._facts(one)],
            past=_once(rule for one in known for rule in flags.shown(self.connection, self.sight, one.data or {})),
            deadline=deadline,
            sealed=[Sealed(one.row.seq, one.row.hash) for one, shows in zip(step, seen, strict=True) if not shows],
            process=next((str(p) for one in reversed(known) if (p := _process(one, version))), ""),
        )

    def _lines(self, one: Raw, version: Version, known: bool) -> Iterator[Line]:
        data = one.data or {}
        # who set it going is told only where the command may be known
        row: Any = one.row if known else SimpleNamespace(**{**one.row._mapping, "actor_id": ""})
        entries = self.talk.entries(row, data) or parties.told(self.sight, row, data, self.names)
        told = list(entries or in_words(row, data, self.names))
        if not told and row.kind in _MORE:
            yield Line(WAYMARK, _MORE[row.kind](_name(data, version), data.get("data") or {}), _many(data))
        for entry in told:
            yield Line(entry.who, entry.what, "; ".join(filter(None, (entry.detail, _many(data), _rows(self, one)))))

    def _sent(self, one: Raw) -> Iterator[Entered]:
        data = one.data or {}
        for task in (str(data.get("task") or ""), ""):
            found = self.entered.get((task, str(data.get("form", "")), one.row.at))
            if found is not None:
                yield found
                return

    def _facts(self, one: Raw) -> Iterator[tuple[str, str]]:
        if not one.row.kind.startswith("command.") or not (one.data or {}).get("facts"):
            return
        for name, value in redacted(self.connection, self.sight, one.data or {})["facts"].items():
            if name not in _GIVEN:
                yield name, _in_words(value)


def _later(one: Raw, step: Sequence[Raw]) -> bool:
    """Written after the step, by something that is no command, such as an erasure."""
    return bool(one.row.at != step[0].row.at)


def _rows(telling: Telling, one: Raw) -> str:
    """Which rows of its table a decision took, if what it worked out may be known."""
    if one.row.kind != "engine.decided":
        return ""
    rows = redacted(telling.connection, telling.sight, one.data or {})["data"].get("rows", ())
    return f"row {', '.join(map(str, rows))} of its table" if rows else ""


def _many(data: Mapping[str, Any]) -> str:
    instance = (data.get("data") or {}).get("instance") if "data" in data else None
    return f"number {instance + 1} of several" if isinstance(instance, int) else ""


def _name(data: Mapping[str, Any], version: Version) -> str:
    """What an element is called, also one without a name."""
    element = version.shape.elements.get((str(data.get("process", "")), str(data.get("element", ""))))
    return str(data.get("name") or "") or (element.label if element is not None else str(data.get("element", "")))


def _process(one: Raw, version: Version) -> str:
    process = str((one.data or {}).get("process", ""))
    return process if process in version.names else ""


def _clocks(one: Raw, version: Version) -> Iterator[Clock]:
    kind, data = one.row.kind.removeprefix("engine."), one.data or {}
    inner = data.get("data") or {}
    state = "due" if kind == "entered" else _CLOCKS.get(kind, "")
    if state and isinstance(inner, Mapping) and inner.get("due"):
        how = str(inner.get("how", "")) if state != "fired" else ""
        yield Clock(_name(data, version), state, datetime.fromisoformat(inner["due"]), how)


def _once(found: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_in_words(part)}" for name, part in value.items())
    return "not known" if value is None else str(value)
