"""NW-13: figures come from history alone, and no small number can be told from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.cases.measures.counting import Cell, clauses, seen, series
from app.cases.measures.course import Course, Passage
from app.cases.measures.file import Measure, MeasuresUnreadable, read
from app.cases.measures.small import alone, protected, share
from app.cases.queries.measures import FOLDER, name_of, quarters
from app.definitions import rules
from app.definitions.collecting import library
from app.privacy import HEALTH

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
REVIEW = Measure("reviews", "Reviews", "in-time", ("review", "hold"), None, "", ())


def passage(late: bool | None, element: str = "hold", rules: tuple[str, ...] = ("NW-1",), days: int = 3) -> Passage:
    due = MONDAY + timedelta(days=2)
    return Passage("review", element, rules, MONDAY, due, MONDAY + timedelta(days=days), True, late)


def case(team: str, *passages: Passage, policy: str = "New 2.0") -> Course:
    return Course("c", "review", policy, team, list(passages))


@pytest.mark.rule("NW-13", "follows")
@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 12, "b": 9}, {"a": 12, "b": 9}),
        ({"a": 12, "b": 0}, {"a": 12, "b": 0}),
        ({"a": 12, "b": 9, "c": 2}, {"a": 12, "b": None, "c": None}),
        ({"a": 12, "b": 3, "c": 4}, {"a": 12, "b": None, "c": None}),
        ({"a": 12, "b": 1, "c": 2}, {"a": None, "b": None, "c": None}),
        ({"a": 2}, {"a": None}),
        ({}, {}),
    ],
)
def test_small_counts_are_held_back_and_what_would_give_them_away(
    counts: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert protected(counts, 5) == shown


@pytest.mark.rule("NW-13", "breaks")
def test_nobody_works_out_a_small_count_from_the_sum() -> None:
    """Whoever knows the sum of a series, and all that is shown of it, is left with at least two unknowns, or five."""
    for first in range(12):
        for second in range(12):
            for third in range(12):
                counts = {"a": first, "b": second, "c": third}
                hidden = [key for key, n in protected(counts, 5).items() if n is None]
                small = [key for key, n in counts.items() if 0 < n < 5]
                assert set(small) <= set(hidden)
                if small and any(n for key, n in counts.items() if key not in hidden):
                    assert len(hidden) > 1
                    assert sum(counts[key] for key in hidden) >= 5


def test_a_share_tells_of_no_few() -> None:
    assert share(8, 16, 5) == 50
    assert share(16, 16, 5) == 100
    assert share(15, 16, 5) is None
    assert share(2, 16, 5) is None
    assert share(4, 4, 5) is None
    assert (alone(0, 5), alone(4, 5), alone(5, 5)) == (0, None, 5)


def test_reviews_in_time_by_team() -> None:
    cases = [case("helen", passage(False)) for _ in range(10)] + [case("iris", passage(True)) for _ in range(5)]
    times = seen(REVIEW, cases)
    found = series(REVIEW, times, ["helen", "iris"], lambda one: one.team, 5)
    assert found.cells == (Cell(10, share=100), Cell(5, share=0))


def test_days_between_two_steps_are_counted_from_the_end_of_the_first() -> None:
    measure = Measure("days", "Days", "days", ("review", "ask"), ("review", "hold"), "", ())
    cases = [case("helen", passage(None, "ask", days=1), passage(None, days=1 + days)) for days in (2, 4, 9, 4, 4)]
    found = series(measure, seen(measure, cases), ["helen"], lambda one: one.team, 5)
    assert found.cells == (Cell(5, days=4.0),)


def test_a_step_that_was_never_reached_counts_nothing() -> None:
    assert seen(REVIEW, [case("helen", passage(False, "other"))]) == []


@pytest.mark.rule("XX-2", "follows")
def test_deadlines_are_told_by_rule_met_missed_and_by_how_much() -> None:
    cases = [case("a", passage(False)) for _ in range(7)] + [case("a", passage(True, days=8)) for _ in range(5)]
    (found,) = clauses(cases, frozenset({"NW-1"}), MONDAY, 5)
    assert (found.rule, found.met, found.missed, found.median_days_late) == ("NW-1", 7, 5, 6.0)


def test_what_is_open_beyond_its_date_is_missed_and_what_is_not_due_yet_is_neither() -> None:
    waiting = Passage("review", "hold", ("NW-1",), MONDAY, MONDAY + timedelta(days=2))
    for now, counted in ((MONDAY + timedelta(days=1), []), (MONDAY + timedelta(days=4), [("NW-1", 0, 6)])):
        found = clauses([case("a", waiting)] * 6, frozenset({"NW-1"}), now, 5)
        assert [(one.rule, one.met, one.missed) for one in found] == counted


def test_rules_without_a_clock_have_no_deadlines() -> None:
    assert clauses([case("a", passage(True))] * 9, frozenset({"XX-2"}), MONDAY, 5) == []


def test_quarters_run_over_the_turn_of_the_year() -> None:
    assert quarters(date(2026, 2, 3), 3) == [date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1)]


def test_each_quarter_has_a_name_of_its_own() -> None:
    named = [name_of(one) for one in quarters(date(2026, 11, 22), 5)]
    assert named == ["Oct to Dec 2025", "Jan to Mar 2026", "Apr to Jun 2026", "Jul to Sep 2026", "Oct to Dec 2026"]


def test_the_shipped_list_names_steps_that_there_are_and_that_tell_nothing_of_health() -> None:
    found = read(FOLDER)
    assert found.smallest >= 5
    steps = {step for one in found.measures for step in (one.at, one.to) if step}
    known = {
        (process.id, node.id): node
        for process in library([FOLDER]).processes.values()
        for node in process.nodes.values()
    }
    assert steps <= known.keys()
    assert [step for step in steps if known[step].properties.get("class", "public") in HEALTH] == []
    assert {rule for one in found.measures for rule in one.rules} <= rules.load(FOLDER).keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("smallest = 1\nquarters = 8", "smallest"),
        ("smallest = 5", "quarters"),
        ("smallest = 5\nquarters = 8\n[[measure]]\nid = 'a'", "has no words"),
        ("smallest = 5\nquarters = 8\n[[measure]]\nid='a'\nwords='A'\nkind='sum'\nat='a:b'", "kind"),
        ("smallest = 5\nquarters = 8\n[[measure]]\nid='a'\nwords='A'\nkind='days'\nat='a:b'", "“to” belongs"),
        ("smallest = 5\nquarters = 8\n[[measure]]\nid='a'\nwords='A'\nkind='count'\nat='ab'", "process:element"),
        ("smallest = ", "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "measures.toml").write_text(text)
    with pytest.raises(MeasuresUnreadable, match=words):
        read(tmp_path)
