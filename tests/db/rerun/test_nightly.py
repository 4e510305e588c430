"""Every night the worker runs cases again that have gone on, a few at a time; what it finds is kept and told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.keeping import nights
from app.cases.rerun import nightly
from app.cases.rerun.nightly import Night, rerun_changed
from app.cases.rerun.tables import rerun as table
from app.settings import Settings
from app.worker import Worker
from tests.chaos.world import MANAGER, NOW, World, days
from tests.db.rerun.small import small, tamper


@pytest.fixture
def house(settings: Settings) -> Iterator[World]:
    made = small(settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def here(sqlite_settings: Settings) -> Iterator[World]:
    """SQLite alone: a test changes what stands there."""
    made = small(sqlite_settings)
    yield made
    made.engine.dispose()


def kept(world: World) -> dict[str, str]:
    return {row.case_id: row.outcome for row in world.rows(sa.select(table))}


def test_a_night_runs_what_has_gone_on_a_few_at_each_tick_and_once(house: World) -> None:
    cases = [house.start(NOW).case_id for _ in range(3)]
    assert [rerun_changed(house.waymark, NOW, limit=2) for _ in range(3)] == [Night(2), Night(1), Night()]
    assert kept(house) == dict.fromkeys(cases, "met")
    house.complete(cases[0], "give_consent", NOW)
    assert rerun_changed(house.waymark, NOW) == Night()
    tomorrow = NOW + days(1)
    assert rerun_changed(house.waymark, tomorrow) == Night(1)
    assert rerun_changed(house.waymark, tomorrow) == Night()


def test_a_worker_that_is_told_to_stop_stops_between_cases_and_the_next_goes_on(house: World) -> None:
    for _ in range(3):
        house.start(NOW)
    asked: list[int] = []

    def stopping() -> bool:
        asked.append(1)
        return len(asked) > 1

    assert rerun_changed(house.waymark, NOW, stopping) == Night(1)
    assert rerun_changed(house.waymark, NOW) == Night(2)


def test_two_workers_do_not_run_at_once(postgres_settings: Settings) -> None:
    house = small(postgres_settings)
    house.start(NOW)
    with nights.alone(house.waymark, nightly.NAME) as first:
        assert first
        assert rerun_changed(house.waymark, NOW) == Night()
    assert rerun_changed(house.waymark, NOW) == Night(1)
    house.engine.dispose()


def test_after_an_upgrade_every_case_is_run_once_more(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    house.start(NOW)
    assert rerun_changed(house.waymark, NOW) == Night(1)
    monkeypatch.setattr(nightly, "release", lambda: "99.0.0")
    assert rerun_changed(house.waymark, NOW + days(1)).rerun == 1


def test_a_fault_is_kept_logged_by_ids_alone_and_counted(here: World, caplog: pytest.LogCaptureFixture) -> None:
    good, bad, torn = (here.start(NOW).case_id for _ in range(3))
    for case_id in (good, bad, torn):
        here.complete(case_id, "give_consent", NOW + timedelta(hours=1))
    seq = tamper(here, bad, "command.complete", lambda data: data["facts"].update(consent="refused"))
    tamper(here, torn, "command.start", lambda data: data.pop("calendar"))
    with caplog.at_level(logging.INFO, "waymark.rerun"):
        assert rerun_changed(here.waymark, NOW + days(1)) == Night(3, faults=2)
    assert kept(here) == {good: "met", bad: "differs", torn: "cannot"}
    told = {vars(one)["case"]: (vars(one)["outcome"], vars(one)["entry"], one.levelname) for one in caplog.records}
    assert told == {bad: ("differs", seq, "ERROR"), torn: ("cannot", 1, "WARNING")}
    assert "refused" not in str([vars(one) for one in caplog.records])
    assert queries.figures(here.waymark).reruns == {"met": 1, "differs": 1, "cannot": 1}


def test_a_case_that_makes_the_code_fail_holds_up_no_other(
    here: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = sorted(here.start(NOW).case_id for _ in range(2))
    real = nightly.rerun

    def failing(connection: sa.Connection, case_id: str) -> object:
        if case_id == first:
            raise ZeroDivisionError
        return real(connection, case_id)

    monkeypatch.setattr(nightly, "rerun", failing)
    assert rerun_changed(here.waymark, NOW) == Night(2, faults=1)
    assert kept(here) == {first: "cannot", second: "met"}
    assert "running again failed" in caplog.messages


def test_the_workers_tick_does_it_and_keeping_does_not_take_its_night_for_its_own(house: World) -> None:
    house.start(NOW)
    Worker(house.waymark).tick()
    assert list(kept(house).values()) == ["met"]
    with db.reading(house.engine) as connection:
        done = connection.execute(sa.select(nights.nightly.c.name)).scalars()
        assert set(done) >= {"retention", "rerun"}


def test_entries_besides_the_engines_steps_do_not_stop_a_run(house: World) -> None:
    """Taking a task, moving it on, people who come and go."""
    case_id, now = house.case_at("triage")
    office, second = house.actors["olivia.hart"], house.actors["oscar.lind"]
    task = house.task(case_id, "triage")
    commands.claim(house.waymark, office, task, now)
    commands.unclaim(house.waymark, office, task, now)
    commands.claim(house.waymark, second, task, now)
    commands.cancel(house.waymark, house.actors[MANAGER], case_id, "No longer needed", now)
    with db.reading(house.engine) as connection:
        found = nightly.rerun(connection, case_id)
    assert (found.outcome, found.entries) == ("met", house.row(case_id).history_seq)
