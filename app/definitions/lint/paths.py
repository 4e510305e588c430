"""Lint of files and folders, as an editor or a shell names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from app import decisions, forms
from app.definitions.collecting import READ, Library, library
from app.definitions.lint.bundles import NOTHING_KNOWN, lint
from app.definitions.lint.catalogue import advised
from app.definitions.lint.subject import Known
from app.errors import Finding

#: what only somebody who knows the caller, or a starting person, could answer
_OF_CALLERS = frozenset({"fact-unset", "start-form", "starters", "process-documentation"})


def lint_paths(paths: Iterable[Path], known: Known = NOTHING_KNOWN) -> list[Finding]:
    """Everything that is wrong in these .bpmn, .dmn and .form files and folders, sorted; `file` is the path as found.

    A file alone is read with what lies around it (its folder, and a folder `forms` up to three levels above), but only
    findings in the files that were named are given back. A process that nobody calls is looked at by itself.
    """
    named = [Path(path) for path in paths]
    asked = library(named)
    around = library([*named, *_around(named)])
    unread = [_not_read(path) for path in named if path.suffix not in READ and not path.is_dir()]
    return advised([*unread, *lint_libraries(asked, around, known)])


def lint_libraries(asked: Library, around: Library, known: Known) -> list[Finding]:
    """Everything that is wrong in the files of one library, read with the files of another that holds them too."""
    found = list(asked.findings)
    known = replace(known, processes=around.started_by, said=around.said, enclosed=around.enclosed, others=around.mains)
    for key, called_by_nobody in _keys(asked, around):
        findings = lint(around.bundle(key), known)
        found += [one for one in findings if not (called_by_nobody and one.rule in _OF_CALLERS)]
    for name, data in asked.files.items():
        if name.endswith(".form"):
            found += forms.check(data, name)
        elif name.endswith(".dmn"):
            found += decisions.check(data, name)
    here = {one for one in found if one.file in asked.files or one.rule == "file" or not one.file}
    return advised(replace(one, file=str(asked.paths.get(one.file, one.file))) for one in here)


def _not_read(path: Path) -> Finding:
    message = "This file is no diagram, decision table or form."
    return Finding(str(path), "", "error", "file", message, "Name a .bpmn, .dmn or .form file, or a folder of them.")


def _around(named: list[Path]) -> list[Path]:
    """What files refer to usually lies here."""
    found: list[Path] = []
    for path in named:
        folder = path.resolve() if path.is_dir() else path.resolve().parent
        if not path.is_dir() and path.suffix == ".bpmn":
            found.append(folder)
        beside = [above / "forms" for above in (folder, *folder.parents[:3])]
        found += [one for one in beside if one.is_dir()][:1]
    return found


def _keys(asked: Library, around: Library) -> list[tuple[str, bool]]:
    """Processes to look at, main ones first, each with: is it neither started by people nor called?"""
    wanted = {process.file for process in asked.processes.values()}
    mains = [key for key, process in sorted(around.processes.items()) if process.is_main]
    chosen: list[tuple[str, bool]] = []
    covered: set[str] = set()
    for key in mains:
        files = set(around.bundle(key).files)
        if files & wanted:
            chosen.append((key, False))
            covered |= files
    alone = [key for key, process in sorted(asked.processes.items()) if process.file not in covered]
    return chosen + [(key, True) for key in alone]
