"""Two commands meet on one case: the second waits at the row's lock, or passes by if it is the clock, and then sees
what the first has done. Both orders, paused while the first holds the lock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import Waymark, commands
from app.cases.locking import lock
from app.cases.moving import AlreadyThere
from app.cases.receipts import KeyReused
from app.cases.tables import timer
from app.errors import AlreadyDone, CaseEnded, ClaimedByAnother, TaskClosed
from app.settings import Settings
from tests.chaos.crashing import settings_of_child
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, OWNER, SECOND_OFFICE, World, days

pytestmark = pytest.mark.chaos

Act = Callable[[Waymark], Any]


@dataclass
class Client:
    """A command in a thread, with connections of its own that the server knows by `name`."""

    name: str
    settings: Settings
    act: Act
    #: stop once a row is locked, until `go` is set
    pausing: bool = False

    def __post_init__(self) -> None:
        self.holds, self.go = threading.Event(), threading.Event()
        self.answer: Any = None
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        waymark = Waymark.open(settings_of_child(self.settings, self.name))
        if self.pausing:
            sa.event.listen(waymark.engine, "after_cursor_execute", self._pause)
        try:
            self.answer = self.act(waymark)
        except Exception as error:
            self.answer = error
        finally:
            waymark.engine.dispose()

    def _pause(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FOR UPDATE" in statement and not self.holds.is_set():
            self.holds.set()
            assert self.go.wait(30)

    def result(self) -> Any:
        self.thread.join(30)
        assert not self.thread.is_alive()
        return type(self.answer) if isinstance(self.answer, BaseException) else self.answer


def waits(world: World, client: Client) -> bool:
    """Does the client come to wait for a lock (True), or does it end without (False)?"""
    query = sa.text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :n AND wait_event_type = 'Lock'")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with db.reading(world.engine) as connection:
            if connection.execute(query, {"n": client.name}).scalar():
                return True
        if not client.thread.is_alive():
            return False
        time.sleep(0.01)
    raise AssertionError("neither waiting nor done")


@dataclass
class Scene:
    """A case in triage, two clerks, and its deadline: everything that two clients may do with it at once."""

    world: World

    def __post_init__(self) -> None:
        self.case_id, self.now = self.world.case_at("triage")
        self.task_id = self.world.task(self.case_id, "triage")
        self.answers = self.world.answers("triage", self.now)

    def complete(self, who: str = OFFICE, key: str | None = None) -> Act:
        clerk = self.world.actors[who]
        return lambda w: commands.complete(w, clerk, self.task_id, self.answers, None, self.now, key)

    def claim(self, who: str) -> Act:
        return lambda w: commands.claim(w, self.world.actors[who], self.task_id, self.now)

    def draft(self) -> Act:
        return lambda w: commands.save_draft(w, self.world.actors[OFFICE], self.task_id, {"triage": "x"}, self.now)

    def cancel(self) -> Act:
        return lambda w: commands.cancel(w, self.world.actors[MANAGER], self.case_id, "Gone", self.now)

    def withdraw(self) -> Act:
        return lambda w: commands.withdraw_consent(w, self.world.actors[EMPLOYEE], self.case_id, self.now)

    def migrate(self) -> Act:
        owner, version = self.world.actors[OWNER], self.world.deploy_next()
        return lambda w: commands.migrate(w, owner, self.case_id, "The autumn review", self.now, to=version)

    def migrate_back(self) -> Act:
        self.migrate()(self.world.waymark)
        owner = self.world.actors[OWNER]
        return lambda w: commands.migrate_back(w, owner, self.case_id, "It was the wrong one", self.now)

    def fire(self) -> Act:
        return lambda w: commands.fire_due(w, self.due())

    def due(self) -> datetime:
        return self.world.next_due(self.case_id)


Pick = Callable[[Scene], Act]
ACTS: dict[str, Pick] = {
    "complete": lambda scene: scene.complete(),
    "complete with a key": lambda scene: scene.complete(key="k"),
    "the colleague completes": lambda scene: scene.complete(SECOND_OFFICE),
    "claim": lambda scene: scene.claim(OFFICE),
    "the colleague claims": lambda scene: scene.claim(SECOND_OFFICE),
    "draft": lambda scene: scene.draft(),
    "cancel": lambda scene: scene.cancel(),
    "withdraw": lambda scene: scene.withdraw(),
    "fire": lambda scene: scene.fire(),
    "migrate": lambda scene: scene.migrate(),
    "migrate back": lambda scene: scene.migrate_back(),
}
DONE = "done"
#: first, second, and what the second gets once the first is through
PAIRS: list[tuple[str, str, Any]] = [
    ("complete", "complete", AlreadyDone),
    ("complete", "the colleague completes", AlreadyDone),
    ("complete with a key", "complete with a key", DONE),
    ("claim", "the colleague claims", ClaimedByAnother),
    ("the colleague claims", "claim", ClaimedByAnother),
    ("claim", "the colleague completes", ClaimedByAnother),
    ("the colleague completes", "claim", AlreadyDone),
    ("complete", "draft", AlreadyDone),
    ("draft", "complete", DONE),
    ("draft", "the colleague claims", DONE),
    ("claim", "fire", 0),
    ("fire", "claim", DONE),
    ("complete", "fire", 0),
    ("fire", "complete", DONE),
    ("complete", "cancel", DONE),
    ("cancel", "complete", TaskClosed),
    ("complete", "withdraw", DONE),
    ("withdraw", "complete", TaskClosed),
    ("cancel", "withdraw", CaseEnded),
    ("withdraw", "cancel", CaseEnded),
    ("cancel", "cancel", CaseEnded),
    ("withdraw", "withdraw", CaseEnded),
    ("cancel", "fire", 0),
    ("fire", "cancel", DONE),
    ("withdraw", "fire", 0),
    ("fire", "withdraw", DONE),
    ("draft", "cancel", DONE),
    ("cancel", "draft", TaskClosed),
    ("fire", "fire", 0),
    ("migrate", "migrate", AlreadyThere),
    ("migrate", "complete", DONE),
    ("complete", "migrate", DONE),
    ("migrate", "fire", 0),
    ("fire", "migrate", DONE),
    ("migrate", "draft", DONE),
    ("draft", "migrate", DONE),
    ("migrate", "cancel", DONE),
    ("cancel", "migrate", CaseEnded),
    ("withdraw", "migrate", CaseEnded),
    ("migrate back", "complete", DONE),
    ("migrate back", "claim", DONE),
]


@pytest.mark.parametrize(("first", "second", "gets"), PAIRS)
def test_two_commands_meet(postgres_world: World, first: str, second: str, gets: Any) -> None:
    world, scene = postgres_world, Scene(postgres_world)
    settings = world.waymark.settings
    one = Client("first", settings, ACTS[first](scene), pausing=True)
    assert one.holds.wait(30)
    two = Client("second", settings, ACTS[second](scene))
    assert waits(world, two) == (second != "fire")
    one.go.set()
    assert not isinstance(one.result(), type), one.answer
    if gets == DONE:
        assert not isinstance(two.result(), type), two.answer
    else:
        assert two.result() == gets
    commands.fire_due(world.waymark, scene.now + days(30))
    assert broken(world.waymark) == []


def test_an_interrupting_deadline_comes_first(postgres_world: World) -> None:
    """The employee answers while the clock closes the question: the answer is refused, not lost in silence."""
    world = postgres_world
    case_id = world.start().case_id
    task_id, late = world.task(case_id, "give_consent"), world.next_due(case_id) + days(30)
    answers = world.answers("give_consent", late)
    one = Client("first", world.waymark.settings, lambda w: commands.fire_due(w, late), pausing=True)
    assert one.holds.wait(30)
    employee = world.actors[EMPLOYEE]
    two = Client(
        "second", world.waymark.settings, lambda w: commands.complete(w, employee, task_id, answers, None, late)
    )
    assert waits(world, two)
    one.go.set()
    assert one.result() == 1
    assert two.result() is TaskClosed
    assert broken(world.waymark) == []


def test_the_clock_serves_other_cases_while_one_is_held(postgres_world: World) -> None:
    world, scene = postgres_world, Scene(postgres_world)
    others = [world.start().case_id for _ in range(3)]
    late = scene.now + days(30)
    one = Client("first", world.waymark.settings, scene.complete(), pausing=True)
    assert one.holds.wait(30)
    assert commands.fire_due(world.waymark, late) == 3
    assert all(world.row(case_id).version == 2 for case_id in others)
    one.go.set()
    one.result()
    assert broken(world.waymark) == []


def test_one_key_for_two_tasks_at_once(postgres_world: World) -> None:
    """Other cases, so neither waits for the other's row; the receipt's key is where they meet."""
    world, scene = postgres_world, Scene(postgres_world)
    other = Scene(world)
    one = Client("first", world.waymark.settings, _slow_to_commit(scene.complete(key="k")))
    two = Client("second", world.waymark.settings, _slow_to_commit(other.complete(key="k")))
    assert sorted([one.result() is KeyReused, two.result() is KeyReused]) == [False, True], (one.answer, two.answer)
    assert broken(world.waymark) == []


def _slow_to_commit(act: Act) -> Act:
    def slowly(waymark: Waymark) -> Any:
        sa.event.listen(waymark.engine, "commit", lambda _connection: time.sleep(0.5))
        return act(waymark)

    return slowly


def test_one_key_for_one_start_at_once(world: World) -> None:
    barrier = threading.Barrier(4)
    manager, answers, now = world.actors[MANAGER], world.answers("start", NOW), NOW

    def act(waymark: Waymark) -> Any:
        barrier.wait(30)
        return commands.start(waymark, manager, "referral", answers, now, "k")

    clients = [Client(f"client-{number}", world.waymark.settings, act) for number in range(4)]
    given = [client.result() for client in clients]
    assert len({started.case_id for started in given}) == 1
    assert broken(world.waymark) == []


def test_control_the_timer_row_first_deadlocks(postgres_world: World) -> None:
    """The other order, built here on purpose: a firer that takes the timer and then the case meets a command that
    takes the case and then its timers. One of them is thrown out by the server, which the tests above would show."""
    world, scene = postgres_world, Scene(postgres_world)
    assert world.rows(sa.select(timer.c.id).where(timer.c.case_id == scene.case_id))
    barrier = threading.Barrier(2)

    def timer_first(waymark: Waymark) -> None:
        with db.transaction(waymark.engine) as connection:
            connection.execute(sa.select(timer.c.id).where(timer.c.case_id == scene.case_id).with_for_update())
            barrier.wait(30)
            lock(connection, scene.case_id)

    def case_first(waymark: Waymark) -> None:
        with db.transaction(waymark.engine) as connection:
            lock(connection, scene.case_id)
            barrier.wait(30)
            connection.execute(timer.delete().where(timer.c.case_id == scene.case_id))

    clients = [Client(act.__name__, world.waymark.settings, act) for act in (timer_first, case_first)]
    thrown = [client for client in clients if client.result() is sa.exc.OperationalError]
    assert len(thrown) == 1
    assert "deadlock" in str(thrown[0].answer)
