"""The pages about the people of a case, and passing a task on, as a browser without JavaScript uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app, db
from app.cases import commands
from app.clock import SystemClock
from app.identity.people import create_account, create_person
from app.identity.sessions import open_session
from app.web.security import COOKIE
from tests.chaos.world import COLLEAGUE, EMPLOYEE, MANAGER, OFFICE, OTHER_MANAGER, PRACTITIONER, SECOND_OFFICE, World


class Town:
    """A case at its assessment, and clients by name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.case_id, self.now = world.case_at("assess")
        self.app = create_app(world.waymark.settings)

    def client(self, name: str) -> FlaskClient:
        with db.transaction(self.world.engine) as connection:
            token = open_session(connection, name, SystemClock().now())
        client = self.app.test_client()
        client.set_cookie(COOKIE, token)
        return client

    def get(self, name: str, path: str) -> Any:
        return self.client(name).get(path.format(self.case_id))

    def post(self, name: str, path: str, /, **data: str) -> Any:
        client, address = self.client(name), path.format(self.case_id)
        found = re.search(r'name="_csrf" value="([^"]+)"', client.get("/inbox").text)
        assert found
        return client.post(address, data={"_csrf": found[1], **data})


@pytest.fixture
def town(sqlite_world: World) -> Iterator[Town]:
    made = Town(sqlite_world)
    yield made
    made.app.extensions["waymark"].w.engine.dispose()


PEOPLE = "/cases/{}/people"


def test_a_practitioner_is_handed_over_and_the_page_says_who_was(town: Town) -> None:
    assert "Hand over" in town.get(OFFICE, f"{PEOPLE}/practitioner/add").text
    answer = town.post(OFFICE, f"{PEOPLE}/practitioner/add", person=COLLEAGUE, why="absence")
    assert (answer.status_code, answer.location.rpartition("?")[2]) == (303, "done=joined")
    page = town.get(EMPLOYEE, PEOPLE).text
    assert page.index("Nina Kaur") < page.index("Earlier in this case") < page.index("Dr Samuel Okoro")
    assert town.get(PRACTITIONER, PEOPLE).status_code == 404
    assert "Absence" not in town.get(MANAGER, PEOPLE).text
    assert "Absence" in page


def test_what_is_empty_is_said_at_its_place_and_what_was_typed_stays(town: Town) -> None:
    answer = town.post(OFFICE, f"{PEOPLE}/practitioner/add", reason="On leave from Monday")
    assert answer.status_code == 422
    for text in (
        "Choose who it is",
        "Choose a kind of reason",
        "On leave from Monday",
        'href="#person"',
        'href="#why"',
    ):
        assert text in answer.text
    answer = town.post(OFFICE, f"{PEOPLE}/practitioner/add", person=COLLEAGUE, why="other")
    assert "Enter the reason" in answer.text
    assert town.world.row(town.case_id).parties["practitioner"] == [PRACTITIONER]


def test_the_employee_brings_somebody_along_and_takes_them_out_again(town: Town) -> None:
    with db.transaction(town.world.engine) as connection:
        create_person(connection, "Rosa Obi", "northfield", ["guest"], person_id="g1")
        create_account(connection, "g1", "rosa.obi", "a long enough passphrase")
    page = town.get(EMPLOYEE, f"{PEOPLE}/companion/add").text
    assert "Rosa Obi" not in page
    assert "What is the reason?" not in page
    refused = town.post(EMPLOYEE, f"{PEOPLE}/companion/add", username="olivia.hart")
    assert "There is nobody with this username whom you can add" in refused.text
    assert town.post(EMPLOYEE, f"{PEOPLE}/companion/add", username="Rosa.Obi").status_code == 303
    assert town.get("g1", "/cases/{}").status_code == 200
    assert town.post(EMPLOYEE, f"{PEOPLE}/companion/remove").status_code == 303
    assert town.get("g1", "/cases/{}").status_code == 404


def test_a_conflict_that_came_up_meanwhile_is_said_on_the_page(town: Town) -> None:
    answer = town.post(EMPLOYEE, f"{PEOPLE}/companion/add", person=OTHER_MANAGER)
    assert answer.status_code == 422
    assert "Nobody is with the employee and acts for an organisation in the same case." in answer.text


@pytest.mark.parametrize("name", [MANAGER, OTHER_MANAGER, PRACTITIONER, OFFICE])
def test_pages_for_what_one_may_not_do_are_not_there(town: Town, name: str) -> None:
    for path in ("companion/add", "companion/remove", "employee/add", "nonsense/add", "line_manager/remove"):
        assert town.get(name, f"{PEOPLE}/{path}").status_code == 404, path


def test_the_treating_physicians_address_is_kept_and_dropped(town: Town) -> None:
    add = "/cases/{}/contacts/add"
    assert "Enter the physician" in town.post(EMPLOYEE, add, address="Mill Lane").text
    assert town.post(EMPLOYEE, add, name="Dr Ada Hall", address="Mill Lane").status_code == 303
    page = town.get(PRACTITIONER, PEOPLE).text
    assert "Dr Ada Hall" in page
    assert "Dr Ada Hall" not in town.get(MANAGER, PEOPLE).text
    assert "Outside of Waymark" not in town.get(MANAGER, PEOPLE).text
    remove = re.search(r'action="(/cases/[^"]+/contacts/[^"]+/remove)"', page)
    assert remove
    assert town.post(MANAGER, remove[1]).status_code == 403
    assert town.post(PRACTITIONER, remove[1]).status_code == 303
    assert "Dr Ada Hall" not in town.get(EMPLOYEE, PEOPLE).text


def test_a_task_is_passed_on_to_a_colleague(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("triage")
    task_id = world.task(case_id, "triage")
    town = Town(world)
    assert town.get(OFFICE, f"/tasks/{task_id}/pass-on").status_code == 404
    commands.claim(world.waymark, world.actors[OFFICE], task_id, now)
    assert "Pass it on to a colleague" in town.get(OFFICE, f"/tasks/{task_id}").text
    assert "Choose somebody from the list" in town.post(OFFICE, f"/tasks/{task_id}/pass-on").text
    assert town.post(OFFICE, f"/tasks/{task_id}/pass-on", person=SECOND_OFFICE).status_code == 303
    assert "has taken this task" in town.get(OFFICE, f"/tasks/{task_id}").text
    assert town.get(OFFICE, f"/tasks/{task_id}/pass-on").status_code == 404
    town.app.extensions["waymark"].w.engine.dispose()


def test_start_a_case_stands_in_the_navigation_of_those_who_may(town: Town) -> None:
    people = (MANAGER, "ruth.bell", EMPLOYEE, OFFICE, "ada.stone")
    shown = {name: "Start a case" in town.get(name, "/inbox").text for name in people}
    # everybody but who only looks after the machine: adjustments, or what a policy does not cover
    assert shown == {**dict.fromkeys(people, True), "ada.stone": False}
