"""The ledger of rules: every clause that a diagram may cite, with its source and its sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.errors import DefinitionRefused, Finding

KINDS = frozenset({"must", "typical"})
FILE = "rules.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `kind`: "must" (the process cannot go on without it) or "typical" (going past it is flagged)."""

    id: str
    #: the policy it comes from, in words, and the place there
    source: str
    clause: str
    sentence: str
    kind: str
    timed: bool = False


def read(data: bytes, name: str = FILE) -> tuple[dict[str, Rule], list[Finding]]:
    """The rules by id and what is wrong with the file. Never raises."""
    try:
        content = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return {}, [_finding(name, "", f"This ledger of rules cannot be read: {error}.")]
    sources, entries = content.get("sources"), content.get("rules")
    if not isinstance(sources, dict) or not isinstance(entries, dict):
        return {}, [_finding(name, "", "This ledger needs the tables [sources] and [rules].")]
    rules: dict[str, Rule] = {}
    findings: list[Finding] = []
    for identity, entry in entries.items():
        wrong = _wrong(entry, sources)
        if wrong:
            findings.append(_finding(name, identity, f"The rule {identity} {wrong}."))
        else:
            rules[identity] = _rule(identity, entry, sources)
    return rules, findings


def _wrong(entry: Any, sources: Mapping[str, Any]) -> str:
    """What is wrong with an entry, "" if nothing is."""
    if not isinstance(entry, dict):
        return "is not a table"
    for part in ("source", "clause", "sentence", "kind"):
        if not isinstance(entry.get(part), str) or not entry[part].strip():
            return f"has no {part}"
    if entry["kind"] not in KINDS:
        return f"has the kind “{entry['kind']}”, which is neither must nor typical"
    return "" if entry["source"] in sources else f"names the source “{entry['source']}”, which is not in [sources]"


def _rule(identity: str, entry: Mapping[str, Any], sources: Mapping[str, Any]) -> Rule:
    return Rule(
        identity,
        str(sources[entry["source"]]),
        entry["clause"],
        entry["sentence"],
        entry["kind"],
        entry.get("timed") is True,
    )


def _finding(name: str, element: str, message: str) -> Finding:
    return Finding(name, element, "error", "rules-ledger", message, "Correct the entry.")


def load(path: Path) -> Mapping[str, Rule]:
    """The ledger in a file, or in the `rules.toml` of a folder. Raises DefinitionRefused."""
    file = path / FILE if path.is_dir() else path
    try:
        return _load(file, file.stat().st_mtime_ns)
    except OSError as error:
        message = f"The ledger of rules cannot be opened: {error.strerror}."
        raise DefinitionRefused([_finding(str(file), "", message)]) from error


@lru_cache(maxsize=16)
def _load(file: Path, _changed: int) -> Mapping[str, Rule]:
    rules, findings = read(file.read_bytes(), file.name)
    if findings:
        raise DefinitionRefused(findings)
    return rules
