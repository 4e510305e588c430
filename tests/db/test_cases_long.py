"""A case that has gone round for years: its next completed task costs what the first did, and its pages stay pages."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
import sqlalchemy as sa

from app import db
from app.cases import Waymark, queries
from app.cases.queries import answers, pages, timeline
from app.cases.views import CaseView
from app.clock import SystemClock
from app.identity.people import actor_of_person
from app.records import submission
from app.settings import Settings
from benchmarks.instructions import worked
from benchmarks.loop import EMPLOYEE, MANAGER, OH_ADMIN, TURNS, Player, prepare

#: completed tasks of the long case
LONG = 60


@pytest.fixture
def waymark(settings: Settings) -> Iterator[Waymark]:
    opened = prepare(settings)
    yield opened
    opened.engine.dispose()


def played(waymark: Waymark, tasks: int = LONG) -> Player:
    player = Player(waymark)
    for _ in range(tasks):
        player.complete()
        player.go_on()
    return player


def case(player: Player, who: str, page: int = 1) -> CaseView:
    with db.reading(player.waymark.engine) as connection:
        actor = actor_of_person(connection, who)
    return queries.case(player.waymark, actor, player.case_id, SystemClock().now(), page)


def test_each_completed_task_is_the_same_work_for_the_database(sqlite_settings: Settings) -> None:
    waymark = prepare(sqlite_settings)
    player, work = Player(waymark), []
    for _ in range(LONG):
        with worked(waymark.engine) as counted:
            player.complete()
        player.go_on()
        work.append(counted.instructions)
    assert min(work) > 100
    assert len(set(work[0::2])) == len(set(work[1::2])) == 1
    waymark.engine.dispose()


def test_the_work_counted_grows_with_the_rows_looked_at(sqlite_settings: Settings) -> None:
    """The control of the count above."""
    waymark = prepare(sqlite_settings)
    player, work = Player(waymark), []
    for _ in range(3):
        with worked(waymark.engine) as counted, db.reading(waymark.engine) as connection:
            connection.execute(sa.select(sa.func.count(submission.c.sealed))).scalar()
        work.append(counted.instructions)
        player.complete()
        player.go_on()
    assert work[0] < work[1] < work[2]
    waymark.engine.dispose()


def test_the_pages_together_tell_everything_once(waymark: Waymark) -> None:
    player = played(waymark)
    for who in (MANAGER, EMPLOYEE, OH_ADMIN):
        _told_once(player, who)


def _told_once(player: Player, who: str) -> None:
    with (
        mock.patch.object(timeline, "ENTRIES", 10_000),
        mock.patch.object(answers, "ANSWERS", 10_000),
        mock.patch.object(pages, "CHUNK", 7),
    ):
        whole = case(player, who)
    assert len(whole.timeline) > timeline.ENTRIES
    assert len(whole.submissions) > 2 * answers.ANSWERS
    assert not whole.more_timeline
    assert not whole.more_submissions
    told, entered = list(whole.timeline), list(whole.submissions)
    number = 0
    while told or entered:
        number += 1
        page = case(player, who, number)
        told, newest = told[: -timeline.ENTRIES], told[-timeline.ENTRIES :]
        entered, newest_entered = entered[: -answers.ANSWERS], entered[-answers.ANSWERS :]
        assert (page.page, page.timeline, page.submissions) == (number, newest, newest_entered)
        assert (page.more_timeline, page.more_submissions) == (bool(told), bool(entered))
    assert case(player, who, number + 1).timeline == []


def test_a_task_shows_the_newest_answers_and_begins_with_what_is_known(waymark: Waymark) -> None:
    player = played(waymark, LONG + 1)
    turn = TURNS[player.played % len(TURNS)]
    with db.reading(waymark.engine) as connection:
        actor = actor_of_person(connection, turn.who)
    view = queries.task(waymark, actor, player.task_id, SystemClock().now())
    assert turn.element == "give_information"
    assert (len(view.submissions), view.more_submissions) == (answers.ANSWERS, True)
    asked = TURNS[0].answers["information_needed"]
    assert asked in str(view.submissions[-1].fields)
    assert asked in view.form.answers.values()


def test_the_history_is_read_from_where_the_reader_stands(sqlite_settings: Settings) -> None:
    """Who may know of every step reads the next two hundred entries alone; not the first ones again."""
    waymark = prepare(sqlite_settings)
    player = played(waymark)
    with db.reading(waymark.engine) as connection:
        actor = actor_of_person(connection, EMPLOYEE)
    found = [
        queries.history(waymark, actor, player.case_id, after, 50, now=SystemClock().now()) for after in (0, 50, 300)
    ]
    assert [[entry["seq"] for entry in part] for part in found] == [
        list(range(begin, begin + 50)) for begin in (1, 51, 301)
    ]
    waymark.engine.dispose()
