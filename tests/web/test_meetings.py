"""The meeting as a page, by the API and in a calendar: from the shipped stories, seen by those who are in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

from app import create_app, db, definitions
from app.cases import Waymark, queries, scenario
from app.cases.looks.tables import look
from app.cases.simulating import furnish
from app.clock import SystemClock
from app.errors import NotFound
from app.identity.people import actor_of_person
from app.identity.sessions import open_session
from app.settings import ROOT
from app.web.security import COOKIE
from tests.databases import settings_for

CONFERENCE = ROOT / "processes/conference/scenarios/shifts-that-hurt.toml"
TALK = ROOT / "processes/clarification/scenarios/a-word-in-the-report.toml"


#: who is in the conference, each in another part
MEMBERS = ("grace.obi", "helen.ward", "ruth.bell", "samuel.okoro", "olivia.hart")


class Hall:
    """A database of stories."""

    def __init__(self, waymark: Waymark) -> None:
        self.waymark = waymark
        self.app = create_app(waymark.settings)

    def play(self, path: Path) -> tuple[str, Any]:
        """Id of the story's newest case, and the moment of its last step."""
        playing = scenario.play_through(self.waymark, scenario.read(path))
        return list(playing.story.ids)[-1], playing.now

    def actor(self, name: str) -> Any:
        with db.reading(self.waymark.engine) as connection:
            return actor_of_person(connection, name)

    def get(self, name: str, address: str) -> Any:
        with db.transaction(self.waymark.engine) as connection:
            token = open_session(connection, name, SystemClock().now())
        client = self.app.test_client()
        client.set_cookie(COOKIE, token)
        return client.get(address)

    def looks(self) -> int:
        with db.reading(self.waymark.engine) as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(look)).scalar_one())


@pytest.fixture(scope="module")
def hall(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("hall")
    (folder / "waymark.db").write_bytes(sqlite_template)
    waymark = Waymark.open(settings_for(folder))
    wanted = {"conference", "clarify_report", "referral"}
    furnish(waymark, [one for one in definitions.collect(ROOT / "processes", ROOT / "forms") if one.key in wanted])
    made = Hall(waymark)
    yield made
    waymark.engine.dispose()
    made.app.extensions["waymark"].w.engine.dispose()


@pytest.fixture(scope="module")
def held(hall: Hall) -> tuple[str, Any]:
    return hall.play(CONFERENCE)


@pytest.fixture(scope="module")
def talked(hall: Hall) -> tuple[str, Any]:
    return hall.play(TALK)


@pytest.mark.rule("WW-1.3f", "follows")
def test_all_of_a_conference_stands_on_one_page(hall: Hall, held: tuple[str, Any]) -> None:
    found = queries.meetings(hall.waymark, hall.actor("helen.ward"), *held)
    (meeting,) = found.meetings
    ids = [part.id for part in meeting.parts]
    assert ids == [
        *("when", "purpose", "chair", "people", "companion", "notice", "dates", "held", "outcome", "minutes"),
        *("approval", "charge"),
    ]
    assert [one.who for one in found.raci if one.part == "Accountable"] == ["Line manager"]
    assert {one.attendance for one in found.raci} == {"required", "optional"}
    assert "CF0009" in found.policy
    assert not found.ahead


def test_each_answer_says_who_gave_it_and_when(hall: Hall, held: tuple[str, Any]) -> None:
    found = queries.meetings(hall.waymark, hall.actor("helen.ward"), *held)
    parts = {part.id: part for part in found.meetings[0].parts}
    assert {one.who for one in parts["approval"].entries} == {"Grace Obi", "Dr Samuel Okoro", "Helen Ward"}
    assert [one.who for one in parts["charge"].entries] == ["Olivia Hart"]


@pytest.mark.rule("WW-1.3d", "follows")
@pytest.mark.rule("XX-1", "follows")
def test_why_somebody_comes_along_is_health_and_stays_with_the_employee(hall: Hall, held: tuple[str, Any]) -> None:
    """She would rather not have her manager read it; the practitioner of the case may."""
    reason = "I lose the thread when I am in pain"
    seen = {name: repr(queries.meetings(hall.waymark, hall.actor(name), *held)) for name in MEMBERS}
    assert {name for name, page in seen.items() if reason in page} == {"grace.obi", "samuel.okoro"}
    assert all("Somebody of my family" in page for page in seen.values())
    assert not any("Evenings are the worst" in page for page in seen.values())


@pytest.mark.rule("XX-1", "breaks")
@pytest.mark.parametrize("name", ["lena.fox", "daniel.price", "ada.stone", "callum.reid"])
def test_who_has_no_part_in_the_case_finds_no_meeting(hall: Hall, held: tuple[str, Any], name: str) -> None:
    with pytest.raises(NotFound):
        queries.meetings(hall.waymark, hall.actor(name), *held)
    for address in ("meeting", "meeting.ics"):
        assert hall.get(name, f"/cases/{held[0]}/{address}").status_code == 404


def test_a_case_without_one_has_no_page_and_no_link(hall: Hall, talked: tuple[str, Any]) -> None:
    with db.reading(hall.waymark.engine) as connection:
        referral = connection.execute(sa.text("SELECT id FROM cases WHERE process_key = 'referral'")).scalars().first()
    assert hall.get("amir.shah", f"/cases/{referral}/meeting").status_code == 404
    assert "/meeting" not in hall.get("amir.shah", f"/cases/{referral}").text
    assert f"/cases/{talked[0]}/meeting" in hall.get("amir.shah", f"/cases/{talked[0]}").text


@pytest.mark.rule("WW-2.1a", "follows")
def test_the_page_shows_a_short_talk_from_the_dates_to_the_charge(hall: Hall, talked: tuple[str, Any]) -> None:
    page = hall.get("amir.shah", f"/cases/{talked[0]}/meeting").text
    order = ["How many minutes did it take?", "Afternoons", "Who took part?", "along the spine", "Free of charge"]
    assert [page.index(word) for word in order] == sorted(page.index(word) for word in order)
    assert "9 March 2026" in page


@pytest.mark.rule("UN-8", "follows")
def test_who_looks_at_health_on_the_page_is_written_down(hall: Hall, held: tuple[str, Any]) -> None:
    case_id, at = held
    before = hall.looks()
    # the same look within a while is noted once: this one is on a later day
    queries.meetings(hall.waymark, hall.actor("samuel.okoro"), case_id, at + timedelta(days=1))
    assert hall.looks() > before


def test_a_calendar_is_told_when_and_where_and_nothing_else(hall: Hall) -> None:
    told = scenario.read(CONFERENCE)
    steps = told.steps[: [line.task for line in told.steps].index("keep_meeting")]
    playing = scenario.Playing(hall.waymark, replace(told, steps=steps), begin=SystemClock().now(), strict=False)
    playing.run()
    case_id = list(playing.story.ids)[-1]
    found = queries.meeting_time(hall.waymark, hall.actor("grace.obi"), case_id, playing.now)
    assert hall.get("lena.fox", f"/cases/{case_id}/meeting.ics").status_code == 404
    answer = hall.get("grace.obi", f"/cases/{case_id}/meeting.ics")
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event["summary"], event["location"]) == (f"Meeting: {found.reference}", "Seminar room 2")
    assert (event.decoded("dtstart"), event["status"], event["sequence"]) == (found.at, "CONFIRMED", 0)
    text = answer.data.decode().casefold()
    assert not [word for word in ("conference", "grace", "health", "helen", "agenda") if word in text]
    with pytest.raises(NotFound):
        queries.meeting_time(hall.waymark, hall.actor("grace.obi"), case_id, found.at + timedelta(minutes=1))


def test_after_a_meeting_there_is_nothing_for_a_calendar(hall: Hall, held: tuple[str, Any]) -> None:
    with pytest.raises(NotFound):
        queries.meeting_time(hall.waymark, hall.actor("helen.ward"), *held)
