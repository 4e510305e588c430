"""What a page carries along of a trial: written, read again, and refused when it was tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.cases.workshop import trying
from app.cases.workshop.trying import (
    Again,
    Answer,
    At,
    BadStory,
    Begin,
    Employer,
    End,
    Follows,
    Hear,
    Move,
    Say,
    Story,
    TooLong,
    Wait,
    made_up,
    read,
    situation,
    value_of,
)
from app.cases.workshop.trying.given import facts_in
from app.cases.workshop.trying.moves import MOST_MOVES
from app.cases.workshop.trying.playing import play
from app.errors import InvalidAnswers
from app.workdays import Calendar
from tests.unit.cases.test_trying import asking

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
MADE = asking()
TEXTS = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(allow_nan=False, allow_infinity=False), TEXTS
)
FACTS = some.dictionaries(some.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True), PLAIN, max_size=4)
DEEPER = some.one_of(PLAIN, some.lists(PLAIN, max_size=3), some.dictionaries(TEXTS, PLAIN, max_size=3))
ANSWERS = some.dictionaries(some.one_of(TEXTS, some.sampled_from(["why", "days"])), DEEPER, max_size=4)
PLACES = some.builds(At, TEXTS, TEXTS, some.integers(0, 99)) | some.builds(
    At, some.just("case"), some.sampled_from(["ask", "talk", "long"]), some.integers(0, 1)
)
LATER = some.integers(0, 2**31).map(lambda seconds: datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=seconds))
MOVES: some.SearchStrategy[Move] = some.one_of(
    some.builds(Begin, ANSWERS),
    some.builds(Answer, PLACES, ANSWERS),
    some.builds(Say, PLACES, ANSWERS),
    some.builds(Hear, PLACES, FACTS),
    some.builds(Wait, LATER),
    some.builds(Again, PLACES),
    some.builds(End, TEXTS),
)
FOLLOWS: some.SearchStrategy[Follows] = some.sampled_from(trying.FOLLOWS)
STORIES = some.builds(Story, TEXTS, some.just(MONDAY), FOLLOWS, FACTS, FACTS, some.lists(MOVES, max_size=4).map(tuple))
NORTHFIELD = [Employer("northfield", "Northfield", Calendar())]


@settings(max_examples=40)
@given(STORIES)
def test_a_story_is_read_as_it_was_written(story: Story) -> None:
    assert read(story.text()) == story


@settings(max_examples=25)
@given(some.lists(MOVES, max_size=4))
def test_whatever_is_posted_is_played_or_refused_in_words(moves: list[Move]) -> None:
    begun = Story("northfield", MONDAY, moves=(Begin({"why": "x"}), *moves))
    trial = play(
        asking(), situation(read(begun.text()), [Employer("northfield", "Northfield", Calendar())]), begun.moves
    )
    assert trial.refused is None or trial.refused.error.detail


def story(**changed: Any) -> str:
    told = {"employer": "northfield", "begin": "2026-03-02T09:00:00+00:00", "follows": "", "carried": {}, "brought": {}}
    return json.dumps({**told, "moves": [], **changed})


def one_move(**move: Any) -> str:
    return story(moves=[move])


AT = {"process": "case", "element": "ask", "nth": 0}
HOSTILE: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no JSON": lambda: "{",
    "a list": lambda: "[]",
    "a number": lambda: "7",
    "a part missing": lambda: json.dumps({"employer": "northfield"}),
    "too large": lambda: story(employer="x" * 200_000),
    "deep": lambda: "[" * 50_000,
    "deep answers": lambda: one_move(do="begin", answers={}).replace(
        '"answers": {}', '"answers": {"a": ' + "[" * 9000 + "]" * 9000 + "}"
    ),
    "no moves": lambda: story(moves={"0": 1}),
    "too many moves": lambda: story(moves=[{"do": "end", "reason": ""}] * (MOST_MOVES + 1)),
    "an unknown move": lambda: one_move(do="deploy"),
    "a move that is none": lambda: story(moves=["end"]),
    "a move of a list": lambda: one_move(do=["end"]),
    "answers of no names": lambda: one_move(do="answer", **AT, answers=["x"]),
    "a place of numbers": lambda: one_move(do="answer", process=1, element="ask", nth=0, answers={}),
    "a place far away": lambda: one_move(do="again", process="x" * 300, element="ask", nth=0),
    "a number below nought": lambda: one_move(do="again", process="case", element="ask", nth=-1),
    "a number that is true": lambda: one_move(do="again", process="case", element="ask", nth=True),
    "no number": lambda: one_move(do="again", process="case", element="ask", nth=float("nan")),
    "facts of structures": lambda: one_move(do="hear", **AT, facts={"a": {"b": 1}}),
    "facts with strange names": lambda: one_move(do="hear", **AT, facts={"__class__.x": 1}),
    "a fact without end": lambda: one_move(do="hear", **AT, facts={"a": 1}).replace("1}", "1e999}"),
    "a long fact": lambda: story(carried={"a": "x" * 501}),
    "many facts": lambda: story(brought={f"f{number}": 1 for number in range(51)}),
    "half a character": lambda: one_move(do="begin", answers={"why": "\ud800"}),
    "a moment without zone": lambda: story(begin="2026-03-02T09:00:00"),
    "a moment long ago": lambda: story(begin="1900-03-02T09:00:00+00:00"),
    "a moment far away": lambda: one_move(do="wait", to="9999-12-31T23:59:59-23:59"),
    "no moment": lambda: one_move(do="wait", to="tomorrow"),
    "following what": lambda: story(follows="me"),
    "a long reason": lambda: one_move(do="end", reason="x" * 501),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_page_of_ours_wrote_is_refused(name: str) -> None:
    with pytest.raises(BadStory):
        read(HOSTILE[name]())


def test_an_employer_of_somebody_else_is_refused() -> None:
    with pytest.raises(BadStory):
        situation(read(story(employer="elsewhere")), NORTHFIELD)


def test_a_trial_grows_no_further_than_a_page_can_carry() -> None:
    full = Story("northfield", MONDAY, moves=(End(),) * MOST_MOVES)
    with pytest.raises(TooLong):
        full.and_then(End())
    with pytest.raises(TooLong):
        Story("northfield", MONDAY).and_then(Begin({"why": "x" * 100_000}))
    assert len(full.back(3).moves) == MOST_MOVES - 3
    assert Story("northfield", MONDAY).back().moves == ()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", True),
        ("No", False),
        (" 7 ", 7),
        ("2.5", 2.5),
        ("", None),
        ("nothing", None),
        ("2026-03-02", "2026-03-02"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("٧", "٧"),
        ("as agreed", "as agreed"),
    ],
)
def test_a_value_is_read_as_people_mean_it(text: str, meant: Any) -> None:
    assert (value_of(text), type(value_of(text))) == (meant, type(meant))


def test_facts_are_typed_one_a_line() -> None:
    assert facts_in("accepted = yes\n\n days=3\r\nwords = a = b", "x") == {
        "accepted": True,
        "days": 3,
        "words": "a = b",
    }
    for wrong in ("accepted", "a b = 1", "= 1", f"a = {'x' * 600}"):
        with pytest.raises(InvalidAnswers) as refused:
            facts_in(wrong, "brought")
        assert list(refused.value.messages) == ["brought"]


def test_nobody_real_is_offered() -> None:
    values = [one.value for people in made_up.PEOPLE.values() for one in people]
    assert len(values) == len(set(values))
    assert all(one.startswith("made-up-") for one in values)
    assert all(one.label.endswith("(made up)") for people in made_up.PEOPLE.values() for one in people)


def test_the_guard_of_a_trial_tells_of_nobody_who_works_somewhere() -> None:
    guard = made_up.guard()
    assert "name of somebody" in (guard.sentence(("names",), "I spoke with Alex Sample") or "")
    assert guard.sentence(("names",), "I spoke with Grace Obi") is None
