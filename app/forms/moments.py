"""Dates and times as people type them, and as they are kept: "2026-03-15", "14:30", "2026-03-15T14:30".

What cannot be read stays as it was typed: a date as a mapping of its parts,
{"day": "31", "month": "2", "year": "2026"}, a date with time with "time" beside them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

PARTS = ("day", "month", "year")
MONTHS = tuple(calendar.month_name[1:])
#: years outside are slips of the hand
YEARS = range(1900, 2200)
_TIME = re.compile(r"(\d{1,2})(?:[:. ]?(\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE | re.ASCII)
_NOON = 12


class NotReal(ValueError):
    """No such date or time. `missing`: the parts of a date that were left out."""

    def __init__(self, reason: str, missing: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.missing = missing
        super().__init__(reason)


def read_date(value: Any) -> str:
    """ISO date from ISO text or parts. Raises NotReal."""
    if isinstance(value, Mapping):
        return _from_parts(value)
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(), re.ASCII):
        raise NotReal("be a real date")
    year, month, day = (int(part) for part in value.strip().split("-"))
    return _date(year, month, day)


def _from_parts(parts: Mapping[str, Any]) -> str:
    typed = {name: str(parts.get(name) or "").strip() for name in PARTS}
    missing = tuple(name for name in PARTS if not typed[name])
    if missing:
        raise NotReal("be a real date", missing)
    if not re.fullmatch(r"\d{1,2}", typed["day"], re.ASCII):
        raise NotReal("be a real date")
    if not re.fullmatch(r"\d{4}", typed["year"], re.ASCII):
        raise NotReal("have a year with 4 numbers, like 2026")
    return _date(int(typed["year"]), _month(typed["month"]), int(typed["day"]))


def _month(typed: str) -> int:
    """3, 03, March and mar are all March. 0 for anything else."""
    if re.fullmatch(r"\d{1,2}", typed, re.ASCII):
        return int(typed)
    short = typed.lower()
    found = [number for number, name in enumerate(MONTHS, 1) if len(short) > 2 and name.lower().startswith(short)]
    return found[0] if found else 0


def _date(year: int, month: int, day: int) -> str:
    try:
        found = date(year, month, day)
    except ValueError:
        raise NotReal("be a real date") from None
    if year not in YEARS:
        raise NotReal(f"be between {YEARS.start} and {YEARS.stop - 1}")
    return found.isoformat()


def read_time(value: Any) -> str:
    """ "14:30" from 14:30, 14.30, 1430, 2:30pm or 9am. Raises NotReal."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not (found[2] or found[3]):
        raise NotReal("be a real time, like 14:30 or 2:30pm")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= _NOON:
            raise NotReal("be a real time, like 14:30 or 2:30pm")
        hour = hour % _NOON + (_NOON if found[3].lower().startswith("p") else 0)
    try:
        return time(hour, minute).isoformat(timespec="minutes")
    except ValueError:
        raise NotReal("be a real time, like 14:30 or 2:30pm") from None


def read_datetime(value: Any) -> str:
    """Local date and time, to the minute, without a zone: the case's calendar has it. Raises NotReal."""
    if isinstance(value, Mapping):
        day = _from_parts(value)
        if not str(value.get("time") or "").strip():
            raise NotReal("include a time")
        return f"{day}T{read_time(value['time'])}"
    if not isinstance(value, str) or not re.fullmatch(
        r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", value.strip(), re.ASCII
    ):
        raise NotReal("be a real date and time")
    return f"{read_date(value.strip()[:10])}T{read_time(value.strip()[11:16])}"


READERS = {"date": read_date, "time": read_time, "datetime": read_datetime}


def in_words(value: Any) -> str:
    """ "15 March 2026", "15 March 2026 at 2:30pm", "2:30pm"; anything else as it is."""
    if not isinstance(value, str):
        return str(value)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return _day(date.fromisoformat(value))
        if re.fullmatch(r"\d{2}:\d{2}", value):
            return clock(time.fromisoformat(value))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?", value):
            moment = datetime.fromisoformat(value)  # local wall time, kept without a zone on purpose
            return f"{_day(moment)} at {clock(moment.time())}"
    except ValueError:
        return value
    return value


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def clock(at: time) -> str:
    """ "5pm", "2:30pm", "midday", "midnight", as the NHS service manual writes times."""
    if at.minute == 0 and at.hour in {0, _NOON}:
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % _NOON + 1}{minutes}{'pm' if at.hour >= _NOON else 'am'}"
