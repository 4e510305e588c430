"""Files, calendars, people and packs: who gets what, and that it is noted before it leaves (UN-8, XX-1, XX-3)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.looks.writing import LookNotWritten
from app.history import history_event
from tests.db.reads.looking import forms, noted, without_looks
from tests.web.safety.expected import WORDS, readers
from tests.web.safety.script import CLERK, COLLEAGUE, NAMED, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.site import Site
from tests.web.safety.story import CANARY, Case, Played
from tests.web.safety.test_files import stored
from tests.web.safety.test_traces import names_of_the_gp_step
from tests.web.test_reads import main

At = Callable[[str], Case]
AUDITOR = "irene.vale"


def file_of(site: Site, form: str) -> str:
    return next(one.id for one in stored(site) if one.form_id == form)


def seen(case: Case) -> list[tuple[str, str, str, str]]:
    """(who, way, ground, gravest class) of every look into the case."""
    return [(one["who"], one["kind"], one["ground"], one["class"]) for one in noted(case.site.world, case.id)]


@pytest.mark.rule("UN-8", "follows")
@pytest.mark.parametrize("way", ["/cases/{case}/files/{file}", "/api/v1/cases/{case}/files/{file}"])
def test_who_saves_a_clinical_file_is_noted(at: At, way: str) -> None:
    case = at("gp-received")
    url = way.format(case=case.id, file=file_of(case.site, "gp-received"))
    assert case.site.get(SUBJECT, url).status_code == 200
    for name in (CLERK, REFERRER, UNNAMED):
        assert case.site.get(name, url).status_code == 404
    assert seen(case) == []
    assert CANARY.search(case.site.get(NAMED, url).text)
    assert seen(case) == [(NAMED, "look.file", "practitioner", "clinical")]
    assert forms(noted(case.site.world, case.id)) == {"gp-received": {"report_files"}}
    assert "(in a file)" in main(case.site.get(SUBJECT, "/me/looks").text)


def test_what_the_employer_sent_tells_nothing_of_health(at: At) -> None:
    case = at("triaged")
    for name in (REFERRER, CLERK, NAMED):
        assert case.site.get(name, f"/cases/{case.id}/files/{file_of(case.site, 'referral')}").status_code == 200
    assert seen(case) == []


@pytest.mark.rule("UN-8", "breaks")
def test_a_way_out_that_cannot_be_noted_hands_out_nothing(at: At) -> None:
    case = at("gp-received")
    file = f"/cases/{case.id}/files/{file_of(case.site, 'gp-received')}"
    with without_looks(case.site.world):
        answer, own = case.site.get(NAMED, file), case.site.get(SUBJECT, file)
    assert (answer.status_code, own.status_code) == (503, 200)
    assert "Content-Disposition" not in answer.headers
    assert not CANARY.search(answer.text)
    case = at("booked")
    with without_looks(case.site.world):
        answer = case.site.get(CLERK, f"/cases/{case.id}/appointment.ics")
    assert answer.status_code == 503
    assert not CANARY.search(answer.text)


@pytest.mark.rule("UN-8", "follows")
def test_an_appointment_taken_into_a_calendar_is_noted(at: At) -> None:
    case = at("booked")
    for name in (SUBJECT, REFERRER, UNNAMED):
        case.site.get(name, f"/cases/{case.id}/appointment.ics")
    assert seen(case) == []
    assert case.site.get(CLERK, f"/cases/{case.id}/appointment.ics").status_code == 200
    assert seen(case) == [(CLERK, "look.file", "provider", "restricted")]
    # that there is an appointment, and when, is of class public: the place is what tells
    assert forms(noted(case.site.world, case.id)) == {"appointment-offer": {"place"}}


@pytest.mark.rule("UN-8", "follows")
@pytest.mark.rule("XX-A9", "follows")
@pytest.mark.parametrize(("url", "way"), [("/cases/{}/people", "page"), ("/api/v1/cases/{}/people", "api")])
def test_who_reads_of_the_treating_physician_is_noted(at: At, url: str, way: str) -> None:
    case = at("triaged")
    url = url.format(case.id)
    case.site.get(CLERK, url)
    assert seen(case) == []
    employee = case.site.world.actors[SUBJECT]
    commands.keep_contact(case.site.w, employee, case.id, "Dr Hall", "Mill Lane Surgery", case.site.now)
    for name in (SUBJECT, REFERRER, COLLEAGUE):
        case.site.get(name, url)
    assert seen(case) == []
    assert "Dr Hall" in case.site.get(CLERK, url).text
    assert seen(case) == [(CLERK, f"look.{way}", "provider", "restricted")]
    assert "Who treats the employee" in main(case.site.get(SUBJECT, "/me/looks").text)
    assert "Hall" not in str(noted(case.site.world, case.id))


def pack(case: Case, who: str) -> dict[str, str]:
    """Name to content of the employee's own pack, or of one made for handing over."""
    w, people, now = case.site.w, case.site.world.actors, case.site.now
    if who == SUBJECT:
        data = commands.own_pack(w, people[who], commands.ask_for_copy(w, people[who], now), now)[1]
    else:
        request = commands.enter_request(w, people[CLERK], SUBJECT, "letter", now.date(), now)
        commands.note_request(w, people[CLERK], request, "checked", "document", now)
        data = commands.office_pack(w, people[who], request, now)[1]
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def files_in(found: dict[str, str]) -> set[str]:
    """Canaries in the content of the files that were sent."""
    return {text for name, words in found.items() if name.startswith("files/") for text in CANARY.findall(words)}


@pytest.mark.rule("XX-1", "follows")
@pytest.mark.parametrize("stage", ["gp-received", "read"])
def test_each_pack_holds_the_texts_and_files_that_its_maker_may_read(at: At, story: Played, stage: str) -> None:
    case = at(stage)
    planted = story.planted(stage)
    sent = {text for text, one in planted.items() if not one.draft}
    in_files = {text for text, one in planted.items() if one.path in {"documents", "report_files"} and not one.draft}
    assert {WORDS[planted[text].form][planted[text].path] for text in in_files} == {"employer", "clinical"}
    for who in (SUBJECT, CLERK, NAMED):
        found = pack(case, who)
        mine = {text for text in sent if who in readers(planted[text], case.steps)}
        assert set(CANARY.findall("".join(found.values()))) == mine, who
        assert files_in(found) == in_files & mine, who
    assert len(in_files) > len(in_files & {t for t in in_files if CLERK in readers(planted[t], case.steps)})


@pytest.mark.rule("UN-8", "follows")
@pytest.mark.rule("XX-3", "follows")
def test_a_pack_for_handing_over_is_a_look_and_ones_own_is_none(at: At) -> None:
    case = at("read")
    pack(case, SUBJECT)
    assert seen(case) == []
    office = pack(case, CLERK)
    assert {(who, way) for who, way, _ground, _cls in seen(case)} == {(CLERK, "look.export")}
    told = noted(case.site.world, case.id)
    assert {"appointment-offer", "report", "sharing"} <= forms(told).keys()
    assert {item["what"] for one in told for item in one["items"]} == {"answers", "consents", "steps"}
    assert "assessment" not in {form for form, parts in forms(told).items() if "notes" in parts}
    assert not CANARY.search(str(told))
    pack(case, NAMED)
    assert (NAMED, "look.export", "practitioner", "clinical") in seen(case)
    assert forms(noted(case.site.world, case.id))["gp-received"] >= {"report_files"}
    # to the office nothing is said of who looked
    assert not [name for name in office if name.startswith("looks-")]
    assert "(in an export)" in main(case.site.get(SUBJECT, "/me/looks").text)


@pytest.mark.rule("UN-8", "breaks")
def test_a_pack_that_cannot_be_noted_is_not_made(at: At) -> None:
    case = at("read")
    with without_looks(case.site.world), pytest.raises(LookNotWritten):
        pack(case, CLERK)


@pytest.mark.rule("UN-8", "follows")
def test_the_employees_pack_says_who_looked(at: At) -> None:
    case = at("shared")
    with db.transaction(case.site.w.engine) as connection:
        connection.exec_driver_sql("UPDATE person SET name = '=1+1' WHERE id = ?", (NAMED,))
    case.site.get(NAMED, f"/cases/{case.id}?view=answers")
    case.site.pass_time(timedelta(minutes=2))
    case.site.get(CLERK, f"/api/v1/cases/{case.id}")
    for who in (SUBJECT, NAMED):
        [(name, text)] = [one for one in pack(case, who).items() if one[0].startswith("looks-")]
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert name == f"looks-{case.site.world.row(case.id).reference}.csv"
        assert [(row["who"], row["way"]) for row in rows] == [
            ("'=1+1", "on a page"),
            ("Olivia Hart", "with a program of theirs"),
            ("Olivia Hart", "with a program of theirs"),
        ]
        assert [row["allowed-because"] for row in rows] == [
            "they are the practitioner of the case",
            "they belong to the occupational health team that works on the case",
            "the employee agreed to share it",
        ]
        assert [row["when"] for row in rows] == sorted(row["when"] for row in rows)
        assert "Assessment" in rows[0]["looked-at"]
        assert not CANARY.search(text)


def test_files_of_one_name_are_two_in_a_pack(at: At) -> None:
    case = at("read")
    names = [name for name in pack(case, SUBJECT) if name.startswith("files/")]
    reference = case.site.world.row(case.id).reference
    assert len(names) == len(stored(case.site))
    assert [name.split(" ")[0] for name in names] == [f"files/{reference}/{n:02}" for n in range(1, len(names) + 1)]
    assert all(name.count("/") == 2 and ".." not in name for name in names)


def test_the_hub_leads_to_who_looked_and_to_erasure_and_back(site: Site) -> None:
    hub = site.get(SUBJECT, "/me").text
    order = ["/me/held", "/me/looks", "/me/copy", "/me/erasure"]
    assert sorted(order, key=lambda url: hub.index(f'href="{url}"')) == order
    for url in ("/me/looks", "/me/erasure"):
        page = site.get(SUBJECT, url).text
        assert '<nav class="wm-back" aria-label="Back"><a href="/me">Your information</a></nav>' in page
        assert '<a class="wm-nav__link" href="/me" aria-current="true">Your information</a>' in page


@pytest.mark.rule("UN-8", "follows")
def test_the_practitioner_who_asks_who_may_see_what_is_noted(at: At) -> None:
    case = at("shared")
    people: Any = case.site.world.actors
    queries.who_may_see(case.site.w, people[SUBJECT], case.id, case.site.now)
    assert seen(case) == []
    queries.who_may_see(case.site.w, people[NAMED], case.id, case.site.now)
    assert {(who, ground) for who, _way, ground, _cls in seen(case)} == {(NAMED, "practitioner")}


@pytest.mark.rule("UN-8", "follows")
def test_what_a_form_knows_of_the_case_is_noted_when_the_task_is_closed_too(at: At) -> None:
    case = at("gp-asked")
    [task] = [one.id for one in case.site.tasks(case.id) if one.element_id == "send_gp_request"]
    answer = case.site.get(CLERK, f"/api/v1/tasks/{task}")
    assert (answer.get_json()["state"], "gp_see_first" in answer.text) == ("done", True)
    told = noted(case.site.world, case.id)
    assert {(one["who"], one["ground"]) for one in told} == {(CLERK, "provider")}
    assert forms(told, "facts") == {"gp-consent": {"gp_see_first"}}


def taken_away(case: Case) -> dict[str, bytes]:
    """Name to content of an auditor's pack."""
    answer = case.site.post(AUDITOR, f"/audit/cases/{case.id}/pack")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="{case.site.world.row(case.id).reference}.zip"'
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.rule("XX-1", "follows")
@pytest.mark.parametrize("stage", ["gp-read", "released", "withdrawn"])
def test_an_auditors_pack_holds_no_text_of_anybody_and_no_step_that_can_tell(at: At, stage: str) -> None:
    case = at(stage)
    found = taken_away(case)
    assert not [name for name, data in found.items() if CANARY.search(data.decode())]
    # the diagrams are everybody's; that this case went there stands nowhere
    own = {name: data.decode() for name, data in found.items() if not name.startswith(("definitions/", "diagrams/"))}
    names = names_of_the_gp_step() - {"withheld"}
    told = {name: [one for one in names if f'"{one}"' in data] for name, data in own.items()}
    assert not any(told.values()), told
    assert "Marked" not in found["diagrams/gp_report.svg"].decode()
    assert "Marked" in found["diagrams/assessment.svg"].decode()
    assert b'"withheld": true' in found["history.json"]
    assert (AUDITOR, "look.export", "auditor", "public") in seen(case)


def test_control_the_same_would_be_found_in_the_history_as_it_was_written(at: At) -> None:
    case = at("gp-read")
    with db.reading(case.site.w.engine) as connection:
        text = " ".join(connection.execute(sa.select(history_event.c.body)).scalars())
    assert len([one for one in names_of_the_gp_step() if f'"{one}"' in text]) > 5


def test_an_auditors_pack_that_cannot_be_noted_is_not_made(at: At) -> None:
    case = at("triaged")
    with without_looks(case.site.world):
        answer = case.site.post(AUDITOR, f"/audit/cases/{case.id}/pack")
        page = case.site.get(AUDITOR, f"/audit/cases/{case.id}/pack")
    assert (answer.status_code, page.status_code) == (503, 503)
    assert "Content-Disposition" not in answer.headers
