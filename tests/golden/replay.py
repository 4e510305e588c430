"""Holding today's code to what a release recorded."""

from __future__ import annotations

import fnmatch
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import zstandard

from app.cases.entries import names_state
from app.engine import Command, Complete, Retry, Step, advance, digest, load
from app.engine.formats import upgraded
from app.errors import WaymarkError
from app.history import Head, verify_case
from tests.golden.recording import FOLDER, Json, Recorded, Recording, event, shows

#: what differs on purpose, and why
NOTES = FOLDER / "differs.toml"
#: parts of a step that a person would call a difference, whatever the state looks like inside
OPEN = ("status", "tasks", "timers", "incidents", "messages")


@dataclass(frozen=True, order=True)
class Difference:
    """`where`: "state.counter", "tasks", "events.timer_set.data.how" … `what`: for who reads the failed test."""

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
    """Differences of a run of all commands from the start, each with its own task."""
    told = _told(recording)
    for number, step in _run(recording, 0, None, lambda was, _open: was):
        was = recording.steps[number]
        if isinstance(step, WaymarkError):
            found = [("refused", step.detail)]
        else:
            found = [*_states(was.state, step.state), *_compared(was.shows, shows(step), was.shows)]
            found += _events(told[number], [event(one) for one in step.events])
        yield from (Difference(recording.release, recording.name, number, where, what) for where, what in found)


def finished(recording: Recording) -> Iterator[Difference]:
    """Differences in what is open, of runs that begin from each stored state and play the commands that are left, as
    the same people would: a task is found by its element, should it have another id today.

    A run that meets a state in which one stood before at the same step, or the recorded one, goes on like that one."""
    seen: set[tuple[int, str]] = set()
    for begun, stored in enumerate(recording.steps):
        for number, step in _run(recording, begun + 1, stored.state, _by_element):
            was = recording.steps[number]
            if isinstance(step, WaymarkError):
                found = [("refused", step.detail)]
            else:
                found = [*_compared(_elements(was.shows), _elements(shows(step)), OPEN)]
            for where, what in found:
                yield Difference(recording.release, recording.name, number, where, f"from state {begun}: {what}")
            here = (number, "" if isinstance(step, WaymarkError) else digest(step.state))
            if here in seen or here[1] == was.digest:
                break
            seen.add(here)


Meant = Callable[[Command, Mapping[str, str]], Command]


def _run(
    recording: Recording, begin: int, state: bytes | None, meant: Meant
) -> Iterator[tuple[int, Step | WaymarkError]]:
    """The recorded commands from `begin` on; after one that is refused there is no going on."""
    definition = load(recording.bundle)
    found: Mapping[str, str] = {}
    for number in range(begin, len(recording.steps)):
        was = recording.steps[number]
        try:
            step = advance(definition, state, meant(was.command, found), was.at)
        except WaymarkError as refused:
            yield number, refused
            return
        yield number, step
        state, found = step.state, _matched(was.shows, shows(step))


def _by_element(was: Command, found: Mapping[str, str]) -> Command:
    """The command for the task or the incident that stands where the recorded one stood."""
    if isinstance(was, (Complete, Retry)):
        return replace(was, task_id=found.get(was.task_id, was.task_id))
    return was


def _matched(was: Json, now: Json) -> dict[str, str]:
    """Recorded ids of open tasks and incidents to those of today, by element, the oldest first."""
    matched: dict[str, str] = {}
    for part in ("tasks", "incidents"):
        left = list(now[part])
        for token, element, *_ in was[part]:
            other = next((one for one in left if one[1] == element), None)
            if other is not None:
                left.remove(other)
                matched[token] = other[0]
    return matched


def _elements(shown: Json) -> Json:
    """What is open without the ids of tokens."""
    tasks = sorted(([element, role, due] for _id, element, role, due, _facts in shown["tasks"]), key=str)
    timers = sorted(([element, due] for _id, element, due, _task in shown["timers"]), key=str)
    incidents = sorted(element for _id, element, _detail in shown["incidents"])
    return {**shown, "tasks": tasks, "timers": timers, "incidents": incidents}


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
    steps = [data for data in (orjson.loads(row.body)["data"] for row in rows) if "state" in data]
    pairs = zip(steps, recording.steps, strict=False)
    if len(steps) != len(recording.steps) or not all(names_state(told, step.state) for told, step in pairs):
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
        if _plainer(part, was[part], was[part]) != _plainer(part, was[part], now[part]):
            yield part, f"was {was[part]}, is {now[part]}"


def _plainer(part: str, was: Any, now: Any) -> Any:
    """Of due times and effects what was recorded of them: today more may be said of them."""
    if part not in ("tasks", "timers", "effects") or len(was) != len(now):
        return now
    return [_row_plainer(*rows) for rows in zip(was, now, strict=True)]


def _row_plainer(was: Any, now: Any) -> Any:
    if isinstance(now, dict):
        return {name: value for name, value in now.items() if name in was}
    # the last of a task is its facts, which are compared whole
    return [
        _row_plainer(old, new) if isinstance(old, dict) and isinstance(new, dict) else new
        for old, new in zip(was[:4], now[:4], strict=True)
    ] + list(now[4:])


def _states(was: bytes, now: bytes) -> list[Found]:
    """Where two states differ, as paths without numbers: "state.scopes.timer.unit", "state.counter"."""
    if digest(was) == digest(now):
        return []
    left, right = (upgraded(orjson.loads(zstandard.decompress(one))) for one in (was, now))
    found = dict.fromkeys(_paths(left, right, "state"))
    return [(path, "the state says something else here") for path in found] or [("digest", "another format")]


def _paths(was: Any, now: Any, path: str) -> Iterator[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted({*was, *now}):
            yield from _paths(was.get(name, ...), now.get(name, ...), f"{path}.{name.partition(':')[0]}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for left, right in zip(was, now, strict=True):
            yield from _paths(left, right, path)
    elif was != now:
        yield path


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
