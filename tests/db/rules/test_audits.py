"""NW-13: an audit looks at cases drawn by lot, and sees their course, never what was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.audits.drawing import FoundAlready, HadPart, NothingToDraw
from app.cases.audits.tables import audit, sampled
from app.errors import InvalidAnswers, NotFound
from app.identity.people import create_membership
from tests.db.rules.playing import Play

FOUND = dict.fromkeys(("in_time", "support_first", "order", "notice", "reasons", "appeal"), "yes")
OTHER = {"employee": "daniel.price", "line_manager": "helen.ward"}


def refused(play: Play) -> str:
    """A referral of somebody else, which the employee refuses: an ended case in which HR had no part."""
    play.start(**OTHER)
    play.do("give_consent", by=OTHER["employee"], consent="refused")
    return play.case_id


def drawn(play: Play, number: int = 2, by: str = "ruth.bell") -> str:
    day = play.now.date()
    actor = play.actor(by)
    return commands.draw_audit(play.waymark, actor, "referral", day - timedelta(days=9), day, number, play.now)


@pytest.mark.rule("NW-13", "follows")
def test_a_sample_is_drawn_looked_at_and_summed_up(play: Play) -> None:
    for _ in range(4):
        refused(play)
    audit_id, ruth = drawn(play), play.actor("ruth.bell")
    (found,) = queries.audits(play.waymark, ruth)
    assert (len(found.cases), found.population, found.done) == (2, 4, 0)
    page = queries.audit_case(play.waymark, ruth, audit_id, 1, play.now)
    assert {"Consent to the referral", "Referral made"} <= {step.name for step in page.steps}
    commands.find_in_audit(play.waymark, ruth, audit_id, 1, {**FOUND, "notice": "no", "better": "More days"}, play.now)
    (found,) = queries.audits(play.waymark, ruth)
    told = {question: (dict(counts), words) for question, counts, words in found.found}
    assert found.done == 1
    assert told["Were its deadlines kept?"][0]["Yes"] == 1
    assert told["What should be better, here or in the policy?"][1] == ["More days"]


def test_what_is_drawn_is_left_to_chance(play: Play) -> None:
    cases = {refused(play) for _ in range(6)}
    samples = [drawn(play, 3) for _ in range(8)]
    with db.reading(play.waymark.engine) as connection:
        rows = connection.execute(sa.select(sampled)).all()
    by_sample = [frozenset(row.case_id for row in rows if row.audit_id == one) for one in samples]
    assert all(len(one) == 3 and one <= cases for one in by_sample)
    # twenty samples of three are possible: eight that are all the same come by chance once in a thousand millions
    assert len(set(by_sample)) > 1


@pytest.mark.rule("NW-13", "breaks")
def test_who_had_a_part_in_a_case_does_not_look_at_it(play: Play) -> None:
    refused(play)
    audit_id = drawn(play, 1, by="victor.lane")
    # a manager who is of HR, too, and had referred this employee
    with db.transaction(play.waymark.engine) as connection:
        create_membership(connection, "amir.shah", "northfield", "hr")
    amir = play.actor("amir.shah")
    page = queries.audit_case(play.waymark, amir, audit_id, 1, play.now)
    assert page.mine
    assert page.steps == []
    with pytest.raises(HadPart):
        commands.find_in_audit(play.waymark, amir, audit_id, 1, FOUND, play.now)


@pytest.mark.rule("NW-13", "breaks")
def test_an_audit_sees_no_words_and_no_person(play: Play) -> None:
    refused(play)
    audit_id = drawn(play, 1)
    page = repr(queries.audit_case(play.waymark, play.actor("ruth.bell"), audit_id, 1, play.now).steps)
    for told in ("daniel.price", "Daniel", "amir.shah", "plan a return", play.row.reference):
        assert told not in page


def test_a_case_is_looked_at_once_and_by_the_same_questions(play: Play) -> None:
    refused(play)
    audit_id, ruth = drawn(play, 1), play.actor("ruth.bell")
    with pytest.raises(InvalidAnswers) as caught:
        commands.find_in_audit(play.waymark, ruth, audit_id, 1, {"finding": "Grace Obi was treated well"}, play.now)
    assert {"in_time", "finding"} <= caught.value.messages.keys()
    commands.find_in_audit(play.waymark, ruth, audit_id, 1, FOUND, play.now)
    with pytest.raises(FoundAlready):
        commands.find_in_audit(play.waymark, ruth, audit_id, 1, FOUND, play.now)


def test_others_learn_nothing_of_it(play: Play) -> None:
    refused(play)
    audit_id = drawn(play, 1)
    for name in ("helen.ward", "ewan.stewart", "irene.vale", "grace.obi"):
        other = play.actor(name)
        with pytest.raises(NotFound):
            queries.audit_case(play.waymark, other, audit_id, 1, play.now)
    for name in ("helen.ward", "grace.obi"):
        with pytest.raises(NotFound):
            queries.audits(play.waymark, play.actor(name))
    assert queries.audits(play.waymark, play.actor("ewan.stewart")) == []


def test_where_nothing_ended_nothing_is_drawn(play: Play) -> None:
    with pytest.raises(NothingToDraw):
        drawn(play)
    for number, days in ((0, 3), (51, 3), (5, -3), (5, 900)):
        ruth, day = play.actor("ruth.bell"), play.now.date()
        first = day - timedelta(days=days)
        with pytest.raises(InvalidAnswers):
            commands.draw_audit(play.waymark, ruth, "referral", first, day, number, play.now)
    with db.reading(play.waymark.engine) as connection:
        assert connection.execute(sa.select(audit)).first() is None
