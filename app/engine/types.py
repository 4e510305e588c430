"""What goes into and comes out of one engine step. Plain values, no SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Facts = Mapping[str, Any]
"""Routing facts: JSON values only, few, named for the decision and never for the diagnosis."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start a case. `calendar` is `workdays.Calendar.as_dict()` and stays in the state."""

    case_id: str
    facts: Facts
    calendar: Mapping[str, Any]
    #: what the message brought that starts the case; None when something else does
    message: Facts | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """Complete the open user task `task_id`; `facts` are merged into the token's data."""

    task_id: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Message:
    """Deliver a message by its BPMN name. Raises `NotWaiting` when nothing in the case waits for it."""

    name: str
    facts: Facts = field(default_factory=dict)
    key: str | None = None
    #: id of the one `Subscription` that a person means, whatever its key; None: all that other cases can reach
    wait: str | None = None


@dataclass(frozen=True, slots=True)
class FireDue:
    """Fire every timer that is due at `now`, one at a time in order of due time."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the case: every open task, timer and sub-process is cancelled."""

    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Run a failed element again (`task_id` of an `Incident`)."""

    task_id: str
    facts: Facts = field(default_factory=dict)


Command = Start | Complete | Message | FireDue | Cancel | Retry


@dataclass(frozen=True, slots=True)
class Paused:
    """A clock that stands still: since when, and for what the case waits, in words and as an element."""

    since: datetime
    waiting_for: str
    process: str
    element_id: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A due time and, in a plain sentence, how it was counted (XX-2). While the clock stands still, `at` is when it
    would have been due."""

    at: datetime
    how: str
    paused: Paused | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """An open user task, as the engine knows it."""

    id: str
    element_id: str
    name: str
    #: BPMN id of the process that draws the element (a called process has its own).
    process: str
    #: camunda:candidateGroups, as worked out when it became open, else the id of the lane that holds the element.
    role: str
    form: str | None
    documentation: str
    rules: tuple[str, ...]
    due: Counted | None
    #: Every camunda:property of the element.
    properties: Mapping[str, str]
    #: The token's routing facts, for form rules.
    facts: Facts


@dataclass(frozen=True, slots=True)
class Timer:
    id: str
    element_id: str
    name: str
    due: Counted
    #: id of the open user task that the boundary event sits on, if any.
    task_id: str | None
    interrupting: bool
    #: property `deadline` of the event: "warn", "escalate", "remind" or "" (just a timer).
    kind: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """An element that failed. The token rests on it until a `Retry`."""

    task_id: str
    element_id: str
    name: str
    process: str
    detail: str
    #: False: it waits for an administrator, because trying again by itself could only fail again.
    again: bool = True


@dataclass(frozen=True, slots=True)
class Subscription:
    """A message that the case waits for at one element. `key` None: any message of the name will do."""

    #: stays the same while this token waits for this name and key
    id: str
    name: str
    key: str | None
    element_id: str
    process: str
    #: it is people who say it (property `saidBy`), no other case
    said: bool = False
    #: id of the open user task that the boundary event sits on, if any
    task_id: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Something the world outside must do: topic of a registered handler, with literal parameters."""

    topic: str
    element_id: str
    params: Mapping[str, Any]
    #: BPMN id of the process that draws the element
    process: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in order. `kind` is one of: entered, started, waiting, completed, cancelled,
    failed, timer_set, timer_fired, timer_paused, timer_resumed, handled, message_sent, message_caught, decided,
    moved, ended."""

    kind: str
    element_id: str
    name: str
    process: str
    task_id: str
    rules: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """The new state and everything that follows from the command. `tasks`, `timers`, `incidents` and
    `subscriptions` are the whole of what is open now, not a difference."""

    state: bytes
    #: "running", "completed" or "cancelled"
    status: str
    events: tuple[Event, ...]
    tasks: tuple[Task, ...]
    timers: tuple[Timer, ...]
    incidents: tuple[Incident, ...]
    effects: tuple[Effect, ...]
    #: messages that the case waits for now, the longest waiting first
    subscriptions: tuple[Subscription, ...]
    #: element ids (all levels) where a token rests now, each as (process, element id)
    marks: tuple[tuple[str, str], ...]
    #: routing facts of the whole case as far as known: top-level data, then open tokens' data
    facts: Facts

    @property
    def messages(self) -> tuple[str, ...]:
        """Names of the messages that the case waits for, sorted."""
        return tuple(sorted({one.name for one in self.subscriptions}))
