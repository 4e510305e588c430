"""Deadlines: which days count, at what local time they end, and how that is said (XX-2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workdays import MAX_DAYS, BadCalendar, Calendar, UncountableTime

LONDON = Calendar()
PLACES = [
    Calendar(country, region, zone, close)
    for country, region, zone, close in (
        ("GB", "ENG", "Europe/London", "17:00"),
        ("GB", "SCT", "Europe/London", "16:30"),
        ("GB", "NIR", "Europe/London", "17:00"),
        ("GB", "WLS", "Europe/London", "17:00"),
        ("IE", "", "Europe/Dublin", "17:00"),
        ("CA", "BC", "America/Vancouver", "16:30"),
        ("CA", "NL", "America/St_Johns", "17:00"),
        ("US", "NY", "America/New_York", "17:00"),
        ("DE", "BY", "Europe/Berlin", "18:00"),
        ("FR", "", "Europe/Paris", "17:00"),
        ("IN", "", "Asia/Kolkata", "17:30"),
        ("NP", "", "Asia/Kathmandu", "17:00"),
        ("SA", "", "Asia/Riyadh", "16:00"),
        ("AU", "NSW", "Australia/Sydney", "17:00"),
        ("AU", "SA", "Australia/Adelaide", "17:00"),
        ("NZ", "", "Pacific/Auckland", "17:00"),
        ("NZ", "CIT", "Pacific/Chatham", "17:00"),
        ("BR", "SP", "America/Sao_Paulo", "17:00"),
        ("JP", "", "Asia/Tokyo", "17:00"),
        ("CL", "", "America/Santiago", "23:59"),
    )
]
MOMENTS = st.integers(0, 15 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


def london(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Europe/London")).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("n", "start", "due"),
    [
        (5, "2026-03-03T09:00", "2026-03-10T17:00"),
        (5, "2026-03-03T23:59", "2026-03-10T17:00"),
        (1, "2026-03-06T09:00", "2026-03-09T17:00"),
        (0, "2026-03-06T09:00", "2026-03-06T17:00"),
        (0, "2026-03-07T09:00", "2026-03-09T17:00"),
        (2, "2026-03-07T09:00", "2026-03-11T17:00"),
        (5, "2026-04-01T09:00", "2026-04-10T17:00"),
        (1, "2026-12-24T09:00", "2026-12-29T17:00"),
    ],
    ids=[
        "a week",
        "late in the evening",
        "over a weekend",
        "same day",
        "closed day",
        "from Saturday",
        "Easter",
        "Christmas",
    ],
)
def test_working_days_end_at_close(n: int, start: str, due: str) -> None:
    assert london(LONDON.workdays(n, at(start)).at) == due


def test_the_day_of_receipt_is_the_local_day() -> None:
    late_in_london = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # already Friday there
    assert london(LONDON.workdays(1, late_in_london).at) == "2026-07-06T17:00"


def test_scotland_keeps_other_holidays() -> None:
    start = at("2026-11-27T09:00")
    assert london(Calendar(subdivision="SCT").workdays(1, start).at) == "2026-12-01T17:00"
    assert london(LONDON.workdays(1, start).at) == "2026-11-30T17:00"


def test_british_columbia() -> None:
    deadline = Calendar("CA", "BC", "America/Vancouver").workdays(1, datetime(2026, 9, 29, 20, tzinfo=UTC))
    assert deadline.at == datetime(2026, 10, 2, 0, tzinfo=UTC)
    assert "National Day for Truth and Reconciliation" in deadline.how


def test_a_deadline_says_how_it_was_counted() -> None:
    assert LONDON.workdays(5, at("2026-03-03T09:00")).how == (
        "5 working days from Tuesday 3 March 2026 (day 0), closing at 5pm on Tuesday 10 March 2026. "
        "Not counted: 7 and 8 March (weekend)."
    )


def test_holidays_are_named_and_the_closed_day_of_receipt_is_explained() -> None:
    how = LONDON.workdays(1, at("2026-04-03T09:00")).how
    assert how == (
        "Friday 3 April 2026 is not a working day, so counting starts on the next one. "
        "1 working day from Tuesday 7 April 2026 (day 0), closing at 5pm on Wednesday 8 April 2026."
    )
    assert LONDON.workdays(2, at("2026-04-01T09:00")).how.endswith(
        "Not counted: 3 April (Good Friday), 4 and 5 April (weekend) and 6 April (Easter Monday)."
    )


def test_a_weekend_over_the_turn_of_the_month_and_year() -> None:
    assert "31 January and 1 February (weekend)" in LONDON.workdays(1, at("2026-01-30T09:00")).how


def test_a_long_count_is_told_in_few_words() -> None:
    how = LONDON.workdays(60, at("2026-03-09T09:00")).how
    assert how.endswith(
        "Not counted: 24 weekend days, 3 April (Good Friday), 6 April (Easter Monday), "
        "4 May (May Day) and 25 May (Spring Bank Holiday)."
    )
    assert len(LONDON.workdays(1000, at("2026-03-09T09:00")).how) < 250


@pytest.mark.parametrize(
    ("close", "words"), [("17:30", "5:30pm"), ("12:00", "midday"), ("00:00", "midnight"), ("09:05", "9:05am")]
)
def test_times_of_day_are_said_plainly(close: str, words: str) -> None:
    assert f"closing at {words} on" in Calendar(close=close).days(1, at("2026-03-03T09:00")).how


def test_working_days_before_keep_the_time_of_day() -> None:
    warning = LONDON.workdays_before(1, at("2026-04-07T10:15"))
    assert london(warning.at) == "2026-04-02T10:15"
    assert warning.how.startswith(
        "1 working day before 10:15am on Tuesday 7 April 2026: 10:15am on Thursday 2 April 2026."
    )
    assert "6 April (Easter Monday)" in warning.how


def test_before_a_closed_day_is_the_working_day_before_it() -> None:
    assert london(LONDON.workdays_before(1, at("2026-03-08T12:00")).at) == "2026-03-06T12:00"


def test_calendar_days_count_closed_days_too() -> None:
    deadline = LONDON.days(21, at("2026-03-14T09:00"))
    assert london(deadline.at) == "2026-04-04T17:00"
    assert deadline.how == (
        "21 calendar days from Saturday 14 March 2026 (day 0), closing at 5pm on Saturday 4 April 2026. "
        "Weekends and holidays are counted."
    )


@pytest.mark.parametrize(
    ("start", "iso", "times", "due"),
    [
        ("2026-03-28T09:30", "P1D", 1, "2026-03-29T09:30"),
        ("2026-03-28T09:30", "PT24H", 1, "2026-03-29T10:30"),
        ("2026-10-24T09:30", "P1W", 1, "2026-10-31T09:30"),
        ("2026-01-31T09:00", "P1M", 1, "2026-02-28T09:00"),
        ("2026-01-31T09:00", "P1M", 2, "2026-03-31T09:00"),
        ("2028-02-29T09:00", "P1Y", 1, "2029-02-28T09:00"),
        ("2026-01-31T09:00", "P1M1DT2H", 1, "2026-03-01T11:00"),
        ("2026-01-31T09:00", "PT0.5S", 2, "2026-01-31T09:00"),
    ],
)
def test_durations_keep_the_wall_clock_and_the_end_of_the_month(start: str, iso: str, times: int, due: str) -> None:
    assert london(LONDON.add_duration(at(start), iso, times).at) == due


def test_a_duration_says_how_it_was_counted() -> None:
    assert LONDON.add_duration(at("2026-03-03T09:00"), "P2W", 3).how == (
        "42 days from 9am on Tuesday 3 March 2026: 9am on Tuesday 14 April 2026."
    )


@pytest.mark.parametrize("iso", ["", "P", "PT", "3D", "P3", "P1DT", "P-1D", "R/P1D", "P1D ", "P1M2Y", "P٣D"])
def test_what_is_no_duration_is_refused(iso: str) -> None:
    with pytest.raises(UncountableTime, match="is not a duration"):
        LONDON.add_duration(at("2026-03-03T09:00"), iso)


@pytest.mark.parametrize("n", [-1, MAX_DAYS + 1])
def test_a_slip_of_the_pen_is_refused(n: int) -> None:
    for method in (LONDON.workdays, LONDON.workdays_before, LONDON.days):
        with pytest.raises(UncountableTime, match="from 0 to"):
            method(n, at("2026-03-03T09:00"))


def test_the_end_of_time_is_refused_in_words() -> None:
    for call in (
        lambda: LONDON.add_duration(at("2026-03-03T09:00"), "P999999Y"),
        lambda: LONDON.workdays(5, datetime(9999, 12, 30, tzinfo=UTC)),
        lambda: LONDON.workdays_before(5, datetime(1, 1, 2, tzinfo=UTC)),
    ):
        with pytest.raises(UncountableTime, match="too far away"):
            call()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"country": "XX"}, "no holiday calendar"),
        ({"subdivision": "QQ"}, "no holiday calendar"),
        ({"tz": "Mars/Olympus"}, "no time zone"),
        ({"tz": "../../etc/passwd"}, "no time zone"),
        ({"close": "25:00"}, "not a closing time"),
    ],
)
def test_a_calendar_that_cannot_be_used_is_refused_at_once(values: dict[str, str], message: str) -> None:
    with pytest.raises(BadCalendar, match=message):
        Calendar.from_dict(values)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.country}-{place.subdivision}")
def test_a_calendar_survives_json(place: Calendar) -> None:
    assert Calendar.from_dict({**place.as_dict(), "unknown": "ignored"}) == place


@given(place=st.sampled_from(PLACES), n=st.integers(0, 60), start=MOMENTS)
def test_counting_back_undoes_counting_on(place: Calendar, n: int, start: datetime) -> None:
    due = place.workdays(n, start).at
    back = place.workdays_before(n, due).at
    assert back == place.workdays(0, start).at


@given(place=st.sampled_from(PLACES), n=st.integers(0, 60), start=MOMENTS)
def test_exactly_n_open_days_follow_day_0(place: Calendar, n: int, start: datetime) -> None:
    due = place.workdays(n, start).at.astimezone(place.zone)
    received = start.astimezone(place.zone).date()
    opened = [day for day in _days(received, due.date()) if place.is_open(day)]
    assert len(opened) == n + 1
    assert opened[-1] == due.date()
    assert due.time() == time.fromisoformat(place.close)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@given(place=st.sampled_from(PLACES), start=MOMENTS, months=st.integers(1, 240))
def test_months_end_with_the_anchor_day_or_the_last_of_the_month(place: Calendar, start: datetime, months: int) -> None:
    local = start.astimezone(place.zone)
    due = place.add_duration(start, "P1M", months).at.astimezone(place.zone)
    next_day = (due + timedelta(days=1)).date()
    assert due.day == local.day or (next_day.day == 1 and due.day < local.day)
    assert (due.year - local.year) * 12 + due.month - local.month == months


@given(place=st.sampled_from(PLACES), start=MOMENTS, n=st.integers(0, 400))
def test_days_keep_the_wall_clock_unless_it_does_not_exist(place: Calendar, start: datetime, n: int) -> None:
    local = start.astimezone(place.zone)
    due = place.add_duration(start, f"P{n}D").at.astimezone(place.zone)
    wanted = local.replace(tzinfo=None) + timedelta(days=n)
    shift = due.replace(tzinfo=None) - wanted
    exists = wanted.replace(tzinfo=place.zone).astimezone(UTC).astimezone(place.zone).replace(tzinfo=None) == wanted
    assert shift == timedelta() if exists else timedelta() < shift <= timedelta(hours=2)
