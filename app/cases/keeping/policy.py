"""The retention policy, from `processes/retention.toml`: how long each class is kept, and what a request leaves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.cases.subject import about_nobody
from app.errors import WaymarkError
from app.records import CLASSES
from app.settings import ROOT
from app.workdays import Calendar

FILE = ROOT / "processes" / "retention.toml"
_LENGTH = re.compile(r"P(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})D)?")
_MONTHS = 12
#: characters of a rule: it stands in pages and in the history
_RULE_LENGTH = 200


class BadPolicy(WaymarkError):
    """The retention policy cannot be used."""

    status = 503


@dataclass(frozen=True)
class Length:
    """Years, months and days, added in that order."""

    months: int
    days: int

    def after(self, start: date) -> date:
        """The last day of the period. A day that its month does not have counts as the first of the next."""
        years, month = divmod(start.month - 1 + self.months, _MONTHS)
        try:
            end = date(start.year + years, month + 1, start.day)
        except ValueError:
            end = date(start.year + years + (month == _MONTHS - 1), (month + 1) % _MONTHS + 1, 1)
        return end + timedelta(days=self.days)


@dataclass(frozen=True)
class Period:
    """One row of the policy. `since`: "end" of the case, or "leaving"."""

    process: str
    employer: str
    cls: str
    keep: Length
    since: str
    rule: str

    def fits(self, process: str, employer: str, cls: str) -> bool:
        return self.cls == cls and self.process in {"*", process} and self.employer in {"*", employer}


@dataclass(frozen=True)
class Policy:
    """`request_keep`: class to the reason for keeping it against a request."""

    version: str
    effective: date
    owner: str
    source: str
    notice: timedelta
    request_notice: timedelta
    request_rule: str
    request_keep: Mapping[str, str]
    periods: tuple[Period, ...]

    def period(self, row: Any, cls: str) -> Period | None:
        """What counts for a class of a case; None: it is kept. `row`: columns of the cases table."""
        return next((one for one in self.periods if one.fits(row.process_key, row.employer_id, cls)), None)

    def goes_after(self, row: Any, cls: str, left_on: str | None) -> datetime | None:
        """When a class of an ended case is no longer kept: the first moment after the last day of its period, by the
        clocks of the case's own place. What counts from a leaving counts from the end of a case about nobody. None: it
        is kept, or nobody knows from when to count."""
        period, calendar = self.period(row, cls), Calendar.from_dict(row.calendar)
        if period is None or row.ended_at is None:
            return None
        ended = calendar.local(row.ended_at).date()
        # nobody never leaves
        if period.since == "leaving" and not about_nobody(row.subject_id):
            if left_on is None:
                return None
            # a case may end after its person has left
            ended = max(ended, date.fromisoformat(left_on))
        last = max(period.keep.after(ended), self.effective - timedelta(days=1))
        return datetime.combine(last + timedelta(days=1), datetime.min.time(), calendar.zone)


def in_force() -> Policy:
    """The policy in the file, read anew when it changes. Raises `BadPolicy`."""
    try:
        return _load(FILE, FILE.stat().st_mtime_ns)
    except OSError as error:
        raise BadPolicy(f"The retention policy cannot be read ({type(error).__name__}): {FILE.name}.") from None


@lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> Policy:
    return read(path.read_text(encoding="utf-8"))


def read(text: str) -> Policy:
    """Raises `BadPolicy`, with what is wrong in words."""
    try:
        found = tomllib.loads(text)
        request = found["request"]
        policy = Policy(
            str(found["version"]),
            found["effective"],
            str(found["owner"]),
            str(found["source"]),
            _days(found["notice_days"]),
            _days(request["notice_days"]),
            _rule(request["rule"]),
            {_class(cls): str(why) for cls, why in request.get("keep", {}).items()},
            tuple(_period(one) for one in found.get("period", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"retention.toml cannot be read: {error}.") from None
    except KeyError as error:
        raise BadPolicy(f"retention.toml does not say {error}.") from None
    if type(policy.effective) is not date:
        raise BadPolicy("effective must be a date, such as 2026-12-01.")
    return policy


def _period(row: Mapping[str, Any]) -> Period:
    if row["from"] not in {"end", "leaving"}:
        raise BadPolicy(f"from must be “end” or “leaving”, not “{row['from']}”.")
    rule = _rule(row["rule"])
    return Period(
        str(row["process"]), str(row["employer"]), _class(row["class"]), _length(row["keep"]), row["from"], rule
    )


def _class(cls: Any) -> str:
    if cls not in CLASSES:
        raise BadPolicy(f"There is no class “{cls}”; there are {', '.join(CLASSES)}.")
    return str(cls)


def _rule(text: Any) -> str:
    if not isinstance(text, str) or not text.strip() or len(text) > _RULE_LENGTH or not text.isprintable():
        raise BadPolicy(f"A rule is one line of at most {_RULE_LENGTH} characters.")
    return text.strip()


def _days(number: Any) -> timedelta:
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 366:
        raise BadPolicy("notice_days must be a whole number from 1 to 366: nothing goes unannounced.")
    return timedelta(days=number)


def _length(text: Any) -> Length:
    found = _LENGTH.fullmatch(str(text))
    years, months, days = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    if not years + months + days:
        raise BadPolicy(f"keep must be a length such as P6Y, P18M or P90D, not “{text}”.")
    return Length(years * _MONTHS + months, days)
