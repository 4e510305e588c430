"""What a story of attendance cannot say of a form before it is filled in."""

from __future__ import annotations

import pytest

from app import db
from app.cases import Waymark, queries, scenario
from app.identity.people import actor_of_person
from app.settings import ROOT

STORY = scenario.read(ROOT / "processes/attendance/scenarios/adjustments.toml")
PLAN = "A high seat at the desk, early shifts only."


@pytest.mark.rule("NW-4", "follows")
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_nw_4_follows_the_plan_of_adjustments_goes_with_the_person(house: Waymark) -> None:
    playing = scenario.play_through(house, STORY)
    first = playing.story.ids[0]
    with db.reading(house.engine) as connection:
        grace = actor_of_person(connection, "grace.obi")
    asked = queries.start_form(house, grace, "adjustments", first, now=playing.now)
    assert asked.answers["earlier_plan"] == PLAN
    alone = queries.start_form(house, grace, "adjustments", now=playing.now)
    assert "earlier_plan" not in alone.answers
