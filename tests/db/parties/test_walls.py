"""Organisations are walls: nothing tells an employer of another one, nor how many cases there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, newcase, queries
from app.cases.tables import case, incident
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import actor_of_person, create_membership, create_person
from tests.chaos.world import ADMINISTRATOR, MANAGER, NOW, World

HARBOUR = {"employee": "callum.reid", "line_manager": "fiona.mackay"}


def who(world: World, name: str) -> Actor:
    with db.reading(world.engine) as connection:
        return actor_of_person(connection, name)


def begin(world: World, name: str = MANAGER, **changes: Any) -> str:
    answers = {**world.answers("start", NOW), **changes}
    return commands.start(world.waymark, who(world, name), "referral", answers, NOW).reference


def test_a_reference_tells_no_number(sqlite_world: World) -> None:
    found = [begin(sqlite_world) for _ in range(8)]
    assert len(set(found)) == len(found)
    assert found != sorted(found) or found[1:] != sorted(found[1:])
    assert all(one.startswith("R-2026-") and set(one[7:]) <= set(newcase.SIGNS) and len(one) == 13 for one in found)
    assert not set(newcase.SIGNS) & set("01O5SILUAE")


def test_a_reference_that_is_taken_is_drawn_again(world: World) -> None:
    taken = begin(world)
    drawn = iter([*taken[7:], *taken[7:], *"BBBBBB"])
    with mock.patch("app.cases.newcase.secrets.choice", side_effect=drawn):
        assert begin(world) == "R-2026-BBBBBB"
    assert world.scalar(sa.select(sa.func.count()).select_from(case)) == 2


def test_what_is_always_taken_is_given_up(world: World) -> None:
    taken = begin(world)
    with (
        mock.patch("app.cases.starting.new_reference", return_value=taken),
        pytest.raises(sa.exc.IntegrityError),
    ):
        begin(world)
    assert world.scalar(sa.select(sa.func.count()).select_from(case)) == 1


def test_an_administrator_of_an_employer_sees_what_is_their_employers(world: World) -> None:
    with db.transaction(world.engine) as connection:
        create_person(connection, "Hugh Reid", "harbour", ["administrator"], person_id="hugh.reid")
        create_person(connection, "Nora Ives", "northfield", ["administrator"], person_id="nora.ives")
    begin(world)
    begin(world, "fiona.mackay", **HARBOUR)
    with db.transaction(world.engine) as connection:
        for number, row in enumerate(connection.execute(sa.select(case)).all()):
            values = {"id": f"i{number}", "case_id": row.id, "process": "referral", "element_id": "x"}
            values |= {"element_name": "X", "detail": "It failed", "state": "parked", "attempts": 1, "opened_at": NOW}
            connection.execute(incident.insert(), values)
    seen = {
        name: {one.reference for one in queries.incidents(world.waymark, who(world, name))}
        for name in ("nora.ives", "hugh.reid", ADMINISTRATOR)
    }
    assert [len(one) for one in seen.values()] == [1, 1, 2]
    assert seen["nora.ives"].isdisjoint(seen["hugh.reid"])
    (others,) = queries.incidents(world.waymark, who(world, "hugh.reid"))
    with pytest.raises(NotFound):
        commands.retry(world.waymark, who(world, "nora.ives"), others.id, NOW + timedelta(hours=1))
    running = {
        name: [one.running for one in queries.deployments(world.waymark, who(world, name))]
        for name in ("nora.ives", "hugh.reid", ADMINISTRATOR)
    }
    assert [max(one) for one in running.values()] == [1, 1, 2]


def test_who_deployed_and_why_is_for_those_who_know_them(sqlite_world: World) -> None:
    with db.transaction(sqlite_world.engine) as connection:
        create_membership(connection, MANAGER, "northfield", "process_owner")
        connection.execute(sa.text("UPDATE deployment SET deployed_by = 'owen.pike', reason = 'Harbour asked for it'"))
    shown = str(queries.deployments(sqlite_world.waymark, who(sqlite_world, MANAGER)))
    assert "Owen Pike" not in shown
    assert "Harbour" not in shown
    assert "Harbour" in str(queries.deployments(sqlite_world.waymark, who(sqlite_world, ADMINISTRATOR)))
