"""Dates, times and durations: reading and writing (DMN 1.3, 10.3.2.3 and table 76; ISO 8601)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from app.expressions.values import Months, Value

_DATE = r"(?P<date>\d{4}-\d\d-\d\d)"
_TIME = r"(?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?P<zone>Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]{1,64})?"
_DATES = re.compile(_DATE, re.ASCII)
_TIMES = re.compile(f"T?{_TIME}", re.ASCII)
_YEARS = re.compile(r"(?P<sign>-?)P(?:(?P<years>\d{1,12})Y)?(?:(?P<months>\d{1,12})M)?", re.ASCII)
_LENGTHS = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d{1,15})D)?"
    r"(?:T(?:(?P<hours>\d{1,15})H)?(?:(?P<minutes>\d{1,15})M)?(?:(?P<seconds>\d{1,15}(?:\.\d*)?)S)?)?",
    re.ASCII,
)
_BOTH = re.compile(f"{_DATE}T{_TIME}", re.ASCII)


#: The end of a day, which ISO 8601 allows to write like this.
_MIDNIGHTS = ("24:00", "24:00:00")


def parse(text: str) -> Value:
    """A date, time, date and time or duration, whichever `text` is; None if it is none."""
    for reader in (parse_duration, parse_date, parse_datetime, parse_time):
        value = reader(text)
        if value is not None:
            return value
    return None


def parse_date(text: str) -> date | None:
    if not _DATES.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """`14:30`, `14:30:00.5`, with `Z`, `+01:00` or `@Europe/London` behind it."""
    found = _TIMES.fullmatch(text)
    return None if found is None else _time(found)


def parse_datetime(text: str) -> datetime | None:
    """A date, `T` and a time; a date alone is not one."""
    found = _BOTH.fullmatch(text)
    if found is None:
        return None
    ends = found["time"] in _MIDNIGHTS
    day, clock = parse_date(found["date"]), _time(found)
    if day is None or clock is None or (ends and day == date.max):
        return None
    return datetime.combine(day + timedelta(days=1) if ends else day, clock)


def _time(found: re.Match[str]) -> time | None:
    whole, _, fraction = found["time"].partition(".")
    if whole in _MIDNIGHTS:
        whole = "00:00:00"
    try:
        clock = time.fromisoformat(whole).replace(microsecond=int(fraction[:6].ljust(6, "0")) if fraction else 0)
        return clock.replace(tzinfo=_zone(found["zone"]))
    except (ValueError, OSError, KeyError):
        return None


def _zone(text: str | None) -> tzinfo | None:
    """Raises ValueError, OSError or KeyError for a zone that is none."""
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return ZoneInfo(text[1:])
    hours, minutes, seconds = (int(part) for part in f"{text[1:]}:00".split(":")[:3])
    if hours > 14 or minutes > 59 or seconds > 59:
        raise ValueError(text)
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes, seconds=seconds))


def parse_duration(text: str) -> timedelta | Months | None:
    """A duration of years and months, or one of days and time; FEEL has none that mixes them."""
    try:
        return _months(text) if text[-1:] in ("Y", "M") and "T" not in text else _days(text)
    except OverflowError:
        return None


def _months(text: str) -> Months | None:
    found = _YEARS.fullmatch(text)
    if found is None:
        return None
    months = int(found["years"] or 0) * 12 + int(found["months"] or 0)
    return Months(-months if found["sign"] else months)


def _days(text: str) -> timedelta | None:
    found = _LENGTHS.fullmatch(text)
    if found is None or text[-1:] in ("P", "T"):
        return None
    days, hours, minutes = (int(found[part] or 0) for part in ("days", "hours", "minutes"))
    whole, _, fraction = (found["seconds"] or "0").partition(".")
    length = timedelta(days, int(whole), int(fraction[:6].ljust(6, "0")), minutes=minutes, hours=hours)
    return -length if found["sign"] else length


def text(value: date | time | datetime | timedelta | Months) -> str:
    """FEEL's spelling of a date, time or duration."""
    if isinstance(value, timedelta):
        return _days_text(value)
    if isinstance(value, Months):
        return _months_text(value.months)
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{_clock_text(value)}"
    if isinstance(value, time):
        return _clock_text(value)
    return value.isoformat()


def _clock_text(value: time | datetime) -> str:
    clock = value.time() if isinstance(value, datetime) else value
    digits = clock.replace(tzinfo=None).isoformat()
    if "." in digits:
        digits = digits.rstrip("0")
    return digits + zone_text(value.tzinfo)


def zone_text(zone: tzinfo | None) -> str:
    """`Z`, `+01:00`, `@Europe/London`, or nothing."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    sign = "-" if offset < timedelta() else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    tail = f":{seconds:02d}" if seconds else ""
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def _days_text(value: timedelta) -> str:
    length = abs(value)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds}.{length.microseconds:06d}".rstrip("0").rstrip(".") if length.microseconds else str(seconds)
    days = f"{length.days}D" if length.days else ""
    clock = "".join(
        f"{part}{unit}" for part, unit in ((hours, "H"), (minutes, "M"), (second, "S")) if part not in (0, "0")
    )
    sign = "-" if value < timedelta() else ""
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days or 'T0S'}"


def _months_text(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    parts = f"{years}Y" * bool(years) + f"{rest}M" * bool(rest)
    return f"{'-' if months < 0 else ''}P{parts or '0M'}"
