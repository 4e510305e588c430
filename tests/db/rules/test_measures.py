"""NW-13: the figures of a policy, from the history of cases that were really played."""

from __future__ import annotations

import sys

import pytest

from app.cases import queries
from app.cases.measures.file import Measures
from app.cases.queries import measures as page
from app.errors import NotFound
from tests.db.rules.playing import Play


@pytest.mark.rule("NW-13", "follows")
def test_the_oversight_group_sees_counts_and_small_ones_are_held_back(play: Play) -> None:
    for number in range(6):
        play.start()
        if number < 5:
            play.through("give_consent", "triage")
    victor = play.actor("victor.lane")
    found = queries.measures(play.waymark, victor, None, play.now)
    made = next(one for one in found.trend if one.measure.id == "referrals")
    assert made.cells[-1].number == 6
    answered = next(one for one in found.trend if one.measure.id == "answers-about-consent")
    assert (answered.cells[-1].number, answered.cells[-1].share) == (5, 100)
    report = next(one for one in found.trend if one.measure.id == "report-days")
    assert report.cells[-1].number == 0
    assert found.teams == ["Helen Ward"]
    clause = next(one for one in found.clauses if one.rule == "XX-A3")
    assert (clause.met, clause.missed) == (5, 0)


@pytest.mark.rule("NW-13", "breaks")
def test_two_referrals_are_too_few_to_be_shown(play: Play) -> None:
    play.start()
    play.start()
    found = queries.measures(play.waymark, play.actor("victor.lane"), None, play.now)
    made = next(one for one in found.trend if one.measure.id == "referrals")
    assert made.cells[-1].number is None


@pytest.mark.rule("NW-13", "breaks")
def test_nobody_else_sees_figures(play: Play) -> None:
    play.start()
    for name in ("ruth.bell", "amir.shah", "grace.obi", "samuel.okoro", "ada.stone", "owen.pike"):
        with pytest.raises(NotFound):
            queries.measures(play.waymark, play.actor(name), None, play.now)
    for name, employer in (("victor.lane", "harbour"), ("irene.vale", "calder")):
        with pytest.raises(NotFound):
            queries.measures(play.waymark, play.actor(name), employer, play.now)
    assert queries.measures(play.waymark, play.actor("irene.vale"), "harbour", play.now).employer.id == "harbour"


def gp_deadlines(play: Play) -> int:
    """Deadlines that the page counts under XX-A9, met and missed."""
    found = queries.measures(play.waymark, play.actor("victor.lane"), None, play.now)
    return sum((one.met or 0) + (one.missed or 0) for one in found.clauses if one.rule == "XX-A9")


def test_steps_that_tell_of_health_are_in_no_figure(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """The assessment, of which everybody knows, cites XX-A9 too; that a GP is asked, and not answered in time, does not
    show. The control leaves out what hides it."""
    monkeypatch.setattr(sys.modules[page.__module__], "read", lambda _folder: Measures(1, 4, ()))
    play.gp_asked().days(30)
    assert gp_deadlines(play) == 1
    monkeypatch.setattr(sys.modules[page.__module__], "_hidden", lambda *_: frozenset())
    assert gp_deadlines(play) > 1
