"""The words of processes/diagnoses.toml: what counts as a diagnosis where a form may hold none (property `guard`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.errors import DefinitionRefused, Finding
from app.forms.diagnoses import Diagnoses
from app.forms.wording import plain

FILE = "diagnoses.toml"
#: words that stand for a diagnosis only together with others: alone they are in every second text about work
TOO_PLAIN = frozenset(
    {
        "back",
        "stress",
        "heart",
        "neck",
        "knee",
        "hip",
        "head",
        "pain",
        "injury",
        "illness",
        "sick",
        "sickness",
        "absence",
    }
    | {"fatigue", "tired", "tiredness", "sleep", "condition", "health", "mental", "disability", "disabled", "operation"}
    | {"surgery", "treatment", "medication", "hospital", "doctor", "leave", "recovery", "cold", "shock", "fall"}
    | {"accident", "wellbeing", "work"}
)


def read(data: bytes, name: str = FILE) -> tuple[Diagnoses, list[Finding]]:
    """The words and what is wrong with the file. Never raises."""
    try:
        content = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return Diagnoses((), (), ()), [_finding(name, "", f"This list of conditions cannot be read: {error}.")]
    groups = content.get("conditions")
    if not isinstance(groups, dict) or not groups:
        return Diagnoses((), (), ()), [_finding(name, "", "This list needs tables [conditions.…].")]
    findings = [_finding(name, at, message) for at, message in _wrong(content, groups)]
    words = [word for group in groups.values() for word in _texts(group, "words")]
    short = [word for group in groups.values() for word in _texts(group, "abbreviations")]
    return Diagnoses(words, short, _texts(content, "unless")), findings


def _texts(holder: Any, name: str) -> list[str]:
    found = holder.get(name, []) if isinstance(holder, dict) else []
    return [one for one in found if isinstance(one, str) and one.strip()] if isinstance(found, list) else []


def _wrong(content: Mapping[str, Any], groups: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(group, sentence) for each thing that is wrong."""
    if not _is_list(content, "unless"):
        yield "", "“unless” must be a list of texts."
    seen: set[str] = set()
    for identity, group in groups.items():
        for part in ("words", "abbreviations"):
            if not _is_list(group, part):
                yield identity, f"“{part}” of {identity} must be a list of texts."
        yield from ((identity, message) for message in _of_words(group, seen))
        for word in _texts(group, "abbreviations"):
            if word != word.upper() or len(word) < 2:
                yield identity, f"“{word}” is no abbreviation in capitals: put it among the words."


def _is_list(holder: Any, name: str) -> bool:
    found = holder.get(name, []) if isinstance(holder, dict) else None
    return isinstance(found, list) and len(_texts(holder, name)) == len(found)


def _of_words(group: Any, seen: set[str]) -> Iterator[str]:
    for word in _texts(group, "words"):
        if plain(word) in TOO_PLAIN:
            yield f"“{word}” alone is no diagnosis: it would be refused in harmless texts."
        if plain(word) in seen:
            yield f"“{word}” is there twice."
        seen.add(plain(word))


def _finding(name: str, element: str, message: str) -> Finding:
    return Finding(name, element, "error", "diagnoses-list", message, "Correct the entry.")


def load(path: Path) -> Diagnoses:
    """The words in a file, or in the `diagnoses.toml` of a folder. Raises DefinitionRefused."""
    file = path / FILE if path.is_dir() else path
    try:
        return _load(file, file.stat().st_mtime_ns)
    except OSError as error:
        message = f"The list of conditions cannot be opened: {error.strerror}."
        raise DefinitionRefused([_finding(str(file), "", message)]) from error


@lru_cache(maxsize=16)
def _load(file: Path, _changed: int) -> Diagnoses:
    found, findings = read(file.read_bytes(), file.name)
    if findings:
        raise DefinitionRefused(findings)
    return found
