"""Keys are changed while people work: nothing is lost, whoever is killed, and the old master can go."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import Waymark, commands, queries
from app.cases.keeping import journal, rotating
from app.cases.tables import case
from app.records import Masters, RecordUnreadable, WrongMasterKey
from tests.chaos.crashing import run_child, settle
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, World, days
from tests.db.keeping.test_periods import ALL, ended, left
from tests.db.test_records_erased import commitments, guessed, shown
from tests.unit.records.keyring import sealed_whole
from tests.unit.records.vault import Vault

OLD, NEW = b"m" * 32, b"n" * 32


def under(world: World, *keys: bytes) -> World:
    """The same database, entered with these masters, newest first."""
    settings = replace(world.waymark.settings, master_key=keys[0], older_master_keys=keys[1:])
    return World(Waymark(world.engine, settings))


def old_form(world: World) -> None:
    """As 0.2.0 wrapped people's keys: without the master's name."""
    with db.transaction(world.engine) as connection:
        for row in connection.execute(sa.select(records.person_key)).all():
            key = world.waymark.master_key.unwrap(row.wrapped, row.person_id)
            wrapped = records.encrypt(OLD, key, row.person_id.encode())
            mine = records.person_key.c.person_id == row.person_id
            connection.execute(records.person_key.update().where(mine).values(wrapped=wrapped, key_id=None))


@pytest.mark.parametrize("unnamed", [False, True])
def test_after_rotation_the_old_master_can_be_taken_out(world: World, unnamed: bool) -> None:
    case_id, _ = world.case_at("triage")
    before = shown(world, EMPLOYEE, case_id)
    if unnamed:
        old_form(world)
    both = under(world, NEW, OLD)
    assert shown(both, EMPLOYEE, case_id) == before
    assert rotating.status(both.waymark).removable == ()
    with pytest.raises(RecordUnreadable):
        shown(under(world, NEW), EMPLOYEE, case_id)
    assert (rotating.rotate_master(both.waymark), rotating.rotate_master(both.waymark)) == (1, 0)
    assert rotating.status(both.waymark).removable == rotating.status(both.waymark).masters[1:]
    assert shown(under(world, NEW), EMPLOYEE, case_id) == before
    with pytest.raises(RecordUnreadable):
        shown(under(world, OLD), EMPLOYEE, case_id)


def test_under_load_nobody_notices_that_keys_are_changed(postgres_world: World) -> None:
    world = under(postgres_world, NEW, OLD)
    case_id, now = world.case_at("triage")
    old_form(world)
    stop, failures = threading.Event(), list[BaseException]()

    def work() -> None:
        task_id, actor, number = world.task(case_id, "triage"), world.actors[OFFICE], 0
        while not stop.is_set():
            number += 1
            try:
                commands.save_draft(world.waymark, actor, task_id, {"information_needed": f"{number}"}, now)
                assert (
                    queries.task(world.waymark, actor, task_id, now).form.answers["information_needed"] == f"{number}"
                )
                world.start(now + timedelta(seconds=number))
            except BaseException as error:
                failures.append(error)
                return

    busy = threading.Thread(target=work)
    busy.start()
    for _ in range(6):
        rotating.rotate_master(world.waymark)
        rotating.rotate_person(world.waymark, EMPLOYEE)
    stop.set()
    busy.join()
    assert failures == []
    while rotating.finish_person(world.waymark, EMPLOYEE):
        pass
    assert rotating.status(world.waymark).older == 0
    newest = under(postgres_world, NEW)
    for (found,) in world.rows(sa.select(case.c.id)):
        assert shown(newest, EMPLOYEE, found)


def test_a_rotation_that_is_killed_can_be_given_again(postgres_world: World) -> None:
    world = under(postgres_world, NEW, OLD)
    cases = [ended(world, NOW + timedelta(hours=-number)) for number in range(3)]
    before = [shown(world, EMPLOYEE, one) for one in cases]

    def act(waymark: Waymark) -> int:
        rotating.rotate_master(waymark)
        return rotating.rotate_person(waymark, EMPLOYEE)

    points = len(run_child(world.waymark.settings, act).points)
    for number in range(3, points, 11):
        assert run_child(world.waymark.settings, act, number).killed
        settle(world.engine)
        assert [shown(world, EMPLOYEE, one) for one in cases] == before
    act(world.waymark)
    rotating.finish_person(world.waymark, EMPLOYEE)
    assert rotating.status(world.waymark).older == 0
    assert [shown(world, EMPLOYEE, one) for one in cases] == before


def test_a_new_key_of_a_person_leaves_the_old_one_of_no_use(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, _ = world.case_at("triage")
    with db.reading(world.engine) as connection:
        stolen = records.read_person_key(connection, world.waymark.master_key, EMPLOYEE)
    rotating.rotate_person(world.waymark, EMPLOYEE)
    rotating.finish_person(world.waymark, EMPLOYEE)
    row = world.row(case_id)
    with pytest.raises(RuntimeError):
        records.CaseKeys(case_id, stolen, row.data_keys).data_key("clinical")
    assert shown(world, EMPLOYEE, case_id)


def whole(world: World, case_id: str) -> None:
    """As if 0.2.0 had written everything in this case."""
    with db.transaction(world.engine) as connection:
        keys = records.read_case_keys(connection, world.waymark.master_key, world.row(case_id))
        assert keys.person
        for row in connection.execute(
            sa.select(records.submission).where(records.submission.c.case_id == case_id)
        ).all():
            blob, _ = sealed_whole(keys.person.key, records.unseal(keys, row.sealed, row.id).answers, row.id)
            connection.execute(records.submission.update().where(records.submission.c.id == row.id).values(sealed=blob))
        connection.execute(case.update().where(case.c.id == case_id).values(data_keys={}))


@pytest.mark.usefixtures("policy_file")
def test_what_0_2_0_sealed_waits_for_its_conversion_and_then_goes_by_class(world: World) -> None:
    case_id = ended(world)
    whole(world, case_id)
    before = shown(world, EMPLOYEE, case_id)
    for number in (25, 40):
        commands.keep_house(world.waymark, NOW + days(number))
    [line] = queries.retention(world.waymark, None, NOW + days(40)).lines
    assert line.stays == "sealed_whole"
    order = commands.order_erasure(world.waymark, world.actors["ada.stone"], EMPLOYEE, "A court says so", NOW)
    commands.confirm_erasure(world.waymark, world.actors["ruth.bell"], order, NOW)
    commands.keep_house(world.waymark, NOW + days(41))
    # nothing is called erased that the person's own key still opens
    assert left(world, case_id) == set(world.row(case_id).erased) == set()
    assert shown(world, EMPLOYEE, case_id) == before
    assert rotating.reseal(world.waymark) == 2
    assert shown(world, EMPLOYEE, case_id) == before
    commands.keep_house(world.waymark, NOW + days(42))
    assert left(world, case_id) == ALL - {"clinical"}
    assert rotating.status(world.waymark).whole == 0


@pytest.mark.rule("XX-3", "follows")
@pytest.mark.usefixtures("policy_file")
def test_a_restored_backup_forgets_again_by_the_journal(world: World) -> None:
    case_id, now = world.case_at("nothing")
    backup = world.row(case_id)._mapping
    with db.reading(world.engine) as connection:
        person = dict(connection.execute(sa.select(records.person_key)).one()._mapping)
    admin, hr = world.actors["ada.stone"], world.actors["ruth.bell"]
    order = commands.order_erasure(world.waymark, admin, EMPLOYEE, "A court says so", now)
    commands.confirm_erasure(world.waymark, hr, order, now)
    commands.keep_house(world.waymark, now + days(15))
    lines = [str(orjson_line) for orjson_line in map(_json, journal.journal(world.waymark))]
    assert not any("Grace" in line for line in lines)
    with db.transaction(world.engine) as connection:
        keys = {"data_keys": backup["data_keys"], "erased": {}}
        connection.execute(case.update().where(case.c.id == case_id).values(keys))
        connection.execute(records.person_key.insert(), person)
    assert guessed(world, case_id, "assessment", "gp_report_needed") == ["no"]
    assert journal.replay(world.waymark, lines, now + days(30)) == (1, 1)
    assert guessed(world, case_id, "assessment", "gp_report_needed") == []
    assert commitments(world, case_id, "assessment")
    assert broken(world.waymark) == []
    assert journal.replay(world.waymark, lines, now + days(30)) == (0, 0)
    assert "Erased under an order" in next(iter(shown(world, MANAGER, case_id).values()))


def _json(value: object) -> str:
    import orjson

    return orjson.dumps(value).decode()


def test_a_master_that_is_missing_is_said_in_words_and_nothing_is_lost(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("triage")
    wrong = under(world, os.urandom(32))
    task_id, actor = world.task(case_id, "triage"), world.actors[OFFICE]
    with pytest.raises(RecordUnreadable):
        commands.save_draft(wrong.waymark, actor, task_id, {"information_needed": "x"}, now)
    assert shown(world, EMPLOYEE, case_id)


def test_keys_move_to_a_key_service_and_the_old_master_goes(sqlite_world: World) -> None:
    """The service is a process of its own; without it nothing opens, and nothing looks erased."""
    world = sqlite_world
    case_id, now = world.case_at("triage")
    before = shown(world, EMPLOYEE, case_id)
    vault = Vault()
    try:
        moving = World(Waymark(world.engine, world.waymark.settings))
        moving.waymark.__dict__["master_key"] = Masters([OLD], vault)
        assert shown(moving, EMPLOYEE, case_id) == before
        assert rotating.rotate_master(moving.waymark) == 1
        alone = World(Waymark(world.engine, world.waymark.settings))
        alone.waymark.__dict__["master_key"] = Masters([], vault)
        assert shown(alone, EMPLOYEE, case_id) == before
        alone.complete(case_id, "triage", now)
        assert rotating.status(alone.waymark).wrapped == {"vault/key/1": 1}
        with pytest.raises(WrongMasterKey):
            shown(world, EMPLOYEE, case_id)
    finally:
        vault.close()
