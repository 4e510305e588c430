"""Records what this release does: `make golden RELEASE=0.2.0`. Twice the same gives the same bytes.

Played are all shipped scenarios, through the whole of Waymark on a database of their own, and a small process for each
construct that the engine runs."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import click
import sqlalchemy as sa

from app import db, engine
from app.cases import scenario
from app.cases.tables import case
from app.engine import Bundle, Command, Step
from app.history import history_event
from app.settings import ROOT, Settings
from tests.chaos.world import World, bundles, furnish
from tests.golden import constructs
from tests.golden.recording import FILES, FOLDER, Recording, files_of, paths, recorded, releases, write
from tests.unit.engine import years
from tests.unit.engine.loops import LOOPS
from tests.unit.engine.models import Play

#: turns of each loop, months of the long absence
TURNS, MONTHS = 3, 3
Told = list[tuple[Command, datetime, Step]]


class Recorder(Play):
    """Remembers each command with its time and what came of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.told: Told = []
        super().__init__(*args, **kwargs)

    def give(self, command: Command) -> Step:
        step = super().give(command)
        self.told.append((command, self.now, step))
        return step


def played(release: str) -> Iterator[Recording]:
    """Everything that the engine alone plays."""
    for name, bundle, told in (*_loops(), *_constructs()):
        yield Recording(release, name, bundle, list(recorded(told, with_events=True)))


def _loops() -> Iterator[tuple[str, Bundle, Told]]:
    for loop in LOOPS:
        play = Recorder(loop.bundle, {"stop": False, **loop.facts}, case=f"golden/{loop.name}")
        for number in range(1, TURNS + 1):
            loop.turn(play, number)
        if loop.leads_out:
            loop.finish(play)
        yield f"loop-{loop.name.replace(' ', '-')}", loop.bundle, play.told
    yield "loop-months", years.care(), _months()


def _constructs() -> Iterator[tuple[str, Bundle, Told]]:
    for one in constructs.constructs():
        for way in range(one.ways):
            play = Recorder(one.bundle, dict(one.facts), case=f"golden/{one.name}/{way}")
            constructs.wander(play, one.answers, way)
            yield f"engine-{one.name}-{way + 1}", one.bundle, play.told


def _months() -> Told:
    play = Recorder(years.care(), years.FACTS, case="golden/months", now=years.BEGIN)
    for number in range(1, MONTHS + 1):
        years.month(play, number)
    constructs.cancelled(play)
    return play.told


def scenarios() -> list[Path]:
    """Those that are shipped."""
    return sorted((ROOT / "processes").glob("*/scenarios/*.toml"))


def whole_cases(release: str, wanted: Iterable[Path]) -> Iterator[Recording]:
    """Scenarios, each in an empty Waymark at its own date. A recording is of one case: stories of more are not."""
    for path in wanted:
        written = scenario.read(path)
        with _world(path.stem) as world, _overheard() as told:
            playing = scenario.Playing(world.waymark, written, strict=False)
            playing.run()
            if len(playing.story.ids) > 1:
                continue
            rows, head = _history(world, playing.story.ids[0])
        bundle = next(one for one in bundles() if one.key == written.process)
        name = f"case-{path.parent.parent.name}-{path.stem}"
        yield Recording(release, name, bundle, list(recorded(told, with_events=False)), rows, head)


@contextlib.contextmanager
def _world(name: str) -> Iterator[World]:
    """An empty database and dice that always fall alike: ids, keys and salts are drawn from them."""
    with tempfile.TemporaryDirectory() as folder, mock.patch("os.urandom", _dice(name)):
        var = Path(folder)
        settings = Settings(f"sqlite:///{var / 'waymark.db'}", var, b"s" * 32, b"m" * 32, demo=True)
        db.upgrade(settings)
        world = furnish(settings)
        try:
            yield world
        finally:
            world.engine.dispose()


def _dice(name: str) -> Callable[[int], bytes]:
    thrown = 0

    def throw(size: int) -> bytes:
        nonlocal thrown
        thrown += 1
        return hashlib.shake_256(f"golden/{name}/{thrown}".encode()).digest(size)

    return throw


@contextlib.contextmanager
def _overheard() -> Iterator[Told]:
    """Every engine step within the block."""
    told: Told = []
    advance = engine.advance

    def listening(definition: Any, state: Any, command: Command, now: datetime) -> Step:
        step = advance(definition, state, command, now)
        told.append((command, now, step))
        return step

    with mock.patch.object(engine, "advance", listening):
        yield told


def _history(world: World, case_id: str) -> tuple[list[list[Any]], list[Any]]:
    event = history_event.c
    rows = world.rows(sa.select(history_event).where(event.case_id == case_id).order_by(event.seq))
    head = world.rows(sa.select(case.c.history_seq, case.c.history_hash).where(case.c.id == case_id))[0]
    found = [[row.case_id, row.seq, row.at.isoformat(), row.actor_id, row.kind, row.body, row.hash] for row in rows]
    return found, list(head)


def record(made: Iterable[Recording], folder: Path, files: Path) -> None:
    """Write recordings into an empty folder."""
    folder.mkdir(parents=True)
    files.mkdir(exist_ok=True)
    for recording in made:
        write(recording, folder, files)


def settle(made: Path, kept: Path, *, again: bool) -> list[str]:
    """Put what was made in the place of what is kept. Returns the recordings in which they differ; then nothing is
    changed unless `again`: a release that is out stays as it was recorded."""
    names = {path.name for folder in (made, kept) if folder.exists() for path in folder.iterdir()}
    other = sorted(name for name in names if _bytes(made / name) != _bytes(kept / name)) if kept.exists() else []
    if other and not again:
        return other
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(made, kept)
    return []


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _keep_files(made: Path) -> None:
    """Add the files that are new, drop those that no recording needs any more."""
    shutil.copytree(made, FILES, dirs_exist_ok=True)
    used = {name for release in releases() for path in paths(release) for name in files_of(path)}
    for path in FILES.iterdir():
        if path.name not in used:
            path.unlink()


@click.command()
@click.argument("release")
@click.option("--again", is_flag=True, help="Replace a recording that differs: only before the release is out.")
def main(release: str, again: bool) -> None:
    """Record what this code does as RELEASE, for example 0.2.0."""
    if not all(part.isdigit() for part in release.split(".")):
        raise click.UsageError("Say which release: make golden RELEASE=0.2.0")
    with tempfile.TemporaryDirectory() as folder:
        made, files = Path(folder) / release, Path(folder) / "files"
        record([*whole_cases(release, scenarios()), *played(release)], made, files)
        other = settle(made, FOLDER / release, again=again)
        if not other:
            _keep_files(files)
    if other:
        found = f"{len(other)} of its cases, the first being {other[0]}"
        raise click.ClickException(f"{release} is recorded already, and this code does otherwise in {found}.")
    size = sum(len(path.read_bytes()) for path in paths(release)) / 1024
    click.echo(f"{len(paths(release))} cases of {release} recorded, {size:.0f} KiB")


if __name__ == "__main__":
    main()
