"""Frames of a case as an auditor reads them: true where they may know, and nothing where they may not."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from app import engine
from app.cases.audit.entries import Raw, steps
from app.cases.audit.film import Film
from app.cases.audit.frames import WITHHELD, Veil
from app.cases.audit.shape import shape
from app.cases.audit.versions import Version
from app.cases.audit.views import FrameView
from app.cases.enclosing import Enclosing
from app.cases.queries.course import Course, course
from app.engine import Bundle, Key, Step
from app.privacy import Viewer
from tests.golden.recording import Recording, event, paths, read, releases
from tests.unit.cases.test_audit_game import first, second
from tests.unit.engine.models import Play

OPEN = Course(frozenset(), frozenset(), frozenset())
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
#: what says that something is waited for, or under way inside
ACTIVE = {"here", "open", "failed"}


def film_of(*bundles: Bundle, hides: Course = OPEN) -> Film:
    outlines = [engine.describe(engine.load(one)) for one in bundles]
    known = {
        one.sha256: Version(number, one, outline, shape(one), {part.id: part.name for part in outline.processes})
        for number, (one, outline) in enumerate(zip(bundles, outlines, strict=True), 1)
    }
    enclosing = Enclosing(lambda one: (one.process, one.id) in hides.elements, *outlines)
    sight: Any = SimpleNamespace(course=hides)
    return Film(sight, known, Veil(hides.elements, hides.processes, enclosing))


def golden(name: str) -> tuple[Recording, list[list[Raw]]]:
    recording = read(next(path for path in paths(releases()[-1]) if name in path.name))
    rows = recording.history
    told = [raw(row[1], datetime.fromisoformat(row[2]), row[4], orjson.loads(row[5])["data"]) for row in rows]
    return recording, list(steps(told))


def raw(seq: int, at: datetime, kind: str, data: Any) -> Raw:
    row: Any = SimpleNamespace(seq=seq, at=at, kind=kind)
    return Raw(row, data)


def shown(found: dict[Key, Any], frame: FrameView) -> dict[Key, Any]:
    """What is seen after a frame, of what was seen before it."""
    for process, changes in frame.changes.items():
        found.update({(process, element): look for element, look in changes.items()})
    return found


@pytest.mark.parametrize("name", ["conference-a-plan-for-tessa", "rollout-eight-steps", "referral-gp-report"])
@pytest.mark.rule("XX-3", "follows")
def test_each_frame_shows_where_the_engine_says_that_the_case_was(name: str) -> None:
    recording, told = golden(name)
    film, seen, at = film_of(recording.bundle), dict[Key, Any](), -1
    for step in told:
        film.play(step)
        seen = shown(seen, film.frame(step[0].row.seq))
        at += "state" in (step[0].data or {})
        marks = {tuple(one) for one in recording.steps[at].shows["marks"]}
        assert {key for key, look in seen.items() if look.get("hue") in ACTIVE} == marks, step[0].row.seq
    assert film.status == recording.steps[-1].shows["status"]


@pytest.mark.rule("XX-1", "breaks")
def test_a_withheld_step_is_shown_as_the_step_around_it() -> None:
    recording, told = golden("referral-gp-report")
    hidden = course(engine.describe(engine.load(recording.bundle)), Viewer(frozenset({"auditor"})))
    assert "gp-report" in hidden.processes
    film, seen, inside = film_of(recording.bundle, hides=hidden), dict[Key, Any](), 0
    for step in told:
        film.play(step)
        frame = film.frame(step[0].row.seq)
        seen = shown(seen, frame)
        assert [key for key in seen if key in hidden.elements or key[0] in hidden.processes] == []
        assert [call for call in frame.calls if call.process in hidden.processes] == []
        around = [key for key, look in seen.items() if look.get("withheld")]
        if any(not film.veil.shows(key) for key in film.game.marks()):
            inside += 1
            assert around
            assert any(one.startswith(WITHHELD) for one in frame.standing)
        else:
            assert not around
    assert inside > 4
    assert not [one for one in frame.standing if "GP" in one]


def entries(kind: str, sha: str, step: Step | None, at: datetime, **data: Any) -> list[Raw]:
    said = {"definition": sha, **data}
    events = [raw(1, at, f"engine.{one.kind}", event(one)) for one in (step.events if step else ())]
    return [raw(1, at, f"command.{kind}", said), *events]


def test_a_move_changes_the_diagram_and_taking_it_back_brings_all_of_it_back() -> None:
    old, new = first(), second()
    play, film = Play(old), film_of(old, new)
    film.play(entries("start", old.sha256, play.step, AT))
    play.do("a")
    film.play(entries("complete", old.sha256, play.step, AT))
    before = film.game.marks()
    step = engine.migrate(engine.load(old), engine.load(new), play.step.state, play.now)
    film.play(entries("migrate", new.sha256, step, AT, from_definition=old.sha256))
    assert film.frame(1).version == 2
    assert film.game.marks() == tuple(sorted(step.marks))
    film.play(entries("migrate_back", old.sha256, None, AT))
    assert (film.frame(2).version, film.game.marks()) == (1, before)


def test_a_late_task_and_a_deadline_that_passed_are_missed_and_a_step_without_a_date_is_neither() -> None:
    verdicts = verdicts_of("conference-a-plan-for-tessa")
    assert verdicts[0] == ""
    assert set(verdicts) == {"", "met", "missed"}
    assert verdicts_of("conference-a-plan-for-tessa", late=True).count("met") == 0


def verdicts_of(name: str, *, late: bool = False) -> list[str]:
    recording, told = golden(name)
    film = film_of(recording.bundle)
    if late:
        told = [[Raw(one.row, {**(one.data or {}), "late": True}) for one in step] for step in told]
    return [film.play(step) for step in told]


def test_counts_of_loops_and_of_instances_are_told() -> None:
    recording, told = golden("rollout-eight-steps")
    film, seen = film_of(recording.bundle), dict[Key, Any]()
    several = 0
    for step in told:
        film.play(step)
        seen = shown(seen, film.frame(1))
        several += any(look.get("of", 0) > 1 for look in seen.values())
    assert several
    assert max(look.get("done", 0) for look in seen.values()) > 1
