"""A whole case, from the referral to the report, leaves tables, engine, history and messages in agreement."""

from __future__ import annotations

from app.cases import commands
from tests.chaos.invariants import broken
from tests.chaos.world import World, days, good_path


def test_the_good_path_ends_and_everything_agrees(world: World) -> None:
    case_id, _now = world.case_at("nothing")
    assert world.row(case_id).status == "completed"
    assert broken(world.waymark) == []


def test_everything_agrees_after_every_step(world: World) -> None:
    for line in good_path()[1:]:
        case_id, now = world.case_at(line.task)
        assert broken(world.waymark, [case_id]) == []
        while world.row(case_id).next_due_at and world.row(case_id).next_due_at < now + days(120):
            commands.fire_due(world.waymark, world.next_due(case_id))
            assert broken(world.waymark, [case_id]) == []
