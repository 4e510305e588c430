"""What cannot be taken back asks once more who it is, when the last proof is older than ten minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from app import db
from app.cases import demo
from app.identity.passwords import hash_password
from app.identity.tables import account
from tests.web.safety.script import CLERK, NAMED, SUBJECT
from tests.web.safety.site import Site
from tests.web.safety.story import Case

At = Callable[[str], Case]
AUDITOR = "irene.vale"
LATE = timedelta(minutes=10, seconds=1)
REASON = 'She has collapsed; nobody answers\nthe telephone <now> & "soon"'
EMERGENCY = {"reference": "R-2026-00000", "reason": REASON, "name": "", "opened-day": "7"}
#: who, page with the form ("" when it stands on a page of something harmless), where it goes, what is typed
GRAVE = (
    (NAMED, "/emergency", "/emergency", EMERGENCY),
    (SUBJECT, "/me/erasure/confirm", "/me/erasure/confirm", {}),
    (SUBJECT, "", "/me/copy/{request}/pack", {}),
    (CLERK, "", "/requests/{request}/pack", {}),
    (CLERK, "/holds/{hold}/lift", "/holds/{hold}/lift", {}),
    (AUDITOR, "", "/audit/cases/{case}/pack", {}),
)


@pytest.fixture
def late(at: At) -> Case:
    """The case once its report is out; everybody has the password of the demo, and their proof is ten minutes old."""
    case = at("released")
    hashed = hash_password(demo.PASSWORD)
    with db.transaction(case.site.w.engine) as conn:
        conn.execute(account.update().values(password_hash=hashed))
    case.site.clock.at += LATE
    return case


def fields(html: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', html)}


def hidden(page: TestResponse) -> dict[str, str]:
    return fields(main(page))


def main(page: TestResponse) -> str:
    return page.text.partition("<main")[2].partition("</main>")[0]


def filled(case: Case, url: str) -> str:
    """The address with the ids of a request for a copy and of a hold."""
    site = case.site
    if url.startswith("/requests/"):
        letter = {"person": SUBJECT, "channel": "letter", "day": "2", "month": "11", "year": "2026"}
        entered = site.post(CLERK, "/requests/new", letter).headers["Location"]
        site.post(CLERK, entered, {"do": "checked", "checked": "known"})
        url = f"{entered}/pack"
    elif "{request}" in url:
        site.post(SUBJECT, "/me/copy")
        found = re.search(r'action="/me/copy/([^"/]+)/pack"', site.get(SUBJECT, "/me/copy").text)
        assert found
        url = url.replace("{request}", found[1])
    url = url.replace("{case}", case.id)
    if "{hold}" in url:
        reference = site.world.row(case.id).reference
        site.post(CLERK, "/holds", {"reference": reference, "reason": "A claim", "covers": "case"})
        found = re.search(r'href="/holds/([^"/]+)/lift"', site.get(CLERK, "/holds").text)
        assert found
        url = url.replace("{hold}", found[1])
    return url


@pytest.mark.parametrize(("who", "page", "url", "typed"), GRAVE)
def test_a_stale_proof_asks_first_and_nothing_typed_is_lost(
    late: Case, who: str, page: str, url: str, typed: dict[str, str]
) -> None:
    site, url = late.site, filled(late, url)
    if page:
        answer = site.get(who, url)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login/again?next={url}")
    asked = site.post(who, url, typed)
    assert asked.status_code == 401
    kept = hidden(asked)
    assert {name: kept[f"kept.{name}"] for name in typed} == typed
    assert kept["action"] == url
    wrong = site.post(who, "/login/again", {**kept, "proof": "not the password"})
    assert wrong.status_code == 422
    done = site.post(who, "/login/again", {**hidden(wrong), "proof": demo.PASSWORD})
    form = main(done).partition(f'<form method="post" action="{url}"')[2].partition("</form>")[0]
    again = {name: value for name, value in fields(form).items() if name != "_csrf"}
    assert again == typed
    assert site.post(who, url, again).status_code in ({422, 404, 409} if typed else {200, 303})


@pytest.mark.parametrize(("who", "page", "url", "typed"), GRAVE)
def test_a_fresh_proof_is_not_asked_for_again_however_far_the_demos_clock_moves(
    at: At, who: str, page: str, url: str, typed: dict[str, str]
) -> None:
    case = at("released")
    url = filled(case, url)
    case.site.pass_time(timedelta(hours=5))
    if page:
        assert case.site.get(who, url).status_code == 200
    answer = case.site.post(who, url, typed)
    assert answer.status_code != 401
    assert "/login" not in answer.headers.get("Location", "")
    if typed:
        assert unescape(main(answer)).count(REASON.replace("\n", "\r\n")) or REASON in unescape(main(answer))


def test_control_what_can_be_taken_back_is_not_asked_about(late: Case) -> None:
    site: Site = late.site
    assert site.post(SUBJECT, "/me/copy").status_code == 303
    assert site.get(SUBJECT, "/me/erasure").status_code == 200
    assert site.get(CLERK, "/holds").status_code == 200
