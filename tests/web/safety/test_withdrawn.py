"""A consent that is taken back counts at once, in every page and answer, also when the report had been released."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app import db
from app.cases import queries
from app.cases.consents import newest
from app.records import consent
from tests.web.safety.script import CLERK, LINE_MANAGER, NAMED, REFERRER, SUBJECT
from tests.web.safety.story import CANARY, Case, Played

At = Callable[[str], Case]


def said(case: Case, scope: str, decision: str, person: str = SUBJECT) -> None:
    """As the ledger has it; a newest row of a scope is all that counts."""
    row = {
        "id": f"{scope}-{decision}-{person}",
        "case_id": case.id,
        "person_id": person,
        "scope": scope,
        "decision": decision,
        "text_id": "consent",
        "text_sha": "",
        "channel": "online",
        "actor_id": person,
        "at": case.site.now,
    }
    with db.transaction(case.site.w.engine) as connection:
        connection.execute(consent.insert(), row)


def read_by(case: Case, name: str) -> set[str]:
    """Canaries on the pages and in the answers of the API about the case."""
    urls = (f"/cases/{case.id}?view=answers", f"/api/v1/cases/{case.id}")
    return {text for url in urls for text in CANARY.findall(case.site.get(name, url).text)}


def of_form(story: Played, *forms: str) -> set[str]:
    return {text for text, plant in story.plants.items() if plant.form in forms}


@pytest.mark.rule("XX-A2", "follows")
@pytest.mark.rule("XX-A8", "follows")
def test_a_released_report_is_closed_to_the_employer_and_the_team(at: At, story: Played) -> None:
    case = at("read")
    report, items = of_form(story, "report"), of_form(story, "sharing")
    before = {name: read_by(case, name) for name in (REFERRER, LINE_MANAGER, CLERK, NAMED, SUBJECT)}
    assert all(read & report for read in before.values())
    said(case, "referral", "withdrawn")
    for name in (REFERRER, LINE_MANAGER, CLERK):
        left = read_by(case, name)
        assert not left & (report | items), name
        assert left & of_form(story, "referral"), name
    assert not read_by(case, CLERK) & of_form(story, "appointment-offer", "gp-consent", "report-employee")
    assert {name: read_by(case, name) for name in (NAMED, SUBJECT)} == {name: before[name] for name in (NAMED, SUBJECT)}


@pytest.mark.rule("XX-A9", "follows")
def test_a_consent_to_a_gp_report_that_is_taken_back_closes_what_stands_under_it_alone(at: At, story: Played) -> None:
    case = at("gp-received")
    asked = of_form(story, "gp-received")
    before = read_by(case, CLERK)
    assert before & asked
    said(case, "gp-report", "withdrawn")
    after = read_by(case, CLERK)
    assert not after & asked
    assert after & of_form(story, "appointment-offer")
    # whoever tells the surgery to stop needs its address
    assert after & of_form(story, "gp-consent")
    assert read_by(case, NAMED) & asked
    said(case, "gp-report", "given", person=REFERRER)
    assert read_by(case, CLERK) == after


def test_of_two_words_in_the_same_instant_the_stricter_counts(at: At) -> None:
    case = at("read")
    row = case.site.world.row(case.id)
    for decision, expected in (("withdrawn", "withdrawn"), ("refused", "withdrawn"), ("given", "withdrawn")):
        said(case, "other", decision)
        with db.reading(case.site.w.engine) as connection:
            assert newest(connection, row)["other"] == expected
    with db.reading(case.site.w.engine) as connection:
        given = dict.fromkeys(("referral", "gp-report", "gp-supply", "release"), "given")
        assert newest(connection, row) == {**given, "other": "withdrawn"}


def readers_of(case: Case, what: str) -> set[str]:
    found = queries.who_may_see(case.site.w, case.site.world.actors[SUBJECT], case.id, case.site.now)
    return {name for one in found if what in one.what for name in one.people}


def test_the_page_of_who_may_see_follows_at_once(at: At) -> None:
    case = at("read")
    answers = "Answers to the manager’s questions"
    assert "Amir Shah" in readers_of(case, answers)
    said(case, "referral", "withdrawn")
    assert readers_of(case, answers) == {"Dr Samuel Okoro"}
