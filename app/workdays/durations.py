"""ISO 8601 durations: `P1Y2M3W4DT5H6M7.5S`, each part optional, at least one present."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_ISO = re.compile(
    r"P(?=[\dT])(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class IsoDuration:
    """Calendar part (`months` with the years in them, `days` with the weeks in them) and `clock`, elapsed time."""

    months: int
    days: int
    clock: timedelta

    @classmethod
    def parse(cls, text: str) -> IsoDuration | None:
        """The duration, or None if `text` is not one."""
        found = _ISO.fullmatch(text)
        if found is None:
            return None
        part = {name: float(value) if name == "seconds" else int(value) for name, value in found.groupdict("0").items()}
        return cls(
            months=int(part["years"] * 12 + part["months"]),
            days=int(part["weeks"] * 7 + part["days"]),
            clock=timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]),
        )

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.clock)

    def shift(self, local: datetime, times: int) -> datetime:
        """`local` moved by the calendar part only, on the wall clock, the day clamped to the month's end. Without one
        it stays the moment that it is: of an hour that comes twice, the same one.
        Raises OverflowError or ValueError outside the years 1 to 9999."""
        if not (self.months or self.days) or not times:
            return local
        index = local.year * 12 + local.month - 1 + self.months * times
        year, month = divmod(index, 12)
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        return local.replace(year=year, month=month + 1, day=day) + timedelta(days=self.days * times)

    def words(self, times: int = 1) -> str:
        """The duration as a person says it: "1 month and 3 days"."""
        years, months = divmod(self.months * times, 12)
        hours, rest = divmod((self.clock * times).total_seconds(), 3600)
        minutes, seconds = divmod(rest, 60)
        units = {
            "year": years,
            "month": months,
            "day": self.days * times,
            "hour": hours,
            "minute": minutes,
            "second": seconds,
        }
        parts = [f"{count:g} {unit}{'' if count == 1 else 's'}" for unit, count in units.items() if count]
        return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]])) or "no time"
