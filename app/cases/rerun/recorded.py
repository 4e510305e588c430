"""From the entries of a history to the engine's commands. Pure.

A command's own data come from those who wrote it: `starting`, `completing`, `saying`, `ending`, `firing`, `migrating`
and the messages. Where an older release did not write all that is needed, it says so by `Missing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from app.cases.entries import CAUSE
from app.definitions import withdrawn
from app.engine import Cancel, Command, Complete, FireDue, Message, Retry, Start, Step
from app.errors import WaymarkError

#: scope of the consent that `command.withdraw_consent` takes back
REFERRAL = "referral"
Data = Mapping[str, Any]


class Missing(WaymarkError):
    """the history does not hold what it takes"""  # ends the sentence “cannot be run again, because …”


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its text has it."""

    seq: int
    at: datetime
    actor: str
    kind: str
    data: Data

    @property
    def is_step(self) -> bool:
        """A command that the engine carried out. Taking a task, holds and erasures are commands that it never saw."""
        return self.kind.startswith("command.") and "state" in self.data


@dataclass(slots=True)
class Recorded:
    """One step of the engine: its command, and the events behind it. `stray`: an event that stands apart from them."""

    command: Entry
    events: list[Entry] = field(default_factory=list)
    stray: Entry | None = None
    closed: bool = False

    def add(self, entry: Entry) -> None:
        """An entry behind the command. Consents and what goes along stand before the events or behind them all."""
        if not entry.kind.startswith("engine."):
            self.closed = self.closed or bool(self.events)
        elif self.closed:
            self.stray = self.stray or entry
        else:
            self.events.append(entry)


def read(seq: int, body: str) -> Entry:
    """Raises `Missing` for what is no entry."""
    try:
        told = orjson.loads(body)
        at = datetime.fromisoformat(told["at"])
        return Entry(seq, at, str(told["actor"]), str(told["kind"]), dict(told["data"]))
    except (ValueError, TypeError, KeyError) as error:
        raise Missing("it cannot be read") from error


def steps(entries: Iterable[Entry]) -> Iterator[Recorded]:
    """Steps of the engine in order. What stands before the first belongs to none."""
    step: Recorded | None = None
    for entry in entries:
        if entry.is_step:
            if step is not None:
                yield step
            step = Recorded(entry)
        elif step is not None:
            step.add(entry)
    if step is not None:
        yield step


def command(entry: Entry, case_id: str, before: Step | None) -> Command:
    """What the engine was told. `before`: the step that the case stands on. Raises `Missing`."""
    make = _COMMANDS.get(entry.kind.removeprefix("command."))
    if make is None:
        raise Missing(f"this release does not know the command “{entry.kind}”")
    try:
        return make(entry.data, case_id, before)
    except KeyError as error:
        raise Missing(f"it lacks “{error.args[0]}”, which the command needs") from error


def _start(data: Data, case_id: str, before: Step | None) -> Command:
    return Start(case_id, data["facts"], data["calendar"], data["payload"] if "message" in data else None)


def _complete(data: Data, case_id: str, before: Step | None) -> Command:
    return Complete(data["task"], data["facts"])


def _say(data: Data, case_id: str, before: Step | None) -> Command:
    return Message(data["message"], data["facts"], wait=data["wait"])


def _message(data: Data, case_id: str, before: Step | None) -> Command:
    return Message(data["name"], data["payload"], data["key"])


def _tell(data: Data, case_id: str, before: Step | None) -> Command:
    return Message(data["told"], {}, data["key"])


def _withdraw(data: Data, case_id: str, before: Step | None) -> Command:
    """Before the message was written down, it followed from the scope alone."""
    return Message(data.get("message") or withdrawn(data["scope"]))


def _withdraw_consent(data: Data, case_id: str, before: Step | None) -> Command:
    return Message(data.get("message") or withdrawn(REFERRAL))


def _cancel(data: Data, case_id: str, before: Step | None) -> Command:
    """Before it was written down, there was one cause."""
    return Cancel(data.get("cause", CAUSE))


def _retry(data: Data, case_id: str, before: Step | None) -> Command:
    """Before the token was written down, it is known only where no more than one rested at the element."""
    if "token" in data:
        return Retry(data["token"], data.get("facts", {}))
    at = (data["process"], data["element"])
    failed = [one for one in before.incidents if (one.process, one.element_id) == at] if before else []
    if len(failed) != 1:
        raise Missing("it does not say which of the failed steps at this element was tried again")
    return Retry(failed[0].task_id)


_COMMANDS: Mapping[str, Callable[[Data, str, Step | None], Command]] = {
    "start": _start,
    "complete": _complete,
    "say": _say,
    "message": _message,
    "tell": _tell,
    "withdraw": _withdraw,
    "withdraw_consent": _withdraw_consent,
    "cancel": _cancel,
    "retry": _retry,
    "fire_due": lambda data, case_id, before: FireDue(),
}
