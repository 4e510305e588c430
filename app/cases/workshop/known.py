"""What a diagram may refer to beyond its own files. The shell and the workshop ask the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from app import outbox
from app.definitions import diagnoses, purposes, rules
from app.definitions.lint import Known
from app.errors import Finding
from app.identity import MEMBERSHIPS, ROLES
from app.settings import ROOT

PROCESSES = ROOT / "processes"


def known(today: date, paths: Sequence[Path] = ()) -> tuple[Known, list[Finding]]:
    """What diagrams may refer to, and what is wrong with the notices and the list of conditions: of folders among
    `paths`, else those that Waymark ships. Which processes there are is for the caller to add."""
    notices, findings = _notices(paths)
    conditions = _shipped_or(diagnoses.FILE, paths)
    findings += _of_conditions(conditions, conditions.stat().st_mtime_ns)
    asked = purposes.limits(purposes.load(_shipped_or(purposes.FILE, paths)))
    roles = frozenset(case_roles())
    holders = {role.id: role.held_by for role in ROLES.values()}
    known_rules = frozenset(ledger(paths))
    return Known(known_rules, roles, roles | set(MEMBERSHIPS), notices, asked, holders=holders, today=today), findings


def ledger(paths: Sequence[Path] = ()) -> Mapping[str, rules.Rule]:
    """The rules that a diagram may cite, by id."""
    return rules.load(_shipped_or(rules.FILE, paths))


def case_roles() -> dict[str, str]:
    """The roles that a task may be for, with their words."""
    return {role.id: role.label for role in ROLES.values() if role.kind != "contact"}


def notice_files(paths: Sequence[Path] = ()) -> list[Path]:
    """The files of notices at the paths, else those shipped."""
    own = [file for path in paths if path.is_dir() for file in sorted(path.rglob("notices.toml"))]
    return own or sorted(PROCESSES.glob("*/notices.toml"))


def _shipped_or(name: str, paths: Sequence[Path]) -> Path:
    """A file of this name in one of the folders given, else the one that Waymark ships."""
    own = [path / name for path in paths if path.is_dir() and (path / name).is_file()]
    return own[0] if own else PROCESSES / name


def _notices(paths: Sequence[Path]) -> tuple[frozenset[str], list[Finding]]:
    keys: set[str] = set()
    findings: list[Finding] = []
    for file in notice_files(paths):
        found, wrong = _of_notices(file, file.stat().st_mtime_ns)
        findings += wrong
        keys |= found
    return frozenset(keys), findings


# a workshop asks with each save, of files that hardly ever change
@lru_cache(maxsize=64)
def _of_notices(file: Path, _changed: int) -> tuple[frozenset[str], tuple[Finding, ...]]:
    data = file.read_bytes()
    return outbox.keys(data), tuple(outbox.check(data, f"{file.parent.name}/{file.name}"))


@lru_cache(maxsize=4)
def _of_conditions(file: Path, _changed: int) -> tuple[Finding, ...]:
    return tuple(diagnoses.read(file.read_bytes(), file.name)[1])
