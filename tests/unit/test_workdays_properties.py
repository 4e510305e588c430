"""What holds of every deadline and every pause, in twenty zones. `WAYMARK_EXAMPLES` sets how many are tried of each
(a longer run: 10,000)."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.workdays import Calendar, Deadline, resumed
from tests.unit.test_workdays import MOMENTS, PLACES

many = settings(max_examples=int(os.environ.get("WAYMARK_EXAMPLES", "200")), deadline=None)
ODD = [
    Calendar("AU", "NSW", "Australia/Lord_Howe", "17:00"),  # half an hour of summer time
    Calendar("NZ", "", "Pacific/Apia", "17:00"),  # left out 30 December 2011
    Calendar("US", "", "America/Havana", "00:30"),  # changes at midnight
    Calendar("GB", "ENG", "Europe/London", "01:30"),  # closes in the hour that is left out or comes twice
    Calendar("GB", "ENG", "Africa/Casablanca", "17:00"),  # summer time that stops for a month
]
WHERE = st.sampled_from(PLACES + ODD)
MINUTES = st.integers(0, 90 * 24 * 60)
UNITS = ("workdays", "days", "wall", "elapsed")


def after(moment: datetime, minutes: int) -> datetime:
    return moment + timedelta(minutes=minutes)


def set_at(place: Calendar, unit: str, n: int, start: datetime) -> Deadline:
    """A deadline of `n` units (a duration is never nought)."""
    if unit in ("workdays", "days"):
        found: Deadline = getattr(place, unit)(n, start)
        return found
    return place.add_duration(start, f"P{n + 1}D" if unit == "wall" else f"PT{n * 7 + 1}H")


def open_days(place: Calendar, first: date, last: date) -> int:
    """Working days after `first`, up to `last`."""
    return sum(place.is_open(first + timedelta(days=day)) for day in range(1, (last - first).days + 1))


@many
@given(place=WHERE, n=st.integers(0, 60), start=MOMENTS, later=MINUTES)
def test_more_days_or_a_later_start_are_never_due_earlier(place: Calendar, n: int, start: datetime, later: int) -> None:
    due = place.workdays(n, start).at
    assert due < place.workdays(n + 1, start).at
    assert due <= place.workdays(n, after(start, later)).at
    assert place.days(n, start).at < place.days(n + 1, start).at


@many
@given(place=WHERE, n=st.integers(0, 60), start=MOMENTS)
def test_counting_back_comes_to_day_0_again(place: Calendar, n: int, start: datetime) -> None:
    back = place.workdays_before(n, place.workdays(n, start).at).at
    assert place.local(back).date() == place.day_zero(start)
    assert place.workdays(n, back).at == place.workdays(n, start).at


@many
@given(place=WHERE, hours=st.integers(0, 20_000), start=MOMENTS)
@example(place=Calendar(), hours=1, start=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
@example(place=ODD[0], hours=1, start=datetime(2026, 4, 4, 15, 15, tzinfo=UTC))
def test_hours_are_the_time_that_passes(place: Calendar, hours: int, start: datetime) -> None:
    assert place.add_duration(start, f"PT{hours}H").at - start == timedelta(hours=hours)
    assert place.add_duration(start, "PT1H", hours).at - start == timedelta(hours=hours)


@many
@given(place=WHERE, start=MOMENTS, days=st.integers(1, 40), months=st.integers(0, 14))
def test_turns_are_counted_from_the_anchor_and_each_is_later(
    place: Calendar, start: datetime, days: int, months: int
) -> None:
    every = f"P{months}M{days}D"
    turns = [place.add_duration(start, every, turn).at for turn in range(8)]
    assert turns == sorted(set(turns))
    assert turns[0] == start


@many
@given(place=WHERE, unit=st.sampled_from(UNITS), n=st.integers(0, 40), start=MOMENTS, stop=MINUTES, length=MINUTES)
def test_a_deadline_that_stood_still_is_neither_over_nor_earlier(
    place: Calendar, unit: str, n: int, start: datetime, stop: int, length: int
) -> None:
    due, since = set_at(place, unit, n, start), after(start, stop)
    assume(due.at > since)
    until = after(since, length)
    moved = resumed(place, due, since, until).deadline
    assert moved.at > until
    assert moved.at >= due.at
    assert moved.unit == due.unit
    assert moved.at <= resumed(place, due, since, after(until, 24 * 60)).deadline.at


@many
@given(place=WHERE, n=st.integers(0, 40), start=MOMENTS, stop=MINUTES, length=MINUTES)
def test_the_working_days_that_were_left_are_left(
    place: Calendar, n: int, start: datetime, stop: int, length: int
) -> None:
    due, since = place.workdays(n, start), after(start, stop)
    assume(due.at > since)
    until = after(since, length)
    moved = resumed(place, due, since, until).deadline.at
    before = open_days(place, place.day_zero(since), place.local(due.at).date())
    left = open_days(place, place.day_zero(until), place.local(moved).date())
    closed_meanwhile = before == 0 and place.closing(place.day_zero(until)) <= until
    assert left == before + closed_meanwhile


@many
@given(place=WHERE, n=st.integers(0, 3000), start=MOMENTS, stop=MINUTES, length=MINUTES)
def test_the_hours_that_were_left_are_left(place: Calendar, n: int, start: datetime, stop: int, length: int) -> None:
    due, since = place.add_duration(start, f"PT{n + 1}H"), after(start, stop)
    assume(due.at > since)
    until = after(since, length)
    assert resumed(place, due, since, until).deadline.at - until == due.at - since


@many
@given(place=WHERE, unit=st.sampled_from(UNITS), n=st.integers(0, 40), start=MOMENTS, stop=MINUTES)
def test_a_pause_of_no_time_moves_nothing(place: Calendar, unit: str, n: int, start: datetime, stop: int) -> None:
    due, since = set_at(place, unit, n, start), after(start, stop)
    assume(due.at > since)
    assert resumed(place, due, since, since).deadline.at == due.at
    assert resumed(place, due, since, since - timedelta(hours=1)).deadline.at == due.at


@many
@given(place=WHERE, n=st.integers(0, 40), start=MOMENTS, stop=MINUTES, first=MINUTES, second=MINUTES)
def test_two_pauses_without_time_between_are_one(
    place: Calendar, n: int, start: datetime, stop: int, first: int, second: int
) -> None:
    due, since = place.workdays(n, start), after(start, stop)
    assume(due.at > since and place.local(due.at).date() > place.day_zero(since))
    middle = after(since, first)
    end = after(middle, second)
    twice = resumed(place, resumed(place, due, since, middle).deadline, middle, end).deadline.at
    assert twice == resumed(place, due, since, end).deadline.at


@many
@given(place=WHERE, n=st.integers(0, 40), back=st.integers(0, 5), start=MOMENTS, stop=MINUTES, length=MINUTES)
def test_a_warning_keeps_its_distance_to_the_deadline(
    place: Calendar, n: int, back: int, start: datetime, stop: int, length: int
) -> None:
    target, since = place.days(n, start), after(start, stop)
    assume(target.at > since)
    until = after(since, length)
    warning = Deadline(place.workdays_before(back, target.at).at, "", before=(back, target))
    moved = resumed(place, warning, since, until).deadline.at
    assert moved == place.workdays_before(back, resumed(place, target, since, until).deadline.at).at
