"""Words in a picture fall into lines that fit; what does not fit is cut, and told whole elsewhere."""

from __future__ import annotations

import pytest

from app.definitions.picture import draw
from app.definitions.picture.words import LONGEST, fit, width, wrap
from tests.unit.definitions.picture.sheet import Put, file


def test_widths_are_those_of_helvetica() -> None:
    assert width("Hi", 1000) == 722 + 222
    assert width("漢", 10) == 10
    assert width("é", 1000) > 0
    assert width("e\u0301", 1000) == 556


@pytest.mark.parametrize(
    "text", ["Tell that it is late", "a" * 200, "one-two-three-four-five-six-seven", "漢字" * 30, "e\u0301" * 90]
)
def test_no_line_is_wider_than_its_room(text: str) -> None:
    found = wrap(text, 90, 12)
    assert all(width(line, 12) <= 90 for line in found.lines)
    assert "".join(found.lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_word_breaks_at_its_hyphen() -> None:
    assert wrap("occupational-health", 90, 12).lines == ("occupational-", "health")


def test_smaller_letters_before_fewer_words() -> None:
    text = "Ask the employee whether the report may go to the manager and to nobody else"
    assert fit("Ask", 90, 70).size == 12
    assert fit(text, 90, 70).size < 12
    assert "…" not in "".join(fit(text, 90, 70).lines)
    cut = fit(text * 9, 90, 70)
    assert cut.height <= 70
    assert cut.lines[-1].endswith("…")


def test_nothing_takes_no_room() -> None:
    assert fit("", 90, 70).lines == ()
    assert (wrap("", 90, 12).width, wrap("", 90, 12).height) == (0, 0)


def test_the_whole_of_a_long_name_stands_in_the_title() -> None:
    name = "word " * LONGEST
    drawn = draw(file(Put("userTask", "a", name))).decode()
    assert f"user task {name.strip()}" in drawn
    assert len(drawn) < 5_000 + len(name)


def test_letters_keep_clear_of_the_sign_in_the_corner() -> None:
    def top(name: str, kind: str) -> float:
        drawn = draw(file(Put(kind, "a", name))).decode()
        return float(drawn.partition("<tspan")[2].partition('y="')[2].partition('"')[0])

    # three full lines would run into the sign; narrow ones do not
    full = "Administrator decides whether this goes on"
    assert top(full, "userTask") > top(full, "task")
    assert top("Go", "userTask") == top("Go", "task")
