"""What a release did, kept so that every later one can be held to it.

A recording is one gzipped JSON file a case: the bundle, and for each step the command, the time, the state as it was
stored, its digest, what was open and what happened; for a whole case also the rows of its history and the head of its
chain. Files of bundles lie beside the releases, each once, named by what is in them."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app import engine
from app.engine import Bundle, Command, Event, Step, digest

FOLDER = Path(__file__).parent
FILES = FOLDER / "files"
Json = dict[str, Any]


@dataclass(frozen=True)
class Recorded:
    """One step as it was. `shows`: what was open and known, as JSON. `events`: None where the history has them."""

    at: datetime
    command: Command
    state: bytes
    digest: str
    shows: Json
    events: list[Any] | None


@dataclass(frozen=True)
class Recording:
    """`history`: rows as [seq, time, actor, kind, body, hash], none for a case that only the engine played."""

    release: str
    name: str
    bundle: Bundle
    steps: list[Recorded]
    history: list[list[Any]] = field(default_factory=list)
    head: list[Any] = field(default_factory=list)


def releases() -> list[str]:
    """Those that were recorded, the oldest first."""
    found = [path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0].isdigit()]
    return sorted(found, key=lambda name: [int(part) for part in name.split(".")])


def paths(release: str) -> list[Path]:
    return sorted((FOLDER / release).glob("*.json.gz"))


def shows(step: Step) -> Json:
    """What a step leaves open and known."""
    found: Json = {
        "status": step.status,
        "tasks": [[task.id, task.element_id, task.role, _said(task.due), task.facts] for task in step.tasks],
        "timers": [[timer.id, timer.element_id, _said(timer.due), timer.task_id] for timer in step.timers],
        "incidents": [[incident.task_id, incident.element_id, incident.detail] for incident in step.incidents],
        "effects": [_said(effect) for effect in step.effects],
        "messages": step.messages,
        "marks": step.marks,
        "facts": step.facts,
    }
    made: Json = plain(found)
    return made


def _said(value: Any) -> Json | None:
    """The parts of a dataclass that say something: one that is added later says nothing of what was before it."""
    return {name: part for name, part in asdict(value).items() if part not in (None, "")} if value else None


def plain(value: Any) -> Any:
    """As it comes back from a file."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def event(one: Event) -> Json:
    """As the history has it."""
    data: Json = plain(
        {
            "kind": one.kind,
            "element": one.element_id,
            "name": one.name,
            "process": one.process,
            "task": one.task_id,
            "rules": one.rules,
            "data": one.data,
        }
    )
    return data


def write(recording: Recording, folder: Path, files: Path) -> None:
    """Write the recording and those files of its bundle that are not there yet."""
    for content in recording.bundle.files.values():
        (files / _sha(content)).write_bytes(content)
    found = {
        "release": recording.release,
        "case": recording.name,
        "bundle": {
            "key": recording.bundle.key,
            "files": {name: _sha(content) for name, content in recording.bundle.files.items()},
        },
        "steps": [_written(step) for step in recording.steps],
        "history": recording.history,
        "head": recording.head,
    }
    raw = orjson.dumps(found, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    (folder / f"{recording.name}.json.gz").write_bytes(gzip.compress(raw, 9, mtime=0))


def _written(step: Recorded) -> Json:
    return {
        "at": step.at.isoformat(),
        "command": [type(step.command).__name__, asdict(step.command)],
        "state": base64.b64encode(step.state).decode(),
        "digest": step.digest,
        "shows": step.shows,
        "events": step.events,
    }


def read(path: Path, files: Path = FILES) -> Recording:
    """Raises OSError, ValueError or LookupError for what is no recording."""
    found = orjson.loads(gzip.decompress(path.read_bytes()))
    parts = {name: (files / sha).read_bytes() for name, sha in found["bundle"]["files"].items()}
    steps = [_read(step) for step in found["steps"]]
    bundle = Bundle(found["bundle"]["key"], parts)
    return Recording(found["release"], found["case"], bundle, steps, found["history"], found["head"])


def files_of(path: Path) -> set[str]:
    """Names of the files that a recording needs."""
    return set(orjson.loads(gzip.decompress(path.read_bytes()))["bundle"]["files"].values())


def _read(step: Mapping[str, Any]) -> Recorded:
    kind, values = step["command"]
    return Recorded(
        datetime.fromisoformat(step["at"]),
        getattr(engine, kind)(**values),
        base64.b64decode(step["state"]),
        step["digest"],
        step["shows"],
        step["events"],
    )


def recorded(told: Iterable[tuple[Command, datetime, Step]], *, with_events: bool) -> Iterator[Recorded]:
    """Steps as they happen, for the file."""
    for command, now, step in told:
        events = [event(one) for one in step.events] if with_events else None
        yield Recorded(now, command, step.state, digest(step.state), shows(step), events)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]
