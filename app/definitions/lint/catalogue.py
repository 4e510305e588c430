"""The catalogue of lint's rules: for each an example of what it says, and what to do. `waymark lint --rules` shows it,
and tests hold it to what lint really says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from app.errors import Finding

_HERE = Path(__file__).parent / "catalogue"
_NOTHING = "Look at this place in the modeller, and ask who looks after Waymark."


@dataclass(frozen=True, slots=True)
class Rule:
    """`severity` is "error" (it is not deployed) or "warning" (it is, and somebody should look)."""

    id: str
    severity: str
    #: a sentence that lint has said
    example: str
    #: what to do, where a finding does not say it more closely
    advice: str
    #: rules of bpmnlint that it covers
    bpmnlint: tuple[str, ...] = ()


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the catalogue."""
    found: dict[str, Rule] = {}
    for file in sorted(_HERE.glob("*.toml")):
        for identity, entry in tomllib.loads(file.read_text()).items():
            said = tuple(entry.get("bpmnlint", ()))
            found[identity] = Rule(identity, entry["severity"], entry["example"], entry["advice"], said)
    return found


def advised(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each once, sorted, each with something to do."""
    return sorted({one if one.advice else replace(one, advice=_advice(one.rule)) for one in findings})


def _advice(rule: str) -> str:
    known = rules().get(rule)
    return known.advice if known is not None else _NOTHING
