"""Which answers belong to which of several meetings of one case."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from app.cases.queries.answers import Read
from app.cases.queries.meeting_words import SECTIONS
from app.cases.queries.meetings import apart


def told(*answers: dict[str, Any]) -> list[list[dict[str, Any]]]:
    reads = [cast("Read", SimpleNamespace(answers=one)) for one in answers]
    return [[dict(one.answers) for one in group] for group in apart(reads)]


FIRST, SECOND = {"meeting_at": "2026-03-02T10:00"}, {"meeting_at": "2026-04-02T10:00"}
MINUTES = {"minutes": "Talked about shifts"}


def test_nothing_told_is_no_meeting() -> None:
    assert told() == []


def test_what_is_entered_after_a_meeting_is_still_about_it() -> None:
    assert told(FIRST, {"held": "held"}, MINUTES, {"charge_amount": 0}) == [
        [FIRST, {"held": "held"}, MINUTES, {"charge_amount": 0}]
    ]


def test_another_date_before_it_was_held_is_the_same_meeting() -> None:
    assert len(told(FIRST, {"date_reply": "other"}, SECOND)) == 1
    assert len(told(FIRST, {"held": "move"}, SECOND)) == 1
    assert len(told(FIRST, {"meeting_held": "put_off"}, SECOND)) == 1


def test_an_invitation_after_one_that_was_held_begins_the_next() -> None:
    assert told(FIRST, {"meeting_held": "yes"}, MINUTES, SECOND, {"held": "held"}) == [
        [FIRST, {"meeting_held": "yes"}, MINUTES],
        [SECOND, {"held": "held"}],
    ]


def test_one_that_was_called_off_is_over_too() -> None:
    assert len(told(FIRST, {"keep": "cancel"}, SECOND)) == 2


def test_each_name_stands_in_one_part_alone() -> None:
    """But the date, which is also among the dates offered."""
    names = [name for section in SECTIONS for name in section.keys]
    assert sorted({name for name in names if names.count(name) > 1}) == ["meeting_at"]
