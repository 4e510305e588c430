"""Dates and spans as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.cases.views import ClockLine
from app.web import words

MARCH = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


def test_dates_in_the_place_of_the_reader() -> None:
    assert words.moment(MARCH) == "Tuesday 10 March 2026 at 5pm"
    assert words.moment(datetime(2026, 7, 1, 16, 30, tzinfo=UTC)) == "Wednesday 1 July 2026 at 5:30pm"
    assert words.moment(MARCH, "America/Vancouver") == "Tuesday 10 March 2026 at 10am"


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(0, 0, "midnight"), (12, 0, "midday"), (0, 5, "12:05am"), (9, 0, "9am"), (23, 59, "11:59pm")],
)
def test_times_of_day(hour: int, minute: int, said: str) -> None:
    assert words.clock_time(datetime(2026, 1, 5, hour, minute, tzinfo=UTC)) == said


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(hours=2), "today at 7pm"),
        (timedelta(hours=8), "tomorrow at 1am"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(minutes=-1), "a few minutes late"),
        (timedelta(hours=-1), "1 hour late"),
        (timedelta(days=-2), "2 days late"),
        (timedelta(hours=-47), "47 hours late"),
    ],
)
def test_how_far_off(away: timedelta, said: str) -> None:
    assert words.until(MARCH + away, MARCH) == said


@pytest.mark.parametrize(
    ("kind", "ends_task", "said"),
    [
        ("warn", False, "A reminder goes out"),
        ("remind", False, "A reminder goes out"),
        ("escalate", False, "After that others are told that it is late"),
        ("escalate", True, "After that this question closes"),
        ("timer", True, "Time of the appointment"),
    ],
)
def test_a_clock_says_what_happens_when_it_comes(kind: str, ends_task: bool, said: str) -> None:
    at = datetime(2026, 3, 10, 17, tzinfo=UTC)
    assert words.clock_line(ClockLine("Time of the appointment", at, "", kind, ends_task)) == said
