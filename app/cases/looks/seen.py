"""What one view hands out that tells of somebody's health: collected where it is redacted, without the data.

What counts: answers of class restricted or clinical, and whatever their class those that wait for a release, a consent
or the employee's word; what a colleague has begun to write in a task; facts of such answers in the history
and in the form of a task; files, contacts and consents of these classes; steps that
have a class themselves (decision 7), in timeline, history, diagrams and lists of a case. What does not: a person's own
inbox, notices and lists of cases, which name their own work; commitments, which tell nothing; and whatever employees
see of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.privacy import CLASSES, Ground, Shown


@dataclass(frozen=True, slots=True)
class Thing:
    """What fields or steps were parts of. `kind`: answers, draft, facts, steps, consents, contact, message or reason;
    `id`: of the submission or task; `form`, `definition`: where its words are found."""

    kind: str
    definition: str
    form: str = ""
    id: str = ""


@dataclass
class Seen:
    """One view of one case. `parts`: ground and thing to {field path or (process, element): class}."""

    parts: dict[tuple[Ground, Thing], dict[Any, str]] = field(default_factory=lambda: defaultdict(dict))

    def fields(self, thing: Thing, shown: Iterable[Shown]) -> None:
        for one in shown:
            if one.health:
                self._add(one.ground, thing, one.path, one.cls)

    def part(self, thing: Thing, name: Any, cls: str, ground: Ground) -> None:
        self._add(ground, thing, name, cls)

    def _add(self, ground: Ground, thing: Thing, name: Any, cls: str) -> None:
        if ground is not Ground.SUBJECT:
            self.parts[ground, thing][name] = cls

    def told(self, definition: str) -> dict[Ground, dict[str, Any]]:
        """For each ground the gravest class and the items, as JSON. `definition`: the case's own, not repeated."""
        found: dict[Ground, dict[str, Any]] = {}
        for (ground, thing), parts in self.parts.items():
            entry = found.setdefault(ground, {"class": "public", "items": []})
            item = _item(thing, parts, definition)
            entry["items"].append(item)
            entry["class"] = min(entry["class"], item["class"], key=CLASSES.index)
        for entry in found.values():
            entry["items"].sort(key=lambda item: (item["what"], item.get("form", ""), item.get("id", "")))
        return found


def _item(thing: Thing, parts: Mapping[Any, str], definition: str) -> dict[str, Any]:
    item: dict[str, Any] = {"what": thing.kind, "class": min(parts.values(), key=CLASSES.index)}
    if thing.kind != "reason":
        item["parts"] = sorted(list(one) if isinstance(one, tuple) else one for one in parts)
    more = {"form": thing.form, "id": thing.id, "definition": thing.definition}
    if thing.definition == definition:
        del more["definition"]
    return item | {name: value for name, value in more.items() if value}
