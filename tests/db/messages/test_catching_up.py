"""Cases that waited before waits were written down are found all the same."""

from __future__ import annotations

import sqlalchemy as sa

from app import db
from app.cases import commands
from app.cases.tables import case, subscription
from app.worker import Worker
from tests.chaos.invariants import broken
from tests.chaos.world import NOW
from tests.db.messages.town import Town


def forget(town: Town) -> None:
    """As a release left it that knew of no waits."""
    with db.transaction(town.engine) as connection:
        connection.execute(subscription.delete())
        for row in connection.execute(sa.select(case.c.id, case.c.open)).all():
            known = {name: value for name, value in row.open.items() if name != "subscriptions"}
            connection.execute(case.update().where(case.c.id == row.id).values(open=known))


def test_a_worker_writes_them_down_before_it_delivers(town: Town) -> None:
    says, hears, elsewhere = town.begin("speaker"), town.begin("listener"), town.start().case_id
    town.do(hears, "get_ready")
    town.quietly(says, "prepare")
    forget(town)
    assert commands.deliver(town.waymark, NOW) == 0
    worker = Worker(town.waymark)
    worker.tick()
    assert worker.caught_up
    assert town.open(hears) == ["used"]
    assert commands.catch_up(town.waymark) == 0
    assert broken(town.waymark, [says, hears]) == []
    assert town.waits(elsewhere) == []


def test_a_case_that_cannot_be_read_keeps_nobody_from_it(town: Town) -> None:
    sick, hears = town.begin("listener", 1), town.begin("listener", 2)
    for one in (sick, hears):
        town.do(one, "get_ready")
    forget(town)
    with db.transaction(town.engine) as connection:
        connection.execute(case.update().where(case.c.id == sick).values(state=b"not a state"))
    assert commands.catch_up(town.waymark) == 1
    assert (town.waits(sick), town.waits(hears)) == ([], [("word", "2")])


def test_the_next_step_of_a_case_writes_them_down_too(town: Town) -> None:
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert town.waits(says) == [("nobody", "1")]
    hears = town.begin("listener")
    forget(town)
    town.do(hears, "get_ready")
    assert town.waits(hears) == [("word", "1")]
    assert broken(town.waymark, [hears]) == []
