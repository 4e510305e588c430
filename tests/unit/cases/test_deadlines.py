"""Deadlines met and missed: what is counted, what is held back, and how it looks on a diagram."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from app.cases.deadlines import counting, heat, periods
from app.cases.deadlines.clocks import Running, clocks
from app.cases.deadlines.views import OUTCOMES, Figure, Line, Outcome, StepLine, Where
from app.errors import NotFound
from tests.chaos.world import referral

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = MONDAY + timedelta(days=5)
NOW = MONDAY + timedelta(days=9)


def row(kind: str, at: str = "t1", element: str = "late", case_id: str = "c", **data: Any) -> Any:
    said = {"process": "p", "element": element, "task": at, "data": data}
    return SimpleNamespace(case_id=case_id, kind=f"engine.{kind}", body=orjson.dumps({"data": said}).decode())


def set_(at: str = "t1", element: str = "late", case_id: str = "c", due: datetime = DUE) -> Any:
    return row("timer_set", at, element, case_id, due=due.isoformat())


def told(rows: list[Any], running: dict[str, Running] | None = None) -> list[tuple[datetime, Outcome]]:
    return [(one.due, one.outcome) for one in clocks(rows, {"c": running or {}}, NOW)]


def test_a_clock_that_never_rang_was_in_time_and_one_that_rang_was_not() -> None:
    assert told([set_()]) == [(DUE, "met")]
    assert told([set_(), row("timer_fired", due=DUE.isoformat())]) == [(DUE, "late")]


def test_a_clock_that_runs_is_overdue_or_in_no_count() -> None:
    runs = {"t1": Running("late", paused=False)}
    assert told([set_()], runs) == [(DUE, "overdue")]
    assert told([set_(due=NOW + timedelta(days=1))], runs) == []


def test_a_clock_that_stands_still_is_in_no_count_and_counts_at_its_new_date_when_it_goes_on() -> None:
    assert told([set_()], {"t1": Running("late", paused=True)}) == []
    later = DUE + timedelta(days=3)
    assert told([set_(), row("timer_resumed", due=later.isoformat())]) == [(later, "met")]


def test_each_turn_of_a_clock_counts_by_itself() -> None:
    second = DUE + timedelta(days=2)
    rang = row("timer_fired", due=DUE.isoformat(), next=second.isoformat())
    assert told([set_(), rang]) == [(DUE, "late"), (second, "met")]


def test_a_clock_that_shares_its_token_with_others_is_known_by_its_element() -> None:
    """At an event-based gateway the row has an id of its own."""
    rows = [set_("gateway"), set_("gateway", element="other")]
    assert told(rows, {"hash": Running("late", paused=False)}) == [(DUE, "overdue"), (DUE, "met")]


def test_cases_do_not_hear_one_another() -> None:
    rows = [set_(), set_(case_id="d")]
    assert [one.case_id for one in clocks(rows, {"d": {"t1": Running("late", paused=True)}}, NOW)] == ["c"]


def where(element: str, kind: Any = "date", version: int = 1, key: str = "p") -> Where:
    return Where(key, version, f"{key}{version}", "p", element, kind)


def counted(**steps: tuple[int, int, int, int]) -> dict[Where, Counter[Outcome]]:
    return {where(name): Counter(dict(zip(OUTCOMES, numbers, strict=True))) for name, numbers in steps.items()}


def numbers(counts: dict[Where, Counter[Outcome]], outcome: Outcome = "late") -> dict[str, int | None]:
    return {one.where.element: one.numbers[outcome] for one in counting.shown(counts, 5)}


@pytest.mark.rule("NW-13", "follows")
def test_small_numbers_of_a_version_are_held_back_with_what_would_give_them_away() -> None:
    counts = counted(a=(50, 9, 0, 0), b=(50, 7, 0, 0), c=(50, 2, 0, 0))
    assert numbers(counts) == {"a": 9, "b": None, "c": None}
    assert numbers(counts, "met") == {"a": 50, "b": 50, "c": 50}


def test_a_sum_leaves_out_what_is_held_back_and_says_so() -> None:
    shown = counting.shown(counted(a=(50, 9, 0, 0), b=(50, 7, 0, 0), c=(50, 2, 0, 0)), 5)
    line = counting.line(shown, 5)
    assert (line.met, line.late, line.overdue) == (Figure(150), Figure(9, more=True), Figure(0))
    # of the one step of which nothing is held back
    assert line.missed == round(100 * 9 / 59)
    assert counting.line(shown[2:], 5) == Line(Figure(50), Figure(None), Figure(0), Figure(0), None)


@pytest.mark.rule("NW-13", "breaks")
def test_two_sums_never_give_away_what_is_held_back_between_them() -> None:
    steps = counting.shown(counted(a=(60, 9, 0, 0), b=(60, 8, 0, 0), c=(60, 3, 0, 0), d=(60, 4, 0, 0)), 5)
    wide, narrow = counting.line(steps, 5), counting.line(steps[:3], 5)
    assert (wide.late.number, narrow.late.number) == (17, 17)


def test_a_deadline_counts_once_for_its_rule_and_a_warning_not_at_all() -> None:
    date, late, warn = where("do"), where("do_late", "escalate"), where("do_soon", "warn")
    alone = where("report_late", "escalate")
    shown = [counting.Shown(one, dict.fromkeys(OUTCOMES, 9)) for one in (date, late, warn, alone)]
    rules = {one.where: ("XX-2",) for one in shown}
    found = counting.by_rule(shown, rules, {late, warn})
    assert [one.where for one in found["XX-2"]] == [date, alone]


def test_quarters_are_turned_and_do_not_begin_before_their_day() -> None:
    today = date(2026, 5, 20)
    assert periods.first_day(None, today) == date(2026, 4, 1)
    found = periods.period(periods.first_day("2025-4", today), today)
    assert (found.id, found.words, found.earlier, found.later) == ("2025-4", "Oct to Dec 2025", "2025-3", "2026-1")
    assert periods.period(date(2026, 4, 1), today).later is None
    for wrong in ("2026-3", "2026-5", "2026", "x", "", "26-1", "2026-1 "):
        with pytest.raises(NotFound):
            periods.first_day(wrong, today)
    begin, end = periods.bounds(date(2026, 1, 1), ZoneInfo("Europe/London"))
    assert (begin, end) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 31, 23, tzinfo=UTC))


def step(element: str, missed: int | None, name: str = "A step") -> StepLine:
    line = Line(Figure(9), Figure(9), Figure(0), Figure(0), missed)
    return StepLine(where(element), name, (), line)


def test_a_diagram_shows_the_share_at_the_step_in_colour_and_as_a_number() -> None:
    data = referral().files["assessment.bpmn"]
    drawn = heat.picture(data, [step("triage", 30, "Triage <the> referral"), step("triage_late", None)])
    assert drawn is not None
    assert "30%" in drawn
    assert heat.looks(30)[0] in drawn
    assert "missed: held back" in drawn
    assert "Triage &lt;the&gt; referral: 30%" in drawn
    plain = heat.picture(data, [])
    assert plain is not None
    assert "30%" not in plain
    assert "Deadlines missed: none have come." in plain


def test_what_cannot_be_drawn_has_no_picture() -> None:
    assert heat.picture(b"<definitions/>", []) is None
    assert heat.picture(b"no xml", []) is None


def test_every_share_has_a_band_and_dark_words_can_be_read_on_it() -> None:
    assert [heat.looks(share)[2] for share in (0, 1, 10, 11, 26, 51, 100)] == [
        "none missed",
        "up to 10% missed",
        "up to 10% missed",
        "up to 25% missed",
        "up to 50% missed",
        "more than 50% missed",
        "more than 50% missed",
    ]
    for ground, line, _words in [heat.looks(share) for share in (0, 5, 20, 40, 90, None)]:
        assert contrast(ground, heat.INK) >= 4.5
        assert contrast(line, heat.PAPER) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
