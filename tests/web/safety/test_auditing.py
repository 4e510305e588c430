"""The auditors' room: who comes in, what stands there, what is withheld, and what is written down about it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import queries
from app.cases.audit.entries import Told, entries
from app.cases.audit.finding import find_cases
from app.cases.audit.sight import auditing
from app.cases.audit.views import Sought
from app.cases.looks.tables import REGISTER
from app.errors import NotFound
from app.history import history_event
from app.history.chain import GENESIS, link
from app.identity import Actor
from app.identity.people import Organisation, create_organisation
from tests.db.reads.looking import noted, without_looks
from tests.web.safety.script import NAMED, STEPS, SUBJECT
from tests.web.safety.site import PEOPLE
from tests.web.safety.story import CANARY, Case
from tests.web.safety.test_traces import names_of_the_gp_step

At = Callable[[str], Case]
AUDITOR = "irene.vale"
#: of the room itself, and of the sentence of a rule that a step which everybody may know cites, too
OPEN_WORDS = {"withheld", "GP or specialist"}
NOTHING = "00000000-0000-0000-0000-000000000000"


def told(case: Case) -> list[Told]:
    actor = case.site.world.actors[AUDITOR]
    with auditing(case.site.w, actor, case.id, case.site.now, "history") as (connection, sight):
        return entries(connection, sight)


def rows(case: Case) -> list[Any]:
    query = sa.select(history_event).where(history_event.c.case_id == case.id).order_by(history_event.c.seq)
    return list(case.site.world.rows(query))


def words(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")]).split()))


def found(case: Case, **wanted: Any) -> list[str]:
    actor = case.site.world.actors[AUDITOR]
    page = find_cases(case.site.w, actor, Sought(**wanted), 1, case.site.now)
    return [one.head.case_id for one in page.cases]


def test_only_auditors_of_the_provider_come_in(at: At) -> None:
    case = at("assessed")
    for name in PEOPLE:
        for url in ("/audit", f"/audit/cases/{case.id}", f"/audit/cases/{case.id}/diagrams/referral.bpmn?version=1"):
            assert case.site.get(name, url).status_code == (200 if name == AUDITOR else 404), (name, url)
        assert (">Audit room<" in case.site.get(name, "/inbox").text) is (name == AUDITOR), name


@pytest.mark.parametrize(("org", "kind"), [("northfield", "employer"), ("pennine", "provider")])
@pytest.mark.rule("XX-1", "breaks")
def test_to_an_employers_auditor_and_another_providers_the_case_is_not_there(at: At, org: str, kind: str) -> None:
    case = at("assessed")
    if org == "pennine":
        with db.transaction(case.site.w.engine) as connection:
            create_organisation(connection, Organisation("pennine", "Pennine Health", "provider"))
    actor = Actor("x", "Somebody Else", org, frozenset({(org, "auditor")}))
    for case_id in (case.id, NOTHING):
        with pytest.raises(NotFound):
            queries.replay(case.site.w, actor, case_id, case.site.now)
        with pytest.raises(NotFound):
            queries.replay_diagram(case.site.w, actor, case_id, "referral", 1)
    if kind == "provider":
        assert find_cases(case.site.w, actor, Sought(), 1, case.site.now).cases == []
        return
    with pytest.raises(NotFound):
        find_cases(case.site.w, actor, Sought(), 1, case.site.now)


@pytest.mark.parametrize("step", ["gp-seen", "read", "withdrawn", "cancelled"])
@pytest.mark.rule("XX-1", "follows")
def test_no_step_of_the_replay_tells_what_is_withheld(at: At, step: str) -> None:
    """Each step by its own address, without JavaScript, and all that the page's script is given."""
    case, hidden = at(step), names_of_the_gp_step() - OPEN_WORDS
    numbers = [row.seq for row in rows(case) if row.kind.startswith("command.")]
    assert len(numbers) > 10
    for number in numbers[:: 1 if step == "gp-seen" else 5]:
        page = case.site.get(AUDITOR, f"/audit/cases/{case.id}?step={number}").text
        assert not CANARY.search(page)
        assert [one for one in hidden if one in page] == [], number
        assert "withheld" in page
    control = case.site.get(NAMED, f"/cases/{case.id}?view=timeline").text
    assert [one for one in hidden if one in control]


def test_the_hidden_diagram_is_not_there(at: At) -> None:
    case = at("gp-seen")
    for process, status in (("assessment", 200), ("gp-report", 404), ("nothing", 404)):
        url = f"/audit/cases/{case.id}/diagrams/{process}.bpmn"
        assert case.site.get(AUDITOR, f"{url}?version=1").status_code == status
        assert case.site.get(AUDITOR, url).status_code == status
        for more in ("?version=2", "?version=x"):
            assert case.site.get(AUDITOR, f"{url}{more}").status_code == 404


@pytest.mark.rule("XX-3", "follows")
def test_entries_stand_whole_partly_or_withheld_and_the_chain_can_be_followed(at: At) -> None:
    case = at("read")
    all_, before = told(case), GENESIS
    assert [one.seq for one in all_] == list(range(1, len(rows(case)) + 1))
    for one, row in zip(all_, rows(case), strict=True):
        assert (one.at, one.hash) == (row.at, row.hash)
        if one.body is not None:
            assert link(before, one.body.encode()) == one.hash
            assert one.actor == row.actor_id
        before = one.hash
    withheld = [one for one in all_ if one.withheld]
    assert len(withheld) > 30
    assert {(one.kind, one.actor, one.name, one.element, one.process, one.body) for one in withheld} == {
        ("", "", "", "", "", None)
    }
    assert all(not one.data and not one.rules for one in withheld)
    whole = [str(one.body) for one in all_ if one.body is not None]
    assert len(whole) > 30
    # the employer's own table of numbers is the same for every case
    texts = [text for text in whole if '"kind":"engine.decided"' not in text]
    assert [word for text in texts for word in names_of_the_gp_step() if word in text] == []


def test_whoever_did_a_withheld_step_is_not_named_by_what_follows_it(at: At) -> None:
    case = at("gp-read")
    acting = {row.seq: row.actor_id for row in rows(case)}
    after = [one for one in told(case) if not one.withheld and not one.actor]
    assert after
    assert {acting[one.seq] for one in after} >= {NAMED}
    assert all(one.body is None for one in after)


@pytest.mark.rule("UN-8", "follows")
def test_each_look_is_noted_before_it_is_shown_and_the_employee_reads_it(at: At) -> None:
    case = at("shared")
    with without_looks(case.site.world):
        page = case.site.get(AUDITOR, f"/audit/cases/{case.id}")
    assert page.status_code == 503
    assert "<table" not in page.text
    assert case.site.get(AUDITOR, f"/audit/cases/{case.id}").status_code == 200
    [one] = noted(case.site.world, case.id)
    assert (one["who"], one["kind"], one["ground"], one["subject"]) == (AUDITOR, "look.page", "auditor", SUBJECT)
    assert [item["what"] for item in one["items"]] == ["replay"]
    mine = words(case.site.get(SUBJECT, "/me/looks").text)
    assert "Irene Vale , Auditor Looked at: How the case went, step by step" in mine
    assert "because they are an auditor, to check that the policy was followed" in mine
    assert "How the case went, step by step" in words(case.site.get(NAMED, f"/cases/{case.id}/looks").text)
    assert queries.verify_looks(case.site.w)[1] == ()


def test_what_an_auditor_looks_for_is_in_the_register_by_ids_alone(at: At) -> None:
    case = at("assessed")
    page = case.site.post(AUDITOR, "/audit", {"person": " Dr  samuel OKORO", "rule": "xx-a5", "process": "referral"})
    assert str(case.site.world.row(case.id).reference) in page.text
    assert "Grace Obi" not in page.text
    [one] = noted(case.site.world, REGISTER)
    [item] = one["items"]
    assert item["what"] == "find"
    assert (item["people"], item["rule"], item["process"]) == ([NAMED], "XX-A5", "referral")
    assert "Okoro" not in str(one)
    assert "A search for cases" in words(case.site.get(AUDITOR, "/audit/looks").text)
    own = case.site.post(AUDITOR, "/audit", {"person": "Grace Obi"})
    assert "about Grace Obi" in words(own.text)


def test_cases_are_found_by_each_of_their_marks(at: At) -> None:
    case = at("silent")
    row, here = case.site.world.row(case.id), [case.id]
    day = row.opened_at.date()
    fits: list[dict[str, Any]] = [
        {"reference": f" {row.reference.lower()} "},
        {"process": "referral", "version": 1, "employer": "northfield", "state": "running"},
        {"since": day, "until": day},
        {"days": "ran", "since": case.site.now.date()},
        {"person": "olivia hart"},
        {"person": "Grace Obi"},
        {"rule": "XX-A3"},
    ]
    misses: list[dict[str, Any]] = [
        {"reference": row.reference[:-1]},
        {"process": "conference"},
        {"version": 2},
        {"employer": "harbour"},
        {"state": "completed"},
        {"until": day.replace(day=1)},
        {"days": "ended", "since": day},
        {"person": "Olivia"},
        {"person": "Nina Kaur"},
        {"rule": "IW-4"},
        {"rule": "XX-A3", "how": "past"},
    ]
    assert [wanted for wanted in fits if found(case, **wanted) != here] == []
    assert [wanted for wanted in misses if found(case, **wanted)] == []


@pytest.mark.rule("XX-1", "breaks")
def test_a_search_does_not_tell_what_the_replay_withholds(at: At) -> None:
    """Here only steps that are withheld cite the rule of GP reports; only they were done by somebody."""
    case = at("missed-again")
    assert [row for row in rows(case) if '"XX-A9"' in row.body]
    assert found(case, rule="XX-A9") == []
    hidden = [one.seq for one in told(case) if one.withheld]
    with db.transaction(case.site.w.engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS history_event_no_update")
        mine = sa.and_(history_event.c.case_id == case.id, history_event.c.seq.in_(hidden))
        connection.execute(history_event.update().where(mine).values(actor_id="nina.kaur"))
    assert found(case, person="Nina Kaur") == []


def test_a_wrong_day_or_version_is_told_in_words_and_nothing_typed_is_lost(at: At) -> None:
    case = at("start")
    typed = {"since[day]": "31", "since[month]": "2", "since[year]": "2026", "person": "Somebody"}
    page = case.site.post(AUDITOR, "/audit", typed)
    assert page.status_code == 422
    assert "First day must be a real date" in page.text
    assert 'value="Somebody"' in page.text
    assert case.site.post(AUDITOR, "/audit", {"version": "one"}).status_code == 422
    assert case.site.post("amir.shah", "/audit", typed).status_code == 404


@pytest.mark.parametrize("step", ["0", "99999", "x", "-1", "1e3"])
def test_a_step_that_is_none_is_not_there(at: At, step: str) -> None:
    case = at("start")
    assert case.site.get(AUDITOR, f"/audit/cases/{case.id}?step={step}").status_code == 404


def test_every_step_of_the_story_says_who_when_what_and_by_which_rule(at: At) -> None:
    case = at("read")
    page = words(case.site.get(AUDITOR, f"/audit/cases/{case.id}?step=1").text)
    for said in ("Step 1 of", "Amir Shah", "Started the case", "XX-A1", "Deadline met", "line manager? Helen Ward"):
        assert said in page, said
    assert "Other answers on this form are withheld." in page
    assert STEPS["read"].who == "amir.shah"
