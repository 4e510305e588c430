"""For each rule of the ledger: the elements that carry it, and the tests and stories that follow it and break it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.cases import scenario
from app.definitions import rules
from app.definitions.ledger import carried, marked
from app.definitions.ledger.marks import BREAKS, FOLLOWS, Mark


@dataclass(frozen=True)
class Covered:
    """`elements`: "processes/conference/x.bpmn:element"; `follows`, `breaks`: "tests/db/test_x.py::test_y" or
    "processes/conference/scenarios/x.toml:step 4"."""

    id: str
    elements: tuple[str, ...]
    follows: tuple[str, ...]
    breaks: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the three there are none of."""
        return tuple(part for part in ("elements", FOLLOWS, BREAKS) if not getattr(self, part))


def covered(root: Path) -> list[Covered]:
    """Every rule of `root`/processes/rules.toml, in its order. `root`: the folder of processes, forms and tests."""
    ledger = rules.load(root / "processes")
    elements = carried(root, ledger)
    marks = [*marked(root), *shown(root)]
    return [
        Covered(one, tuple(elements.get(one, ())), _by(marks, one, FOLLOWS), _by(marks, one, BREAKS)) for one in ledger
    ]


def unknown(root: Path) -> list[Mark]:
    """Marks of tests and stories whose rule is not in the ledger: nobody would miss them."""
    ledger = rules.load(root / "processes")
    return [mark for mark in [*marked(root), *shown(root)] if mark.rule not in ledger]


def shown(root: Path) -> Iterator[Mark]:
    """What the steps of the stories show. Raises `ScenarioRefused`."""
    for path in sorted((root / "processes").glob("*/scenarios/*.toml")):
        file = path.relative_to(root).as_posix()
        for line in scenario.read(path).steps:
            yield from (Mark(rule, FOLLOWS, f"{file}:step {line.number}") for rule in line.follows)
            yield from (Mark(rule, BREAKS, f"{file}:step {line.number}") for rule in line.breaks)


def _by(marks: list[Mark], rule: str, kind: str) -> tuple[str, ...]:
    return tuple(mark.test for mark in marks if (mark.rule, mark.kind) == (rule, kind))
