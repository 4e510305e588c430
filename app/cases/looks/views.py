"""What pages show of looks: plain values, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class LookView:
    """One look. `what`: titles of forms and steps. `ground`, `way`: in words."""

    at: datetime
    who: str
    #: in which roles, in words; empty for looks at the register
    role: str
    what: list[str]
    ground: str
    way: str
    #: empty when it belongs to no case
    case_id: str
    reference: str
    emergency: bool = False


@dataclass(frozen=True)
class LookPage:
    """Looks, the newest first. `page`: 1 is the newest; `more`: whether there are earlier ones."""

    looks: list[LookView]
    page: int
    more: bool


@dataclass(frozen=True)
class Wanted:
    """What an auditor looks for. `person`: name or id of who looked or was looked at; `reference`: of the case;
    `since`, `until`: days, both included; `ground`: a word of `privacy.Ground`, or "auditor"."""

    person: str = ""
    reference: str = ""
    since: date | None = None
    until: date | None = None
    ground: str = ""
