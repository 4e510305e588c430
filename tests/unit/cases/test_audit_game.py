"""The replay's tokens are the engine's own, step by step: in every recorded case of the newest release, in random
processes, and in a case that was moved to another version and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app import engine
from app.cases.audit.game import Game
from app.cases.audit.shape import shape
from app.engine import Bundle, Complete, Step, load
from app.engine import migrate as moved
from tests.golden.recording import Recording, event, paths, read, releases
from tests.unit.engine import models
from tests.unit.engine.diagrams import Diagram
from tests.unit.engine.models import Play, bundle
from tests.unit.engine.oracle.match import Match

NEWEST = paths(releases()[-1])
#: shares of the recordings, so that no test is long
SHARES = 8


def by_step(recording: Recording) -> Iterator[list[tuple[str, Any]]]:
    """The engine's events of each step, as (kind, data)."""
    if recording.steps[0].events is not None:
        for step in recording.steps:
            yield [(one["kind"], one) for one in step.events or ()]
        return
    events: list[list[tuple[str, Any]]] = []
    for row in recording.history:
        kind, data = row[4], orjson.loads(row[5])["data"]
        if kind.startswith("command.") and "state" in data:
            events.append([])
        if kind.startswith("engine."):
            events[-1].append((kind.removeprefix("engine."), data))
    yield from events


def differences(path: Path) -> list[Any]:
    recording = read(path)
    game, found = Game(shape(recording.bundle)), []
    told = list(by_step(recording))
    assert len(told) == len(recording.steps)
    for number, events in enumerate(told):
        for kind, data in events:
            game.happened(kind, data)
        marks = sorted(tuple(one) for one in recording.steps[number].shows["marks"])
        found += [(path.name, number, game.marks(), marks)] if list(game.marks()) != marks else []
    return found


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.rule("XX-3", "follows")
def test_in_every_recorded_case_tokens_are_where_the_engine_says(share: int) -> None:
    """Calls, instances side by side and in order, joins, loops, event sub-processes, incidents, boundaries."""
    assert len(NEWEST) > 100
    assert [one for path in NEWEST[share::SHARES] for one in differences(path)] == []


def test_control_a_game_that_forgets_what_was_taken_away_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Game.happened
    monkeypatch.setattr(Game, "happened", lambda self, kind, data: kind == "cancelled" or told(self, kind, data))
    assert [one for path in NEWEST if "boundary" in path.name for one in differences(path)]


@pytest.mark.parametrize("seed", range(12))
def test_in_random_processes_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several instances of one process run side by side and a gateway in one of them waits, the history does not
    tell which of them: seed 248 is such a case, and its page says so."""
    advance, games = engine.advance, list[Game]()

    def watched(definition: Any, state: Any, command: Any, now: Any) -> Step:
        step = advance(definition, state, command, now)
        games[:] = [Game(shape(definition.bundle))] if state is None else games
        for one in step.events:
            games[0].happened(one.kind, event(one))
        assert list(games[0].marks()) == sorted(step.marks)
        return step

    monkeypatch.setattr(models, "advance", watched)
    Match(seed).play()


def first() -> Bundle:
    return bundle(Diagram("main").start().user("a", "b").end("e").chain("start", "a", "b", "e"))


def second() -> Bundle:
    """After “b” comes a fork."""
    main = Diagram("main").start().user("a", "b", "c", "d").end("e")
    main.add("parallelGateway", "fork").add("parallelGateway", "join")
    main.chain("start", "a", "b", "fork", "c", "join", "e").chain("fork", "d", "join")
    return bundle(main)


def test_a_case_that_was_moved_goes_on_where_the_engine_says() -> None:
    play = Play(first())
    game = Game(shape(first()))

    def same(step: Step) -> None:
        for one in step.events:
            game.happened(one.kind, event(one))
        assert list(game.marks()) == sorted(step.marks)

    same(play.step)
    play.do("a")
    same(play.step)
    before = game.copied()
    step = moved(play.definition, load(second()), play.step.state, play.now)
    game.shape = shape(second())
    same(step)
    play.definition, play.state = load(second()), step.state
    for element in ("b", "c"):
        same(play.give(Complete(next(one.id for one in step.tasks if one.element_id == element), {})))
        step = play.step
    assert game.marks() == (("main", "d"), ("main", "join"))
    assert before.marks() == (("main", "b"),)
