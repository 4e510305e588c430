"""The hazard log: complete, counted by the matrix, and citing files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "hazards.md").read_text()
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
PARTS = ("Harm", "Causes", "At first", "Design", "Tests", "Use", "Now")
_RISK = re.compile(r"severity (\w+), likelihood ([\w ]+), risk ([1-5])\.")


def matrix() -> dict[tuple[str, str], int]:
    rows = re.findall(r"^\| ((?:very )?(?:high|low)|medium) \| (.*) \|$", PAGE, re.MULTILINE)
    return {
        (severity, likelihood): int(risk)
        for likelihood, risks in rows
        for severity, risk in zip(SEVERITIES, risks.split(" | "), strict=True)
    }


def hazards() -> dict[str, str]:
    parts = re.split(r"^## (H\d\d) ", PAGE, flags=re.MULTILINE)
    return {number: text.split("\n## ")[0] for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_matrix_is_whole() -> None:
    assert len(matrix()) == 25


def test_hazards_are_numbered_without_a_gap() -> None:
    assert list(hazards()) == [f"H{number:02}" for number in range(1, len(hazards()) + 1)]


@pytest.mark.parametrize("number", sorted(hazards()))
def test_a_hazard_has_all_its_parts(number: str) -> None:
    text = hazards()[number]
    assert [part for part in PARTS if f"- **{part}**: " not in text] == []
    first, now = _RISK.findall(text)
    for severity, likelihood, risk in (first, now):
        assert matrix()[severity, likelihood] == int(risk), (severity, likelihood)
    assert int(now[2]) <= int(first[2]), "controls make nothing worse"
    assert int(now[2]) <= 3, "4 and 5 are not accepted"
    assert (now[2] == "3") == ("- **Accepted because**: " in text), "a 3 is accepted with a reason, and only a 3"


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z][\w/.-]+/[\w./-]+)`", PAGE))))
def test_what_is_cited_exists(path: str) -> None:
    assert (ROOT / path).exists()
