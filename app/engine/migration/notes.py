"""What a move to another version would do to one case, in a process owner's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.engine.outline import Element
from app.errors import Conflict


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different for this case after the move. `kind`: "renamed", "role", "form", "asked" (why,
    rules), "deadline" (a running one is kept although the new version counts otherwise), "clock_set", "clock_ends",
    "listens", "deaf", "way" (what comes ahead), "passed", "fact", "join" or "kept" (an open activity whose settings
    changed)."""

    kind: str
    process: str
    element: str
    name: str
    sentence: str
    #: further elements that the sentence names, as (process, element id)
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why the case cannot be moved soundly, and what to do about it."""

    process: str
    element: str
    name: str
    sentence: str
    advice: str
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`changes` stand in the order of the case's tokens; with `refusals` they may be incomplete."""

    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]

    @property
    def possible(self) -> bool:
        return not self.refusals


class MigrationRefused(Conflict):
    """This case cannot be moved to that version as it stands; the preview says why. It stays on its own version, and
    nothing has changed."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__()


@dataclass
class Notes:
    """Collects what is told while a case is moved."""

    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def change(self, kind: str, element: Element, sentence: str, *others: Element | None) -> None:
        told = Change(kind, element.process, element.id, element.label, sentence, _names(others))
        if told not in self.changes:
            self.changes.append(told)

    def refuse(self, element: Element, sentence: str, advice: str, *others: Element | None) -> None:
        told = Refusal(element.process, element.id, element.label, sentence, advice, _names(others))
        if told not in self.refusals:
            self.refusals.append(told)

    def plan(self) -> Plan:
        return Plan(tuple(self.changes), tuple(self.refusals))


def _names(elements: tuple[Element | None, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one.process, one.id) for one in elements if one is not None)


def element_of(spec: Any) -> Element:
    """The element that a spec was drawn as; for one that the package adds itself, what it belongs to."""
    own: Element | None = spec.element
    if own is not None:
        return own
    around = spec._wf_spec.task_specs.get(spec.name.rpartition(".")[0])
    if around is not None and around.element is not None:
        return element_of(around)
    return Element(
        id="",
        name=spec._wf_spec.description or spec._wf_spec.name,
        kind="process",
        process=spec._wf_spec.name,
        scope="",
    )
