"""Messages between cases under kills and races: each has its effect once, in order, and none is lost."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from unittest import mock

import pytest
import sqlalchemy as sa

from app import db
from app.cases import Waymark, commands
from app.cases.locking import lock
from app.cases.messages import delivering, finding
from app.cases.tables import message
from app.settings import Settings
from tests.chaos.crashing import Act, run_child, settle
from tests.chaos.invariants import broken
from tests.chaos.test_worker_failover import Workers
from tests.chaos.world import NOW
from tests.db.messages.town import HR, Town, silent, speaker, town

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

LONG = bool(os.environ.get("WAYMARK_CHAOS"))
TURNS = 10 if LONG else 1
PAIRS, WORDS, KILLS = (200, 5, 400) if LONG else (24, 4, 40)


@pytest.fixture(name="town")
def _town(postgres_settings: Settings) -> Iterator[Town]:
    made = town(postgres_settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def small_town(sqlite_settings: Settings) -> Iterator[Town]:
    made = town(sqlite_settings)
    yield made
    made.engine.dispose()


@dataclass(frozen=True)
class Errand:
    """One delivery about to be made. `done`: how often its effect is there."""

    cases: tuple[str, ...]
    done: Callable[[], int]


def handing_over(town: Town, file: int) -> Errand:
    says, hears = town.begin("speaker", file), town.begin("listener", file)
    town.do(hears, "get_ready")
    town.quietly(says, "prepare")
    return Errand((says, hears), lambda: len(town.told(hears, "command.message")))


def starting(town: Town, file: int) -> Errand:
    with silent():
        asks = town.begin("clarification", file)
    return Errand((asks,), lambda: len(town.told(asks, "message.started")))


def telling(town: Town, file: int) -> Errand:
    town.deploy(speaker("teller", unmatched="tell", told="nobody"))
    says = town.begin("teller", file)
    town.quietly(says, "prepare")
    return Errand((says,), lambda: len(town.told(says, "command.tell")))


def giving_up(town: Town, file: int) -> Errand:
    town.deploy(speaker("optimist", unmatched="tell"))
    says = town.begin("optimist", file)
    town.quietly(says, "prepare")
    return Errand((says,), lambda: len(town.told(says, "message.given_up")))


Prepare = Callable[[Town, int], Errand]
WAYS: tuple[Prepare, ...] = (handing_over, starting, telling, giving_up)


def deliver_one(waymark: Waymark) -> int:
    return commands.deliver(waymark, NOW, limit=1)


def killed_everywhere(
    town: Town, prepare: Prepare, act: Act = deliver_one, *, torn: bool = False, stride: int = 1
) -> set[bool]:
    """Kill at every point of one delivery, each time another; was it done then? Both occur."""
    prepare(town, 0)
    commands.deliver(
        town.waymark, NOW
    )  # what is read only once is read now: from here on each delivery has the same points
    prepare(town, 1)
    points = run_child(town.waymark.settings, act, torn=torn).points
    commands.deliver(town.waymark, NOW)
    seen = set()
    for turn in range(TURNS):
        for number, name in list(enumerate(points))[::-stride]:
            errand = prepare(town, 1000 * turn + number + 2)
            assert run_child(town.waymark.settings, act, number, torn=torn).killed, f"nobody died {name}"
            settle(town.engine)
            assert broken(town.waymark, errand.cases) == [], name
            seen.add(bool(errand.done()))
            commands.deliver(town.waymark, NOW)
            assert errand.done() == 1, name
            assert broken(town.waymark, errand.cases) == [], name
    return seen


@pytest.mark.parametrize("prepare", WAYS)
def test_killed_at_every_point_on_postgresql(town: Town, prepare: Prepare) -> None:
    assert killed_everywhere(town, prepare) == {False, True}
    assert broken(town.waymark) == []


@pytest.mark.parametrize("prepare", WAYS)
def test_killed_at_every_point_on_sqlite(small_town: Town, prepare: Prepare) -> None:
    assert killed_everywhere(small_town, prepare, stride=1 if LONG else 3) == {False, True}
    assert broken(small_town.waymark) == []


@pytest.mark.parametrize("prepare", WAYS)
def test_control_statements_that_commit_alone_are_found_out(town: Town, prepare: Prepare) -> None:
    """The same kills where every statement commits for itself."""
    with pytest.raises(AssertionError):
        killed_everywhere(town, prepare, torn=True)


def deliver_all(waymark: Waymark) -> object:
    return commands.deliver(waymark, NOW)


def said_at_once(town: Town, pairs: int) -> list[tuple[str, str]]:
    """Pairs of a case that says several words and one that hears them; every third hears through a new case."""
    with silent():
        both = [(town.begin("hasty", file), town.begin("collector", file)) for file in range(1, pairs + 1)]
        asked = [town.begin("clarification", file) for file in range(1, pairs + 1, 3)]
        for says, _hears in both:
            town.do(says, "prepare")
    assert len(asked) == len(range(1, pairs + 1, 3))
    return both


def run(town: Town, deliverer: Callable[[Waymark], object], pairs: int, kills: int) -> int:
    """Four workers deliver and are killed until nothing is left to deliver; how many were killed."""
    said_at_once(town, pairs)
    workers = Workers(town, deliverer)
    for number in range(4):
        workers.hire(number)
    until = time.monotonic() + 240
    while left(town):
        assert time.monotonic() < until, f"{left(town)} messages are left"
        if workers.kills < kills:
            workers.kill_one()
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 -- when it hits is chance, on purpose
    for number in list(workers.pids):
        workers.dismiss(number)
    settle(town.engine)
    return workers.kills


def left(town: Town) -> int:
    return int(town.scalar(sa.select(sa.func.count()).select_from(message).where(message.c.state == "waiting")))


def effects(town: Town) -> Counter[str]:
    """How often each message had an effect, as the histories of the receivers tell."""
    found: Counter[str] = Counter()
    for row in town.rows(sa.text("SELECT id FROM cases")):
        for data in town.told(row.id, "command.message", "command.start"):
            found.update([data["message"]] if "message" in data else [])
    return found


def test_each_message_has_its_effect_once_though_four_workers_race_and_are_killed(town: Town) -> None:
    kills = run(town, deliver_all, PAIRS, KILLS)
    assert kills > 0
    count = 3 * PAIRS + len(range(1, PAIRS + 1, 3))
    assert effects(town) == Counter(town.letters("id"))
    assert len(effects(town)) == count
    assert broken(town.waymark) == []


def claim_then_hand_over(waymark: Waymark) -> None:
    """Built wrong on purpose: the message is taken from the queue in one transaction, its effect made in another."""
    with db.reading(waymark.engine) as connection:
        todo = finding.errands(connection, NOW)
    for errand in todo:
        with db.transaction(waymark.engine) as connection:
            letter = finding.claim(connection, errand, NOW)
            if letter is not None:
                connection.execute(message.update().where(message.c.id == letter.id).values(state="gone"))
        if letter is not None and errand.kind == "deliver":
            with db.transaction(waymark.engine) as connection:
                delivering._hand_over(connection, waymark, lock(connection, errand.case_id), letter, NOW)


def test_control_a_claim_before_the_work_loses_messages(town: Town) -> None:
    run(town, claim_then_hand_over, 12, 12)
    assert len(effects(town)) < 12 * 3 + 4


def hand_over_then_mark(waymark: Waymark) -> None:
    """Built wrong on purpose: the effect is made in one transaction, the message marked as delivered in another."""
    with db.reading(waymark.engine) as connection:
        todo = [errand for errand in finding.errands(connection, NOW) if errand.kind == "deliver"]
    for errand in todo:
        with mock.patch.object(delivering, "close"):
            done = delivering._serve(waymark, errand, NOW)
        time.sleep(0.02)
        with db.transaction(waymark.engine) as connection:
            if done:
                connection.execute(message.update().where(message.c.id == errand.message_id).values(state="marked"))


def test_control_a_mark_after_the_work_doubles_messages(town: Town) -> None:
    for file in range(1, 13):
        town.begin("collector", file)
        with silent():
            town.do(town.begin("hasty", file), "prepare")
    workers = Workers(town, hand_over_then_mark)
    for number in range(4):
        workers.hire(number)
    until = time.monotonic() + 60
    while max(effects(town).values(), default=0) < 2:
        assert time.monotonic() < until, "nothing was doubled"
        workers.kill_one()
        time.sleep(0.03)
    for number in list(workers.pids):
        workers.dismiss(number)
    settle(town.engine)


def test_two_commands_of_one_case_and_a_delivery_take_turns(town: Town) -> None:
    """A delivery passes by a case that somebody holds, and comes back to it."""
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(hears, "get_ready")
    town.quietly(says, "prepare")
    with db.transaction(town.engine) as connection:
        lock(connection, hears)
        assert commands.deliver(town.waymark, NOW) == 0
    assert commands.deliver(town.waymark, NOW) == 1
    assert broken(town.waymark) == []


def test_a_delivery_holds_one_case_only(town: Town) -> None:
    """While the receiver takes the message in, people go on in the sender's case."""
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(hears, "get_ready")
    town.quietly(says, "prepare")
    with db.transaction(town.engine) as connection:
        lock(connection, says)
        assert commands.deliver(town.waymark, NOW) == 1
    assert town.open(hears) == ["used"]


def test_two_cases_that_say_things_to_each_other_at_once_do_not_deadlock(town: Town) -> None:
    """Each way, many times, by two workers: crossing deliveries hold one case each."""
    pairs = [(town.begin("committee", file), town.begin("specialist", file)) for file in range(1, 7)]
    workers = Workers(town, deliver_all)
    for number in range(4):
        workers.hire(number)
    until = time.monotonic() + 120
    while any(town.open(asks) != ["decide"] for asks, _ in pairs):
        assert time.monotonic() < until
        for _asks, answers in pairs:
            if town.open(answers) == ["think"]:
                town.do(answers, "think", who=HR)
    for number in list(workers.pids):
        workers.dismiss(number)
    settle(town.engine)
    assert town.incidents() == []
    assert town.letters() == ["delivered"] * 6 * 6
    assert broken(town.waymark) == []


def test_keeping_time(town: Town) -> None:
    """A worker that comes late tells the sender once, however many look."""
    town.deploy(speaker("patient", keep="P1D", told="nobody"))
    says = [town.begin("patient", file) for file in range(1, 9)]
    for one in says:
        town.do(one, "prepare")
    later = NOW + timedelta(days=2)
    workers = Workers(town, lambda waymark: commands.deliver(waymark, later))
    for number in range(4):
        workers.hire(number)
    until = time.monotonic() + 60
    while left(town):
        assert time.monotonic() < until
        time.sleep(0.01)
    for number in list(workers.pids):
        workers.dismiss(number)
    settle(town.engine)
    assert [len(town.told(one, "command.tell")) for one in says] == [1] * 8
    assert broken(town.waymark) == []
