"""XX-2: which deadlines were met and which missed, from the tables and the history; who may read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, demo, queries
from app.cases.deadlines import reading
from app.cases.deadlines.house import House
from app.cases.deadlines.reading import Span
from app.cases.looks.tables import REGISTER, look
from app.cases.tables import task
from app.errors import NotFound
from app.settings import Settings
from tests.chaos.world import MANAGER, NOW, World, days
from tests.db.rerun.small import small

AUDITOR = "irene.vale"
#: the quarter in which NOW is
SPAN = Span([demo.PROVIDER.id], datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def house(settings: Settings) -> Iterator[World]:
    made = small(settings)
    yield made
    made.engine.dispose()


def counted(world: World, now: datetime) -> dict[tuple[str, str], dict[str, int]]:
    """Step and kind to what may be counted, before anything is held back."""
    with db.reading(world.engine) as connection:
        house = House(connection, SPAN, reading.versions(connection, SPAN))
        dates = reading.dates(connection, SPAN, now)
        rung = reading.rung(connection, SPAN, house.elements, now)
    found = {where: numbers for part in (dates, rung) for where, numbers in part.items()}
    return {
        (where.element, where.kind): dict(numbers)
        for where, numbers in found.items()
        if house.counts(where.process, where.element)
    }


@pytest.mark.rule("XX-2", "follows")
def test_xx_2_follows_due_dates_are_met_late_overdue_or_taken_away(house: World) -> None:
    in_time, _ = house.case_at("triage")
    late, _ = house.case_at("triage")
    gone, _ = house.case_at("triage")
    house.case_at("triage")
    house.complete(in_time, "triage", NOW + days(1))
    commands.cancel(house.waymark, house.actors[MANAGER], gone, "No longer needed", NOW + days(1))
    house.pass_time(late, NOW + days(7))
    house.complete(late, "triage", NOW + days(7))
    found = counted(house, NOW + days(8))
    assert found["triage", "date"] == {"met": 1, "late": 1, "overdue": 1, "dropped": 1}
    # the clock of the one that is overdue has not rung: nobody fired it
    assert found["triage_late", "escalate"] == {"met": 2, "late": 1, "overdue": 1}


@pytest.mark.rule("XX-2", "follows")
def test_xx_2_follows_what_the_clock_takes_away_was_late_and_a_clock_that_stands_still_is_not(house: World) -> None:
    case_id = house.start(NOW).case_id
    house.pass_time(case_id, NOW + days(20))
    found = counted(house, NOW)
    assert found["give_consent", "date"] == {"late": 1}
    assert found["consent_not_answered", "escalate"]["late"] == 1
    stopped, now = house.case_at("triage")
    would = (NOW + days(2)).isoformat()
    with db.transaction(house.engine) as connection:
        paused = {"since": now.isoformat(), "for": "", "process": "p", "element": "e", "due": would}
        triage = (task.c.case_id == stopped, task.c.element_id == "triage")
        connection.execute(task.update().where(*triage).values(due_at=None, paused=paused))
    assert ("triage", "date") not in counted(house, NOW + days(30))
    with db.transaction(house.engine) as connection:
        connection.execute(task.update().where(*triage).values(state="done", closed_at=NOW + days(9)))
    assert counted(house, NOW + days(30))["triage", "date"] == {"met": 1}


def test_steps_that_are_withheld_are_in_no_count(house: World) -> None:
    # to its end: no step of this name comes
    house.case_at("")
    with db.reading(house.engine) as connection:
        read = reading.dates(connection, SPAN, NOW + days(60))
    there = Counter(where.element for where in read)
    assert there["write_report"] == 1
    assert not {element for element, _kind in counted(house, NOW + days(60))} & {"write_report", "read_first"}


def test_an_auditor_of_the_provider_reads_it_and_that_is_noted(house: World) -> None:
    for _ in range(6):
        house.complete(house.case_at("triage")[0], "triage", NOW + days(1))
    auditor, later = house.actors[AUDITOR], NOW + days(1)
    found = queries.deadlines(house.waymark, auditor, None, later)
    assert (found.period.id, found.period.later) == ("2026-4", None)
    lines = {one.rule: one.line for one in found.rules}
    assert lines["XX-A3"].met.number == 6
    (version,) = found.versions
    page = queries.version_deadlines(house.waymark, auditor, version.key, version.version, None, "assessment", later)
    steps = {one.where.element: one.line for one in page.steps}
    assert (steps["triage"].met.number, steps["triage"].missed) == (6, 0)
    assert page.picture is not None
    assert "gp-report" not in dict(page.parts)
    before = queries.deadlines(house.waymark, auditor, "2026-3", later)
    assert (list(before.rules), before.period.later) == ([], "2026-4")
    rows = house.rows(sa.select(look.c.body).where(look.c.case_id == REGISTER).order_by(look.c.seq))
    items = [item for row in rows for item in orjson.loads(row.body)["data"]["items"]]
    assert [one["what"] for one in items] == ["deadlines"] * 3
    assert items[1]["part"] == "assessment"


def test_nobody_else_reads_it_and_what_is_not_there_is_not_found(house: World) -> None:
    for name in (MANAGER, "olivia.hart", "owen.pike", "ada.stone"):
        with pytest.raises(NotFound):
            queries.deadlines(house.waymark, house.actors[name], None, NOW)
        with pytest.raises(NotFound):
            queries.version_deadlines(house.waymark, house.actors[name], "referral", 1, None, None, NOW)
    auditor = house.actors[AUDITOR]
    for key, version, quarter, part in (
        ("referral", 2, None, None),
        ("nothing", 1, None, None),
        ("referral", 1, "2027-1", None),
        # a diagram that a withheld step calls, and one that is not there
        ("referral", 1, None, "gp-report"),
        ("referral", 1, None, "other"),
    ):
        with pytest.raises(NotFound):
            queries.version_deadlines(house.waymark, auditor, key, version, quarter, part, NOW + timedelta(hours=1))
