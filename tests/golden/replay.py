"""Holding today's code to what a release recorded."""

from __future__ import annotations

import fnmatch
import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

from app.engine import Step, advance, digest, load
from app.errors import WaymarkError
from app.history import Head, verify_case
from tests.golden.recording import FOLDER, Json, Recorded, Recording, event, shows

#: what differs on purpose, and why
NOTES = FOLDER / "differs.toml"
#: parts of a step that a person would call a difference, whatever the state looks like inside
OPEN = ("status", "tasks", "timers", "incidents", "messages")


@dataclass(frozen=True, order=True)
class Difference:
    """`where`: "digest", "tasks", "events.timer_set.data.how" … `what`: for the person who reads the failed test."""

    release: str
    case: str
    step: int
    where: str
    what: str


@dataclass(frozen=True)
class Note:
    """A difference that is meant: in cases and places of these names, since `since`, because of `reason`."""

    release: str
    cases: str
    where: str
    since: str
    reason: str

    def excuses(self, found: Difference) -> bool:
        pairs = ((found.release, self.release), (found.case, self.cases), (found.where, self.where))
        return all(fnmatch.fnmatchcase(text, pattern) for text, pattern in pairs)


def notes(path: Path = NOTES) -> list[Note]:
    """Raises TypeError for a note that lacks a part or has one too many."""
    return [Note(**found) for found in tomllib.loads(path.read_text(encoding="utf-8")).get("differs", [])]


def replayed(recording: Recording) -> Iterator[Difference]:
    """Differences of a run of all commands from the start."""
    told = _told(recording)
    for number, step in _run(recording, 0, None):
        was = recording.steps[number]
        if isinstance(step, WaymarkError):
            found = [("refused", step.detail)]
        else:
            found = [] if digest(step.state) == was.digest else [("digest", "the state is another")]
            found += [*_compared(was.shows, shows(step), was.shows.keys())]
            found += _events(told[number], [event(one) for one in step.events])
        yield from (Difference(recording.release, recording.name, number, where, what) for where, what in found)


def finished(recording: Recording) -> Iterator[Difference]:
    """Differences of runs that begin from each stored state and play the commands that are left.

    A run that meets the next recorded digest stands where the next stored state stands, and what follows from there is
    looked at in its turn."""
    for begun, stored in enumerate(recording.steps):
        for number, step in _run(recording, begun + 1, stored.state):
            was = recording.steps[number]
            if isinstance(step, WaymarkError):
                found = [("refused", step.detail)]
            else:
                found = [*_compared(was.shows, shows(step), OPEN)]
            for where, what in found:
                yield Difference(recording.release, recording.name, number, where, f"from state {begun}: {what}")
            if isinstance(step, Step) and digest(step.state) == was.digest:
                break


def _run(recording: Recording, begin: int, state: bytes | None) -> Iterator[tuple[int, Step | WaymarkError]]:
    """The recorded commands from `begin` on; after one that is refused there is no going on."""
    definition = load(recording.bundle)
    for number in range(begin, len(recording.steps)):
        was = recording.steps[number]
        try:
            step = advance(definition, state, was.command, was.at)
        except WaymarkError as refused:
            yield number, refused
            return
        yield number, step
        state = step.state


def damage(recording: Recording) -> Iterator[str]:
    """What does not hold in the recording itself: a state that is not the one that its digest names, a history that
    does not verify, or that tells of another state."""
    for number, step in enumerate(recording.steps):
        if _digest(step) != step.digest:
            yield f"step {number}: the state is not the one that was recorded"
    if recording.history:
        yield from _of_history(recording)


def _digest(step: Recorded) -> str:
    try:
        return digest(step.state)
    except Exception as error:  # torn bytes fail in any way that they like
        return type(error).__name__


def _of_history(recording: Recording) -> Iterator[str]:
    rows = [_row(*row) for row in recording.history]
    fault = verify_case(rows[0].case_id, rows, Head(*recording.head))
    if fault:
        yield f"history, entry {fault.seq}: {fault.what}"
    named = [data["state"] for data in (orjson.loads(row.body)["data"] for row in rows) if "state" in data]
    stored = [hashlib.sha256(step.state).hexdigest() for step in recording.steps]
    if named != stored:
        yield "the history names other states than the recording holds"


def _row(case_id: str, seq: int, at: str, actor_id: str, kind: str, body: str, digest: str) -> SimpleNamespace:
    moment = datetime.fromisoformat(at)
    return SimpleNamespace(case_id=case_id, seq=seq, at=moment, actor_id=actor_id, kind=kind, body=body, hash=digest)


def _told(recording: Recording) -> list[list[Json]]:
    """The events of each step: its own, or what the history says behind each command."""
    if not recording.history:
        return [step.events or [] for step in recording.steps]
    told: list[list[Json]] = []
    for *_, kind, body, _hash in recording.history:
        data = orjson.loads(body)["data"]
        if kind.startswith("command.") and "state" in data:
            told.append([])
        elif kind.startswith("engine."):
            told[-1].append({"kind": kind.removeprefix("engine."), **data})
    return told


Found = tuple[str, str]


def _compared(was: Mapping[str, Any], now: Mapping[str, Any], parts: Iterable[str]) -> Iterator[Found]:
    for part in parts:
        if was.get(part) != now.get(part):
            yield part, f"was {was.get(part)}, is {now.get(part)}"


def _events(was: list[Json], now: list[Json]) -> list[Found]:
    """Other events are named by their kinds, the same ones in another form by what of them differs."""
    kinds = [[one["kind"] for one in events] for events in (was, now)]
    if kinds[0] != kinds[1]:
        more, less = Counter(kinds[1]), Counter(kinds[0])
        changed = sorted(((more - less) + (less - more)).keys()) or ["order"]
        return [(f"events.{kind}", f"were {kinds[0]}, are {kinds[1]}") for kind in changed]
    return [found for pair in zip(was, now, strict=True) for found in _event(*pair)]


def _event(was: Json, now: Json) -> Iterator[Found]:
    path = f"events.{was['kind']}"
    flat = [{**one, **{f"data.{name}": value for name, value in one["data"].items()}} for one in (was, now)]
    for name in sorted({*flat[0], *flat[1]} - {"data"}):
        if flat[0].get(name, ...) != flat[1].get(name, ...):
            yield f"{path}.{name}", f"was {flat[0].get(name)!r}, is {flat[1].get(name)!r}"
