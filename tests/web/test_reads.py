"""Looks and emergency access as people meet them: pages, API, log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app import logs
from app.cases.looks.tables import REGISTER
from tests.db.reads.looking import forms, noted, without_looks
from tests.web.safety.script import CLERK, NAMED, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.site import PEOPLE, Site
from tests.web.safety.story import CANARY, Case

At = Callable[[str], Case]
AUDITOR = "irene.vale"
WHY = "zqemergency she collapsed and the ambulance asks"


def main(page: str) -> str:
    """The words of the page between navigation and footer."""
    text = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def looks(case: Case) -> list[dict[str, Any]]:
    return noted(case.site.world, case.id)


def reference(case: Case) -> str:
    return str(case.site.world.row(case.id).reference)


@pytest.mark.rule("UN-8", "follows")
@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/cases/{case}?view=answers", "look.page"),
        ("/api/v1/cases/{case}", "look.api"),
        ("/api/v1/cases/{case}/history", "look.api"),
        ("/tasks/{task}", "look.page"),
        ("/api/v1/tasks/{task}", "look.api"),
    ],
)
def test_every_way_out_is_noted_as_what_it_is(at: At, url: str, kind: str) -> None:
    case = at("shared")
    task = case.site.open_task(case.id, "write_report").id
    assert case.site.get(NAMED, url.format(case=case.id, task=task)).status_code == 200
    assert {(one["who"], one["kind"], one["ground"]) for one in looks(case)} == {(NAMED, kind, "practitioner")}


@pytest.mark.parametrize("url", ["/cases/{case}", "/cases/{case}/sent", "/cases", "/inbox", "/notices", "/start"])
def test_pages_without_health_data_note_nothing(at: At, url: str) -> None:
    case = at("triaged")
    for name in PEOPLE:
        assert case.site.get(name, url.format(case=case.id)).status_code in {200, 404}
    assert looks(case) == []


@pytest.mark.rule("UN-8", "breaks")
def test_what_cannot_be_noted_is_not_shown(at: At) -> None:
    case = at("shared")
    with without_looks(case.site.world):
        page = case.site.get(NAMED, f"/cases/{case.id}?view=answers")
        answer = case.site.get(NAMED, f"/api/v1/cases/{case.id}")
        other = case.site.get(SUBJECT, f"/cases/{case.id}?view=answers")
    assert (page.status_code, answer.status_code, other.status_code) == (503, 503, 200)
    assert "could not record that you looked, so it shows nothing" in main(page.text)
    assert answer.get_json()["type"] == "urn:waymark:problem:look-not-written"
    assert page.headers["Retry-After"]
    assert answer.headers["Retry-After"]
    assert not CANARY.search(page.text + answer.text)
    assert CANARY.search(case.site.get(NAMED, f"/cases/{case.id}?view=answers").text)


def test_the_employee_reads_who_looked(at: At) -> None:
    case = at("shared")
    assert "Nobody has looked at information about your health." in main(case.site.get(SUBJECT, "/me/looks").text)
    case.site.get(NAMED, f"/cases/{case.id}?view=answers")
    case.site.get(CLERK, f"/api/v1/cases/{case.id}")
    page = main(case.site.get(SUBJECT, "/me/looks").text)
    assert "Dr Samuel Okoro , Occupational health practitioner" in page
    assert "because they are the practitioner of the case" in page
    assert "(with a program of theirs)" in page
    assert "Steps of “GP or specialist report”" in page
    assert not CANARY.search(page)
    for name in ("daniel.price", REFERRER, NAMED):
        assert "Nobody has looked" in main(case.site.get(name, "/me/looks").text)
    assert 'href="/me/looks"' in case.site.get(SUBJECT, f"/cases/{case.id}").text


def test_the_practitioner_of_the_case_reads_who_looked_and_nobody_else_does(at: At) -> None:
    case = at("shared")
    case.site.get(CLERK, f"/cases/{case.id}?view=answers")
    for name in PEOPLE:
        page = case.site.get(name, f"/cases/{case.id}/looks")
        assert page.status_code == (200 if name == NAMED else 404), name
    assert "Olivia Hart" in main(case.site.get(NAMED, f"/cases/{case.id}/looks").text)
    assert case.site.get(NAMED, f"/cases/{case.id}/looks?page=0").status_code == 404


@pytest.mark.rule("XX-1", "follows")
def test_auditors_read_the_register_and_that_is_noted(at: At) -> None:
    case = at("shared")
    case.site.get(NAMED, f"/cases/{case.id}?view=answers")
    case.site.get(CLERK, f"/cases/{case.id}?view=timeline")
    page = main(case.site.get(AUDITOR, "/audit/looks").text)
    assert "Dr Samuel Okoro" in page
    assert reference(case) in page
    assert "Grace Obi" not in page
    assert not CANARY.search(page)
    # a step that can itself tell is veiled for them (decision 7)
    assert "Where the case stands inside “Assess and report”" in page
    assert "GP" not in page
    [one] = noted(case.site.world, REGISTER)
    assert (one["who"], one["ground"], one["roles"]) == (AUDITOR, "auditor", ["auditor"])
    again = main(case.site.post(AUDITOR, "/audit/looks", {"page": "1"}).text)
    assert "Irene Vale , Auditor Looked at: This register" in again
    for name in set(PEOPLE) - {AUDITOR}:
        assert case.site.get(name, "/audit/looks").status_code == 404
        assert case.site.post(name, "/audit/looks", {"since[day]": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"person": "Dr Samuel Okoro"}, True),
        ({"person": " grace  obi "}, True),
        ({"person": "Daniel Price"}, False),
        ({"person": "Samuel"}, False),
        ({"ground": "practitioner"}, True),
        ({"ground": "emergency"}, False),
        ({"reference": "R-2026-00009"}, False),
        ({"since[day]": "2", "since[month]": "11", "since[year]": "2026"}, True),
        ({"until[day]": "1", "until[month]": "11", "until[year]": "2026"}, False),
    ],
)
def test_the_register_is_narrowed(at: At, fields: dict[str, str], found: bool) -> None:
    case = at("assessed")
    case.site.get(NAMED, f"/cases/{case.id}?view=answers")
    page = main(case.site.post(AUDITOR, "/audit/looks", fields).text)
    assert ("Assessment" in page) == found
    assert ("No look fits this." in page) == (not found)
    asked = str(noted(case.site.world, REGISTER)[0]["items"])
    assert not re.search("Okoro|Price|obi  ", asked)


def test_a_day_that_is_none_is_said_at_its_place(site: Site) -> None:
    fields = {"since[day]": "31", "since[month]": "2", "since[year]": "2026", "person": "Grace Obi"}
    answer = site.post(AUDITOR, "/audit/looks", fields)
    assert answer.status_code == 422
    assert "First day must be a real date" in main(answer.text)
    assert 'value="Grace Obi"' in answer.text
    assert noted(site.world) == []


@pytest.mark.rule("XX-1", "follows")
def test_emergency_access_from_asking_to_what_was_found(at: At) -> None:
    case = at("shared")
    site, url = case.site, f"/cases/{case.id}"
    assert site.get(UNNAMED, url).status_code == 404
    missing = site.post(UNNAMED, "/emergency", {"reference": reference(case), "reason": "now"})
    assert (missing.status_code, "at least 3 words" in main(missing.text)) == (422, True)
    answer = site.post(UNNAMED, "/emergency", {"reference": reference(case).lower(), "reason": WHY})
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    page = main(site.get(UNNAMED, url).text)
    assert "Emergency access until" in page
    assert "What you can do" not in page
    assert CANARY.search(site.get(UNNAMED, f"{url}?view=answers").text)
    assert reference(case) in main(site.get(UNNAMED, "/emergency").text)
    told = main(site.get(SUBJECT, "/notices").text)
    assert "somebody was let into your case" in told
    assert "Nina Kaur" in main(site.get(SUBJECT, "/me/looks").text)

    site.pass_time(timedelta(hours=2))
    assert site.get(UNNAMED, url).status_code == 404
    listed = site.get(NAMED, "/emergency/reviews").text
    [where] = re.findall(r'href="(/emergency/reviews/[^"]+)"', listed)
    assert WHY in main(site.get(NAMED, where).text)
    assert "Looked at: " in main(site.get(NAMED, where).text)
    half = site.post(NAMED, where, {"justified": "yes", "words": ""})
    assert (half.status_code, "Say why you think so" in main(half.text)) == (422, True)
    assert 'value="yes" checked' in half.text
    assert site.post(NAMED, where, {"justified": "no", "words": "Nobody rang me at all"}).status_code == 303
    assert "not justified" in main(site.get(SUBJECT, "/me/looks").text)
    for name in set(PEOPLE) - {NAMED}:
        assert site.get(name, where).status_code == 404, name


@pytest.mark.rule("XX-1", "breaks")
def test_asking_tells_nobody_what_is_there(at: At) -> None:
    case = at("start")
    pages = []
    for number in (reference(case), "R-2026-99999"):
        answer = case.site.post(UNNAMED, "/emergency", {"reference": number, "reason": WHY})
        assert answer.status_code == 422
        assert "no case that you can be let into" in main(answer.text)
        pages.append(answer.text.replace(number, ""))
    assert pages[0] == pages[1]
    for name in set(PEOPLE) - {UNNAMED, NAMED}:
        assert case.site.get(name, "/emergency").status_code == 404
        answer = case.site.post(name, "/emergency", {"reference": reference(case), "reason": WHY})
        assert answer.status_code == 404


@pytest.mark.rule("XX-1", "follows")
def test_the_log_says_who_was_let_see_and_who_was_turned_away(at: At, caplog: pytest.LogCaptureFixture) -> None:
    case = at("shared")
    caplog.set_level(logging.INFO, "waymark.access")
    case.site.get(NAMED, f"/cases/{case.id}?view=answers")
    case.site.get(UNNAMED, f"/cases/{case.id}")
    case.site.get(UNNAMED, f"/api/v1/cases/{case.id}")
    case.site.get(REFERRER, f"/tasks/{case.site.open_task(case.id, 'write_report').id}")
    case.site.get(REFERRER, "/cases/Grace Obi has a bad back")
    case.site.get(REFERRER, "/cases")
    case.site.stranger.get(f"/cases/{case.id}")
    case.site.post(UNNAMED, "/emergency", {"reference": "R-Grace", "reason": WHY})
    lines = [logs.JsonLines().format(one) for one in caplog.records if one.name == "waymark.access"]
    said = [(one.actor, one.decision, one.case, one.way, getattr(one, "ground", "")) for one in caplog.records]  # type: ignore[attr-defined]
    assert said == [
        (NAMED, "granted", case.id, "page", "practitioner"),
        (UNNAMED, "refused", case.id, "page", ""),
        (UNNAMED, "refused", case.id, "api", ""),
        (REFERRER, "refused", "", "page", ""),
        (REFERRER, "refused", "", "page", ""),
        (UNNAMED, "refused", "", "page", "emergency"),
    ]
    assert not re.search("Grace|Okoro|back|collapsed|zq|/cases|Assessment", " ".join(lines))


def test_a_completed_task_looks_at_nothing_more(at: At) -> None:
    """Sending the form neither shows nor notes anything; the form again, with a fault in it, does."""
    case = at("shared")
    task = case.site.open_task(case.id, "write_report").id
    answer = case.site.post(NAMED, f"/tasks/{task}", {"_version": "1"})
    assert answer.status_code == 422
    assert set(forms(looks(case))) >= {"assessment", "sharing"}
