"""The table of ASVS 5.0.0 at level 2: whole, and citing what exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "security.md").read_text()
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (met|not applicable|open) \| (.*) \|$", re.MULTILINE)
#: requirements of levels 1 and 2, by chapter
NUMBERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13}
NUMBERS |= {16: 16, 17: 7}


def test_every_requirement_of_the_level_stands_there_once() -> None:
    found = [number for number, _level, _state, _how in _ROW.findall(PAGE)]
    assert len(found) == len(set(found))
    assert Counter(int(one.partition(".")[0]) for one in found) == NUMBERS


def test_each_says_how_or_why() -> None:
    assert [number for number, _level, _state, how in _ROW.findall(PAGE) if not how.strip()] == []


def test_the_sums_at_the_top_are_those_of_the_table() -> None:
    states = Counter(state for _number, _level, state, _how in _ROW.findall(PAGE))
    told = re.search(r"Met: (\d+)\. Not applicable: (\d+)\. Open: (\d+)", PAGE)
    assert told is not None
    assert tuple(map(int, told.groups())) == (states["met"], states["not applicable"], states["open"])


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:app|docs|tests|forms|processes)/[\w./-]+)`", PAGE))))
def test_what_is_cited_exists(path: str) -> None:
    assert (ROOT / path).exists()
