"""Dates, spans and counts as people read them (NHS service manual: "Tuesday 3 March 2026", "5pm")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.cases.views import ClockLine

HOME = "Europe/London"


class Dated(Protocol):
    @property
    def at(self) -> datetime: ...


Entry = TypeVar("Entry", bound=Dated)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: datetime, tz: str = HOME) -> datetime:
    return at.astimezone(zone(tz))


def day(at: datetime | date, tz: str = HOME) -> str:
    """Tuesday 3 March 2026"""
    found = local(at, tz) if isinstance(at, datetime) else at
    return f"{found:%A} {found.day} {found:%B %Y}"


def short_day(at: datetime, tz: str = HOME) -> str:
    """3 Mar 2026"""
    found = local(at, tz)
    return f"{found.day} {found:%b %Y}"


def clock_time(at: datetime, tz: str = HOME) -> str:
    """5pm, 9:30am, midday, midnight"""
    found = local(at, tz)
    if found.minute == 0 and found.hour in {0, 12}:
        return "midday" if found.hour else "midnight"
    minutes = f":{found:%M}" if found.minute else ""
    return f"{found.hour % 12 or 12}{minutes}{'am' if found.hour < 12 else 'pm'}"


def moment(at: datetime, tz: str = HOME) -> str:
    """Tuesday 3 March 2026 at 5pm"""
    return f"{day(at, tz)} at {clock_time(at, tz)}"


def machine(at: datetime, tz: str = HOME) -> str:
    """For the `datetime` attribute of a `time` element."""
    return local(at, tz).isoformat(timespec="minutes")


def place(tz: str) -> str:
    """Where the clocks of a zone go so: "Vancouver" of "America/Vancouver"."""
    return tz.rpartition("/")[2].replace("_", " ")


def count(number: int, singular: str, plural: str | None = None) -> str:
    """1 day, 2 days"""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def span(length: timedelta) -> str:
    """A length in its largest unit: "3 days", "2 hours", "a few minutes"."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes >= 48 * 60:
        return count(minutes // (24 * 60), "day")
    if minutes >= 60:
        return count(minutes // 60, "hour")
    return "a few minutes"


def until(at: datetime, now: datetime, tz: str = HOME) -> str:
    """How far off a time is, by the calendar of the place: "today", "tomorrow", "in 3 days", "2 days late"."""
    if at < now:
        return f"{span(now - at)} late"
    days = (local(at, tz).date() - local(now, tz).date()).days
    if days == 0:
        return f"today at {clock_time(at, tz)}"
    return f"tomorrow at {clock_time(at, tz)}" if days == 1 else f"in {days} days"


def clock_line(clock: ClockLine) -> str:
    """What happens when a deadline comes. The names of warnings and escalations are for readers of the diagram."""
    if clock.kind == "escalate":
        return "After that this question closes" if clock.ends_task else "After that others are told that it is late"
    if clock.kind in {"warn", "remind"}:
        return "A reminder goes out"
    return clock.name or "The case goes on by itself"


def by_day(entries: Sequence[Entry], tz: str = HOME) -> list[tuple[date, list[Entry]]]:
    """Things that happened, in the days in which they did, in the order given."""
    return [(on, list(group)) for on, group in groupby(entries, lambda one: local(one.at, tz).date())]


_ADDRESS = re.compile(r"https?://[^\s/]+(/(?:tasks|cases)/[\w-]+)")


def own_links(text: str) -> Markup:
    """A notice as it went out by e-mail, without its greeting, its addresses as links."""
    told = "\n".join(line for line in text.splitlines() if not line.startswith("Dear ")).strip()
    parts = _ADDRESS.split(told)
    links = [
        Markup('<a href="{0}">open it</a>').format(part) if number % 2 else part for number, part in enumerate(parts)
    ]
    return Markup("").join(links)


#: said in the reader's time zone
LOCAL: dict[str, Callable[..., Any]] = {
    "day": day,
    "short_day": short_day,
    "clock_time": clock_time,
    "moment": moment,
    "machine": machine,
    "by_day": by_day,
}
