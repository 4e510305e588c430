"""Erasure that the employee asks for, and orders by two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import commands, queries
from app.cases.keeping.requests import AlreadyAsked, NothingAsked
from app.cases.keeping.tables import erasure
from app.errors import NotAllowed, NotFound
from app.identity.tables import person
from tests.chaos.invariants import broken
from tests.chaos.world import ADMINISTRATOR, EMPLOYEE, MANAGER, NOW, PRACTITIONER, World, days
from tests.db.keeping.test_periods import ALL, ended, erased_entries, left
from tests.db.test_records_erased import commitments, shown

pytestmark = pytest.mark.usefixtures("policy_file")


def ask(world: World, now: object = NOW) -> None:
    commands.ask_erasure(world.waymark, world.actors[EMPLOYEE], NOW)


@pytest.mark.rule("XX-1", "follows")
def test_what_was_asked_for_goes_after_the_notice_and_the_rest_says_why_it_stays(world: World) -> None:
    case_id = ended(world)
    ask(world)
    view = queries.my_erasure(world.waymark, world.actors[EMPLOYEE])
    assert view.due_at == NOW + days(14)
    [mine] = view.cases
    assert (len(mine.goes), [why for _what, why in mine.kept]) == (
        2,
        ["Because it is harmless.", "Because a test says so."],
    )
    commands.keep_house(world.waymark, NOW + days(13))
    assert left(world, case_id) == ALL
    commands.keep_house(world.waymark, NOW + days(14))
    assert left(world, case_id) == {"public", "employer"}
    commands.keep_house(world.waymark, NOW + days(15))
    assert erased_entries(world, case_id) == 1
    assert broken(world.waymark) == []
    [mine] = queries.my_erasure(world.waymark, world.actors[EMPLOYEE]).cases
    assert [under for _what, under, _at in mine.erased] == ["the employee's request"] * 2
    assert not mine.goes


def test_the_employee_may_take_it_back(sqlite_world: World) -> None:
    world = sqlite_world
    case_id = ended(world)
    ask(world)
    with pytest.raises(AlreadyAsked):
        ask(world)
    commands.take_back_erasure(world.waymark, world.actors[EMPLOYEE], NOW + days(13))
    with pytest.raises(NothingAsked):
        commands.take_back_erasure(world.waymark, world.actors[EMPLOYEE], NOW + days(13))
    commands.keep_house(world.waymark, NOW + days(15))
    assert left(world, case_id) == ALL


@pytest.mark.rule("XX-1", "follows")
def test_those_who_may_hold_are_told_without_a_word_of_health_or_a_name(sqlite_world: World) -> None:
    world = sqlite_world
    ended(world)
    ask(world)
    [told] = [one for one in queries.notices(world.waymark, world.actors["ruth.bell"]) if "erased" in one.text]
    assert "Grace" not in told.text
    assert "2026" in told.text
    assert not [one for one in queries.notices(world.waymark, world.actors["olivia.hart"]) if "erased" in one.text]
    assert not [one for one in queries.notices(world.waymark, world.actors[EMPLOYEE]) if "erased" in one.text]


def test_a_case_that_runs_or_is_held_stays_while_others_go(world: World) -> None:
    goes, held, runs = ended(world), ended(world), world.start().case_id
    ask(world)
    commands.set_hold(world.waymark, world.actors["ruth.bell"], world.row(held).reference, "A claim", NOW)
    stays = {one.case_id: one.stays for one in queries.my_erasure(world.waymark, world.actors[EMPLOYEE]).cases}
    assert stays == {goes: None, held: "held", runs: "running"}
    commands.keep_house(world.waymark, NOW + days(14))
    assert left(world, goes) == {"public", "employer"}
    assert left(world, held) == left(world, runs) == ALL
    world.complete(runs, "give_consent", NOW + days(15))


def order(world: World, *, name_too: bool = True) -> str:
    admin = world.actors[ADMINISTRATOR]
    return commands.order_erasure(world.waymark, admin, EMPLOYEE, "A court says so", NOW, name_too=name_too)


def test_an_order_takes_two_people(sqlite_world: World) -> None:
    world = sqlite_world
    case_id = ended(world)
    order_id = order(world)
    commands.keep_house(world.waymark, NOW + days(30))
    assert left(world, case_id) == ALL
    for who in (ADMINISTRATOR, EMPLOYEE, MANAGER, PRACTITIONER, "ewan.stewart"):
        with pytest.raises(NotAllowed):
            commands.confirm_erasure(world.waymark, world.actors[who], order_id, NOW)
    with pytest.raises(NotAllowed):
        commands.order_erasure(world.waymark, world.actors[MANAGER], "daniel.price", "Because", NOW)
    with pytest.raises(NotFound):
        commands.stop_order(world.waymark, world.actors[MANAGER], order_id, NOW)


@pytest.mark.rule("XX-3", "follows")
def test_an_order_erases_the_person_and_leaves_no_way_to_their_answers(world: World) -> None:
    case_id, now = world.case_at("nothing")
    said = commitments(world, case_id, "assessment")
    order_id = order(world)
    commands.confirm_erasure(world.waymark, world.actors["ruth.bell"], order_id, now)
    commands.keep_house(world.waymark, now + days(14) + timedelta(minutes=1))
    assert left(world, case_id) == set()
    assert world.scalar(sa.select(sa.func.count()).select_from(records.person_key)) == 0
    assert world.rows(sa.select(person).where(person.c.id == EMPLOYEE))[0].name == "Erased person"
    assert world.scalar(sa.select(erasure.c.outcome))["person"] is True
    assert commitments(world, case_id, "assessment") == said
    assert broken(world.waymark) == []
    assert set(shown(world, PRACTITIONER, case_id).values()) <= {
        text for text in shown(world, PRACTITIONER, case_id).values() if text.startswith("Erased under an order")
    }
    assert queries.case(world.waymark, world.actors[PRACTITIONER], case_id, now).subject == "Erased person"


def test_a_new_case_about_an_erased_person_gets_a_key_of_its_own(sqlite_world: World) -> None:
    world = sqlite_world
    ended(world)
    order_id = order(world, name_too=False)
    commands.confirm_erasure(world.waymark, world.actors["ruth.bell"], order_id, NOW)
    commands.keep_house(world.waymark, NOW + days(15))
    again = world.start(NOW + days(16)).case_id
    assert all("Erased" not in text for text in shown(world, EMPLOYEE, again).values())


def test_while_a_case_runs_the_person_stays(world: World) -> None:
    ended(world)
    order_id = order(world)
    commands.confirm_erasure(world.waymark, world.actors["ruth.bell"], order_id, NOW)
    runs = world.start().case_id
    commands.keep_house(world.waymark, NOW + days(15))
    assert left(world, runs) == ALL
    with db.reading(world.engine) as connection:
        assert connection.execute(sa.select(records.person_key)).first() is not None
        assert connection.execute(sa.select(person.c.name).where(person.c.id == EMPLOYEE)).scalar() == "Grace Obi"
