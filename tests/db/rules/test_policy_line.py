"""NW-15: each open case says which policy it runs under, and why; who may not know of it does not read it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.cases import queries
from app.cases.views import PolicyView
from tests.db.rules.playing import Play
from tests.db.rules.versions import Edit, deploy, replaced

SAYS = {
    "name": '"Referral agreement"',
    "version": "2.1",
    "effective": '"2026-11-01"',
    "source": '"Agreement, schedule 2"',
    "why": '"Schedule 2 serves all referrals that begin on or after 1 November 2026."',
}


#: the columns in which the shipped table says of itself what it is, and their cells
_OWN = re.compile(
    rf'<output id="output_(?:{"|".join(SAYS)})"[^>]*/>|<outputEntry id="[a-z]+_(?:{"|".join(SAYS)})">.*?</outputEntry>'
)


def saying(**says: str) -> Edit:
    """The table of the referral's policy says of itself this and nothing else."""

    def edit(text: str) -> str:
        text = _OWN.sub("", text)
        outputs = "".join(f'<output id="own_{one}" name="{one}" typeRef="string" />' for one in says)
        head, *rows = text.split("<rule ")
        rows = [_row(row, says, number) for number, row in enumerate(rows)]
        return "<rule ".join([head + outputs, *rows])

    return "referral-policy.dmn", edit


def _row(row: str, says: dict[str, str], number: int) -> str:
    cells = [f'<outputEntry id="own_{one}_{number}"><text>{cell}</text></outputEntry>' for one, cell in says.items()]
    end = row.rindex("</outputEntry>") + len("</outputEntry>")
    return row[:end] + "".join(cells) + row[end:]


def policy(play: Play, who: str) -> PolicyView | None:
    return queries.case(play.waymark, play.actor(who), play.case_id, play.now).policy


@pytest.mark.rule("NW-15", "follows")
def test_a_case_says_under_which_policy_it_runs_and_why(play: Play) -> None:
    deploy(play, saying(**SAYS))
    play.start()
    found = PolicyView(
        "Referral agreement",
        "2.1",
        date(2026, 11, 1),
        "Schedule 2 serves all referrals that begin on or after 1 November 2026",
        "Agreement, schedule 2",
    )
    assert policy(play, "amir.shah") == policy(play, "grace.obi") == found


def test_a_case_whose_table_does_not_say_its_name_claims_nothing(play: Play) -> None:
    deploy(play, saying(version='"2"', effective='"soon"'))
    play.start()
    assert policy(play, "amir.shah") is None


def test_a_policy_that_says_only_its_name_and_version_is_told(play: Play) -> None:
    deploy(play, saying(name='"Agreement"', version="3", effective='"soon"'))
    play.start()
    assert policy(play, "amir.shah") == PolicyView("Agreement", "3", None, "", "")


@pytest.mark.rule("XX-1", "breaks")
def test_who_may_not_know_of_the_table_is_not_told_what_it_says(play: Play) -> None:
    rules = '<camunda:property name="rules" value="XX-2 XX-5" />'
    hiding = replaced("referral.bpmn", rules, rules + '<camunda:property name="class" value="restricted" />')
    deploy(play, saying(**SAYS), hiding)
    play.start()
    assert policy(play, "amir.shah") is None
    assert policy(play, "grace.obi") is not None
