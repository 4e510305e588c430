"""Joining and leaving a case: who may, what becomes of tasks and drafts, and what whoever left still sees: nothing."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import commands, queries
from app.cases.parties.conflict import NotImpartial
from app.cases.parties.joining import AlreadyInCase, MayNotChangePeople, NobodyFollows, OnBothSides
from app.cases.tables import former_party, party
from app.errors import CaseEnded, InvalidAnswers, NotFound
from app.identity.people import create_account, create_membership, create_person
from app.identity.tables import account, membership
from tests.db.rules.playing import NOTES, PRIVATE, Play

OTHER = "nina.kaur"
SECRET_REASON = "Because of the illness of which she told me"


def join(play: Play, by: str, role: str, person: str, why: str = "handover", reason: str = "") -> None:
    commands.join(play.waymark, play.actor(by), play.case_id, role, person, reason, play.now, why=why)


def leave(play: Play, by: str, role: str, person: str, why: str = "wish", reason: str = "") -> None:
    commands.leave(play.waymark, play.actor(by), play.case_id, role, person, reason, play.now, why=why)


def people(play: Play, who: str) -> Any:
    return queries.case_people(play.waymark, play.actor(who), play.case_id, play.now)


def change(play: Play, statement: Any) -> None:
    with db.transaction(play.waymark.engine) as connection:
        connection.execute(statement)


def drop_membership(play: Play, person: str, role: str) -> None:
    change(play, membership.delete().where(membership.c.person_id == person, membership.c.role == role))


def sees_nothing(play: Play, who: str, task_id: str = "") -> None:
    """By no query, and by no command."""
    actor = play.actor(who)
    with pytest.raises(NotFound):
        play.case(who)
    with pytest.raises(NotFound):
        queries.history(play.waymark, actor, play.case_id, now=play.now)
    with pytest.raises(NotFound):
        people(play, who)
    assert [one for one in queries.cases(play.waymark, actor).items if one.id == play.case_id] == []
    rows = [row for scope in ("mine", "groups", "done") for row in play.inbox(who, scope)]
    assert [row for row in rows if row.case_id == play.case_id] == []
    if task_id:
        with pytest.raises(NotFound):
            queries.task_form(play.waymark, actor, task_id)
        with pytest.raises(NotFound):
            commands.save_draft(play.waymark, actor, task_id, {"notes": "x"}, play.now)


# -- handing over --------------------------------------------------------------------------------------------------


@pytest.mark.rule("XX-A5", "follows")
@pytest.mark.rule("WW-1.3e", "follows")
def test_a_practitioner_hands_over_to_a_substitute_with_task_draft_and_sight(play_on_both: Play) -> None:
    play = play_on_both.to("assess")
    task_id = play.task_id("assess")
    commands.save_draft(play.waymark, play.actor("practitioner"), task_id, {"notes": "Half a sentence"}, play.now)
    join(play, "practitioner", "practitioner", OTHER, "absence")
    sees_nothing(play, "practitioner", task_id)
    assert play.row.parties["practitioner"] == [OTHER]
    assert [row.name for row in play.inbox(OTHER)] == ["Assess, item by item"]
    assert play.task(OTHER, "assess").form.answers["notes"] == "Half a sentence"
    play.do("assess", by=OTHER)
    assert any(NOTES in str(one) for one in play.case(OTHER).submissions)
    before = people(play, "employee").before
    assert [(one.name, one.label, one.ended_why) for one in before] == [
        ("Dr Samuel Okoro", "Occupational health practitioner", "Absence")
    ]


@pytest.mark.rule("XX-A5", "breaks")
@pytest.mark.parametrize("why", ["conflict", "wish"])
def test_a_draft_does_not_go_on_where_a_conflict_or_the_employees_wish_is_the_reason(play: Play, why: str) -> None:
    play.to("assess")
    task_id = play.task_id("assess")
    commands.save_draft(play.waymark, play.actor("practitioner"), task_id, {"notes": "Half a sentence"}, play.now)
    join(play, "office", "practitioner", OTHER, why)
    assert "notes" not in play.task(OTHER, "assess").form.answers


@pytest.mark.rule("XX-1", "breaks")
def test_a_clinical_draft_does_not_reach_the_queue(play_on_both: Play) -> None:
    """The team is not the practitioner of the case: it may not read clinical notes."""
    play = play_on_both.to("assess")
    task_id = play.task_id("assess")
    commands.save_draft(play.waymark, play.actor("practitioner"), task_id, {"notes": PRIVATE}, play.now)
    leave(play, "practitioner", "practitioner", "samuel.okoro", "left")
    with db.reading(play.waymark.engine) as connection:
        assert connection.execute(sa.select(records.draft)).all() == []
    assert [row.can_claim for row in play.inbox(OTHER, "groups")] == [True]
    commands.claim(play.waymark, play.actor(OTHER), task_id, play.now)
    assert PRIVATE not in play.everything(OTHER)


def test_a_new_line_manager_gets_what_was_the_old_ones(play: Play) -> None:
    play.to("triage").do("triage", triage="more_information", practitioner=None, information_needed="Which shifts?")
    with pytest.raises(NotFound):
        join(play, "hr", "referring_manager", "helen.ward", "left")
    join(play, "manager", "referring_manager", "helen.ward", "left")
    sees_nothing(play, "manager", play.task_id("give_information"))
    play.do("give_information", by="helen.ward")
    assert play.open == ["triage"]


# -- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("WW-1.3d", "follows")
def test_the_employee_brings_a_companion_in_and_out_who_learns_nothing_of_health(play_on_both: Play) -> None:
    play = play_on_both.to("write_report")
    join(play, "employee", "companion", "daniel.price", "wish", SECRET_REASON)
    assert play.case("daniel.price").subject == "Grace Obi"
    shown = play.everything("daniel.price")
    assert all(word not in shown for word in (NOTES, PRIVATE, SECRET_REASON))
    leave(play, "employee", "companion", "daniel.price")
    sees_nothing(play, "daniel.price")


@pytest.mark.rule("WW-1.3d", "breaks")
@pytest.mark.parametrize("who", ["manager", "line_manager", "office", "practitioner"])
def test_nobody_else_chooses_who_is_with_the_employee(play: Play, who: str) -> None:
    play.to("write_report")
    with pytest.raises(MayNotChangePeople):
        join(play, who, "companion", "daniel.price", "wish")
    join(play, "employee", "companion", "daniel.price", "wish")
    with pytest.raises(MayNotChangePeople):
        leave(play, who, "companion", "daniel.price")


@pytest.mark.rule("WW-1.3d", "breaks")
def test_a_representative_needs_a_reason_on_record(play: Play) -> None:
    play.to("give_consent")
    with pytest.raises(InvalidAnswers) as caught:
        join(play, "employee", "representative", "daniel.price", "wish")
    assert caught.value.messages == {"reason": "Enter the reason"}


@pytest.mark.rule("XX-1", "breaks")
def test_the_words_of_a_reason_are_sealed_and_its_kind_is_for_those_whose_part_it_is(play: Play) -> None:
    play.to("assess")
    join(play, "practitioner", "practitioner", OTHER, "conflict", SECRET_REASON)
    # it is about the employee, who reads it like everything else
    assert SECRET_REASON in play.everything("employee")
    for who in ("manager", "line_manager", "office", OTHER):
        assert SECRET_REASON not in play.everything(who) + str(people(play, who)) + str(play.history(who))
    why = {who: people(play, who).before[0].ended_why for who in ("employee", "manager", "office", OTHER)}
    assert why == {"employee": "Conflict of interest", "manager": "", "office": why[OTHER], OTHER: why["employee"]}
    joined = [one for one in play.history("manager") if one["kind"] == "command.join"]
    assert [one["data"]["why"] for one in joined] == [""]
    assert [one["data"]["commitments"] for one in joined] == [{}]
    assert [one["data"]["why"] for one in play.history(OTHER) if one["kind"] == "command.join"] == ["conflict"]


@pytest.mark.parametrize(
    ("by", "role", "person", "error"),
    [
        ("manager", "practitioner", OTHER, MayNotChangePeople),
        ("employee", "practitioner", OTHER, MayNotChangePeople),
        ("practitioner", "line_manager", "amir.shah", MayNotChangePeople),
        ("manager", "line_manager", "fiona.mackay", InvalidAnswers),
        ("manager", "line_manager", "nobody", InvalidAnswers),
        ("manager", "line_manager", "daniel.price", InvalidAnswers),
        ("office", "practitioner", "olivia.hart", InvalidAnswers),
        ("office", "practitioner", "samuel.okoro", AlreadyInCase),
        ("manager", "employee", "daniel.price", MayNotChangePeople),
        ("employee", "companion", "helen.ward", OnBothSides),
        ("employee", "companion", "callum.reid", InvalidAnswers),
        ("employee", "companion", "grace.obi", NotImpartial),
        ("employee", "treating_physician", "samuel.okoro", MayNotChangePeople),
        ("fiona.mackay", "line_manager", "fiona.mackay", NotFound),
        (OTHER, "practitioner", OTHER, NotFound),
        ("ada.stone", "practitioner", OTHER, NotFound),
    ],
)
def test_what_is_refused_changes_nothing(play: Play, by: str, role: str, person: str, error: type[Exception]) -> None:
    play.to("assess")
    before = play.row
    with pytest.raises(error):
        join(play, by, role, person)
    assert play.row == before


def test_nobody_leaves_where_work_would_be_left_to_nobody(play: Play) -> None:
    play.to("assess")
    for role, person in (("line_manager", "helen.ward"), ("referring_manager", "amir.shah")):
        with pytest.raises(NobodyFollows):
            leave(play, "manager", role, person)
    with pytest.raises(MayNotChangePeople):
        leave(play, "employee", "employee", "grace.obi")


def test_a_companion_goes_by_themselves_even_when_the_case_is_over_and_comes_into_none(play: Play) -> None:
    play.to("read_report")
    join(play, "employee", "companion", "daniel.price", "wish")
    play.do("read_report")
    with pytest.raises(CaseEnded):
        join(play, "employee", "representative", "amir.shah", "other", "x")
    leave(play, "daniel.price", "companion", "daniel.price")
    sees_nothing(play, "daniel.price")


def test_a_guest_stands_in_no_list_and_is_named_by_their_username(play: Play) -> None:
    with db.transaction(play.waymark.engine) as connection:
        for name, org in (("rosa.obi", "northfield"), ("hugh.reid", "harbour")):
            create_person(connection, name.title(), org, ["guest"], person_id=name)
            create_account(connection, name, name, "a long enough passphrase")
    play.to("give_consent")
    choices = queries.choices(play.waymark, play.actor("employee"), play.case_id, "companion")
    assert {one for one, _name in choices.people}.isdisjoint({"rosa.obi", "hugh.reid", "grace.obi", "helen.ward"})
    asked = (play.waymark, play.actor("employee"), play.case_id, "companion")
    assert [queries.guest(*asked, name) for name in ("rosa.obi", "hugh.reid", "olivia.hart", "nobody")] == [
        "rosa.obi",
        None,
        None,
        None,
    ]
    join(play, "employee", "companion", "rosa.obi", "wish")
    assert play.case("rosa.obi").reference == play.row.reference


# -- rights end ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("XX-1", "breaks")
@pytest.mark.parametrize(("who", "held"), [("samuel.okoro", "practitioner"), ("helen.ward", "manager")])
def test_a_party_who_lost_the_membership_loses_sight_and_work(play: Play, who: str, held: str) -> None:
    play.to("assess")
    assert play.case(who).subject == "Grace Obi"
    drop_membership(play, who, held)
    sees_nothing(play, who, play.task_id("assess"))


@pytest.mark.rule("XX-1", "breaks")
def test_who_did_a_task_and_left_the_team_sees_the_case_no_more(play_on_both: Play) -> None:
    """Having closed a task was enough to see the case for good."""
    play = play_on_both.to("offer_appointment")
    assert [row.name for row in play.inbox("office", "done")] == ["Triage the referral"]
    task_id = play.task_id("offer_appointment")
    commands.claim(play.waymark, play.actor("office"), task_id, play.now)
    drop_membership(play, "olivia.hart", "oh_admin")
    sees_nothing(play, "office", task_id)
    with db.transaction(play.waymark.engine) as connection:
        create_membership(connection, "samuel.okoro", "calder", "oh_admin")
    commands.claim(play.waymark, play.actor("samuel.okoro"), task_id, play.now)


def test_an_employee_who_has_left_the_employer_keeps_what_is_theirs(play: Play) -> None:
    play.to("write_report")
    drop_membership(play, "grace.obi", "employee")
    assert play.case("employee").subject == "Grace Obi"


def test_a_closed_account_is_given_no_part(play: Play) -> None:
    play.to("assess")
    change(play, account.update().where(account.c.person_id == OTHER).values(active=False))
    with pytest.raises(InvalidAnswers):
        join(play, "office", "practitioner", OTHER)


# -- the record ----------------------------------------------------------------------------------------------------


def test_who_was_in_the_case_when_can_be_shown(play_on_both: Play) -> None:
    play = play_on_both.to("assess")
    for by, person in (("office", OTHER), ("office", "samuel.okoro"), ("office", OTHER)):
        join(play, by, "practitioner", person)
        assert play.row.parties["practitioner"] == [person]
    with db.reading(play.waymark.engine) as connection:
        now = connection.execute(sa.select(party.c.person_id).where(party.c.role == "practitioner")).scalars().all()
        was = connection.execute(sa.select(former_party)).all()
    assert now == [OTHER]
    assert sorted(row.person_id for row in was) == [OTHER, "samuel.okoro", "samuel.okoro"]
    assert {(row.added_by, row.ended_by) for row in was} == {("olivia.hart", "olivia.hart")}
    assert queries.verify_history(play.waymark).faults == ()
    said = [one.what for one in play.case("employee").timeline if one.kind == "command.join"]
    assert said[0] == "added Nina Kaur as occupational health practitioner"


def test_a_task_that_was_taken_is_passed_on_to_a_colleague_with_its_draft(play: Play) -> None:
    with db.transaction(play.waymark.engine) as connection:
        create_person(connection, "Oscar Lind", "calder", ["oh_admin"], person_id="oscar.lind")
    play.to("triage")
    task_id = play.task_id("triage")
    with pytest.raises(NotFound):
        queries.colleagues(play.waymark, play.actor("office"), task_id)
    commands.claim(play.waymark, play.actor("office"), task_id, play.now)
    commands.save_draft(play.waymark, play.actor("office"), task_id, {"triage": "decline"}, play.now)
    assert queries.colleagues(play.waymark, play.actor("office"), task_id) == [("oscar.lind", "Oscar Lind")]
    with pytest.raises(InvalidAnswers):
        commands.pass_on(play.waymark, play.actor("office"), task_id, "samuel.okoro", play.now)
    commands.pass_on(play.waymark, play.actor("office"), task_id, "oscar.lind", play.now)
    assert play.task("oscar.lind", "triage").form.answers["triage"] == "decline"
    assert not play.task("office", "triage").can_work
    assert "passed “Triage the referral” on to Oscar Lind" in [one.what for one in play.case("office").timeline]


@pytest.mark.rule("XX-1", "breaks")
def test_the_treating_physician_is_an_address_for_occupational_health(play_on_both: Play) -> None:
    play = play_on_both.to("assess")
    who, address = "Dr Ada Hall", "Mill Lane Surgery"
    for name in ("manager", "line_manager"):
        with pytest.raises(Exception, match="Only the employee and occupational health"):
            commands.keep_contact(play.waymark, play.actor(name), play.case_id, who, address, play.now)
    identity = commands.keep_contact(play.waymark, play.actor("practitioner"), play.case_id, who, address, play.now)
    shown = {name: people(play, name).contacts for name in ("employee", "practitioner", "office", "manager")}
    assert [len(one) for one in shown.values()] == [1, 1, 1, 0]
    assert (shown["employee"][0].name, shown["employee"][0].address) == (who, address)
    assert who not in play.everything("manager") + str(play.history("manager"))
    commands.drop_contact(play.waymark, play.actor("employee"), play.case_id, identity, play.now)
    assert people(play, "office").contacts == []
