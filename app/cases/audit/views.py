"""What the pages of the auditors' room show: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Head:
    """What stands above every page about one case. It names no employee. `state`: "running", "completed" or
    "cancelled"; `words`: that in words."""

    case_id: str
    reference: str
    process_key: str
    process: str
    version: int
    employer: str
    state: str
    words: str
    began: datetime
    ended: datetime | None


@dataclass(frozen=True)
class Sought:
    """What an auditor looks for. `person`: full name, of who acted in a case or is a party to it; `rule`: id of a rule;
    `how`: "asked" (by what happened) or "past" (somebody went past it); `days`: "began", "ended" or "ran" between
    `since` and `until`, both included; `late`: some deadline was missed."""

    reference: str = ""
    process: str = ""
    version: int | None = None
    employer: str = ""
    state: str = ""
    days: str = "began"
    since: date | None = None
    until: date | None = None
    person: str = ""
    rule: str = ""
    how: str = "asked"
    late: bool = False


@dataclass(frozen=True)
class FoundCase:
    """One case that fits. `employee`: the name, only where the auditor looked for that very person; else empty."""

    head: Head
    #: deadlines missed, of steps that may be known
    missed: int
    employee: str = ""


@dataclass(frozen=True)
class FoundPage:
    """Cases, the newest first. `page`: 1 is the newest; `more`: whether there are earlier ones. `processes`: (key,
    name); `employers`: (id, name), to choose from."""

    cases: list[FoundCase]
    page: int
    more: bool
    processes: list[tuple[str, str]]
    employers: list[tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """Something that happened, in words. `detail`: more of it; `what` "" for nothing but the detail."""

    who: str
    what: str
    detail: str = ""


@dataclass(frozen=True)
class Clock:
    """A time that was set, fired, stopped or let run on. `how`: how it was counted; `state`: "due" (of a task), "set",
    "fired", "paused" or "resumed"."""

    name: str
    state: str
    due: datetime
    how: str


@dataclass(frozen=True)
class Sealed:
    """An entry that is withheld: its number and its hash."""

    seq: int
    hash: str


@dataclass(frozen=True)
class StepView:
    """One command with what followed. `seq`, `last`: numbers of its first and last entry. `who`: "" when withheld.
    `entered`: (label, answer in words) as far as the auditor may see; `partly`: the form asked for more, which is
    withheld. `past`: ids of rules gone past. `deadline`: "met", "missed" or "". `facts`: (name, value) that steered."""

    seq: int
    last: int
    at: datetime
    who: str
    lines: list[Line]
    clocks: list[Clock]
    rules: list[str]
    version: int | None
    entered: list[tuple[str, str]]
    partly: bool
    facts: list[tuple[str, str]]
    past: list[str]
    deadline: str
    sealed: list[Sealed]
    #: process of what can be shown of it; "" when nothing can
    process: str = ""

    @property
    def withheld(self) -> bool:
        """Nothing of it may be known."""
        return not self.who and not self.lines


@dataclass(frozen=True)
class CallView:
    """A process that is open. `by`: the step that opened it; `times`: how often at once."""

    depth: int
    process: str
    name: str
    by: str
    times: int


@dataclass(frozen=True)
class FrameView:
    """How the case stood after a step. `changes`: process to element to how it looks from then on (`frames.Look.told`);
    `standing`: where it stood, in words; `calls`: the processes that were open; `process`: the one to see if the
    step names none: around what is withheld, else the innermost; `version`: of the diagram; `status`: "running" or how
    it ended."""

    seq: int
    changes: dict[str, dict[str, dict[str, object]]]
    standing: list[str]
    calls: list[CallView]
    process: str
    version: int
    status: str


@dataclass(frozen=True)
class Replay:
    """A case, step by step. `frames`: of the steps on this page, and before them `base`, which looks like the last step
    of the page before. `at`: which of `steps` is shown; `exact`: the last frame is where the case says that it stands.
    `diagrams`: version to (process, name), the main process first."""

    head: Head
    steps: list[StepView]
    frames: list[FrameView]
    base: FrameView
    at: int
    total: int
    first: int
    diagrams: dict[int, list[tuple[str, str]]]
    process: str
    exact: bool
