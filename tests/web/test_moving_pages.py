"""Moving running cases on pages: previewed, one or all, with a reason, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.cases import commands
from app.cases.tables import case, task
from app.clock import SystemClock
from app.engine import Bundle
from app.identity import Actor
from app.identity.people import actor_of_person
from tests.unit.cases.test_trying import START, WORD, with_forms
from tests.unit.engine.models import Diagram
from tests.web.owners import OWNER, Browser, Room

HERE = "/workshop/processes/case/move"
REASON = "The autumn review asked for it"
STARTER = "ruth.bell"


def process(first: str = "ask", name: str = "Ask", key: str = "case") -> Bundle:
    """A task, then another. `first`: id of the first."""
    diagram = Diagram(key, name="Asking").start(camunda__formRef="begin", props={"starters": "hr", "startedAs": "hr"})
    diagram.props = {"about": "nobody"}
    diagram.user(first, camunda__formRef="word", name=name).user("talk", name="Talk").end()
    return with_forms(diagram.chain("start", first, "talk", "end"), begin=START, word=WORD)


@pytest.fixture
def room(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(sqlite_template, tmp_path_factory.mktemp("moving"), [process(), process(key="other")])
    yield made
    made.close()


@pytest.fixture
def owen(room: Room) -> Browser:
    return room.browser()


def actor(room: Room, name: str) -> Actor:
    with db.reading(room.w.engine) as connection:
        return actor_of_person(connection, name)


def started(room: Room, key: str = "case") -> str:
    now = SystemClock().now() - timedelta(hours=1)
    return commands.start(room.w, actor(room, STARTER), key, {"why": "A secret of hers"}, now).case_id


def complete(room: Room, case_id: str) -> None:
    with db.reading(room.w.engine) as connection:
        wanted = sa.select(task.c.id).where(task.c.case_id == case_id, task.c.state == "open")
        task_id = str(connection.execute(wanted).scalar_one())
    commands.complete(room.w, actor(room, STARTER), task_id, {"days": 3}, None, SystemClock().now())


def deploy(room: Room, bundle: Bundle) -> int:
    with db.transaction(room.w.engine) as connection:
        return definitions.deploy(connection, bundle, OWNER, "for a test", SystemClock().now()).version


def version(room: Room, case_id: str) -> int:
    with db.reading(room.w.engine) as connection:
        return int(connection.execute(sa.select(case.c.definition_version).where(case.c.id == case_id)).scalar_one())


def reference(room: Room, case_id: str) -> str:
    with db.reading(room.w.engine) as connection:
        return str(connection.execute(sa.select(case.c.reference).where(case.c.id == case_id)).scalar_one())


@pytest.mark.rule("XX-4", "follows")
def test_one_is_moved_with_a_reason_and_taken_back(room: Room, owen: Browser) -> None:
    first, second = started(room), started(room)
    deploy(room, process(name="Ask now"))
    owen.go(HERE)
    assert "2 running cases are on another version" in owen.words
    assert owen.words.count("“Ask” is called “Ask now”.") == 2
    owen.go(f"{HERE}/{first}")
    owen.send(do="move", reason=" ")
    assert (owen.status, "Enter the reason" in owen.words, version(room, first)) == (422, True, 1)
    owen.send(do="move", reason=REASON)
    assert "is on version 2 now" in owen.words
    assert (version(room, first), version(room, second)) == (2, 1)
    owen.go(HERE)
    assert "1 running case is on another version" in owen.words
    assert REASON in owen.words
    owen.go(f"{HERE}/{first}")
    owen.send(do="back", reason="Not yet")
    assert ("The move is taken back." in owen.words, version(room, first)) == (True, 1)
    owen.send(do="back", reason="Once more")
    assert (owen.status, "cannot simply go back" in owen.words, version(room, first)) == (409, True, 1)


@pytest.mark.rule("XX-4", "follows")
def test_all_are_moved_and_one_that_does_not_fit_stays_and_says_why(room: Room, owen: Browser) -> None:
    past, asked, other = started(room), started(room), started(room)
    complete(room, past)
    complete(room, other)
    deploy(room, process("put"))
    owen.go(HERE)
    assert "Move these 2 cases to version 2" in owen.words
    assert "“Ask” is open in this case, and the new version does not have it here." in owen.words
    owen.send(reason=REASON)
    assert "2 cases were moved to version 2" in owen.words
    assert [version(room, one) for one in (past, asked, other)] == [2, 1, 2]
    assert "None of these can be moved as it stands." in owen.words
    # what the page did not offer is not moved by asking for it either
    owen.send(seen=[f"{asked}:1"], reason=REASON)
    assert f"{reference(room, asked)} : This case cannot be moved to that version as it stands" in owen.words
    assert version(room, asked) == 1


@pytest.mark.rule("XX-4", "breaks")
def test_a_case_that_went_on_meanwhile_is_told_and_stays(room: Room, owen: Browser) -> None:
    first, second = started(room), started(room)
    deploy(room, process(name="Ask now"))
    owen.go(HERE)
    complete(room, first)
    seen = [f"{first}:1", f"{second}:1"]
    owen.send(seen=seen, reason=REASON)
    assert "1 of 2 cases were moved to version 2" in owen.words
    assert "This case has gone on since you looked." in owen.words
    assert [version(room, one) for one in (first, second)] == [1, 2]
    owen.go(f"{HERE}/{first}")
    owen.send(do="move", seen="1", reason=REASON)
    assert (owen.status, "gone on since you looked" in owen.words, REASON in owen.words) == (409, True, True)
    owen.send(do="move", reason=REASON)
    assert version(room, first) == 2
    owen.send(do="move", seen="3", to="2", reason=REASON)
    assert (owen.status, "on that version already" in owen.words) == (409, True)


@pytest.mark.rule("XX-1", "breaks")
def test_nothing_of_what_is_in_a_case_is_shown(room: Room, owen: Browser) -> None:
    first = started(room)
    deploy(room, process(name="Ask now"))
    for url in (HERE, f"{HERE}/{first}"):
        owen.go(url)
        assert owen.status == 200
        assert "secret" not in owen.text
        assert "Ruth" not in owen.text


def test_what_is_none_of_this_process_is_not_there(room: Room, owen: Browser) -> None:
    first, elsewhere = started(room), started(room, "other")
    deploy(room, process(name="Ask now"))
    deploy(room, process(name="Ask now", key="other"))
    for url in (f"{HERE}/{elsewhere}", f"{HERE}/none", f"{HERE}?to=9", "/workshop/processes/none/move"):
        owen.go(url)
        assert owen.status == 404
    for case_id, doing in product((elsewhere, "none"), ("move", "back", "anything")):
        owen.go(f"{HERE}/{first}")
        owen.url = f"{HERE}/{case_id}"
        owen.send(do=doing, reason=REASON)
        assert owen.status == 404
    owen.go(HERE)
    owen.send(seen=[f"{elsewhere}:1", "none:1"], reason=REASON)
    assert (version(room, elsewhere), reference(room, elsewhere) in owen.text) == (1, False)
    for seen in ("none", f"{first}:-1", f"{first}:many", f"{'x' * 41}:1"):
        owen.send(seen=[seen], reason=REASON)
        assert owen.status == 400
        owen.go(HERE)
    owen.send(seen=[f"{first}:1"] * 26, reason=REASON)
    assert (owen.status, version(room, first)) == (400, 1)
    for name in ("ruth.bell", "irene.vale", "ada.stone"):
        other = room.browser(name)
        other.go(HERE)
        assert other.status == 404
