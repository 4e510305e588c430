"""The sentences that say how a deadline was counted, for a manager at the end of a long day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from app.workdays.durations import IsoDuration

Skipped = Sequence[tuple[date, str]]

#: More groups than this are counted, not listed.
LISTED = 6


def day(value: date) -> str:
    """Tuesday 3 March 2026."""
    return f"{value:%A} {value.day} {value:%B} {value.year:04d}"


def clock(value: time) -> str:
    """5pm, 5:30pm, midday, midnight."""
    if (value.hour, value.minute) in ((0, 0), (12, 0)):
        return "midday" if value.hour else "midnight"
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{(value.hour - 1) % 12 + 1}{minutes}{'pm' if value.hour >= 12 else 'am'}"


def count(n: int, unit: str) -> str:
    """1 working day, 5 working days."""
    return f"{n:,} {unit}" if n == 1 else f"{n:,} {unit}s"


def workdays(n: int, received: date, first: date, due: date, close: time, skipped: Skipped) -> str:
    """`first` is day 0, which is later than `received` if that was a closed day."""
    closed = "" if received == first else f"{day(received)} is not a working day, so counting starts on the next one. "
    counted = f"{count(n, 'working day')} from {day(first)} (day 0), closing at {clock(close)} on {day(due)}."
    return closed + counted + _not_counted(skipped, due.year)


def workdays_before(n: int, at: datetime, due: datetime, skipped: Skipped) -> str:
    counted = f"{count(n, 'working day')} before {moment(at)}: {moment(due)}."
    return counted + _not_counted(skipped, at.year)


def days(n: int, received: date, due: date, close: time) -> str:
    return (
        f"{count(n, 'calendar day')} from {day(received)} (day 0), closing at {clock(close)} on {day(due)}. "
        "Weekends and holidays are counted."
    )


def duration(length: IsoDuration, times: int, start: datetime, due: datetime) -> str:
    return f"{length.words(times)} from {moment(start)}: {moment(due)}."


def moment(value: datetime) -> str:
    """5pm on Tuesday 3 March 2026."""
    return f"{clock(value.time())} on {day(value.date())}"


def length(value: timedelta) -> str:
    """7 days and 3 hours; the minutes of less than a day; "less than a minute"."""
    hours, minutes = divmod(int(value.total_seconds() // 60), 60)
    parts = (count(value.days, "day"), count(hours % 24, "hour"), count(minutes, "minute"))
    shown = [part for part in (parts[:2] if value.days else parts[1:]) if not part.startswith("0 ")]
    return _joined(shown) if shown else "less than a minute"


def date_of(value: date) -> str:
    """3 March 2026."""
    return f"{value.day} {value:%B} {value.year:04d}"


def stopped(since: datetime, until: datetime, waited_for: str, passed: str, due: datetime, times: int) -> str:
    """How a deadline was counted whose clock stood still, the `times`-th time; all moments are local."""
    first, last = since.date(), until.date()
    shown = f"{first.day} {first:%B}" if first.year == last.year else date_of(first)
    span = f"on {date_of(last)}" if first == last else f"from {shown} to {date_of(last)}"
    lead = "Stopped" if times == 1 else f"Stopped {times:,} times, the last time"
    return f"{lead} {span} while waiting for {waited_for}: {passed}. Now due {moment(due)}."


def _not_counted(skipped: Skipped, year: int) -> str:
    if not skipped:
        return ""
    groups = _groups(skipped)
    if len(groups) > LISTED:
        return f" Not counted: {_summary(skipped, year)}."
    return f" Not counted: {_joined([f'{_span(days, year)} ({reason})' for days, reason in groups])}."


def _groups(skipped: Skipped) -> list[tuple[list[date], str]]:
    """Days that follow each other for the same reason, together."""
    groups = [([skipped[0][0]], skipped[0][1])]
    for (before, reason_before), (closed, reason) in pairwise(skipped):
        if reason == reason_before and (closed - before).days == 1:
            groups[-1][0].append(closed)
        else:
            groups.append(([closed], reason))
    return groups


def _summary(skipped: Skipped, year: int) -> str:
    weekend = sum(reason == "weekend" for _, reason in skipped)
    named = [f"{_date(closed, year)} ({reason})" for closed, reason in skipped if reason != "weekend"]
    if len(named) > LISTED:
        named = [count(len(named), "holiday")]
    return _joined([f"{weekend:,} weekend days", *named])


def _span(days: list[date], year: int) -> str:
    first, last = days[0], days[-1]
    if first == last:
        return _date(first, year)
    if (first.year, first.month) != (last.year, last.month):
        return f"{_date(first, year)} and {_date(last, year)}"
    word = "and" if len(days) == 2 else "to"
    return f"{first.day} {word} {_date(last, year)}"


def _date(value: date, year: int) -> str:
    return f"{value.day} {value:%B}" if value.year == year else f"{value.day} {value:%B} {value.year:04d}"


def _joined(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
