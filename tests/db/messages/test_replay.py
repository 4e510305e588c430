"""The histories of cases that talk hold all that it takes to run them again."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands
from app.cases.rerun.running import rerun
from app.cases.tables import case
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW, days
from tests.db.messages.town import HR, Town, speaker


def all_agree(town: Town) -> int:
    """Steps of all cases, each of which came out again as it was recorded."""
    with db.reading(town.engine) as connection:
        found = [rerun(connection, row.id) for row in town.rows(sa.select(case.c.id))]
    assert [one for one in found if one.outcome != "met"] == []
    return sum(one.steps for one in found)


def test_messages_received_told_and_begun_with_are_run_again(town: Town) -> None:
    asking = town.begin("clarification")
    [held] = town.cases_of("conference")
    town.do(held, "hold", who=HR)
    town.do(asking, "close")
    town.deploy(speaker(unmatched="tell", told="nobody"))
    town.do(town.begin("speaker"), "prepare")
    assert all_agree(town) >= 8


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_people_clock_and_deliveries(town: Town, seed: int) -> None:
    """Cases of every kind side by side; at each turn somebody does something, and everything agrees at the end."""
    chance = random.Random(seed)  # noqa: S311 -- the same turns for the same seed
    now, kinds = NOW, ("clarification", "committee", "specialist", "speaker", "listener", "hasty", "collector")
    town.deploy(speaker("teller", unmatched="tell", told="nobody"), speaker("patient", keep="P3D", told="nobody"))
    begun = [town.begin(kind, file) for file in (1, 2) for kind in (*kinds, "teller", "patient")]
    for _turn in range(50):
        now += days(chance.uniform(0, 1))
        someone = chance.choice([*begun, *town.cases_of("conference")])
        act = chance.random()
        if act < 0.03:
            running = town.row(someone).status == "running" and someone in begun
            if running:
                commands.cancel(town.waymark, town.actors[MANAGER], someone, "No longer needed", now)
        elif act < 0.2:
            commands.deliver(town.waymark, now, limit=chance.choice([1, 50]))
        elif act < 0.3:
            commands.fire_due(town.waymark, now)
        elif tasks := town.open(someone):
            element = chance.choice(tasks)
            who = HR if element in ("hold", "think", "decide") else MANAGER
            (town.do if chance.random() < 0.5 else town.quietly)(someone, element, now, who)
    commands.deliver(town.waymark, now)
    assert broken(town.waymark) == []
    assert all_agree(town) > len(begun)
    assert "delivered" in town.letters()
