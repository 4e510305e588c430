"""What people enter stands in no table in plain text: not in tasks, messages, history, receipts, nor in the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
import zstandard

from app import db, records
from app.cases import commands
from app.records import submission
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, PRACTITIONER, World, good_path

CANARY = "canary7f3a"


def marked(value: Any) -> Any:
    """Every free text of the good path with the canary in it; choices, dates and people stay."""
    if isinstance(value, Mapping):
        return {name: marked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return f"{value} {CANARY}" if isinstance(value, str) and " " in value else value


def cells(world: World) -> Iterator[tuple[str, str, Any]]:
    """Every value of every column of every table, as the database holds it, unpacked where it is packed."""
    with db.reading(world.engine) as connection:
        inspector = sa.inspect(connection)
        for table in inspector.get_table_names():
            names = [column["name"] for column in inspector.get_columns(table)]
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):  # noqa: S608 -- names of our tables
                for name, value in zip(names, row, strict=True):
                    yield table, name, value
                    if isinstance(value, (bytes, memoryview)) and bytes(value[:4]) == b"\x28\xb5\x2f\xfd":
                        yield table, name, zstandard.ZstdDecompressor().decompressobj().decompress(bytes(value))


def leaks(world: World, word: str) -> list[tuple[str, str]]:
    def holds(value: Any) -> bool:
        if isinstance(value, (bytes, memoryview)):
            return word.encode() in bytes(value)
        return word in str(value)

    return sorted({(table, name) for table, name, value in cells(world) if holds(value)})


def play_marked(world: World) -> str:
    """The good path with the canary in every text, a draft of every form before it is sent."""
    case_id, now = "", None
    for line in good_path():
        now = (now or NOW) + line.after
        answers = marked(world.answers(line.task, now))
        if line.task == "start":
            case_id = commands.start(world.waymark, world.actors[line.who], "referral", answers, now, "k").case_id
            continue
        world.pass_time(case_id, now)
        task_id, actor = world.task(case_id, line.task), world.actors[line.who]
        commands.save_draft(world.waymark, actor, task_id, {**answers, "unfinished": CANARY}, now)
        assert leaks(world, CANARY) == []
        commands.complete(world.waymark, actor, task_id, answers, None, now, f"k-{line.task}")
    return case_id


def test_no_table_holds_what_was_entered(world: World) -> None:
    case_id = play_marked(world)
    assert world.row(case_id).status == "completed"
    assert leaks(world, CANARY) == []
    # the canary was sent, and whoever holds the keys finds it
    row = next(row for row in world.rows(sa.select(submission)) if row.form_id == "assessment")
    with db.reading(world.engine) as connection:
        keys = records.read_case_keys(connection, world.waymark.master_key, world.row(case_id))
    assert CANARY in str(records.unseal(keys, row.sealed, row.id).answers)


@pytest.mark.parametrize("ending", ["cancel", "withdraw"])
def test_a_reason_for_ending_is_sealed_too(world: World, ending: str) -> None:
    case_id, now = world.case_at("assess")
    w = world.waymark
    commands.save_draft(w, world.actors[PRACTITIONER], world.task(case_id, "assess"), {"notes": CANARY}, now)
    if ending == "cancel":
        commands.cancel(w, world.actors[MANAGER], case_id, f"Because {CANARY}", now)
    else:
        commands.withdraw_consent(w, world.actors[EMPLOYEE], case_id, now, f"Because {CANARY}")
    assert leaks(world, CANARY) == []


def test_control_the_search_finds_what_stands_there(world: World) -> None:
    """Facts that route are plain, on purpose, also inside the packed state; so the search would find a canary."""
    case_id, _ = world.case_at("offer_appointment")
    found = leaks(world, OFFICE)
    assert ("history_event", "body") in found
    assert ("cases", "state") in leaks(world, '"triage"')
    assert world.row(case_id).status == "running"
