"""Which days count, and the deadlines that follow.

Where the source documents are silent, decided once: the day of receipt is day 0; receipt on a closed day
counts from the next open one; a deadline ends at close of its day, local time.
Every time that goes in is timezone-aware; every time that comes out is UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from app.errors import WaymarkError
from app.workdays import wording
from app.workdays.durations import IsoDuration

#: A count above this is a slip of the pen, and would make a request slow.
MAX_DAYS = 5_000
_ONE_DAY = timedelta(days=1)


class BadCalendar(WaymarkError):
    """The calendar of this organisation cannot be used: country, region, time zone or closing time is wrong."""

    status = 422


class UncountableTime(WaymarkError):
    """This deadline cannot be counted."""

    status = 422


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due time in UTC and the sentence that says how it was counted.

    `unit`: in what it was counted: "workdays", "days" (both end at close), "wall" (years to days on the wall clock),
    "elapsed" (hours to seconds), or "" for a moment that was given. `before`: for a time counted back from another
    one, how many working days, and that other one."""

    at: datetime
    how: str
    unit: str = ""
    before: tuple[int, Deadline] | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where and until when people work. `country` and `subdivision` are ISO 3166 codes (GB and ENG, CA and BC;
    the subdivision may be empty), `tz` an IANA zone, `close` the local time "HH:MM" at which a day ends.
    Raises `BadCalendar`."""

    country: str = "GB"
    subdivision: str = "ENG"
    tz: str = "Europe/London"
    close: str = "17:00"

    def __post_init__(self) -> None:
        _zone(self.tz)
        _close(self.close)
        _year(self.country, self.subdivision, 2026)

    def as_dict(self) -> dict[str, str]:
        """The calendar as JSON values; `from_dict` gives an equal one back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Calendar:
        """Reads what `as_dict` wrote. A missing field takes its default, an unknown one is ignored."""
        return cls(**{name: str(values[name]) for name in cls.__dataclass_fields__ if name in values})

    @property
    def zone(self) -> ZoneInfo:
        return _zone(self.tz)

    def is_open(self, day: date) -> bool:
        """True on a day that counts as a working day."""
        return self.closed_because(day) is None

    def closed_because(self, day: date) -> str | None:
        """None on a working day, else "weekend" or the name of the holiday."""
        year = _year(self.country, self.subdivision, day.year)
        if day.weekday() in year.weekend and day not in year.weekend_workdays:
            return "weekend"
        return year.get(day)

    def local(self, at: datetime) -> datetime:
        """`at` on the wall clock of this place; a time without a zone is taken to be on it already."""
        return at.replace(tzinfo=self.zone) if at.tzinfo is None else at.astimezone(self.zone)

    def closing(self, day: date) -> datetime:
        """Close of `day`, in UTC."""
        return datetime.combine(day, _close(self.close), self.zone).astimezone(UTC)

    def day_zero(self, at: datetime) -> date:
        """The local day from which working days are counted: the day of `at`, or the next open one."""
        return self.open_day_after(self.local(at).date() - _ONE_DAY, 1)

    def open_day_after(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`; `day` itself for nought."""
        return self._walk(day, n, _ONE_DAY)[0]

    def workdays(self, n: int, start: datetime) -> Deadline:
        """Close of the `n`-th working day after the day on which `start` falls. Raises `UncountableTime`."""
        with _countable(n):
            received, first = self.local(start).date(), self.day_zero(start)
            due, skipped = self._walk(first, n, _ONE_DAY)
            how = wording.workdays(n, received, first, due, _close(self.close), skipped)
            return Deadline(self.closing(due), how, "workdays")

    def workdays_before(self, n: int, at: datetime) -> Deadline:
        """The `n`-th working day before the day of `at`, at the same time of day. Counting back may start on a
        closed day: one working day before a Sunday is Friday. Raises `UncountableTime`."""
        with _countable(n):
            local = self.local(at)
            day, skipped = self._walk(local.date(), n, -_ONE_DAY)
            due = datetime.combine(day, local.time(), self.zone)
            before = (n, Deadline(local.astimezone(UTC), ""))
            return Deadline(due.astimezone(UTC), wording.workdays_before(n, local, due, skipped), before=before)

    def days(self, n: int, start: datetime) -> Deadline:
        """Close of the `n`-th calendar day after the local date of `start`. Raises `UncountableTime`."""
        with _countable(n):
            received = self.local(start).date()
            due = received + timedelta(days=n)
            return Deadline(self.closing(due), wording.days(n, received, due, _close(self.close)), "days")

    def add_duration(self, start: datetime, iso: str, times: int = 1) -> Deadline:
        """`start` plus `times` times an ISO 8601 duration. Years to days move the wall clock (a month's end is
        clamped from `start` each time, so 31 January gives 28 February and 31 March); of a time that comes twice it
        is the first, and one that the clocks leave out comes as much later as they are put on. Hours to seconds
        are elapsed time. Raises `UncountableTime`."""
        length = IsoDuration.parse(iso)
        if length is None:
            raise UncountableTime(f"“{iso}” is not a duration. Write for example P3D (3 days), P2W (2 weeks) or PT4H.")
        with _in_reach():
            local = self.local(start)
            due = length.shift(local, times).astimezone(UTC) + length.clock * times
            unit = "wall" if length.months or length.days else "elapsed"
            return Deadline(due, wording.duration(length, times, local, self.local(due)), unit)

    def _walk(self, day: date, n: int, step: timedelta) -> tuple[date, list[tuple[date, str]]]:
        """`n` open days on from `day`, and the closed days met on the way in order of date."""
        skipped: list[tuple[date, str]] = []
        while n:
            day += step
            reason = self.closed_because(day)
            if reason is None:
                n -= 1
            else:
                skipped.append((day, reason))
        return day, sorted(skipped)


@contextmanager
def _countable(n: int) -> Iterator[None]:
    if not 0 <= n <= MAX_DAYS:
        raise UncountableTime(f"A number of days must be from 0 to {MAX_DAYS:,}.")
    with _in_reach():
        yield


@contextmanager
def _in_reach() -> Iterator[None]:
    try:
        yield
    except (OverflowError, ValueError) as error:
        raise UncountableTime("This date is too far away to be counted.") from error


@lru_cache(maxsize=1024)
def _year(country: str, subdivision: str, year: int) -> holidays.HolidayBase:
    """The holidays of one year, with their English names where the library has them. Never changed once built."""
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
        english = next((code for code in known.supported_languages if code.startswith("en")), None)
        named = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=english)
    except (NotImplementedError, TypeError) as error:
        raise BadCalendar(f"There is no holiday calendar for country “{country}”, region “{subdivision}”.") from error
    named.expand = False
    return named


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise BadCalendar(f"There is no time zone “{name}”. Write for example Europe/London.") from error


@lru_cache(maxsize=256)
def _close(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 # a time of day has no zone
    except ValueError as error:
        raise BadCalendar(f"“{text}” is not a closing time. Write for example 17:00.") from error
