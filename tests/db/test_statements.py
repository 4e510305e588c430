"""What a completed task asks of the database: on PostgreSQL each round trip is a wait, each commit a write to disk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app import create_app, db
from app.cases import Waymark
from app.clock import SystemClock
from app.identity.sessions import open_session
from app.settings import Settings
from app.web.security import COOKIE
from benchmarks.loop import TURNS, Player, Turn, new_case, open_task, prepare
from benchmarks.wire import counted

#: who it is, BEGIN, the case's lock, the task, options if the form asks for any, all rows at once, COMMIT
IN_PROCESS = 7
#: and the form, to read what was posted
BY_FORM = IN_PROCESS + 1
#: turns until the driver has prepared every statement; preparing takes a round trip of its own
PREPARED = 8


@pytest.fixture
def waymark(postgres_settings: Settings) -> Iterator[Waymark]:
    opened = prepare(postgres_settings)
    yield opened
    opened.engine.dispose()


def test_a_completed_task_is_one_commit_and_few_round_trips(waymark: Waymark) -> None:
    player = Player(waymark)
    for _ in range(PREPARED):
        player.complete()
        player.go_on()
    for _ in TURNS:
        with counted(waymark.engine) as traffic:
            player.complete()
        player.go_on()
        assert traffic.commits == 1
        assert 0 < traffic.round_trips <= IN_PROCESS


def test_a_long_case_costs_as_many_statements_as_a_young_one(waymark: Waymark) -> None:
    player = Player(waymark)
    counts = []
    for _ in range(24):
        with counted(waymark.engine) as traffic:
            player.complete()
        player.go_on()
        counts.append(traffic.statements)
    assert len(set(counts[0::2])) == len(set(counts[1::2])) == 1


def test_a_posted_form_is_one_commit_and_few_round_trips(waymark: Waymark) -> None:
    app = create_app(waymark.settings)
    engine = app.extensions["waymark"].w.engine
    clients = {turn.who: log_in(waymark, app.test_client(), turn.who) for turn in TURNS}
    tokens = {who: csrf_of(client) for who, client in clients.items()}
    case_id = new_case(waymark)

    def post(turn: Turn) -> None:
        path = f"/tasks/{open_task(waymark, case_id)}"
        assert clients[turn.who].post(path, data=turn.posted(tokens[turn.who])).status_code == 303

    for _ in range(PREPARED // len(TURNS)):
        for turn in TURNS:
            post(turn)
    for turn in TURNS:
        with counted(engine) as traffic:
            post(turn)
        assert traffic.commits == 1
        assert 0 < traffic.round_trips <= BY_FORM
    engine.dispose()


def test_traffic_is_counted_by_the_wire(waymark: Waymark) -> None:
    with counted(waymark.engine) as traffic, db.transaction(waymark.engine) as connection:
        connection.exec_driver_sql("SELECT 1")
        connection.exec_driver_sql("SELECT 2")
    assert (traffic.statements, traffic.round_trips, traffic.commits) == (2, 4, 1)


def log_in(waymark: Waymark, client: FlaskClient, who: str) -> FlaskClient:
    with db.transaction(waymark.engine) as connection:
        client.set_cookie(COOKIE, open_session(connection, who, SystemClock().now()))
    return client


def csrf_of(client: FlaskClient) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', client.get("/inbox").text)
    assert found
    return found[1]
