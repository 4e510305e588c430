"""Dates, times, durations, and the functions that count deadlines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from app.expressions import Environment, ExpressionError, parse, to_json
from app.expressions.values import Months

Feel = Callable[..., Any]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('@"2026-03-15"', date(2026, 3, 15)),
        ('date("2026-03-15")', date(2026, 3, 15)),
        ("date(2026, 3, 15)", date(2026, 3, 15)),
        ('date("2026-02-30")', None),
        ('date(@"2026-03-15T10:00:00")', date(2026, 3, 15)),
        ('time("14:30:00")', time(14, 30)),
        ('time("14:30")', time(14, 30)),
        ("time(14, 30, 0)", time(14, 30)),
        ('time("25:00:00")', None),
        ('date and time("2026-03-15T14:30")', datetime.fromisoformat("2026-03-15T14:30")),
        ('date and time("2026-03-15T14:30:00Z")', datetime(2026, 3, 15, 14, 30, tzinfo=UTC)),
        ('date and time(@"2026-03-15", @"14:30:00")', datetime.fromisoformat("2026-03-15T14:30")),
        ('duration("P1DT2H")', timedelta(days=1, hours=2)),
        ('duration("-P1Y2M")', Months(-14)),
        ('duration("P1M1D")', None),
        ('duration("P")', None),
        ('duration("P1DT")', None),
        ('duration("PT0.5S") * 4', timedelta(seconds=2)),
        ('duration("P999999999M")', Months(999_999_999)),
        ('duration("P99999999999Y")', None),
        ('@"2026-03-01T24:00:00"', datetime(2026, 3, 2)),  # noqa: DTZ001 # local
        ('date and time("2026-03-01T24:00:01")', None),
        ('date and time("9999-12-31T24:00:00")', None),
        ('@"2026-03-02" - @"2026-03-01T12:00:00"', timedelta(hours=12)),
        ('@"2026-03-02T12:00:00Z" - @"2026-03-02"', timedelta(hours=12)),
        ('years and months duration(@"2026-01-31", @"2026-03-30")', Months(1)),
        ('@"2026-03-15" + @"P1D"', date(2026, 3, 16)),
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('@"P1M" + @"2026-01-31"', date(2026, 2, 28)),
        ('@"2026-03-15" - @"P1Y"', date(2025, 3, 15)),
        ('@"2026-03-15" - @"2026-03-01"', timedelta(days=14)),
        ('(@"2026-03-15" - @"2026-03-01").days', 14),
        ('@"10:00:00" + @"PT15H"', time(1, 0)),
        ('@"10:00:00" - @"09:30:00"', timedelta(minutes=30)),
        ('@"P1D" * 2', timedelta(days=2)),
        ('@"P2D" / @"P1D"', 2),
        ('@"P1Y" / 2', Months(6)),
        ('@"P1D" + @"P1M"', None),
        ('@"9999-12-31" + @"P1D"', None),
        ('@"P1D" * 1e30', None),
        ('@"2026-03-15".weekday', 7),
        ('@"2026-03-15T10:20:30".minute', 20),
        ('@"10:00:00+01:00".time offset', timedelta(hours=1)),
        ('@"-P1DT2H".hours', -2),
        ('@"P1Y2M".months', 2),
        ('day of week(@"2026-03-15")', "Sunday"),
        ('month of year(@"2026-03-15")', "March"),
        ('day of year(@"2026-03-15")', 74),
        ('week of year(@"2026-03-15")', 11),
        ('string(@"2026-03-15T10:00:00@Europe/London")', "2026-03-15T10:00:00@Europe/London"),
        ('string(@"P1DT2H") + string(@"P0Y")', "P1DT2HP0M"),
        ('string(@"10:00:00.50-01:30")', "10:00:00.5-01:30"),
        ('@"2026-03-15T10:00:00Z" = @"2026-03-15T11:00:00+01:00"', True),
        ('@"2026-03-15T10:00:00Z" < @"2026-03-15T10:30:00+01:00"', False),
    ],
)
def test_dates_and_durations(feel: Feel, source: str, value: Any) -> None:
    assert feel(source) == value


def test_elapsed_time_counts_the_hour_that_the_clocks_skip(feel: Feel) -> None:
    assert (
        feel('string(date and time("2026-03-28T12:00:00@Europe/London") + duration("P1D"))')
        == "2026-03-29T13:00:00@Europe/London"
    )
    assert feel('@"2026-03-29T12:00:00@Europe/London" - @"2026-03-28T12:00:00@Europe/London"') == timedelta(hours=23)


def test_a_time_from_a_form_is_local_to_the_calendar(environment: Environment) -> None:
    summer = Environment(datetime(2026, 7, 1, 12, tzinfo=UTC), environment.calendar)
    later = parse("date and time(appointment_at) > now()")
    assert later.evaluate({"appointment_at": "2026-07-01T12:59"}, summer) is False
    assert later.evaluate({"appointment_at": "2026-07-01T13:01"}, summer) is True


def test_now_and_today_come_from_the_environment(environment: Environment) -> None:
    late = Environment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), environment.calendar)
    assert parse("today()").evaluate({}, late) == date(2026, 7, 2)
    assert parse("now()").evaluate({}, late) == late.now


@pytest.mark.parametrize(
    ("source", "due"),
    [
        ("workdays(5)", "2026-03-10T17:00:00+00:00"),
        ("workdays(n: 5)", "2026-03-10T17:00:00+00:00"),
        ("workdays(policy.report_days)", "2026-03-10T17:00:00+00:00"),
        ('workdays(1, "2026-04-02T10:00")', "2026-04-07T17:00:00+01:00"),
        ('workdays(1, date("2026-04-02"))', "2026-04-07T17:00:00+01:00"),
        ("workdays_before(1, workdays(5))", "2026-03-09T17:00:00+00:00"),
        ('workdays before(1, "2026-04-07T16:00:00+00:00")', "2026-04-02T17:00:00+01:00"),
        ("days(21)", "2026-03-24T17:00:00+00:00"),
        ("days(30)", "2026-04-02T17:00:00+01:00"),
        ('workdays(1, "soon")', None),
        ("workdays(1, missing)", None),
        ("workdays(missing)", None),
        ('workdays("5")', None),
    ],
)
def test_deadlines(environment: Environment, source: str, due: str | None) -> None:
    assert to_json(parse(source).evaluate({"policy": {"report_days": 5}}, environment)) == due


@pytest.mark.parametrize("source", ["workdays(-1)", "workdays(1.5)", "workdays(1e30)", "days(1e9)"])
def test_a_count_that_makes_no_sense_is_told(environment: Environment, source: str) -> None:
    with pytest.raises(ExpressionError, match="number of days"):
        parse(source).evaluate({}, environment)


def test_a_due_time_says_how_it_was_counted(environment: Environment) -> None:
    due = parse("if urgent then workdays(1) else workdays(5)").due({"urgent": False}, environment)
    assert due is not None
    assert due.at == datetime(2026, 3, 10, 17, tzinfo=UTC)
    assert due.how.startswith("5 working days from Tuesday 3 March 2026 (day 0)")


def test_a_due_time_that_was_not_counted_says_so(environment: Environment) -> None:
    due = parse('date("2026-07-01")').due({}, environment)
    assert due is not None
    assert due.at == datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert due.how == "Set to 5pm on Wednesday 1 July 2026."
    assert parse('"soon"').due({}, environment) is None


@pytest.mark.parametrize(
    ("source", "at", "how"),
    [
        ("deadline", "2026-03-10T17:00:00+00:00", "Set to 5pm on Tuesday 10 March 2026."),
        ("holiday_starts", "2026-04-03T16:00:00+00:00", "Set to 5pm on Friday 3 April 2026."),
        (
            "reminder",
            "2026-03-06T09:00:00+00:00",
            "3 days from 9am on Tuesday 3 March 2026: 9am on Friday 6 March 2026.",
        ),
        (
            'duration("P1M")',
            "2026-04-03T08:00:00+00:00",
            "1 month from 9am on Tuesday 3 March 2026: 9am on Friday 3 April 2026.",
        ),
    ],
)
def test_facts_carry_due_times_as_text(environment: Environment, source: str, at: str, how: str) -> None:
    facts = {"deadline": "2026-03-10T17:00:00Z", "holiday_starts": "2026-04-03", "reminder": "P3D"}
    due = parse(source).due(facts, environment)
    assert due is not None
    assert (due.at.isoformat(), due.how) == (at, how)


def test_a_due_time_in_the_past_by_a_negative_duration_is_refused(environment: Environment) -> None:
    with pytest.raises(ExpressionError, match="not a duration"):
        parse('=duration("-P1D")').due({}, environment)


def test_values_leave_as_json() -> None:
    values = [date(2026, 3, 15), timedelta(hours=2), Months(14), datetime(2026, 3, 15, 10, tzinfo=UTC), 1.5, None]
    assert to_json(values[:4]) == ["2026-03-15", "PT2H", "P1Y2M", "2026-03-15T10:00:00+00:00"]
