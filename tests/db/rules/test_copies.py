"""A copy of all that is held: who gets what, by when, and what is kept of that (XX-1, UK GDPR Article 15)."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import orjson
import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.export import requests
from app.cases.export.clock import answer_by, terms
from app.cases.export.sheets import cell
from app.cases.export.tables import subject_request
from app.errors import InvalidAnswers, NotFound
from app.forms.kinds import CLASSES
from app.workdays import Calendar
from tests.db.rules.playing import NOTES, PRIVATE, REPORT, SHARED, Play

REASON = "Four weeks away"
PLACE = "We call you"
#: one text of each class, and those of the employee's own word
CANARIES = {"employer": REASON, "restricted": PLACE, "clinical": NOTES}


def saved(play: Play, who: str = "employee") -> dict[str, str]:
    actor = play.actor(who)
    request_id = commands.ask_for_copy(play.waymark, actor, play.now)
    return opened(commands.own_pack(play.waymark, actor, request_id, play.now)[1])


def opened(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def entered(play: Play, received: date = date(2026, 3, 2)) -> str:
    office = play.actor("office")
    return commands.enter_request(play.waymark, office, "grace.obi", "letter", received, play.now)


@pytest.mark.rule("XX-1", "follows")
def test_the_employees_own_pack_holds_every_class_in_its_own_file(play_on_both: Play) -> None:
    play = play_on_both.to("read_report")
    found = saved(play)
    for data_class, words in CANARIES.items():
        holding = {name for name, text in found.items() if words in text and name.startswith("answers-")}
        assert holding == {f"answers-{data_class}.json"}, data_class
        assert words in found["index.html"]
    assert SHARED in found["answers-employer.json"]
    assert PRIVATE in found["answers-clinical.json"]
    assert PRIVATE not in found["answers-employer.json"]
    assert REPORT in found["answers-employer.json"]
    assert {one["by"] for one in orjson.loads(found["answers-clinical.json"])} == {"Dr Samuel Okoro", "Grace Obi"}
    assert "<script" not in found["index.html"]
    assert "http" not in found["index.html"]
    assert [one["case"] for one in orjson.loads(found["history.json"])] == [play.row.reference]


def test_the_table_of_consents_is_no_program(play: Play) -> None:
    play.to("assess").do("assess", items=[{"item": '=HYPERLINK("x")', "share": "yes"}]).do(
        "confirm_sharing", items=[{"item": '=HYPERLINK("x")', "share": "yes"}]
    )
    rows = list(csv.DictReader(io.StringIO(saved(play)["consents.csv"].removeprefix("\ufeff"))))
    assert [(row["about"], row["item"], row["decision"]) for row in rows] == [
        ("Sharing an item with your employer", '\'=HYPERLINK("x")', "given"),
        ("The referral to occupational health", "", "given"),
    ]
    assert [cell(one) for one in ("+1", "-1", "@a", "\ta", "a=1", "")] == [
        "'+1",
        "'-1",
        "'@a",
        "'\ta",
        "a=1",
        "",
    ]


@pytest.mark.rule("XX-1", "breaks")
def test_nobody_gets_anybody_elses_copy(play: Play) -> None:
    play.to("read_report")
    request_id = commands.ask_for_copy(play.waymark, play.actor("employee"), play.now)
    for who in ("manager", "hr", "office", "practitioner", "daniel.price", "callum.reid", "ada.stone", "irene.vale"):
        actor = play.actor(who)
        with pytest.raises(NotFound):
            commands.own_pack(play.waymark, actor, request_id, play.now)
        with pytest.raises(NotFound):
            commands.office_pack(play.waymark, actor, request_id, play.now)
        with pytest.raises(NotFound):
            queries.held(play.waymark, actor, play.case_id)
        assert not any(words in str(saved(play, who)) for words in (*CANARIES.values(), SHARED, PRIVATE)), who


@pytest.mark.rule("XX-1", "follows")
def test_a_pack_for_handing_over_holds_what_its_maker_may_see(play: Play) -> None:
    play.to("read_report")
    office, practitioner = play.actor("office"), play.actor("practitioner")
    request_id = entered(play)
    with pytest.raises(requests.NotChecked):
        commands.office_pack(play.waymark, office, request_id, play.now)
    commands.note_request(play.waymark, office, request_id, "checked", "document", play.now)
    of_office = opened(commands.office_pack(play.waymark, office, request_id, play.now)[1])
    text = "\n".join(of_office.values())
    assert PLACE in text
    assert not any(words in text for words in (NOTES, PRIVATE, "grace.obi@"))
    of_practitioner = opened(commands.office_pack(play.waymark, practitioner, request_id, play.now)[1])
    assert NOTES in of_practitioner["answers-clinical.json"]
    for who in ("nina.kaur", "manager", "hr", "employee", "ada.stone"):
        with pytest.raises(NotFound):
            commands.office_pack(play.waymark, play.actor(who), request_id, play.now)
    commands.note_request(play.waymark, office, request_id, "given", "hand", play.now)
    found, _office = queries.request(play.waymark, office, request_id)
    assert [(one.kind, one.detail) for one in found.events] == [
        ("asked", "letter"),
        ("checked", "document"),
        ("made", ""),
        ("made", ""),
        ("given", "hand"),
    ]
    assert {one.who for one in found.events if one.kind == "made"} == {"Olivia Hart", "Dr Samuel Okoro"}
    assert [one.id for one in queries.own_requests(play.waymark, play.actor("employee"))] == [request_id]


def test_a_request_is_for_those_whose_case_has_reached_the_provider(play: Play) -> None:
    play.start()
    office = play.actor("office")
    assert queries.askers(play.waymark, office) == []
    with pytest.raises(InvalidAnswers) as refused:
        commands.enter_request(play.waymark, office, "grace.obi", "pigeon", date(2030, 1, 1), play.now)
    assert set(refused.value.messages) == {"person", "channel", "received"}
    play.do("give_consent")
    assert queries.askers(play.waymark, office) == [("grace.obi", "Grace Obi")]
    for who in ("manager", "practitioner", "ada.stone", "employee"):
        with pytest.raises(NotFound):
            commands.enter_request(play.waymark, play.actor(who), "grace.obi", "letter", date(2026, 3, 2), play.now)


def test_more_time_is_taken_once_and_within_the_first_month(play: Play) -> None:
    play.to("triage")
    office, request_id = play.actor("office"), entered(play)
    with pytest.raises(InvalidAnswers):
        commands.extend_request(play.waymark, office, request_id, "holidays", play.now)
    commands.extend_request(play.waymark, office, request_id, "complex", play.now)
    found, _ = queries.request(play.waymark, office, request_id)
    # 2 June, as two months more than 2 April
    assert (found.due_on, found.extended) == (date(2026, 6, 2), True)
    with pytest.raises(requests.TooLate):
        commands.extend_request(play.waymark, office, request_id, "complex", play.now)
    late, april = entered(play), datetime(2026, 4, 3, 9, tzinfo=UTC)
    with pytest.raises(requests.TooLate):
        commands.extend_request(play.waymark, office, late, "complex", april)


def test_what_was_done_about_a_request_cannot_be_changed(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    entered(play)
    for statement in (subject_request.update().values(due_on=date(2030, 1, 1)), subject_request.delete()):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.transaction(play.waymark.engine) as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [
        # the corresponding date
        (date(2026, 9, 3), 1, date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2026, 9, 1), 1, date(2026, 10, 1)),
        # no such date: the last day of the month
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2027, 1, 31), 1, date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        # Christmas, Boxing Day kept on Monday, and its weekend
        (date(2026, 11, 25), 1, date(2026, 12, 29)),
        # across the year, and with more time
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),  # 28 February 2027 again
    ],
)
def test_the_last_day_for_an_answer(received: date, months: int, due: date) -> None:
    assert answer_by(received, months, Calendar()) == due


def test_the_terms_are_data_with_a_source() -> None:
    assert (terms().months, terms().more_months) == (1, 2)
    assert "12(3)" in terms().source


def test_every_class_has_its_file_and_its_words() -> None:
    from app.cases.export.page import CLASS_WORDS

    assert set(CLASS_WORDS) == set(CLASSES)


@pytest.mark.rule("XX-A7", "follows")
def test_the_report_says_how_far_it_has_come_and_corrections_what_became_of_them(play: Play) -> None:
    def state() -> str:
        (one,) = queries.reports(play.waymark, play.actor("employee"))
        return one.state

    play.to("write_report")
    assert state() == "none"
    play.do("write_report")
    assert state() == "shown"
    play.do("read_first", employee_word="correct", correction="My name is spelled otherwise")
    assert state() == "draft"
    (asked,) = queries.corrections(play.waymark, play.actor("employee"))
    assert (asked.request, asked.outcome) == ("My name is spelled otherwise", "")
    play.do("answer_correction").do("write_report").do("read_first")
    assert state() == "checked"
    (asked,) = queries.corrections(play.waymark, play.actor("employee"))
    assert (asked.outcome, asked.reply, asked.answered_by) == ("change", "Thank you, corrected", "Dr Samuel Okoro")
    play.do("release_report")
    assert state() == "released"
    assert queries.corrections(play.waymark, play.actor("manager")) == []


@pytest.mark.rule("XX-A7", "follows")
def test_a_report_that_was_kept_back_says_so(play: Play) -> None:
    play.to("read_first").do("read_first", employee_word="withhold")
    assert [one.state for one in queries.reports(play.waymark, play.actor("employee"))] == ["withheld"]
