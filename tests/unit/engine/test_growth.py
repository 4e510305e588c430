"""A case that has gone round for years is as small as one that has just begun, and its history tells every turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from unittest import mock

import orjson
import pytest
import zstandard

from app.engine import check, describe
from benchmarks.turning import measure_kind, too_much
from tests.unit.engine.loops import LOOPS, Loop, next_timer
from tests.unit.engine.models import Play
from tests.unit.engine.years import BEGIN, MONTHS, OPEN, begin, care, finish, known_after, month, years

#: loops whose turn is dear go round less often here; the benchmark takes them all to their 1,000th turn
TURNS = {"instances side by side": 300, "instances one by one": 300, "event sub-process": 300}
BY_NAME = pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)


def size(play: Play) -> tuple[int, int]:
    """Tokens and bytes, before they are packed."""
    raw = zstandard.decompress(play.state or b"")
    return sum(len(tokens) for _holder, _over, tokens in orjson.loads(raw)["scopes"]), len(raw)


def turns(loop: Loop, play: Play, number: int) -> Iterator[Counter[str]]:
    """Play so many turns; what completed in each, by element."""
    for turn in range(1, number + 1):
        play.steps[:-1] = []
        loop.turn(play, turn)
        yield Counter(event.element_id for step in play.steps[1:] for event in step.events if event.kind == "completed")


@BY_NAME
def test_the_thousandth_turn_leaves_the_state_as_the_third_left_it(loop: Loop) -> None:
    play, number = loop.play(), TURNS.get(loop.name, 1_000)
    young = (0, 0)
    for turn, completed in enumerate(turns(loop, play, number), 1):
        assert {element: completed[element] for element in loop.counted} == loop.counted
        young = size(play) if turn == 3 else young
    old = size(play)
    assert old[0] == young[0]
    # the numbers of tokens and state changes become longer; nothing else does
    assert old[1] < young[1] * 1.2
    loop.finish(play)
    assert play.step.status == "completed"
    assert play.step.incidents == ()


@BY_NAME
def test_what_goes_round_is_what_lint_lets_through(loop: Loop) -> None:
    assert [found for found in check(loop.bundle) if found.severity == "error"] == []


def test_without_compaction_each_turn_leaves_something() -> None:
    """The control: what is compared above does grow, in every kind of loop."""
    with mock.patch("app.engine.advance.compact"):
        for loop in LOOPS:
            play = loop.play()
            found = [size(play)[0] for _ in turns(loop, play, 6)]
            assert found[-1] > found[2], loop.name


def test_the_benchmark_finds_what_grows() -> None:
    loop = LOOPS[0]
    sound = measure_kind(loop, 10, 3)
    assert sound.as_json().keys() >= {"time", "bytes", "memory", "loaded", "what", "turns", "first", "last"}
    assert sound.last.tokens == sound.first.tokens
    assert (sound.first.turn, sound.last.turn) == (1, 10)
    with mock.patch("app.engine.advance.compact"):
        found = too_much([measure_kind(loop, 10, 3)])
    assert {"user task: bytes", "user task: memory", "user task: loaded"} <= set(found)


def test_twenty_years_of_months() -> None:
    play, sizes = begin(), []
    completed: Counter[str] = Counter()
    for number in range(1, MONTHS + 1):
        play.steps[:-1] = []
        month(play, number)
        assert sorted(play.open()) == OPEN
        assert play.facts() == known_after(number)
        assert play.step.incidents == ()
        completed.update(e.element_id for step in play.steps[1:] for e in step.events if e.kind == "completed")
        if number in (3, MONTHS // 2, MONTHS):
            sizes.append(size(play))
    assert (play.now.date(), play.now.year - BEGIN.year) == (BEGIN.date().replace(year=play.now.year), 20)
    assert len({tokens for tokens, _bytes in sizes}) == 1
    assert sizes[-1][1] < sizes[0][1] * 1.2
    assert completed["keep_in_touch"] == completed["pay"] == completed["note"] == completed["join"] == MONTHS
    assert (completed["send_note"], completed["missing"]) == (MONTHS * 4 // 5, MONTHS // 5)
    assert completed["reply"] == completed["silence"] == completed["no_report"] == MONTHS // 4
    # in every late month but April 2044, when Easter moves the fifth working day behind the manager's tenth
    assert (completed["look_back"], completed["tell_hr"]) == (20, MONTHS // 3 + MONTHS // 5 - MONTHS // 15 - 1)
    finish(play)
    assert play.step.status == "completed"


def test_the_years_are_played_on_a_diagram_of_forty_elements_that_lint_lets_through() -> None:
    main, *called = describe(begin().definition).processes
    assert (main.id, len(main.elements) > 40, len(called)) == ("care", True, 2)
    assert [found for found in check(care()) if found.severity == "error"] == []
    assert years().bundle.sha256 == care().sha256


def test_a_timer_fires_in_every_turn_that_waits_for_one() -> None:
    """The control of the player: a turn that only let 28 days pass would miss one after the clocks have changed."""
    play = next(loop for loop in LOOPS if "P28D" in loop.what and "catching" in loop.what).play()
    for _ in range(20):
        next_timer(play)
        assert "timer_fired:pause" in play.kinds()
