"""Trying a process out on its pages: everything is in the page, nothing is kept."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from app import db
from app.cases import commands, demo
from app.engine import Bundle
from app.identity import Actor
from app.identity.people import actor_of_person
from tests.unit.cases.test_trying import ROUTES, asking, form, with_forms
from tests.unit.engine.models import Diagram, bundle, message, message_definition
from tests.web.owners import NOW, OWNER, Browser, Room

PAPERS = form(
    "papers",
    {"type": "filepicker", "key": "proof", "accept": ".pdf", "validate": {"required": True}},
    {"type": "select", "key": "who", "valuesKey": "managers", "properties": ROUTES},
)
HERE = "/workshop/processes/case/versions/1/try"
BEGINNING = {"employer": "northfield", "begin[day]": "2", "begin[month]": "3", "begin[year]": "2026", "time": "9:00"}


def papers() -> Bundle:
    diagram = Diagram("papers", name="Papers").start(camunda__formRef="papers").user("read").end()
    return with_forms(diagram.chain("start", "read", "end"), papers=PAPERS)


def sends() -> Bundle:
    """What the one before hears."""
    diagram = Diagram("sends").start(camunda__formRef="papers").end()
    diagram.add("sendTask", "go", messageRef="go", props={"payload": "{hours: 7}"})
    return with_forms(diagram.chain("start", "go", "end"), message("go"), papers=PAPERS)


def by_message() -> Bundle:
    diagram = Diagram("told", name="Told").add("startEvent", "start", message_definition("go")).user("work").end()
    diagram.boundary("more", "work", message_definition("more"), interrupting=False).end("e2").flow("more", "e2")
    return bundle(diagram.chain("start", "work", "end"), tops=message("go") + message("more"))


@pytest.fixture(scope="module")
def room(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(sqlite_template, tmp_path_factory.mktemp("room"), [asking(), papers(), by_message(), sends()])
    yield made
    made.close()


@pytest.fixture
def owen(room: Room) -> Browser:
    return room.browser()


def begun(browser: Browser, url: str = HERE, **fields: str) -> Browser:
    """On the start form, or where a case that a message starts then stands."""
    browser.go(url)
    browser.send(_do="situation", **{**BEGINNING, "follows": "", **fields})
    return browser


def started(browser: Browser) -> Browser:
    begun(browser).send(why="because")
    return browser


def test_a_trial_goes_from_its_beginning_to_its_end(owen: Browser) -> None:
    begun(owen)
    assert "You fill this in as Human resources" in owen.words
    owen.send(why="")
    assert (owen.status, "Enter why" in owen.words) == (422, True)
    owen.send(why="because")
    assert "As Human resources ask" in owen.words
    assert "it is Monday 2 March 2026 at 9am" in owen.words
    owen.press("answer case ask 0")
    owen.send(days="many")
    assert (owen.status, 'value="many"' in owen.text) == (422, True)
    owen.send(days="1")
    assert "It is stuck Long? No way out of “Long?” fits" in owen.words
    owen.press("back")
    assert "It is stuck" not in owen.words
    owen.press("answer case ask 0")
    owen.send(days="9")
    owen.press("answer case talk 0")
    owen.send()
    assert "The case has ended." in owen.words
    assert "It comes to the end “end”" in owen.words
    owen.press("cut 1")
    assert "As Human resources ask" in owen.words


def test_answers_that_a_page_cannot_carry_are_told_and_kept(owen: Browser) -> None:
    begun(owen).send(why="x" * 100_000)
    assert (owen.status, "too long to be played" in owen.words, "x" * 100_000 in owen.text) == (409, True, True)


def test_nothing_of_a_trial_is_stored(room: Room, owen: Browser) -> None:
    before = room.content()
    started(owen).press("answer case ask 0")
    owen.send(days="9")
    owen.press("end")
    assert "ended before its time" in owen.words
    assert room.content() == before
    # the comparison would show it
    commands.open_draft(room.w, owner(room), "case", "A draft", NOW)
    assert room.content() != before


def owner(room: Room) -> Actor:
    with db.reading(room.w.engine) as connection:
        return actor_of_person(connection, OWNER)


def test_only_people_who_are_made_up_are_offered(owen: Browser) -> None:
    begun(owen, "/workshop/processes/papers/versions/1/try")
    offered = re.findall(r'<option value="([^"]*)">([^<]*)', owen.text)
    assert offered[0] == ("", "Choose one")
    assert len(offered) == 4
    assert all(value.startswith("made-up-") and "(made up)" in words for value, words in offered[1:])
    names = [one[1] for one in demo.PEOPLE if one[0] != OWNER]
    assert [name for name in names if name in owen.text] == []


def test_a_made_up_file_stands_in_and_no_real_one_is_taken(room: Room, owen: Browser) -> None:
    begun(owen, "/workshop/processes/papers/versions/1/try")
    assert "multipart" not in owen.text
    before = room.content()
    owen.send(_upload="proof")
    assert "A made-up file stands in" in owen.words
    assert "Made-up file 1" in owen.words
    fields = {**owen.hidden(), "proof": ["made-up-file-proof-1"], "proof[file]": (io.BytesIO(b"%PDF-1.7"), "mine.pdf")}
    answer = owen.client.post(owen.url, data=fields, content_type="multipart/form-data")
    assert "As Human resources" in answer.text
    assert "mine.pdf" not in answer.text
    assert room.content() == before
    owen.send(proof="of-somebody-else")
    assert owen.status == 422


def test_the_clock_is_moved_to_what_is_next_and_by_days(owen: Browser) -> None:
    started(owen).press("wait", count="3", unit="working days")
    assert "it is Thursday 5 March 2026 at 9am" in owen.words
    owen.press("wait", count="30", unit="days")
    # the clocks have gone on meanwhile: it is still nine on the wall
    assert "it is Saturday 4 April 2026 at 9am" in owen.words
    for count, unit, said in (
        ("", "days", "Enter by how many days"),
        ("0", "hours", "from 1 to"),
        ("1", "years", "unit"),
    ):
        owen.press("wait", count=count, unit=unit)
        assert (owen.status, said in owen.words) == (422, True)
    owen.press("next")
    assert (owen.status, "no deadline to move to" in owen.words) == (409, True)
    assert "it is Saturday 4 April 2026 at 9am" in owen.words


def test_what_a_message_brings_is_typed_as_facts(owen: Browser) -> None:
    url = "/workshop/processes/told/versions/1/try"
    owen.go(url)
    assert ">hours = </textarea>" in owen.text
    begun(owen, url, follows="other", brought="hours")
    assert (owen.status, "Line 1 must be a name" in owen.words) == (422, True)
    begun(owen, url, follows="other", brought="hours = 7")
    assert "hours 7" in owen.words
    place = "told more 0"
    owen.press(f"hear {place}", **{f"brings {place}": "accepted = yes"})
    assert "“more” takes the message “more”" in owen.words
    assert "accepted yes" in owen.words
    owen.press(f"hear {place}", **{f"brings {place}": "accepted"})
    assert (owen.status, "Line 1 must be" in owen.words) == (422, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"employer": "calder"},
        {"begin[day]": "31", "begin[month]": "2"},
        {"begin[year]": "1999"},
        {"time": "noon"},
        {"follows": "me"},
    ],
)
def test_a_beginning_that_cannot_be_is_told_at_its_place(owen: Browser, wrong: dict[str, str]) -> None:
    begun(owen, **wrong)
    assert (owen.status, "There is a problem" in owen.words) == (422, True)


@pytest.mark.parametrize(
    "post",
    [
        {"_do": "deploy"},
        {"_do": ""},
        {"_do": "show", "_story": "{"},
        {"_do": "answer case ask"},
        {"_do": "answer case ask -1"},
        {"_do": "cut many"},
        {"_do": "send", "_at": "deploy case ask 0"},
        {"_do": "send", "_at": ""},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(owen: Browser, post: dict[str, str]) -> None:
    started(owen)
    owen.send(**post)
    assert owen.status == 400


def test_what_is_not_open_any_more_is_told_and_the_trial_goes_on(owen: Browser) -> None:
    for doing in ("answer case talk 0", "say case ask 0", "again case ask 0", "hear case ask 0"):
        started(owen).press(doing)
        assert (owen.status, "not open at this point" in owen.words) == (409, True)
        assert "As Human resources ask" in owen.words


def test_a_draft_that_changed_meanwhile_says_which_move_does_not_go(owen: Browser) -> None:
    story = json.loads(started(owen).hidden()["_story"])
    story["moves"].append({"do": "answer", "process": "case", "element": "gone", "nth": 0, "answers": {}})
    owen.press("show", _story=json.dumps(story))
    assert "Move 2 of 2 does not go any more" in owen.words
    owen.press("cut 1")
    assert "does not go" not in owen.words


def test_a_draft_is_tried_as_it_was_saved_last(room: Room, owen: Browser) -> None:
    draft_id = commands.open_draft(room.w, owner(room), "case", "Other words", NOW)
    url = f"/workshop/drafts/{draft_id}/try"
    data = asking().files["case.bpmn"]
    saved = commands.save_file(
        room.w, owner(room), draft_id, "case.bpmn", data.replace(b'name="ask"', b'name="Ask now"'), 1, NOW
    )
    begun(owen, url).send(why="x")
    assert "As Human resources Ask now" in owen.words
    commands.save_file(room.w, owner(room), draft_id, "case.bpmn", b"<no/>", saved.version, NOW)
    owen.go(url)
    assert (owen.status, "cannot be tried out yet" in owen.words) == (422, True)


def test_whoever_was_away_goes_on_where_they_were(room: Room, owen: Browser) -> None:
    started(owen).press("answer case ask 0")
    stranger = room.app.test_client()
    kept = stranger.post(HERE, data={**owen.hidden(), "days": "4"})
    assert (kept.status_code, "What you typed is kept" in kept.text) == (401, True)
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', kept.text)
    }
    room.give_password(OWNER, demo.PASSWORD)
    page = stranger.post("/login", data={**hidden, "username": OWNER, "password": demo.PASSWORD})
    assert "completed “ask”" in page.text
    assert 'value="answer case talk 0"' in page.text


@pytest.mark.parametrize("name", ["ada.stone", "grace.obi", "irene.vale"])
def test_to_everybody_else_it_is_not_there(room: Room, name: str) -> None:
    assert room.browser(name).client.get(HERE).status_code == 404


@pytest.mark.parametrize("url", ["processes/case/versions/9", "processes/none/versions/1", "drafts/none"])
def test_what_is_not_there_cannot_be_tried(room: Room, url: str) -> None:
    assert room.browser().client.get(f"/workshop/{url}/try").status_code == 404
