"""Quarters, as the pages about deadlines are turned. Fixed ones: by moving a period day by day, somebody could find out
what is held back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.cases.deadlines.views import Period
from app.cases.queries.measures import name_of
from app.errors import NotFound

_QUARTER = re.compile(r"([12]\d{3})-([1-4])")


def first_day(quarter: str | None, today: date) -> date:
    """Of the quarter with this id, None for the one that `today` is in. Raises `NotFound` for what is none, or not
    begun."""
    if quarter is None:
        return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    found = _QUARTER.fullmatch(quarter)
    first = date(int(found[1]), int(found[2]) * 3 - 2, 1) if found else None
    if first is None or first > today:
        raise NotFound
    return first


def moved(first: date, quarters: int) -> date:
    """First day of a quarter so many later."""
    number = first.year * 4 + (first.month - 1) // 3 + quarters
    return date(number // 4, number % 4 * 3 + 1, 1)


def period(first: date, today: date) -> Period:
    after = moved(first, 1)
    return Period(_id(first), name_of(first), _id(moved(first, -1)), _id(after) if after <= today else None)


def _id(first: date) -> str:
    return f"{first.year}-{(first.month + 2) // 3}"


def bounds(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the quarter begins and when the next one does."""
    begin, end = (datetime(at.year, at.month, at.day, tzinfo=zone).astimezone(UTC) for at in (first, moved(first, 1)))
    return begin, end
