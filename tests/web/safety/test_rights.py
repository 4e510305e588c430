"""Every address, everybody, each case: what is not theirs does not exist, and nothing of it can be changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.cases.tables import case as case_table
from tests.chaos.world import OWNER
from tests.web.safety.routes import API, PAGES, Address, addresses, rules
from tests.web.safety.script import CLERK, NAMED, SECOND_CLERK, SUBJECT, UNNAMED
from tests.web.safety.site import PEOPLE, Site, csrf
from tests.web.safety.story import Case
from tests.web.safety.unchanged import fingerprint

At = Callable[[str], Case]
NOTHING, NO_TASK = "00000000-0000-0000-0000-000000000000", "0" * 32
OFFICE = frozenset({CLERK, SECOND_CLERK})
EMPLOYER_SIDE = frozenset({SUBJECT, "amir.shah", "helen.ward"})
#: who stands to the case after a step
STANDING = {
    "start": EMPLOYER_SIDE,
    "consent": EMPLOYER_SIDE | OFFICE,
    "assessed": EMPLOYER_SIDE | OFFICE | {NAMED},
    "read": EMPLOYER_SIDE | OFFICE | {NAMED},
    "withdrawn": EMPLOYER_SIDE | OFFICE | {NAMED},
}
ELSEWHERE: dict[str, Any] = {
    "employee": "callum.reid",
    "line_manager": "fiona.mackay",
    "job_title": "Driver",
    "job_demands": "Driving",
}
BODIES: dict[str, Any] = {
    "draft": {"answers": {"consent": "given"}},
    "complete": {"version": 1, "answers": {"consent": "given", "channel": "online"}},
    "cases": {"answers": {}},
    "migration": {"reason": "because", "seen": 1},
    "undo": {"reason": "because"},
    "people": {"role": "companion", "person": "daniel.price", "why": "wish"},
    "leave": {"role": "companion", "person": "daniel.price", "why": "wish"},
    "pass-on": {"person": "oscar.lind"},
    # the id of a wait
    "none": {"answers": {}},
}


def test_every_rule_has_its_place_in_the_table(site: Site) -> None:
    known = {(name, api) for table, api in ((PAGES, False), (API, True)) for name in table}
    assert {(name, api) for name, _rule, api in rules(site)} == known


def call(site: Site, name: str, one: Address) -> TestResponse:
    method = one.rule.split()[0]
    if not one.api:
        data = {"_csrf": csrf(name), "reason": "because", "consent": "given", "by": "1d"} if method == "POST" else None
        return site.send(name, method, one.url, data=data)
    if one.rule.endswith("/files"):
        data = {"field": "documents", "file": (BytesIO(b"a"), "a.txt")}
        return site.send(name, method, one.url, data=data)
    body = BODIES.get(one.url.rpartition("/")[2])
    return site.send(name, method, one.url, **({"json": body} if body else {}))


def same_as_missing(site: Site, name: str, case_id: str, task_id: str, whose: frozenset[str]) -> None:
    """What answers about these ids is what answers about ids that nothing has."""
    for method in ("GET", "POST", "PUT"):
        real = [one for one in addresses(site, method, case_id, [task_id]) if one.whose in whose]
        missing = [one for one in addresses(site, method, NOTHING, [NO_TASK]) if one.whose in whose]
        for there, nowhere in zip(real, missing, strict=True):
            answer = call(site, name, there)
            assert answer.status_code == 404, (name, there.rule)
            plain = answer.text.replace(case_id, NOTHING).replace(task_id, NO_TASK)
            assert (plain, dict(answer.headers)) == missing_answer(site, name, nowhere), (name, there.rule)


def missing_answer(site: Site, name: str, nowhere: Address) -> tuple[str, dict[str, str]]:
    """Asked once for each person, address and time: it is the same everywhere, but for the demo's clock."""
    key = (name, nowhere, site.now)
    if key not in _MISSING:
        blank = call(site, name, nowhere)
        assert blank.status_code == 404
        _MISSING[key] = blank.text, dict(blank.headers)
    return _MISSING[key]


_MISSING: dict[tuple[str, Address, datetime], tuple[str, dict[str, str]]] = {}


@pytest.mark.parametrize("step", list(STANDING))
def test_a_case_exists_for_those_who_stand_to_it_and_for_nobody_else(at: At, step: str) -> None:
    case = at(step)
    task_id = case.site.tasks(case.id)[-1].id
    before = fingerprint(case.site)
    for name in PEOPLE:
        if name in STANDING[step]:
            assert case.site.get(name, f"/cases/{case.id}").status_code == 200, name
            assert case.site.get(name, f"/api/v1/cases/{case.id}/history").status_code == 200, name
        else:
            same_as_missing(case.site, name, case.id, task_id, frozenset({"case", "task", "appointment"}))
            sent = [case.site.get(name, f"/cases/{one}/sent").text for one in (case.id, NOTHING)]
            assert sent[0].replace(case.id, NOTHING) == sent[1]
    assert fingerprint(case.site) == before


@pytest.mark.parametrize("step", ["start", "gp-consent", "withdrawn"])
def test_moving_a_case_is_for_the_owner_of_its_process_and_tells_them_no_more(at: At, step: str) -> None:
    case = at(step)
    task_id, before = case.site.tasks(case.id)[-1].id, fingerprint(case.site)
    for name in set(PEOPLE) - {OWNER}:
        same_as_missing(case.site, name, case.id, task_id, frozenset({"owner"}))
    assert case.site.get(OWNER, f"/api/v1/cases/{case.id}/migration").status_code == 409
    assert case.site.get(OWNER, "/api/v1/processes/referral/migrations").get_json(force=True)["items"] == []
    for path in ("", "/history"):
        assert case.site.get(OWNER, f"/api/v1/cases/{case.id}{path}").status_code == 404
    assert fingerprint(case.site) == before


@pytest.mark.parametrize("step", ["start", "informed", "gp-consent", "corrected"])
def test_a_task_exists_for_those_who_have_it_and_for_nobody_else(at: At, step: str) -> None:
    case = at(step)
    before = fingerprint(case.site)
    for task in case.site.tasks(case.id):
        own = {task.assignee_id, task.closed_by} if task.assignee_id and not task.claimed_at else {task.closed_by}
        theirs = own | (OFFICE if task.role == "oh_admin" else set())
        for name in PEOPLE:
            if name in theirs:
                assert case.site.get(name, f"/tasks/{task.id}").status_code == 200, (name, task.element_id)
            elif task.state == "open":
                same_as_missing(case.site, name, NOTHING, task.id, frozenset({"task"}))
            else:
                assert case.site.get(name, f"/api/v1/tasks/{task.id}").status_code == 404, (name, task.element_id)
    assert fingerprint(case.site) == before


def test_another_employers_case_is_its_own(at: At) -> None:
    case = at("assessed")
    site = case.site
    more = {"absence": "at_work", "ground": "adjustments", "reason": "Asked", "questions": "What helps?"}
    answer = site.send(
        "fiona.mackay",
        "POST",
        "/api/v1/processes/referral/cases",
        json={"answers": {**ELSEWHERE, **more, "discussed": True}},
    )
    assert answer.status_code == 201, answer.text
    other = site.world.scalar(sa.select(case_table.c.id).where(case_table.c.employer_id == "harbour"))
    before, task_id = fingerprint(site), site.tasks(other)[0].id
    for name in set(PEOPLE) - {"callum.reid", "fiona.mackay"}:
        same_as_missing(site, name, other, task_id, frozenset({"case", "task", "appointment"}))
    assert site.get("fiona.mackay", f"/cases/{other}").status_code == 200
    assert fingerprint(site) == before


@pytest.mark.parametrize("field", ["employee", "line_manager"])
def test_nobody_refers_or_names_people_of_another_employer(site: Site, field: str) -> None:
    answers = {
        **ELSEWHERE,
        "absence": "at_work",
        "ground": "adjustments",
        "reason": "A",
        "questions": "B",
        "discussed": True,
    }
    answers |= {field: "grace.obi" if field == "employee" else "amir.shah"}
    before = fingerprint(site)
    url = "/api/v1/processes/referral/cases"
    answer = site.send("fiona.mackay", "POST", url, json={"answers": answers})
    assert (answer.status_code, list(answer.get_json(force=True)["errors"])) == (422, [field])
    assert fingerprint(site) == before


def test_who_only_looks_can_end_nothing_and_only_the_employee_withdraws(at: At) -> None:
    case = at("gp-consent")
    before = fingerprint(case.site)
    may_end = {"amir.shah", *OFFICE}
    for name in PEOPLE:
        if name not in may_end:
            assert case.site.post(name, f"/cases/{case.id}/cancel", {"reason": "x"}).status_code == 404, name
        if name != SUBJECT:
            assert case.site.post(name, f"/cases/{case.id}/withdraw").status_code == 404, name
    assert fingerprint(case.site) == before


def test_a_follow_up_is_started_by_the_named_practitioner_alone(at: At) -> None:
    case = at("read")
    before = fingerprint(case.site)
    for name in PEOPLE:
        answer = case.site.get(name, f"/start/referral?from={case.id}")
        assert (answer.status_code == 200) == (name == NAMED), name
        if name != NAMED:
            body = {"answers": {}, "previous_case": case.id}
            answer = case.site.send(name, "POST", "/api/v1/processes/referral/cases", json=body)
            assert answer.status_code == 404, name
    assert fingerprint(case.site) == before


def test_a_task_that_a_colleague_took_is_theirs(at: At) -> None:
    case = at("informed")
    (task_id,) = case.open_tasks()
    assert case.site.post(CLERK, f"/tasks/{task_id}/claim").status_code == 303
    before = fingerprint(case.site)
    for url in (f"/tasks/{task_id}/claim", f"/tasks/{task_id}"):
        assert case.site.post(SECOND_CLERK, url, {"triage": "decline", "decline_reason": "x"}).status_code == 409
    # nothing of it was his to give back, either
    assert case.site.post(SECOND_CLERK, f"/tasks/{task_id}/unclaim").status_code == 403
    for part in ("complete", "draft"):
        method = "POST" if part == "complete" else "PUT"
        body = {**BODIES[part], **({"version": 2} if part == "complete" else {})}
        answer = case.site.send(SECOND_CLERK, method, f"/api/v1/tasks/{task_id}/{part}", json=body)
        assert answer.status_code == 409
    assert fingerprint(case.site) == before


def test_a_practitioner_who_was_not_named_finds_nothing(at: At) -> None:
    case = at("attended")
    assert case.id not in case.site.get(UNNAMED, "/inbox?scope=groups").text
    assert case.site.get(UNNAMED, f"/tasks/{case.open_tasks()[0]}").status_code == 404


@pytest.mark.parametrize("name", PEOPLE)
def test_rooms_of_administrators_open_to_them_alone(site: Site, name: str) -> None:
    for one in addresses(site, "GET", NOTHING, [NO_TASK]):
        if one.whose == "administrator":
            allowed = {200, 404} if name == "ada.stone" else {403}
            assert site.get(name, one.url).status_code in allowed, (name, one.url)
    answer = site.post(name, "/incidents/none/resume")
    assert answer.status_code == (404 if name == "ada.stone" else 403)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", PEOPLE)
def test_the_workshop_is_there_for_process_owners_alone(site: Site, name: str, method: str) -> None:
    for one in addresses(site, method, NOTHING, [NO_TASK]):
        if one.whose in {"workshop", "mover"} and name != OWNER:
            assert call(site, name, one).status_code == 404, (name, one.rule)
    assert site.get(name, "/workshop").status_code == (200 if name == OWNER else 404)
