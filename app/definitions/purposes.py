"""The register of purposes: what answers are asked for, who answers for that, and on what lawful basis.

Kept apart from consent: see processes/purposes.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.errors import DefinitionRefused, Finding

FILE = "purposes.toml"
CONTROLLERS = ("employer", "provider")
#: what the employer side may be told of answers asked for a purpose
LIMITS = ("told", "released", "kept")
_PARTS = ("words", "controller", "basis", "condition", "employer")


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose. `basis`: UK GDPR Article 6(1). `condition`: Article 9(2), Data Protection Act 2018, Schedule 1.
    `employer`: what the employer side may be told, one of `LIMITS`."""

    id: str
    words: str
    controller: str
    basis: str
    condition: str
    employer: str


def read(data: bytes, name: str = FILE) -> tuple[dict[str, Purpose], list[Finding]]:
    """The purposes by id and what is wrong with the file. Never raises."""
    try:
        entries = tomllib.loads(data.decode()).get("purposes")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return {}, [_finding(name, "", f"This register of purposes cannot be read: {error}.")]
    if not isinstance(entries, dict):
        return {}, [_finding(name, "", "This register needs tables [purposes.…].")]
    found: dict[str, Purpose] = {}
    findings: list[Finding] = []
    for identity, entry in entries.items():
        wrong = _wrong(entry, {one.words for one in found.values()})
        if wrong:
            findings.append(_finding(name, identity, f"The purpose {identity} {wrong}."))
        else:
            found[identity] = Purpose(identity, *(entry[part].strip() for part in _PARTS))
    return found, findings


def _wrong(entry: Any, words: set[str]) -> str:
    """What is wrong with an entry, "" if nothing is."""
    if not isinstance(entry, dict):
        return "is not a table"
    for part in _PARTS:
        if not isinstance(entry.get(part), str) or not entry[part].strip():
            return f"has no {part}"
    if entry["controller"] not in CONTROLLERS:
        return f"has the controller “{entry['controller']}”, which is neither employer nor provider"
    if entry["employer"] not in LIMITS:
        return f"says “{entry['employer']}” of the employer, which is none of: {', '.join(LIMITS)}"
    return "has the words of another one" if entry["words"].strip() in words else ""


def _finding(name: str, element: str, message: str) -> Finding:
    return Finding(name, element, "error", "purposes-register", message, "Correct the entry.")


def load(path: Path) -> Mapping[str, Purpose]:
    """The register in a file, or in the `purposes.toml` of a folder, by id. Raises DefinitionRefused."""
    file = path / FILE if path.is_dir() else path
    try:
        return _load(file, file.stat().st_mtime_ns)
    except OSError as error:
        message = f"The register of purposes cannot be opened: {error.strerror}."
        raise DefinitionRefused([_finding(str(file), "", message)]) from error


def limits(register: Mapping[str, Purpose]) -> dict[str, str]:
    """What the employer side may be told of a purpose, by its words and by its id: a form may say either."""
    return {said: one.employer for one in register.values() for said in (one.id, one.words)}


@lru_cache(maxsize=16)
def _load(file: Path, _changed: int) -> Mapping[str, Purpose]:
    found, findings = read(file.read_bytes(), file.name)
    if findings:
        raise DefinitionRefused(findings)
    return found
