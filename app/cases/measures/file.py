"""processes/measures.toml: which figures the oversight group is shown. Data, so that its owners change it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.errors import WaymarkError

Kind = Literal["count", "in-time", "days"]
KINDS = ("count", "in-time", "days")
FILE = "measures.toml"
#: (process, element)
Step = tuple[str, str]


class MeasuresUnreadable(WaymarkError):
    """The list of measures cannot be read."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `at`, and for days `to`: the steps that it is counted at."""

    id: str
    words: str
    kind: Kind
    at: Step
    to: Step | None
    note: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    smallest: int
    quarters: int
    measures: tuple[Measure, ...]


def read(folder: Path) -> Measures:
    """The file of a folder of processes. Raises `MeasuresUnreadable`, which says where it is wrong."""
    try:
        told = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MeasuresUnreadable(f"The list of measures cannot be read: {error}.") from error
    smallest, quarters = told.get("smallest"), told.get("quarters")
    if not isinstance(smallest, int) or smallest < 2:
        raise MeasuresUnreadable("The list of measures needs “smallest”, a whole number from 2 up.")
    if not isinstance(quarters, int) or not 1 <= quarters <= 40:
        raise MeasuresUnreadable("The list of measures needs “quarters”, a whole number from 1 to 40.")
    found = tuple(_measure(one) for one in told.get("measure", []))
    if len({one.id for one in found}) != len(found):
        raise MeasuresUnreadable("Two measures have the same id.")
    return Measures(smallest, quarters, found)


def _measure(told: Mapping[str, Any]) -> Measure:
    name = told.get("id", "")
    for part in ("id", "words", "kind", "at"):
        if not isinstance(told.get(part), str) or not told[part].strip():
            raise MeasuresUnreadable(f"The measure “{name}” has no {part}.")
    if told["kind"] not in KINDS:
        raise MeasuresUnreadable(
            f"The measure “{name}” has the kind “{told['kind']}”; it is one of {', '.join(KINDS)}."
        )
    to = _step(name, told["to"]) if "to" in told else None
    if (to is not None) != (told["kind"] == "days"):
        raise MeasuresUnreadable(f"The measure “{name}”: “to” belongs to measures of days, and to them alone.")
    rules = tuple(told.get("rules", ()))
    return Measure(told["id"], told["words"], told["kind"], _step(name, told["at"]), to, told.get("note", ""), rules)


def _step(name: str, told: str) -> Step:
    process, _, element = told.partition(":")
    if not process or not element:
        raise MeasuresUnreadable(f"The measure “{name}” names the step “{told}”; write process:element.")
    return process, element
