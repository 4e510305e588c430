"""A trial steps as a real case does: the same story, played by commands on a database and as moves of a trial, leads to
the same bytes of state."""

from __future__ import annotations

import pytest

from app.cases import scenario as scenarios
from app.cases.simulating import house
from app.settings import ROOT
from tests.unit.cases.trials import played, situation
from tests.unit.processes.shipped import bundles

#: a story of each of four families, with people, tables, clocks that ring, called processes and a message that is said
STORIES = (
    "referral/scenarios/gp-waiting",
    "clarification/scenarios/e-mail-on-a-saturday",
    "conference/scenarios/not-now",
    "attendance/scenarios/review-late",
)


@pytest.mark.parametrize("name", STORIES)
def test_a_trial_leads_to_the_state_of_a_real_case(name: str) -> None:
    story = scenarios.read(ROOT / "processes" / f"{name}.toml")
    made = next(one for one in bundles() if one.key == story.process)
    with house([made]) as waymark:
        real = scenarios.play_through(waymark, story).story.rows()[0]
    trial = played(made, story, situation(story, real.employer_id, case_id=real.id))
    assert trial.step is not None
    assert trial.step.state == real.state
    assert (trial.step.status, [list(mark) for mark in trial.step.marks]) == (real.status, real.marks)
    # it is another state after the first move alone
    assert trial.played[0].steps[-1][1].state != real.state
