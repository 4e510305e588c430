"""A decision table that has no row for a case: told with the table's inputs and no more, tried again, parked, and
carried on with once the row is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from app import db, definitions
from app.cases import commands, queries
from app.cases.tables import case, incident
from app.engine import Bundle
from app.history import history_event
from tests.chaos.invariants import broken
from tests.chaos.world import ADMINISTRATOR, NOW, World, bundles

WORDS = (
    "No row of the table “Referral policy of the employer” fits: "
    "Employer is “northfield”, Case begins on is “2026-11-02”."
)
DMN = "referral-policy.dmn"


def without_a_row() -> Bundle:
    """The shipped referral, its policy without a row for Northfield and without the one that fits everybody."""
    shipped = next(bundle for bundle in bundles() if bundle.key == "referral")
    text = shipped.files[DMN].decode()
    start, end = text.index('<rule id="policy_default">'), text.rindex("</rule>") + len("</rule>")
    text = (text[:start] + text[end:]).replace('"northfield"', '"elsewhere"')
    return Bundle("referral", {**shipped.files, DMN: text.encode()})


def deploy(world: World, bundle: Bundle) -> str:
    with db.transaction(world.engine) as connection:
        return definitions.deploy(connection, bundle, "system", "a test", NOW).sha256


def give_the_row(world: World, case_id: str) -> None:
    """Put the case on the version that has the row, as moving it would."""
    shipped = next(bundle for bundle in bundles() if bundle.key == "referral")
    with db.transaction(world.engine) as connection:
        connection.execute(case.update().where(case.c.id == case_id).values(definition_sha=shipped.sha256))


def incidents(world: World) -> list[Any]:
    return queries.incidents(world.waymark, world.actors[ADMINISTRATOR])


def entries(world: World, kind: str) -> list[Any]:
    """What the engine told, of one kind, as the history holds it."""
    rows = world.rows(sa.select(history_event.c.body).where(history_event.c.kind == kind))
    return [orjson.loads(row.body)["data"]["data"] for row in rows]


def test_the_case_rests_and_says_why(world: World) -> None:
    deploy(world, without_a_row())
    begun = world.start()
    [found] = incidents(world)
    assert (found.case_id, found.what, found.state, found.attempts) == (begun.case_id, WORDS, "retrying", 1)
    assert found.next_try_at == NOW + timedelta(minutes=1)
    assert world.row(begun.case_id).status == "running"
    assert [entry["detail"] for entry in entries(world, "engine.failed")] == [WORDS]
    assert broken(world.waymark) == []


def test_what_people_answered_is_not_told(world: World) -> None:
    """The form asks for much more than the employer; the row of the incident holds the table's input alone."""
    deploy(world, without_a_row())
    world.start()
    [row] = world.rows(sa.select(incident))
    answered = [value for value in world.answers("start", NOW).values() if isinstance(value, str) and len(value) > 3]
    assert answered
    assert not [value for value in answered for column in row if value in str(column)]


def test_a_retry_before_the_row_is_there_counts_and_then_parks(world: World) -> None:
    deploy(world, without_a_row())
    case_id = world.start().case_id
    for pause in (1, 2, 4, 8):
        assert commands.fire_due(world.waymark, world.next_due(case_id)) == 1, pause
    [parked] = incidents(world)
    assert (parked.state, parked.attempts, parked.next_try_at, parked.what) == ("parked", 5, None, WORDS)
    assert world.row(case_id).next_due_at is None
    assert broken(world.waymark) == []


def test_an_administrator_tries_again_once_the_row_is_there(world: World) -> None:
    deploy(world, without_a_row())
    case_id = world.start().case_id
    [found] = incidents(world)
    give_the_row(world, case_id)
    commands.retry(world.waymark, world.actors[ADMINISTRATOR], found.id, NOW + timedelta(days=3))
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert world.task(case_id, "give_consent") != "None"
    assert [entry["rows"] for entry in entries(world, "engine.decided")] == [["policy_northfield"]]
    world.complete(case_id, "give_consent", NOW + timedelta(days=3))
    assert broken(world.waymark, again=False) == []


def test_the_clock_tries_again_by_itself(world: World) -> None:
    deploy(world, without_a_row())
    case_id = world.start().case_id
    give_the_row(world, case_id)
    assert commands.fire_due(world.waymark, NOW + timedelta(minutes=1)) == 1
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert world.task(case_id, "give_consent") != "None"
