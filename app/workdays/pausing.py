"""Deadlines whose clock stood still: what was left when it stopped is left when it runs on, in their own unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from app.workdays import wording
from app.workdays.calendar import Calendar, Deadline, UncountableTime

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """The deadline after the pause, and in words how long it stood still: "5 working days"."""

    deadline: Deadline
    passed: str


def resumed(calendar: Calendar, due: Deadline, since: datetime, until: datetime) -> Moved:
    """`due`, whose clock stood still from `since` to `until`. It comes after `until`, and never before it was.

    Working days move by the working days that passed. Day 0 is counted as for any deadline: within one day none
    passes, and a closed day belongs to the next open one. Calendar days move by the days between the two dates,
    calendar durations and given moments by the time on the wall clock, hours to seconds by the time that passed.
    What was counted back from another deadline is counted back from where that one has gone, and may then be due.
    Raises `UncountableTime`."""
    until = max(since, until)
    try:
        if due.before is not None:
            number, target = due.before
            moved = resumed(calendar, target, since, until)
            back = calendar.workdays_before(number, moved.deadline.at)
            return Moved(replace(back, before=(number, moved.deadline)), moved.passed)
        at, passed = _HOW.get(due.unit, _wall)(calendar, due.at, since, until)
    except OverflowError as error:
        raise UncountableTime("This date is too far away to be counted.") from error
    return Moved(replace(due, at=max(at, due.at)), passed)


def _workdays(calendar: Calendar, at: datetime, since: datetime, until: datetime) -> tuple[datetime, str]:
    first, last = calendar.day_zero(since), calendar.day_zero(until)
    passed = sum(calendar.is_open(first + _DAY * n) for n in range(1, (last - first).days + 1))
    local = calendar.local(at)
    moved = _on(calendar, calendar.open_day_after(local.date(), passed), local)
    if moved <= until:  # the day closed while the clock stood still
        moved = _on(calendar, calendar.open_day_after(last, 1), local)
    return moved, wording.count(passed, "working day") if passed else "no working day"


def _days(calendar: Calendar, at: datetime, since: datetime, until: datetime) -> tuple[datetime, str]:
    last = calendar.local(until).date()
    passed = (last - calendar.local(since).date()).days
    local = calendar.local(at)
    moved = _on(calendar, local.date() + _DAY * passed, local)
    if moved <= until:
        moved = _on(calendar, last + _DAY, local)
    return moved, wording.count(passed, "day") if passed else "no day"


def _on(calendar: Calendar, day: date, local: datetime) -> datetime:
    return datetime.combine(day, local.time(), calendar.zone).astimezone(UTC)


def _wall(calendar: Calendar, at: datetime, since: datetime, until: datetime) -> tuple[datetime, str]:
    stopped, goes_on = (calendar.local(one).replace(tzinfo=None) for one in (since, until))
    left = calendar.local(at).replace(tzinfo=None) - stopped
    moved = (goes_on + left).replace(tzinfo=calendar.zone).astimezone(UTC)
    passed = wording.length(max(goes_on - stopped, timedelta()))
    if moved <= until:  # the clocks were put back between
        return until + (at - since), passed
    return moved, passed


def _elapsed(calendar: Calendar, at: datetime, since: datetime, until: datetime) -> tuple[datetime, str]:
    return until + (at - since), wording.length(until - since)


_HOW = {"workdays": _workdays, "days": _days, "wall": _wall, "elapsed": _elapsed}
