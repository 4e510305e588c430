"""Only a form of ours, sent by the person it was shown to, changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.web.safety.routes import Address, addresses
from tests.web.safety.script import CLERK, REFERRER, SUBJECT
from tests.web.safety.site import csrf
from tests.web.safety.story import Case
from tests.web.safety.unchanged import fingerprint

At = Callable[[str], Case]
#: what each page takes when all is well, so that only the token stands in the way
GOOD = {"by": "1d", "reason": "because", "consent": "given", "channel": "online", "triage": "decline"}
GOOD |= {"decline_reason": "because", "username": "grace.obi", "password": "waymark demo"}
TOKENS: Mapping[str, dict[str, str]] = {
    "none": {},
    "empty": {"_csrf": ""},
    "another person's": {"_csrf": csrf("amir.shah")},
    "longer": {"_csrf": csrf(SUBJECT) + "x"},
    "not ASCII": {"_csrf": "ü\u2028"},
    "twice, the wrong one first": {"_csrf": "x"},
}
HEADERS: Mapping[str, dict[str, str]] = {
    "another site": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://localhost:8001"},
    "a name that begins like ours": {"Origin": "http://localhost.evil.example"},
    "nonsense": {"Origin": "nonsense"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
}


def posts(case: Case) -> list[Address]:
    """Of people who log in. An anonymous answer carries no token, and nobody's rights (tests/web/test_voices.py)."""
    found = addresses(case.site, "POST", case.id, case.open_tasks())
    return [one for one in found if not one.api and one.rule != "POST /feedback/<survey_id>"]


@pytest.mark.parametrize("step", ["start", "consent"])
@pytest.mark.parametrize("token", list(TOKENS))
def test_a_post_without_ones_own_token_changes_nothing(at: At, step: str, token: str) -> None:
    case = at(step)
    who = SUBJECT if step == "start" else CLERK
    before = fingerprint(case.site)
    for one in posts(case):
        answer = case.site.browser(who).post(one.url, data={**GOOD, **TOKENS[token]})
        assert answer.status_code == 400, one.rule
        assert "load" in answer.text.casefold()
    assert fingerprint(case.site) == before


@pytest.mark.parametrize("header", list(HEADERS))
def test_a_post_from_another_site_changes_nothing_even_with_the_token(at: At, header: str) -> None:
    case = at("start")
    before = fingerprint(case.site)
    for one in posts(case):
        answer = case.site.post(SUBJECT, one.url, GOOD, headers=HEADERS[header])
        assert answer.status_code == 400, one.rule
    assert fingerprint(case.site) == before


def test_a_token_in_the_address_is_none(at: At) -> None:
    case = at("start")
    before = fingerprint(case.site)
    for one in posts(case):
        assert case.site.browser(SUBJECT).post(f"{one.url}?_csrf={csrf(SUBJECT)}", data=GOOD).status_code == 400
    assert fingerprint(case.site) == before


def test_the_same_post_with_the_token_is_done(at: At) -> None:
    case = at("start")
    assert case.site.post(SUBJECT, f"/tasks/{case.open_tasks()[0]}", GOOD).status_code == 303
    assert {one.element_id for one in case.site.tasks(case.id)} == {"give_consent", "triage"}


@pytest.mark.parametrize(("step", "who"), [("start", REFERRER), ("start", SUBJECT), ("gp-consent", SUBJECT)])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET", "TRACE"])
def test_looking_changes_nothing(at: At, step: str, who: str, method: str) -> None:
    """HEAD was once taken for a post, past the check of the token, and withdrew consent."""
    case = at(step)
    before = fingerprint(case.site)
    for kind in ("GET", "POST"):
        for one in addresses(case.site, kind, case.id, case.open_tasks()):
            answer = case.site.send(who, method, one.url, data=GOOD if method == "HEAD" else None)
            assert answer.status_code < 500, one.rule
    assert fingerprint(case.site) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND", "X-OWN"])
def test_methods_that_no_page_has_are_refused(at: At, method: str) -> None:
    case = at("start")
    before = fingerprint(case.site)
    for one in posts(case):
        assert case.site.send(SUBJECT, method, one.url, data=GOOD).status_code in {400, 404, 405}, one.rule
    assert fingerprint(case.site) == before
