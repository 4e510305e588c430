"""A product made wrong on purpose: each way out by which a canary could get away is watched by what sees it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app import outbox
from app.identity.people import recipients
from app.settings import ROOT
from app.web import lists
from tests.web.safety.expected import readers
from tests.web.safety.script import CLERK, REFERRER, SUBJECT
from tests.web.safety.story import CANARY, Case, Played
from tests.web.safety.test_canaries import _in_addresses, _title, sweep

At = Callable[[str], Case]


@pytest.fixture
def open_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is redacted any more."""
    monkeypatch.setattr("app.privacy.redact", lambda _form, answers, *_: dict(answers))


@pytest.mark.usefixtures("open_wide")
def test_pages_json_and_files_without_redaction_are_found(at: At, story: Played) -> None:
    case = at("booked")
    found = sweep(case, (REFERRER,))
    hidden = {text for text, plant in story.planted("booked").items() if REFERRER not in readers(plant, case.steps)}
    assert {text for text, who in found.items() if text in hidden and who}
    for url in (f"/cases/{case.id}?view=answers", f"/api/v1/cases/{case.id}"):
        assert hidden & set(CANARY.findall(case.site.get(REFERRER, url).text)), url


def test_a_calendar_for_everybody_in_the_case_is_found(
    at: At, open_wide: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["app.cases.queries.appointment"], "_may_know", lambda *_: True)
    case = at("booked")
    url = f"/cases/{case.id}/appointment.ics"
    assert CANARY.search(case.site.get(REFERRER, url).text)
    assert any(REFERRER in who for who in sweep(case, (REFERRER,)).values())


def test_a_list_with_a_word_too_many_is_found(at: At, story: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    case, word = at("informed"), next(iter(story.plants))
    told = lists._task
    monkeypatch.setattr(lists, "_task", lambda one: (*told(one), word))
    assert sweep(case, (CLERK,))[word] == {CLERK}


def test_a_mail_with_a_word_too_many_is_found(at: At, story: Played) -> None:
    case, word = at("released"), next(iter(story.plants))
    site = case.site
    for texts, leaks in ((outbox.load(ROOT / "processes"), False), (_wordy(word), True)):
        for file in (site.folder / "mail").glob("*"):
            file.unlink()
        assert outbox.send_due(site.w.engine, site.w.settings, site.now, recipients, texts, 1).sent
        mails = [file.read_text() for file in (site.folder / "mail").glob("*.eml")]
        assert bool([one for one in mails if CANARY.search(one)]) == leaks


def _wordy(word: str) -> dict[str, Any]:
    return {key: replace(one, text=f"{one.text}\n{word}") for key, one in outbox.load(ROOT / "processes").items()}


def test_a_title_an_address_and_a_header_with_a_word_are_found(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CANARY.search(_title("<html><title>About zq0123456789ab – Waymark</title>zq1"))
    assert not CANARY.search(_title("<html><title>About</title>zq0123456789ab"))
    assert _in_addresses('<a href="/cases?q=zq0123456789ab">')
    case = at("informed")
    monkeypatch.setattr("app.web.security.HEADERS", {"X-Word": "zq0123456789ab"})
    with pytest.raises(AssertionError):
        sweep(case, (SUBJECT,))
