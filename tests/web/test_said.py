"""The pages on which people say something to a case at any time, without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from app import db
from app.cases.tables import case
from app.history import history_event
from tests.chaos.world import MANAGER
from tests.db.said.square import EMPLOYEE, Square, hidden_talk, talk
from tests.web.safety.site import Site

STRANGER = "fiona.mackay"
GOOD = {"words": "I want this to stop", "urgent": "yes"}


@dataclass
class Page:
    """A case in which something can be said, on its pages."""

    site: Site
    square: Square
    case_id: str

    def url(self, element: str = "stop") -> str:
        return f"/cases/{self.case_id}/say/{self.square.wait_of(self.case_id, element)}"

    def said(self) -> int:
        return len(self.square.told(self.case_id, "case.said"))


@pytest.fixture(name="page")
def _page(site: Site) -> Page:
    square = Square(site.w)
    square.deploy(talk(), hidden_talk())
    return Page(site, square, square.begin("talk"))


def fields(text: str) -> dict[str, str]:
    """What the form carries along unseen."""
    return dict(re.findall(r'type="hidden" name="(_key|_said|_hidden|_who)" value="([^"]*)"', text))


def test_the_case_page_lists_it_for_those_who_may_say_it(page: Page) -> None:
    shown = page.site.get(EMPLOYEE, f"/cases/{page.case_id}").text
    assert "At any time" in shown
    assert "It stops, and HR is told." in shown
    assert f'href="{page.url()}"' in shown
    other = page.site.get(MANAGER, f"/cases/{page.case_id}").text
    assert page.url() in other
    assert page.url("note") not in other


def test_it_is_filled_in_sent_and_told(page: Page) -> None:
    form = page.site.get(EMPLOYEE, page.url())
    assert (form.status_code, "What this does" in form.text) == (200, True)
    url = page.url()
    sent = page.site.post(EMPLOYEE, url, {**fields(form.text), **GOOD})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/cases/{page.case_id}/sent?what=said")
    assert "It has been sent" in page.site.get(EMPLOYEE, sent.headers["Location"]).text
    story = page.site.get(EMPLOYEE, f"/cases/{page.case_id}?view=timeline").text
    assert "said “Stop here”" in story
    # a second click of the same page
    again = page.site.post(EMPLOYEE, url, {**fields(form.text), **GOOD})
    assert (again.status_code, page.said()) == (303, 1)


def test_what_is_missing_is_said_at_its_field_and_the_rest_stays(page: Page) -> None:
    answer = page.site.post(EMPLOYEE, page.url(), {"health": "Migraine, kept here", "urgent": "no"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Migraine, kept here" in answer.text
    assert page.said() == 0


def test_one_without_a_form_is_a_button(page: Page) -> None:
    form = page.site.get(EMPLOYEE, page.url("note")).text
    assert "<input" in form
    assert "Send" in form
    sent = page.site.post(EMPLOYEE, page.url("note"), fields(form))
    assert (sent.status_code, page.said()) == (303, 1)


def test_when_the_case_has_gone_on_the_entries_come_back_in_a_clear_sentence(page: Page) -> None:
    url = page.url()
    form = fields(page.site.get(EMPLOYEE, url).text)
    page.square.say(page.case_id, "stop", MANAGER, words="first", urgent="no")
    late = page.site.post(EMPLOYEE, url, {**form, **GOOD})
    assert late.status_code == 409
    assert "the case has gone on, or somebody else was faster" in late.text
    assert "I want this to stop" in late.text
    assert page.site.get(EMPLOYEE, url).status_code == 409
    assert page.said() == 1


def test_what_was_typed_is_kept_over_a_login_that_ran_out(page: Page) -> None:
    url = page.url()
    form = fields(page.site.get(EMPLOYEE, url).text)
    kept = page.site.app.test_client().post(url, data={**form, **GOOD})
    assert kept.status_code == 401
    assert "What you typed is kept" in kept.text
    assert 'value="I want this to stop"' in kept.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_others_find_no_such_page(page: Page, method: str) -> None:
    def asked(who: str, element: str) -> int:
        url = page.url(element)
        return (page.site.get(who, url) if method == "GET" else page.site.post(who, url, GOOD)).status_code

    assert asked(STRANGER, "stop") == 404
    assert asked(MANAGER, "note") == 404
    assert asked("ada.stone", "stop") == 404
    assert asked("olivia.hart", "stop") == 404
    assert page.said() == 0


def test_a_word_named_by_hand_opens_no_form_of_another_step(page: Page) -> None:
    """The page says where it came from: whoever changes that learns nothing that is not theirs."""
    gone = f"/cases/{page.case_id}/say/none"
    for named in ("talk/note", "talk/work", "talk/nowhere", "other/stop", "", "/"):
        answer = page.site.post(MANAGER, gone, {"_said": named, **GOOD})
        assert answer.status_code == 404, named
    assert page.site.post(MANAGER, gone, {"_said": "talk/stop", **GOOD}).status_code == 409


def test_the_api_offers_it_and_takes_it(page: Page) -> None:
    [first, second] = page.site.get(EMPLOYEE, f"/api/v1/cases/{page.case_id}").get_json()["can_say"]
    stop = first if first["element"] == "stop" else second
    url = f"/api/v1/cases/{page.case_id}/say/{stop['id']}"
    shown = page.site.get(EMPLOYEE, url).get_json()
    assert shown["form"]["id"] == "stopped"
    refused = page.site.send(EMPLOYEE, "POST", url, json={"answers": {}})
    assert (refused.status_code, set(refused.get_json()["errors"])) == (422, {"words"})
    headers = {"Idempotency-Key": "once"}
    done = page.site.send(EMPLOYEE, "POST", url, json={"answers": GOOD}, headers=headers)
    again = page.site.send(EMPLOYEE, "POST", url, json={"answers": GOOD}, headers=headers)
    assert done.status_code == again.status_code == 200
    assert done.get_json() == again.get_json()
    assert page.site.send(EMPLOYEE, "POST", url, json={"answers": GOOD}).status_code == 409
    assert page.said() == 1


def test_a_step_with_a_class_is_nobodys_who_may_not_know_of_it(page: Page) -> None:
    """Lint refuses such a diagram; should one run all the same, the step is not offered."""
    case_id = page.square.begin("hidden")
    assert set(page.square.offered(case_id)) == {"stop", "note"}
    assert set(page.square.offered(case_id, MANAGER)) == set()
    url = f"/cases/{case_id}/say/{page.square.wait_of(case_id, 'stop')}"
    assert page.site.get(MANAGER, url).status_code == 404
    page.square.say(case_id, "stop", words="a", urgent="no")
    assert "Stop here" not in page.site.get(MANAGER, f"/cases/{case_id}?view=timeline").text
    assert "Stop here" in page.site.get(EMPLOYEE, f"/cases/{case_id}?view=timeline").text


def test_nothing_that_was_typed_stands_in_the_history(page: Page) -> None:
    page.site.post(EMPLOYEE, page.url(), {**GOOD, "health": "Migraine"})
    with db.reading(page.site.w.engine) as connection:
        entries = connection.execute(sa.select(history_event.c.body)).scalars()
        text = " ".join(entries)
        state = connection.execute(sa.select(case.c.facts).where(case.c.id == page.case_id)).scalar()
    assert "Migraine" not in text + repr(state)
