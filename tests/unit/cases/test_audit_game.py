"""The replay's tokens are the engine's own, step by step, in every recorded case of every release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.cases.audit.game import Game
from app.cases.audit.shape import shape
from tests.golden.recording import Recording, paths, read, releases


def by_step(recording: Recording) -> Iterator[list[tuple[str, Any]]]:
    """The engine's events of each step, as (kind, data)."""
    if recording.steps and recording.steps[0].events is not None:
        for step in recording.steps:
            yield [(one["kind"], one) for one in step.events or ()]
        return
    events: list[list[tuple[str, Any]]] = []
    for row in recording.history:
        kind, data = row[4], orjson.loads(row[5])["data"]
        if "state" in data and kind.startswith("command."):
            events.append([])
        if kind.startswith("engine."):
            events[-1].append((kind.removeprefix("engine."), data))
    yield from events


@pytest.mark.parametrize("path", [path for release in releases() for path in paths(release)], ids=str)
def test_tokens_are_where_the_engine_says(path: Path) -> None:
    recording = read(path)
    game = Game(shape(recording.bundle))
    for number, events in enumerate(by_step(recording)):
        for kind, data in events:
            game.happened(kind, data)
        marks = [tuple(one) for one in recording.steps[number].shows["marks"]]
        assert list(game.marks()) == sorted(marks), (number, recording.steps[number].command)
