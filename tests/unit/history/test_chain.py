"""The hash chain of a case: what it proves, and what breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest

from app.history import Entry, Head, extend, verify_case

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    case_id: str
    seq: int
    at: datetime
    actor_id: str
    kind: str
    body: str
    hash: str


def _chained(count: int = 5) -> tuple[Head, list[Row]]:
    entries = [Entry("command.complete", {"task": f"t{number}"}) for number in range(count)]
    head, rows = extend(Head(), "case-1", "amir", NOW, entries)
    return head, [Row(**row) for row in rows]


def test_an_untouched_chain_holds() -> None:
    head, rows = _chained()
    assert verify_case("case-1", rows, head) is None


def test_chaining_in_two_steps_gives_the_same_head_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.urandom", bytes)
    entries = [Entry("a", {"x": 1}), Entry("b"), Entry("c")]
    whole, _ = extend(Head(), "case-1", "amir", NOW, entries)
    first, _ = extend(Head(), "case-1", "amir", NOW, entries[:1])
    second, _ = extend(first, "case-1", "amir", NOW, entries[1:])
    assert second == whole


def test_an_entry_cannot_be_guessed_from_its_hash() -> None:
    """A pack gives the hash of an entry that is withheld, and everything else about it may be known."""
    (_, [first]), (_, [second]) = (extend(Head(), "case-1", "amir", NOW, [Entry("engine.entered")]) for _ in "ab")
    assert first["hash"] != second["hash"]
    assert len(orjson.loads(first["body"])["salt"]) == 32


def _edit(rows: list[Row]) -> list[Row]:
    rows[2] = replace(rows[2], body=rows[2].body.replace("t2", "t9"))
    return rows


def _redate(rows: list[Row]) -> list[Row]:
    rows[2] = replace(rows[2], at=rows[2].at + timedelta(days=1))
    return rows


def _reattribute(rows: list[Row]) -> list[Row]:
    rows[2] = replace(rows[2], actor_id="helen")
    return rows


def _rename(rows: list[Row]) -> list[Row]:
    rows[2] = replace(rows[2], kind="command.cancel")
    return rows


def _delete(rows: list[Row]) -> list[Row]:
    return rows[:2] + rows[3:]


def _swap(rows: list[Row]) -> list[Row]:
    rows[2], rows[3] = replace(rows[3], seq=3), replace(rows[2], seq=4)
    return rows


def _move(rows: list[Row]) -> list[Row]:
    rows[2] = replace(rows[2], case_id="case-2")
    return rows


@pytest.mark.parametrize("tamper", [_edit, _redate, _reattribute, _rename, _delete, _swap, _move])
def test_each_kind_of_tampering_is_named_at_its_row(tamper: Any) -> None:
    head, rows = _chained()
    fault = verify_case("case-1", tamper(rows), head)
    assert fault is not None
    assert fault.seq == 3


def test_a_cut_end_is_seen_against_the_head_of_the_case() -> None:
    head, rows = _chained()
    fault = verify_case("case-1", rows[:-1], head)
    assert fault is not None
    assert fault.seq == 5


def test_an_inserted_entry_breaks_the_chain() -> None:
    head, rows = _chained()
    rows.insert(3, replace(rows[3], body=rows[3].body.replace("t3", "t8")))
    fault = verify_case("case-1", rows, head)
    assert fault is not None


def test_the_same_moment_in_another_zone_is_the_same_moment() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=2)))
    head, rows = extend(Head(), "case-1", "amir", local, [Entry("a")])
    assert verify_case("case-1", [Row(**{**row, "at": NOW}) for row in rows], head) is None
