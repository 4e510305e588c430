"""Lint of a draft is what `waymark lint` says of its files."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from app.cases.workshop.checking import check
from app.cli.processes import findings_at
from app.clock import SystemClock
from app.definitions.collecting import Library, library
from app.definitions.drafts import Draft
from app.definitions.drafts.draft import Save
from app.settings import ROOT

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
KEY, MAIN, TALK, TABLE, FORM = (
    "clarify_process",
    "clarify_process.bpmn",
    "clarification_talk.bpmn",
    "clarification-policy.dmn",
    "clarify-talk.form",
)


@cache
def shipped() -> Library:
    return library([ROOT / "processes" / "clarification", ROOT / "forms"])


def draft(**changed: bytes | None) -> Draft:
    """Of the process as shipped, with these files saved over it."""
    mains = shipped().mains
    saved = {name: Save(2, "p", NOW, data) for name, data in changed.items()}
    beside = tuple(mains.values())
    return Draft(
        "d", KEY, "t", "", 1, 2, "open", "workshop", "p", NOW, "p", NOW, base=mains[KEY], saved=saved, beside=beside
    )


def by_the_shell(folder: Path, one: Draft) -> set[tuple[str, ...]]:
    """What `waymark lint` says of the draft's files, laid over what is shipped."""
    shutil.copytree(ROOT / "processes" / "clarification", folder / "processes")
    (folder / "forms").mkdir()
    for name in {name for bundle in shipped().mains.values() for name in bundle.files if name.endswith(".form")}:
        shutil.copy(ROOT / "forms" / name, folder / "forms")
    for name, save in one.saved.items():
        path = folder / ("forms" if name.endswith(".form") else "processes") / name
        path.unlink(missing_ok=True)
        if save.content is not None:
            path.write_bytes(save.content)
    found = findings_at([folder / "processes", folder / "forms"])
    names = {str(path): path.name for path in folder.rglob("*") if path.is_file()}
    return {
        (names.get(one_.file, one_.file), one_.element, one_.severity, one_.rule, one_.message, one_.advice)
        for one_ in found
        if names.get(one_.file, one_.file) in one.files
    }


def text(name: str, old: bytes = b"", new: bytes = b"") -> bytes:
    data = shipped().files[name]
    assert not old or old in data
    return data.replace(old, new)


CHANGES: dict[str, dict[str, bytes | None]] = {
    "as shipped": {},
    "what is named is not there": {
        TALK: text(TALK, b'candidateGroups="', b'candidateGroups="x').replace(
            b'name="template">', b'name="template">x'
        ),
        MAIN: text(MAIN, b'name="rules" value="', b'name="rules" value="ZZ-9 '),
    },
    "a table twice, and a file that nothing needs": {"again.dmn": text(TABLE), "alone.form": b"{}"},
    "files that cannot be read": {TABLE: b"<nothing", "clarify-dates.form": b"{"},
    "a form that is gone": {FORM: None},
    "the main diagram broken": {MAIN: text(MAIN)[:400]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_draft_is_told_the_same_as_the_shell_tells(tmp_path: Path, change: str) -> None:
    one = draft(**CHANGES[change])
    found = check(one, SystemClock().now().date())
    told = {(f.file, f.element, f.severity, f.rule, f.message, f.advice) for f in found}
    assert told == by_the_shell(tmp_path, one)
    assert bool(told) == (change != "as shipped")
