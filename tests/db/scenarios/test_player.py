"""The player sees whatever is not as a story says: each expectation is met once, and missed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app import definitions
from app.cases import Waymark
from app.cases.scenario import ScenarioFailed, ScenarioStuck, play_through
from app.cases.scenario.playing import Playing
from app.cases.scenario.reading import parse
from app.cases.simulating import house as in_memory
from app.settings import ROOT

REFERRAL = {
    "employee": "@daniel.price",
    "line_manager": "@amir.shah",
    "job_title": "Porter",
    "job_demands": "Walking and lifting",
    "absence": "at_work",
    "ground": "several_absences",
    "reason": "Four absences since the spring",
    "questions": "What would help?",
    "discussed": True,
}
START = {"who": "amir.shah", "task": "start", "answers": REFERRAL}
CONSENT = {
    "who": "daniel.price",
    "task": "give_consent",
    "after": "1d",
    "answers": {"consent": "given", "channel": "online"},
}


@pytest.fixture(scope="module")
def waymark() -> Iterator[Waymark]:
    with in_memory(definitions.collect(ROOT / "processes", ROOT / "forms")) as found:
        yield found


def played(waymark: Waymark, *steps: Mapping[str, Any]) -> Playing:
    return play_through(waymark, parse({"title": "A porter", "process": "referral", "step": list(steps)}))


def after_consent(waymark: Waymark, **expect: Any) -> Playing:
    return played(waymark, START, {**CONSENT, "expect": expect})


@pytest.mark.parametrize(
    ("met", "missed", "sentence"),
    [
        ({"open": ["triage"]}, {"open": []}, "open should be nothing; open: triage"),
        ({"open": ["triage"]}, {"open": ["triage", "triage"]}, "open should be triage, triage; open: triage"),
        ({"also": ["triage"]}, {"also": ["give_consent"]}, "“give_consent” should be open"),
        ({"closed": ["give_consent"]}, {"closed": ["triage"]}, "“triage” should not be open"),
        ({"status": "running"}, {"status": "completed"}, "should be completed; it is running"),
        ({"facts": {"consent": "given"}}, {"facts": {"consent": "refused"}}, "it is 'given'"),
        ({"facts": {"follow_up": False}}, {"facts": {"weather": "fine"}}, "the case does not know it"),
        ({"flags": []}, {"flags": ["IW-4"]}, "flags should be IW-4; there are: none"),
        ({"due": {"triage": "2026-03-05"}}, {"due": {"triage": "2026-03-06"}}, "found: 2026-03-05T17:00"),
        ({"cases": ["referral"]}, {"cases": ["referral", "referral"]}, "there are: referral"),
        ({"history": ["XX-A2"]}, {"history": ["IW-4"]}, "IW-4 should stand beside the newest step"),
        ({"shown": {"amir.shah": "Triage"}}, {"shown": {"amir.shah": "Zebra"}}, "should be shown “Zebra”"),
        ({"hidden": {"amir.shah": "Zebra"}}, {"hidden": {"amir.shah": ["Porter"]}}, "must not be shown “Porter”"),
        ({"hidden": {"fiona.mackay": "Porter"}}, {"shown": {"fiona.mackay": "Porter"}}, "should be shown “Porter”"),
    ],
)
def test_an_expectation_is_met_or_named(
    waymark: Waymark, met: Mapping[str, Any], missed: Mapping[str, Any], sentence: str
) -> None:
    after_consent(waymark, **met)
    with pytest.raises(ScenarioFailed, match=r"^Step 2 \(daniel.price, give_consent\): ") as caught:
        after_consent(waymark, **missed)
    assert sentence in caught.value.detail


def test_notices_since_the_step_before_are_heard(waymark: Waymark) -> None:
    reminded = {"after": "4d", "expect": {"told": ["daniel.price: a question is waiting"]}}
    played(waymark, START, reminded)
    with pytest.raises(ScenarioFailed, match="told: nobody was told anything"):
        played(waymark, START, {**reminded, "after": "1h"})
    with pytest.raises(ScenarioFailed, match="nobody was told anything"):
        played(waymark, START, reminded, {**reminded, "after": "1m"})


def test_a_step_is_refused_at_its_field_or_the_story_fails(waymark: Waymark) -> None:
    nothing = {**CONSENT, "answers": {"channel": "online"}}
    after = {**CONSENT, "expect": {"open": ["triage"]}}
    played(waymark, START, {**nothing, "refused": {"consent": "Select "}}, after)
    with pytest.raises(ScenarioFailed, match="refused with “consent: "):
        played(waymark, START, {**nothing, "refused": {"channel": "Select"}})
    with pytest.raises(ScenarioFailed, match="should have been refused, and was taken"):
        played(waymark, START, {**CONSENT, "refused": "not yours"})
    with pytest.raises(ScenarioStuck, match=r"Step 2 .*: consent: Select"):
        played(waymark, START, nothing)


def test_nobody_does_what_is_not_theirs(waymark: Waymark) -> None:
    other = {**CONSENT, "who": "fiona.mackay"}
    played(waymark, START, {**other, "refused": "not yours to see"})
    with pytest.raises(ScenarioStuck, match=r"Step 2 \(fiona.mackay, give_consent\): .*not yours to see"):
        played(waymark, START, other)
    with pytest.raises(ScenarioStuck, match="“assess” is not open for Daniel Price; open: give_consent"):
        played(waymark, START, {**CONSENT, "task": "assess"})
    with pytest.raises(ScenarioStuck, match="nobody"):
        played(waymark, START, {**CONSENT, "who": "nobody.here"})


def test_time_passes_for_this_story_alone(waymark: Waymark) -> None:
    """Timers ring at their own time: the reminder does not carry the time of the step after it."""
    first, second = played(waymark, START), played(waymark, START, {"after": "30d"})
    rang = [news.at.isoformat() for news in second.played[1].news if news.kind == "rang"]
    assert rang == ["2026-03-05T17:00:00+00:00", "2026-03-09T17:00:00+00:00", "2026-03-12T17:00:00+00:00"]
    assert [row.version for row in first.story.rows()] == [1]


def test_a_case_follows_another_of_the_story(waymark: Waymark) -> None:
    triage = {
        "who": "olivia.hart",
        "task": "triage",
        "after": "1h",
        "answers": {"triage": "accept", "practitioner": "@samuel.okoro"},
    }
    review = {**START, "who": "samuel.okoro", "from": "referral", "after": "1d"}
    with pytest.raises(ScenarioStuck, match="there is no case of conference in this story yet"):
        played(waymark, START, {**review, "from": "conference"})
    found = played(waymark, START, CONSENT, triage, {**review, "expect": {"cases": ["referral", "referral"]}})
    assert [row.previous_case_id for row in found.story.rows()] == [None, found.story.ids[0]]


def test_what_the_demo_plays_is_not_judged(waymark: Waymark) -> None:
    steps = [START, {**CONSENT, "answers": {}, "refused": "x"}, {**CONSENT, "expect": {"open": ["nothing"]}}]
    playing = Playing(waymark, parse({"title": "t", "process": "referral", "step": steps}), strict=False)
    playing.run()
    assert "triage" in str(playing.story.rows()[0].marks)
