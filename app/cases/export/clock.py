"""When a request for a copy must be answered: policy data in processes/requests.toml, counted in working places."""

from __future__ import annotations

import calendar as months_of
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from app.settings import ROOT
from app.workdays import Calendar

FILE = ROOT / "processes" / "requests.toml"


@dataclass(frozen=True, slots=True)
class Terms:
    """`months`: for the answer. `more_months`: added to them for a complex request. `source`: where that stands."""

    months: int
    more_months: int
    source: str


def terms() -> Terms:
    """The terms in force, read from the file."""
    return _terms(FILE, FILE.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _terms(file: Path, _changed: int) -> Terms:
    said = tomllib.loads(file.read_text(encoding="utf-8"))["access"]
    return Terms(int(said["months"]), int(said["more_months"]), str(said["source"]))


def answer_by(received: date, months: int, calendar: Calendar) -> date:
    """The last day for the answer: the corresponding date `months` later, or the next working day.

    A month without that date ends the term on its last day (UK GDPR, Article 12(3)).
    """
    day = _months_later(received, months)
    while not calendar.is_open(day):
        day += timedelta(days=1)
    return day


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = months_of.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
