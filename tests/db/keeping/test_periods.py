"""Retention by period: announced, held, gone; at the boundaries, and after a kill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.keeping.tables import erasure
from app.cases.tables import case
from app.errors import NotFound
from app.history import history_event
from tests.chaos.crashing import run_child, settle
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, PRACTITIONER, World, days
from tests.db.test_records_erased import shown

pytestmark = pytest.mark.usefixtures("policy_file")


def ended(world: World, now: datetime = NOW) -> str:
    """A case with answers that ended at noon."""
    case_id = world.start(now).case_id
    commands.cancel(world.waymark, world.actors[MANAGER], case_id, "No longer needed", now.replace(hour=12))
    return case_id


def left(world: World, case_id: str) -> set[str]:
    row = world.row(case_id)
    assert row.data_keys.keys().isdisjoint(row.erased)
    return set(row.data_keys)


ALL = {"public", "employer", "restricted", "clinical"}


def night(world: World, at: datetime) -> tuple[int, int]:
    done = commands.keep_house(world.waymark, at)
    return done.announced, done.erased


@pytest.mark.rule("XX-3", "follows")
def test_a_class_goes_the_day_after_its_period_and_not_before(world: World) -> None:
    case_id = ended(world)
    # the period ends with 2 December; it is announced ten days before it may go
    assert night(world, datetime(2026, 11, 22, 3, tzinfo=UTC)) == (0, 0)
    assert night(world, datetime(2026, 11, 23, 3, tzinfo=UTC)) == (1, 0)
    assert night(world, datetime(2026, 12, 2, 23, 59, tzinfo=UTC)) == (0, 0)
    assert left(world, case_id) == ALL
    assert night(world, datetime(2026, 12, 3, 3, tzinfo=UTC)) == (0, 1)
    assert left(world, case_id) == ALL - {"clinical"}
    assert world.row(case_id).erased["clinical"]["under"] == "the clinical period"
    assert broken(world.waymark) == []


def test_what_was_not_announced_for_long_enough_stays(sqlite_world: World) -> None:
    """The worker was down for a year: nothing goes on the night on which it comes back."""
    world = sqlite_world
    case_id = ended(world)
    later = NOW + days(400)
    assert night(world, later) == (1, 0)
    assert night(world, later + days(9)) == (0, 0)
    assert left(world, case_id) == ALL
    assert night(world, later + days(11)) == (0, 1)
    assert left(world, case_id) == ALL - {"clinical"}


def test_a_running_case_is_never_announced(sqlite_world: World) -> None:
    world = sqlite_world
    world.start()
    assert night(world, NOW + days(4000)) == (0, 0)


@pytest.mark.rule("XX-3", "follows")
@pytest.mark.parametrize("whole_person", [False, True])
def test_a_hold_wins_until_it_is_lifted(world: World, whole_person: bool) -> None:
    first, other = ended(world), ended(world)
    on = other if whole_person else first
    reference, office = world.row(on).reference, world.actors["ruth.bell"]
    hold = commands.set_hold(world.waymark, office, reference, "A claim", NOW, whole_person=whole_person)
    night(world, NOW + days(30))
    night(world, NOW + days(60))
    assert left(world, first) == ALL
    assert left(world, other) == (ALL if whole_person else ALL - {"clinical"})
    commands.lift_hold(world.waymark, office, hold, NOW + days(61))
    night(world, NOW + days(62))
    assert left(world, first) == left(world, other) == ALL - {"clinical"}
    assert broken(world.waymark) == []


@pytest.mark.rule("XX-1", "breaks")
def test_who_has_no_say_in_it_sets_no_hold(sqlite_world: World) -> None:
    """The provider's office has none while no work of the case has come to it (XX-A2)."""
    world = sqlite_world
    reference = world.row(ended(world)).reference
    for who in (EMPLOYEE, MANAGER, "fiona.mackay", "ada.stone", "irene.vale", "ewan.stewart", OFFICE):
        with pytest.raises(NotFound):
            commands.set_hold(world.waymark, world.actors[who], reference, "A claim", NOW)


def test_what_counts_from_leaving_waits_for_the_day(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, hr = ended(world), world.actors["ruth.bell"]
    for number in (0, 30, 500, 530):
        night(world, NOW + days(number))
    assert "restricted" in left(world, case_id)
    commands.set_leaving(world.waymark, hr, EMPLOYEE, "2027-06-30", NOW + days(530))
    at = datetime(2028, 6, 30, 12, tzinfo=UTC)
    night(world, at - days(9))
    night(world, at)
    assert "restricted" in left(world, case_id)
    night(world, at + days(1))
    assert "restricted" not in left(world, case_id)


def test_a_longer_period_takes_a_case_out_of_the_preview(sqlite_world: World, policy_file: Path) -> None:
    world = sqlite_world
    case_id = ended(world)
    night(world, NOW + days(25))
    policy_file.write_text(policy_file.read_text().replace("P30D", "P90D"))
    assert night(world, NOW + days(40)) == (0, 0)
    assert left(world, case_id) == ALL
    assert world.scalar(sa.select(erasure.c.state)) == "dropped"


def test_the_preview_is_what_happens(world: World) -> None:
    """Held and running cases are named with the reason; every other line comes true on its day."""
    goes, held, runs = ended(world), ended(world), world.start().case_id
    commands.set_hold(world.waymark, world.actors["ruth.bell"], world.row(held).reference, "A claim", NOW)
    night(world, NOW + days(25))
    lines = {one.case_id: one for one in queries.retention(world.waymark, None, NOW + days(25)).lines}
    assert set(lines) == {goes, held}
    assert (lines[goes].stays, lines[held].stays) == (None, "held")
    night(world, lines[goes].due_at - timedelta(days=1))
    assert left(world, goes) == ALL
    night(world, lines[goes].due_at + timedelta(hours=3))
    assert left(world, goes) == ALL - set(lines[goes].classes)
    assert left(world, held) == left(world, runs) == ALL


def test_a_night_is_worked_once(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, at = ended(world), datetime(2027, 1, 5, 3, tzinfo=UTC)
    assert night(world, at) == (1, 0)
    other = ended(world)
    assert night(world, at + timedelta(hours=20)) == (0, 0)
    assert night(world, at + timedelta(hours=24)) == (1, 0)
    assert left(world, case_id) == left(world, other) == ALL


def test_killed_at_any_point_it_is_done_as_a_whole_or_not_at_all(postgres_world: World) -> None:
    world = postgres_world
    case_id = ended(world)
    night(world, NOW + days(25))
    at, points = NOW + days(40), run_points(world, NOW + days(40))
    assert points > 10
    for number in range(0, points, 9):
        again = ended(world, NOW + days(number))
        begin = max(world.row(again).ended_at + days(31), at) + days(20 * (number + 1))
        night(world, begin)
        outcome = run_child(world.waymark.settings, lambda w, at=begin: commands.keep_house(w, at + days(11)), number)
        settle(world.waymark.engine)
        assert broken(world.waymark) == []
        row = world.row(again)
        told = erased_entries(world, again)
        assert told == len(row.erased) <= 1
        if outcome.killed:
            night(world, begin + days(11) + timedelta(minutes=5))
        assert erased_entries(world, again) == len(world.row(again).erased) == 1
    assert left(world, case_id) == ALL - {"clinical"}


def run_points(world: World, at: datetime) -> int:
    return len(run_child(world.waymark.settings, lambda waymark: commands.keep_house(waymark, at)).points)


def erased_entries(world: World, case_id: str) -> int:
    query = sa.select(sa.func.count()).where(
        history_event.c.case_id == case_id, history_event.c.kind == "records.erased"
    )
    return int(world.scalar(query))


def test_readers_cope_with_what_is_gone(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("nothing")
    with db.transaction(world.engine) as connection:
        connection.execute(case.update().where(case.c.id == case_id).values(ended_at=NOW))
    night(world, now + days(60))
    night(world, now + days(80))
    said = [
        text for text in shown(world, PRACTITIONER, case_id).values() if text.startswith("Erased under the clinical")
    ]
    assert said
    view = queries.case(world.waymark, world.actors[EMPLOYEE], case_id, now + days(80))
    assert any("erased what only the practitioner could see" in entry.what for entry in view.timeline)
    told = queries.history(world.waymark, world.actors[EMPLOYEE], case_id, limit=1000, now=now + days(80))
    assert told[-1]["kind"] == "records.erased"
    later = now + days(80)
    started = queries.start_form(
        world.waymark, world.actors[PRACTITIONER], "referral", previous_case=case_id, now=later
    )
    assert "Erased" not in str(started.answers)
