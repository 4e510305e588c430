"""With the whole database and every master key: what an attacker can still learn of what was erased."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import orjson
import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import queries
from app.cases.tables import case
from app.history import history_event
from app.records import committed
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, PRACTITIONER, World
from tests.unit.records.keyring import sealed_whole

YES_NO = ("yes", "no")


def commitments(world: World, case_id: str, form: str) -> Mapping[str, str]:
    """Of the newest submission of a form, as the history tells them."""
    query = sa.select(history_event.c.body).where(history_event.c.case_id == case_id).order_by(history_event.c.seq)
    data = [orjson.loads(row.body)["data"] for row in world.rows(query)]
    found: Mapping[str, str] = [one for one in data if one.get("form") == form][-1]["commitments"]
    return found


def salts(world: World, case_id: str) -> list[bytes]:
    """Every salt that the whole database gives to whoever holds the master key."""
    with db.reading(world.engine) as connection:
        keys = records.read_case_keys(connection, world.waymark.master_key, world.row(case_id))
        rows = connection.execute(sa.select(records.submission)).all()
    return [salt for row in rows for salt in records.unseal(keys, row.sealed, row.id).salts.values()]


def guessed(world: World, case_id: str, form: str, field: str) -> list[str]:
    said = commitments(world, case_id, form)[field]
    return [value for salt, value in itertools.product(salts(world, case_id), YES_NO) if committed(salt, value) == said]


def forget(world: World, case_id: str, *classes: str) -> None:
    """What erasing does to the keys of a case."""
    row = world.row(case_id)
    left = {cls: key for cls, key in row.data_keys.items() if cls not in classes}
    erased = {cls: {"at": "2026-05-04T09:00:00+00:00", "under": "a rule of the test"} for cls in classes}
    with db.transaction(world.engine) as connection:
        connection.execute(case.update().where(case.c.id == case_id).values(data_keys=left, erased=erased))


def shown(world: World, who: str, case_id: str) -> dict[str, str]:
    view = queries.case(world.waymark, world.actors[who], case_id, world.row(case_id).changed_at)
    return {label: said for one in view.submissions for label, said in one.fields}


@pytest.mark.rule("XX-3", "follows")
def test_an_erased_yes_or_no_cannot_be_guessed_and_the_chain_holds(world: World) -> None:
    case_id, _ = world.case_at("nothing")
    assert guessed(world, case_id, "assessment", "gp_report_needed") == ["no"]
    forget(world, case_id, "restricted", "clinical")
    assert guessed(world, case_id, "assessment", "gp_report_needed") == []
    assert broken(world.waymark) == []


@pytest.mark.rule("XX-3", "follows")
def test_pages_say_what_was_erased_where_it_stood_and_keep_the_rest(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, _ = world.case_at("nothing")
    before, seen = shown(world, PRACTITIONER, case_id), shown(world, MANAGER, case_id)
    forget(world, case_id, "clinical")
    after = shown(world, PRACTITIONER, case_id)
    gone = {label for label, said in after.items() if said == "Erased under a rule of the test on 4 May 2026"}
    assert gone
    assert {label: said for label, said in after.items() if label not in gone}.items() <= before.items()
    # whoever could not see the value does not learn that there was one
    assert (
        not gone
        & {label for label, said in shown(world, MANAGER, case_id).items() if said.startswith("Erased")} - seen.keys()
    )
    assert shown(world, MANAGER, case_id).keys() <= seen.keys()


def test_what_0_2_0_sealed_is_read_and_says_so_when_the_person_is_gone(world: World) -> None:
    """A case from before there were data keys goes on, and its answers stand beside new ones."""
    case_id, now = world.case_at("triage")
    with db.transaction(world.engine) as connection:
        keys = records.read_case_keys(connection, world.waymark.master_key, world.row(case_id))
        assert keys.person
        for row in world.rows(sa.select(records.submission)):
            old, _said = sealed_whole(keys.person.key, records.unseal(keys, row.sealed, row.id).answers, row.id)
            connection.execute(records.submission.update().where(records.submission.c.id == row.id).values(sealed=old))
        connection.execute(case.update().where(case.c.id == case_id).values(data_keys={}))
    before = shown(world, EMPLOYEE, case_id)
    world.complete(case_id, "triage", now)
    assert set(world.row(case_id).data_keys) == set(records.CLASSES)
    assert before.items() <= shown(world, EMPLOYEE, case_id).items()
    with db.transaction(world.engine) as connection:
        connection.execute(records.person_key.delete())
    assert set(shown(world, EMPLOYEE, case_id).values()) == {"Erased"}
