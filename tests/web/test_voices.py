"""NW-13: anonymous feedback leads to nobody: no session is looked up, no cookie set, nothing kept but what was said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import create_app, db
from app.cases import Waymark, commands, demo, queries
from app.cases.voices.asking import SurveyClosed
from app.cases.voices.tables import voice
from app.clock import SystemClock
from app.errors import InvalidAnswers, NotAllowed, NotFound
from app.identity import Actor
from app.identity.people import actor_of_person
from app.settings import Settings
from app.web import security

SAID = {"improved": "some", "confident": "very", "compassionate": "fairly", "support": "yes"}
WORDS = "zqvoice more time for the first talk"


@pytest.fixture
def waymark(settings: Settings) -> Iterator[Waymark]:
    """People without cases, on both databases."""
    found = Waymark.open(settings)
    with db.transaction(found.engine) as connection:
        demo.create_people(connection)
    yield found
    found.engine.dispose()


def somebody(waymark: Waymark, name: str) -> Actor:
    with db.reading(waymark.engine) as connection:
        return actor_of_person(connection, name)


def now() -> datetime:
    return SystemClock().now()


def opened(waymark: Waymark, days: int = 20) -> str:
    last_day = (now() + timedelta(days=days)).date()
    victor = somebody(waymark, "victor.lane")
    return commands.open_survey(waymark, victor, "feedback-colleague", "The new policy", last_day, now())


@pytest.mark.rule("NW-13", "follows")
def test_what_came_in_is_read_when_the_survey_has_ended_and_enough_have_answered(waymark: Waymark) -> None:
    survey, victor, after = opened(waymark), somebody(waymark, "victor.lane"), now() + timedelta(days=21)
    for number in range(5):
        commands.answer_survey(waymark, survey, {**SAID, "better": f"{WORDS} {number}"}, now())
    (running,) = queries.surveys(waymark, victor, now())
    assert running.running
    assert running.number is None
    assert running.answers == ()
    (ended,) = queries.surveys(waymark, victor, after)
    assert ended.number == 5
    told = {one.question: one for one in ended.answers}
    assert ("Yes, somewhat", 5) in told["Does it feel better than before?"].counts
    assert len(told["What should be better?"].words) == 5


@pytest.mark.rule("NW-13", "breaks")
def test_fewer_than_five_stay_closed(waymark: Waymark) -> None:
    survey = opened(waymark)
    for _ in range(4):
        commands.answer_survey(waymark, survey, {**SAID, "better": WORDS}, now())
    (ended,) = queries.surveys(waymark, somebody(waymark, "victor.lane"), now() + timedelta(days=21))
    assert (ended.number, ended.answers) == (None, ())
    assert WORDS not in repr(ended)


@pytest.mark.rule("NW-13", "breaks")
def test_nothing_that_is_kept_could_lead_to_a_person(waymark: Waymark) -> None:
    survey = opened(waymark)
    commands.answer_survey(waymark, survey, {**SAID, "better": WORDS}, now())
    assert set(voice.c.keys()) == {"id", "survey_id", "sealed"}
    with db.reading(waymark.engine) as connection:
        (row,) = connection.execute(sa.select(voice)).all()
    assert row.survey_id == survey
    assert WORDS.encode() not in bytes(row.sealed)


@pytest.mark.rule("NW-13", "breaks")
@pytest.mark.parametrize(
    ("better", "said"),
    [("Amir Shah never listens", "Amir Shah"), ("write to a.b@example.org", "a.b@example.org")],
)
def test_words_that_name_somebody_are_given_back(waymark: Waymark, better: str, said: str) -> None:
    survey = opened(waymark)
    with pytest.raises(InvalidAnswers) as caught:
        commands.answer_survey(waymark, survey, {**SAID, "better": better}, now())
    assert said in caught.value.messages["better"]


def test_only_the_oversight_group_opens_and_reads(waymark: Waymark) -> None:
    for name in ("ruth.bell", "grace.obi", "irene.vale", "ada.stone"):
        other = somebody(waymark, name)
        with pytest.raises(NotAllowed):
            commands.open_survey(waymark, other, "feedback-colleague", "x", date(2030, 1, 1), now())
        with pytest.raises(NotFound):
            queries.surveys(waymark, other, now())


def test_a_survey_that_has_ended_or_never_was_takes_nothing(waymark: Waymark) -> None:
    survey = opened(waymark)
    for which, at in ((survey, now() + timedelta(days=21)), ("0" * 32, now())):
        with pytest.raises(SurveyClosed):
            commands.answer_survey(waymark, which, SAID, at)


@pytest.mark.parametrize(
    ("form_id", "about", "days", "field"),
    [
        ("referral", "The policy", 20, "form"),
        ("feedback-colleague", "  ", 20, "about"),
        ("feedback-colleague", "x" * 201, 20, "about"),
        ("feedback-colleague", "The policy", 2, "last_day"),
        ("feedback-colleague", "The policy", 400, "last_day"),
    ],
)
def test_a_survey_that_asks_nobody_or_for_ever_is_refused(
    waymark: Waymark, form_id: str, about: str, days: int, field: str
) -> None:
    victor, at = somebody(waymark, "victor.lane"), datetime(2026, 3, 2, 10, tzinfo=UTC)
    with pytest.raises(InvalidAnswers) as caught:
        commands.open_survey(waymark, victor, form_id, about, at.date() + timedelta(days=days), at)
    assert list(caught.value.messages) == [field]


@pytest.fixture
def client(sqlite_settings: Settings) -> Iterator[FlaskClient]:
    made = create_app(sqlite_settings)
    w = made.extensions["waymark"].w
    with db.transaction(w.engine) as connection:
        demo.create_people(connection)
    yield made.test_client()
    w.engine.dispose()


@pytest.mark.rule("NW-13", "breaks")
def test_the_page_does_not_look_who_it_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even of somebody who is logged in. That the guard of the pages is what is left out here is shown by a page of
    the same application that does look."""
    doors = client.application.extensions["waymark"]
    survey = opened(doors.w)
    looked: list[str | None] = []

    def session(_self: object, token: str | None) -> None:
        looked.append(token)

    monkeypatch.setattr(type(doors), "session", session)
    client.set_cookie(security.COOKIE, "a-cookie-of-somebody")
    page = client.get(f"/feedback/{survey}")
    answer = client.post(f"/feedback/{survey}", data={**SAID, "better": WORDS})
    assert (page.status_code, answer.status_code) == (200, 200)
    assert "Thank you" in answer.text
    assert looked == []
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in answer.headers
    assert client.get("/measures").status_code != 200
    assert looked == ["a-cookie-of-somebody"]


def test_a_page_of_another_site_sends_nothing(client: FlaskClient) -> None:
    survey = opened(client.application.extensions["waymark"].w)
    answer = client.post(f"/feedback/{survey}", data=SAID, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


def test_a_rejected_answer_is_given_back_with_what_was_typed(client: FlaskClient) -> None:
    survey = opened(client.application.extensions["waymark"].w)
    answer = client.post(f"/feedback/{survey}", data={"improved": "some", "better": "Grace Obi was kind"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Grace Obi was kind" in answer.text
