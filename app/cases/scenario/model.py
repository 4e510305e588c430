"""A written case as it is read from its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: a Monday without a bank holiday near it; nine o'clock at the employer
BEGIN = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time, the employer's zone is known when it is played
#: words of `task` that name no element; "" lets only time pass
START, WITHDRAW, CANCEL, SAY = "start", "withdraw", "cancel", "say"
WORDS = frozenset({START, WITHDRAW, CANCEL, SAY, ""})


@dataclass(frozen=True)
class Expect:
    """How it must be after a step. None, or nothing in it: it is not looked at."""

    #: element ids of all open tasks of the case, sorted, each as often as it is open
    open: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    #: (username, words of the subject) of notices since the step before
    told: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] | None = None
    status: str = ""
    #: element id to the day on which it is due, or the minute
    due: Mapping[str, str] = field(default_factory=dict)
    #: processes of the cases of this story, sorted
    cases: tuple[str, ...] | None = None
    #: username to words that are, or are not, in what this person can be shown of the case
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One step. `after`: time since the step before."""

    who: str
    task: str
    after: timedelta
    answers: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    #: place in the file, 1 being the first
    number: int = 0
    #: BPMN message name, with `task` "say"
    message: str = ""
    #: which consent is taken back, with `task` "withdraw"; "" is the one that the whole case stands under
    scope: str = ""
    #: what is started, and the process of the case that it follows
    process: str = ""
    follows_from: str = ""
    #: process whose newest case of the story is meant
    case: str = ""
    #: of several copies of a task: whose is meant, by username or role
    holder: str = ""
    #: field to sentence; under "" a sentence that stands at no field. None: the step is taken
    refused: Mapping[str, str] | None = None
    #: rules that the step shows
    follows: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    expect: Expect | None = None

    @property
    def place(self) -> str:
        """How a sentence begins that speaks of it."""
        doing = ", ".join(part for part in (self.who, self.task or "time passes") if part)
        return f"Step {self.number} ({doing})"


@dataclass(frozen=True)
class Scenario:
    title: str
    process: str
    steps: tuple[Line, ...]
    #: one of the cases that the demo begins with
    demo: bool = False
    #: the case in a few sentences
    story: str = ""
    #: wall time of the employer
    begin: datetime = BEGIN

    @property
    def processes(self) -> frozenset[str]:
        """Of the cases that people start or speak of in it."""
        return frozenset({self.process, *(one for line in self.steps for one in (line.process, line.case) if one)})


def length(scenario: Scenario) -> timedelta:
    """From the first step to the last."""
    return sum((line.after for line in scenario.steps), timedelta())
