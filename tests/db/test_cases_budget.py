"""A case that runs round by itself is stopped at an element that has a name, waits for an administrator, and holds up
nobody: it would otherwise be tried again for ever, and write its history full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from app import create_app, db, definitions
from app.cases import commands, queries
from app.cases.tables import incident, task
from app.clock import SystemClock
from app.engine import Bundle
from app.engine.settle import MAX_STEPS, Budget
from app.errors import NotWaiting
from app.history import history_event
from app.identity.sessions import open_session
from app.settings import ROOT
from app.web.security import COOKIE
from tests.chaos.invariants import broken
from tests.chaos.world import ADMINISTRATOR, MANAGER, NOW, World, days
from tests.unit.engine.models import Diagram, timer_definition

HOUR = timedelta(hours=1)


def process(enough: str, *, pause: bool = False) -> Bundle:
    """After a task that lasts an hour at most: count (or wait for a time that is over) until it is `enough`. A weekly
    reminder runs beside it all."""
    diagram = Diagram("round", "Going round").start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.add("parallelGateway", "fork").user("beside", camunda__candidateGroups="referring_manager")
    diagram.timer("weekly", "beside", "R/P7D").end("reminded", "done").chain("weekly", "reminded")
    diagram.user("wait", "after", camunda__candidateGroups="referring_manager").end()
    diagram.timer("in_an_hour", "wait", "PT1H", interrupting=True).add("exclusiveGateway", "again", name="Once more")
    if pause:
        diagram.add("intermediateCatchEvent", "count", timer_definition("2026-01-05"), name="Count one more")
    else:
        diagram.add("scriptTask", "count", "<bpmn:script>if n = null then 1 else n + 1</bpmn:script>")
        diagram.nodes[-1].attributes.update({"name": "Count one more", "camunda:resultVariable": "n"})
    diagram.add("exclusiveGateway", "enough", default="f_more").chain("start", "fork", "beside", "done")
    diagram.chain("fork", "wait", "again", "count", "enough").chain("in_an_hour", "again").chain("after", "end")
    diagram.flow("enough", "again", element="f_more").flow("enough", "after", f"${{{enough}}}")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    return Bundle("round", {"round.bpmn": diagram.xml(), "referral.form": form})


def begin(world: World, bundle: Bundle) -> str:
    with db.transaction(world.engine) as connection:
        definitions.deploy(connection, bundle, "system", "", NOW)
    answers = world.answers("start", NOW)
    return commands.start(world.waymark, world.actors[MANAGER], "round", answers, NOW).case_id


@contextmanager
def budget(steps: int) -> Iterator[None]:
    with mock.patch.object(Budget.__init__, "__defaults__", (steps,)):
        yield


def incidents(world: World) -> list[Any]:
    return queries.incidents(world.waymark, world.actors[ADMINISTRATOR])


def entries(world: World, case_id: str, kind: str = "%") -> int:
    query = sa.select(sa.func.count()).where(history_event.c.case_id == case_id, history_event.c.kind.like(kind))
    return int(world.scalar(query))


def open_tasks(world: World, case_id: str) -> set[str]:
    query = sa.select(task.c.element_id).where(task.c.case_id == case_id, task.c.state == "open")
    return {row.element_id for row in world.rows(query)}


@pytest.mark.parametrize("pause", [False, True], ids=["by itself", "around a time that is over"])
def test_it_is_parked_at_an_element_and_not_tried_again(world: World, pause: bool) -> None:
    case_id = begin(world, process("n < 0", pause=pause))
    others = [world.start().case_id for _ in range(3)]
    now = max(world.next_due(one) for one in [case_id, *others])
    with budget(300):
        assert commands.fire_due(world.waymark, now) == 1 + len(others)
        [parked] = incidents(world)
        assert (parked.case_id, parked.state, parked.attempts, parked.next_try_at) == (case_id, "parked", 1, None)
        assert parked.element in {"Once more", "Count one more", "enough"}
        assert parked.what.endswith(f"without coming to rest and was stopped at “{parked.element}”. It goes round.")
        assert all(entries(world, one, "engine.timer_fired") == 1 for one in others)
        written = entries(world, case_id)
        assert commands.fire_due(world.waymark, now + HOUR) == 0
        assert entries(world, case_id) == written
        # it is run again with the budget that it had
        assert broken(world.waymark) == []


def test_the_rest_of_the_case_goes_on(world: World) -> None:
    case_id = begin(world, process("n < 0"))
    with budget(300):
        commands.fire_due(world.waymark, NOW + HOUR)
        assert commands.fire_due(world.waymark, NOW + days(7)) == 1
        assert commands.fire_due(world.waymark, NOW + days(14)) == 1
        assert entries(world, case_id, "engine.timer_fired") == 3
        assert open_tasks(world, case_id) == {"beside"}
        assert [one.state for one in incidents(world)] == ["parked"]
        assert broken(world.waymark) == []


def test_an_administrator_lets_it_run_on(world: World) -> None:
    """A long way is finished in parts; each part that stops is parked anew."""
    case_id = begin(world, process("n > 200"))
    now, administrator = NOW + HOUR, world.actors[ADMINISTRATOR]
    with budget(300):
        commands.fire_due(world.waymark, now)
        first = incidents(world)[0]
        commands.retry(world.waymark, administrator, first.id, now)
        states = {one.id: one.state for one in incidents(world)}
        assert states.pop(first.id) == "resolved"
        [(second, state)] = states.items()
        assert state == "parked"
        assert open_tasks(world, case_id) == {"beside"}
        commands.retry(world.waymark, administrator, second, now)
        assert {one.state for one in incidents(world)} == {"resolved"}
        assert open_tasks(world, case_id) == {"beside", "after"}
        assert entries(world, case_id, "engine.failed") == 2
        assert broken(world.waymark) == []


def test_who_completed_the_task_before_it_hears_that_it_is_done(sqlite_world: World) -> None:
    """With the whole budget, and as the pages tell it."""
    world = sqlite_world
    case_id = begin(world, process("n < 0"))
    done = commands.complete(world.waymark, world.actors[MANAGER], world.task(case_id, "wait"), {}, None, NOW)
    assert done.status == "running"
    assert entries(world, case_id, "engine.completed") == MAX_STEPS + 2
    assert len(world.row(case_id).state) < 1_000
    [parked] = incidents(world)
    page, listed = page_of(world, f"/incidents/{parked.id}"), page_of(world, "/incidents")
    assert f"5,000 steps without coming to rest and was stopped at “{parked.element}”" in page
    assert "None by itself" in page
    assert "Try this step again now" in page
    assert "Waits for you" in listed
    assert parked.element in listed


def page_of(world: World, path: str) -> str:
    with db.transaction(world.engine) as connection:
        token = open_session(connection, ADMINISTRATOR, SystemClock().now())
    app = create_app(world.waymark.settings)
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    text: str = client.get(path).text
    app.extensions["waymark"].w.engine.dispose()
    return text


def test_a_join_that_waits_in_vain_is_parked_at_once(world: World) -> None:
    """It was tried again until the whole case was parked, its other clocks with it."""
    diagram = Diagram("round").start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.user("wait", camunda__candidateGroups="referring_manager").add("exclusiveGateway", "x", default="f_a")
    diagram.timer("in_an_hour", "wait", "PT1H", interrupting=True).add("parallelGateway", "join", name="Both done")
    diagram.user("a", "b", camunda__candidateGroups="referring_manager").end().chain("start", "wait", "x")
    diagram.chain("in_an_hour", "join").flow("x", "a", element="f_a").flow("x", "b", "${false}").chain("a", "join")
    diagram.chain("b", "join", "end")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    case_id = begin(world, Bundle("round", {"round.bpmn": diagram.xml(), "referral.form": form}))
    commands.fire_due(world.waymark, NOW + HOUR)
    [parked] = incidents(world)
    assert (parked.element, parked.state, parked.next_try_at) == ("Both done", "parked", None)
    assert world.row(case_id).next_due_at is None
    assert [fires(world, NOW + days(at)) for at in (1, 2)] == [0, 0]
    with pytest.raises(NotWaiting, match="nothing to try again"):
        commands.retry(world.waymark, world.actors[ADMINISTRATOR], parked.id, NOW + days(1))
    assert world.rows(sa.select(incident.c.state)) == [("parked",)]
    assert broken(world.waymark) == []


def fires(world: World, now: datetime) -> int:
    return commands.fire_due(world.waymark, now)
