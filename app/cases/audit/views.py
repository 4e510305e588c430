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
