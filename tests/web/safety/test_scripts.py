"""What people type, and what they are called, is text on every page: no element, no attribute, no script of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, forms
from app.cases.tables import case as case_table
from app.cases.tables import incident, task, timer
from app.identity.tables import organisation, person
from app.web.words import own_links
from tests.web.safety.markup import PAYLOADS, Page
from tests.web.safety.routes import addresses
from tests.web.safety.script import CLERK, NAMED, REFERRER, SUBJECT
from tests.web.safety.site import Site, csrf
from tests.web.safety.story import Case

At = Callable[[str], Case]
READERS = (REFERRER, SUBJECT, CLERK, NAMED, "ada.stone")
ALL = "\n".join(PAYLOADS)
HALVES = "\n".join(PAYLOADS[:33]), "\n".join(PAYLOADS[33:])


def faults(site: Site, case_id: str, names: tuple[str, ...] = READERS) -> tuple[list[str], str]:
    """What is not ours on any page that these people can read; and all that the pages say."""
    found, text = [], ""
    tasks = [one.id for one in site.tasks(case_id)]
    for name in names:
        for one in addresses(site, "GET", case_id, tasks):
            answer = site.get(name, one.url)
            if answer.mimetype == "text/html":
                page = Page(answer.text)
                found += [f"{name} {one.url}: {fault}" for fault in page.found]
                text += page.text
    return found, text.replace("\r\n", "\n")


def test_pages_of_an_ordinary_case_are_made_of_what_is_ours(at: At) -> None:
    case = at("corrected")
    assert faults(case.site, case.id)[0] == []


def test_the_judge_sees_what_it_should(at: At) -> None:
    plain = "<main><p>x</p></main>"
    blind = [one for one in PAYLOADS if not Page(plain.replace("x", one)).found]
    # those that need an attribute or another language around them to be dangerous
    assert len(blind) <= 20
    assert all("<img" not in one and "<svg" not in one for one in blind)
    assert Page("<p title='x'>").found
    assert Page("<a href='//evil.example'>").found


def test_answers_are_text(site: Site) -> None:
    answers: dict[str, Any] = {
        "employee": SUBJECT,
        "line_manager": "helen.ward",
        "job_title": PAYLOADS[16],
        "absence": "at_work",
    }
    answers |= {"ground": "other", "discussed": True, "job_demands": HALVES[0], "support_so_far": HALVES[1]}
    answers |= {"reason": HALVES[1], "questions": HALVES[0]}
    url = "/api/v1/processes/referral/cases"
    answer = site.send(REFERRER, "POST", url, json={"answers": answers})
    assert answer.status_code == 201, answer.text
    found, text = faults(site, answer.get_json()["case_id"])
    assert found == []
    # the payloads were shown, every one
    assert [one for one in PAYLOADS if one.replace("\r", "\n") not in text.replace("\r", "\n")] == []


@pytest.mark.parametrize("step", ["attended", "offered", "written"])
def test_drafts_are_text(at: At, step: str) -> None:
    case = at(step)
    task_id, who, fields = {
        "attended": ("assess", NAMED, {"notes": ALL, "items.0.item": ALL, "items.0.share": '"><b onclick=xq()>'}),
        "offered": ("answer_offer", SUBJECT, {"suggestion": ALL, "needs": ALL, "appointment_reply": "another_time"}),
        "written": ("read_first", SUBJECT, {"employee_word": "correct", "correction": ALL}),
    }[step]
    url = f"/tasks/{case.site.open_task(case.id, task_id).id}"
    assert case.site.post(who, url, {**fields, "_draft": "1"}).status_code == 303
    found, text = faults(case.site, case.id, (who,))
    assert found == []
    assert "<svg onload=xq()>" in text


def test_what_is_shown_again_after_a_mistake_is_text(at: At) -> None:
    case = at("attended")
    url = f"/tasks/{case.site.open_task(case.id, 'assess').id}"
    fields = ("notes", "items.0.item", "items.0.share", "gp_report_needed", "gp_report_reason")
    for payload in (ALL, *PAYLOADS[::9]):
        for hidden in ("_key", "_hidden", "_who", "_add", "_remove"):
            answer = case.site.post(NAMED, url, {**dict.fromkeys(fields, payload), hidden: payload})
            assert answer.status_code in {200, 422}
            assert Page(answer.text).found == []


def test_reasons_are_text(at: At) -> None:
    case = at("gp-consent")
    for who, part in ((REFERRER, "cancel"), (SUBJECT, "withdraw")):
        answer = case.site.post(who, f"/cases/{case.id}/{part}", {"reason": ALL})
        assert (answer.status_code, Page(answer.text).found) == (422, [])
        assert "<svg onload=xq()>" in Page(answer.text).text


@pytest.mark.parametrize("payload", PAYLOADS[::4])
def test_what_the_login_carries_along_is_text(at: At, payload: str) -> None:
    site = at("gp-consent").site
    typed = {"_csrf": csrf(SUBJECT), "username": payload, "next": payload, f"kept.{payload}": payload}
    answer = site.browser(SUBJECT).post("/login", data=typed)
    assert (answer.status_code, Page(answer.text).found) == (422, [])
    answer = site.app.test_client().post("/tasks/x", data={"_who": "", payload: payload})
    assert (answer.status_code, Page(answer.text).found) == (401, [])
    assert payload.splitlines()[0] in Page(answer.text).text
    for url in ("/start", "/cases", "/inbox", "/login", "/cases/x"):
        query = {"from": payload, "scope": payload, "next": payload, "view": payload}
        assert Page(site.browser(SUBJECT).get(url, query_string=query).text).found == []


def test_names_of_people_places_and_steps_are_text(at: At) -> None:
    case = at("offered-after-missed")
    with db.transaction(case.site.w.engine) as connection:
        _call_everything(connection, ALL, case.id)
    found, text = faults(case.site, case.id)
    assert found == []
    assert text.count("<svg onload=xq()>") > 100


def _call_everything(connection: sa.Connection, text: str, case_id: str) -> None:
    connection.execute(person.update().values(name=text, email=text))
    connection.execute(organisation.update().values(name=text))
    connection.execute(case_table.update().values(process_name=text))
    connection.execute(task.update().values(name=text, why=text, due_how=text))
    connection.execute(timer.update().values(name=text, how=text))
    connection.execute(incident.delete())
    row = {"id": "i1", "case_id": case_id, "process": "x", "element_id": "x", "element_name": text, "detail": text}
    moments = {"state": "parked", "attempts": 1, "opened_at": sa.select(case_table.c.opened_at).scalar_subquery()}
    connection.execute(incident.insert().values(**row, **moments))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_texts_of_forms_and_notices_make_no_markup_of_what_fills_them(payload: str) -> None:
    html = forms.html("# Hello {{ who }}\n\n**{{ who }}** and {{ who }}\n\n- {{ who }}\n1. {{ who }}", {"who": payload})
    assert Page(html).found == []
    assert Page(forms.html(payload, {})).found == []
    assert Page(own_links(f"Dear x\n\n{payload}\nhttp://a/tasks/1 {payload}")).found == []
