"""XX-4: a case stays on the version it began with until somebody moves it on purpose, after a preview."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, definitions, engine
from app.cases import commands, queries
from app.cases.completing import ChangedMeanwhile
from app.cases.migrating import GoneOn, MovedOn, NotMoved
from app.cases.moving import AlreadyThere, NoSuchVersion
from app.cases.tables import migration, task, timer
from app.engine import MigrationRefused
from app.errors import CaseEnded, InvalidAnswers, NotAllowed, NotFound
from app.identity.people import create_membership, create_person
from tests.chaos.invariants import broken
from tests.db.rules.playing import GOOD_PATH, STEPS, Play
from tests.db.rules.versions import (
    CHECK,
    LABEL,
    LEAD,
    OWNER,
    REASON,
    REDRAWN,
    REMINDER,
    RENAMED,
    TO_PRACTITIONER,
    all_of,
    back,
    deploy,
    move,
    preview,
    redrawn,
    replaced,
    told,
    unclassed,
)

FOLLOWS, BREAKS = pytest.mark.rule("XX-4", "follows"), pytest.mark.rule("XX-4", "breaks")


def rows(play: Play, table: sa.Table) -> list[Any]:
    with db.reading(play.waymark.engine) as connection:
        query = sa.select(table).where(table.c.case_id == play.case_id)
        return [dict(row._mapping) for row in connection.execute(query.order_by(table.c.id))]


def digest(play: Play) -> str:
    return engine.digest(play.row.state)


def open_task(play: Play, element: str = "triage") -> Any:
    return next(row for row in rows(play, task) if row["element_id"] == element and row["state"] == "open")


@FOLLOWS
def test_a_deployment_alters_no_running_case(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    before = (play.row, rows(play, task), rows(play, timer), play.everything("manager"))
    deploy(play, CHECK, RENAMED, REMINDER)
    assert (play.row, rows(play, task), rows(play, timer), play.everything("manager")) == before
    preview(play)
    assert (play.row, rows(play, task), rows(play, timer), play.everything("manager")) == before
    play.through(*GOOD_PATH[1:])
    assert play.ended
    assert play.row.definition_version == 1


@FOLLOWS
def test_a_case_is_moved_with_a_preview_a_reason_and_an_entry_that_everybody_reads(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    first, ids, due = play.row.definition_sha, play.row.open["tasks"], play.row.next_due_at
    new = deploy(play, RENAMED, REMINDER)
    seen = preview(play)
    assert (seen.possible, seen.from_version, seen.to_version) == (True, 1, 2)
    assert ("renamed", "Look at the referral") in told(play)
    assert ("clock_set", "Triage soon late") in told(play)
    assert move(play, seen=seen.seen) == 2
    row = play.row
    assert (row.definition_sha, row.definition_version, row.open["tasks"]) == (new.sha256, 2, ids)
    assert row.next_due_at == min(due, play.now + timedelta(days=1))
    assert open_task(play)["name"] == "Look at the referral"
    for who in ("employee", "manager", "office"):
        assert play.rules_beside(who, "moved the case to version 2") == ("XX-4",)
        entry = next(one for one in play.case(who).timeline if "moved the case" in one.what)
        assert (entry.detail, entry.who) == (REASON, "Owen Pike")
    entry = next(one for one in play.history("employee") if one["kind"] == "command.migrate")["data"]
    assert (entry["from_definition"], entry["definition"], entry["reason"]) == (first, new.sha256, REASON)
    assert {one["kind"] for one in entry["changes"]} >= {"renamed", "clock_set"}
    assert broken(play.waymark) == []
    play.through(*GOOD_PATH[1:])
    assert play.ended
    assert broken(play.waymark) == []


@FOLLOWS
def test_a_moved_case_meets_what_the_new_version_has_ahead(play: Play) -> None:
    play.start()
    deploy(play, CHECK, LEAD)
    assert told(play) == [("way", "Check the dates")]
    move(play)
    play.do("give_consent")
    assert play.open == ["check_dates"]
    commands.complete(
        play.waymark, play.actor("manager"), play.task_id("check_dates"), {"information": "None"}, None, play.now
    )
    assert play.open == ["triage"]
    assert broken(play.waymark) == []


@BREAKS
@pytest.mark.parametrize("who", ["manager", "hr", "office", "practitioner", "employee", "ada.stone", "irene.vale"])
def test_nobody_but_an_owner_of_the_process_moves_a_case_or_sees_what_it_would_do(play: Play, who: str) -> None:
    play.to("triage")
    deploy(play, RENAMED)
    actor = play.actor(who)
    with pytest.raises(NotFound):
        move(play, by=who)
    with pytest.raises(NotFound):
        queries.move(play.waymark, actor, play.case_id, play.now)
    with pytest.raises(NotFound):
        list(queries.moves(play.waymark, actor, "referral", play.now))
    with pytest.raises(NotAllowed):
        all_of(play, actor, play.now)
    with pytest.raises(NotFound):
        queries.case_called(play.waymark, actor, "referral", play.row.reference)
    assert play.row.definition_version == 1
    move(play)
    with pytest.raises(NotFound):
        back(play, by=who)


@BREAKS
def test_an_owner_moves_only_cases_of_their_own_employer_or_provider(play: Play) -> None:
    play.to("triage")
    deploy(play, RENAMED)
    with db.transaction(play.waymark.engine) as connection:
        create_person(connection, "Harbour's owner", "harbour", ["process_owner"], email="h@h.example", person_id="ho")
        create_membership(connection, "ruth.bell", "northfield", "process_owner")
    with pytest.raises(NotFound):
        move(play, by="ho")
    assert list(queries.moves(play.waymark, play.actor("ho"), "referral", play.now)) == []
    assert move(play, by="ruth.bell") == 2


@BREAKS
def test_no_case_is_moved_without_a_reason_to_no_version_or_where_it_is(play: Play) -> None:
    play.to("triage")
    with pytest.raises(AlreadyThere):
        move(play)
    deploy(play, RENAMED)
    with pytest.raises(InvalidAnswers):
        commands.migrate(play.waymark, play.actor(OWNER), play.case_id, "  ", play.now)
    with pytest.raises(NoSuchVersion):
        move(play, to=9)
    with pytest.raises(NotFound):
        commands.migrate(play.waymark, play.actor(OWNER), "nowhere", REASON, play.now)
    assert play.row.definition_version == 1


@BREAKS
def test_a_case_that_has_gone_on_since_the_preview_is_not_moved(play: Play) -> None:
    play.to("triage")
    deploy(play, RENAMED)
    seen = preview(play).seen
    play.do("triage")
    with pytest.raises(MovedOn):
        move(play, seen=seen)
    play.through(*GOOD_PATH[2:])
    with pytest.raises(CaseEnded):
        move(play)


@BREAKS
def test_what_does_not_fit_is_refused_with_the_element_and_what_to_do(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    deploy(play, REDRAWN)
    before = play.row
    (refusal,) = preview(play).refusals
    assert (refusal.element, refusal.name) == ("triage", "Triage the referral")
    assert "triage_2" in refusal.advice
    with pytest.raises(MigrationRefused) as caught:
        move(play)
    assert caught.value.refusals == (refusal,)
    assert play.row == before
    play.do("triage")
    assert move(play) == 2


@FOLLOWS
def test_whoever_has_a_task_keeps_it_with_what_they_wrote(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    office, task_id = play.actor("office"), play.task_id("triage")
    commands.claim(play.waymark, office, task_id, play.now)
    commands.save_draft(play.waymark, office, task_id, {"triage": "accept"}, play.now)
    deploy(play, LABEL, RENAMED)
    assert {kind for kind, _ in told(play)} >= {"claim", "draft", "form", "renamed"}
    before = open_task(play)
    move(play)
    after = open_task(play)
    assert (after["assignee_id"], after["claimed_at"]) == ("olivia.hart", before["claimed_at"])
    assert play.task("office", "triage").form.answers["triage"] == "accept"
    answers = STEPS["triage"][1]
    with pytest.raises(ChangedMeanwhile):
        commands.complete(play.waymark, office, task_id, answers, before["version"], play.now)
    commands.complete(play.waymark, office, task_id, answers, after["version"], play.now)
    assert broken(play.waymark) == []


@FOLLOWS
def test_a_draft_is_told_with_the_fields_that_change_and_without_a_word_of_it(play: Play) -> None:
    play.to("assess")
    secret = "A word that nobody reads"
    commands.save_draft(play.waymark, play.actor("practitioner"), play.task_id("assess"), {"notes": secret}, play.now)
    deploy(play, unclassed("assessment.form"))
    found = preview(play)
    (draft,) = (one for one in found.changes if one.kind == "draft")
    assert "class employer now, not clinical" in draft.sentence
    assert secret not in str(found)
    move(play)
    assert play.task("practitioner", "assess").form.answers["notes"] == secret


@FOLLOWS
def test_a_task_that_goes_to_another_role_changes_hands(play: Play) -> None:
    play.to("triage")
    commands.claim(play.waymark, play.actor("office"), play.task_id("triage"), play.now)
    deploy(play, TO_PRACTITIONER)
    assert ("queue", "Triage the referral") in told(play)
    move(play)
    assert play.inbox("office", "mine") == []
    assert [row.name for row in play.inbox("practitioner", "groups")] == ["Triage the referral"]
    back(play)
    assert [row.name for row in play.inbox("office", "mine")] == ["Triage the referral"]
    assert play.inbox("practitioner", "groups") == []


@BREAKS
def test_what_somebody_has_begun_to_write_is_not_given_to_another_role(play: Play) -> None:
    play.to("triage")
    commands.save_draft(play.waymark, play.actor("office"), play.task_id("triage"), {"triage": "accept"}, play.now)
    deploy(play, TO_PRACTITIONER)
    assert "begun to write" in preview(play).refusals[0].sentence
    with pytest.raises(MigrationRefused):
        move(play)


@FOLLOWS
def test_back_gives_the_very_state_with_its_clocks(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    before, state, timers, tasks = play.row, digest(play), rows(play, timer), rows(play, task)
    deploy(play, RENAMED, REMINDER, redrawn("assessment.bpmn", "triage_late", "triage_late_2"))
    play.now += timedelta(hours=3)
    move(play)
    assert rows(play, timer) != timers
    office = play.actor("office")
    commands.claim(play.waymark, office, play.task_id("triage"), play.now)
    commands.save_draft(play.waymark, office, play.task_id("triage"), {"triage": "decline"}, play.now)
    assert back(play) == 1
    after = play.row
    assert (digest(play), rows(play, timer)) == (state, timers)
    assert (after.definition_sha, after.next_due_at, after.open) == (
        before.definition_sha,
        before.next_due_at,
        before.open,
    )
    assert open_task(play)["name"] == next(row["name"] for row in tasks if row["id"] == open_task(play)["id"])
    assert open_task(play)["assignee_id"] == "olivia.hart"
    assert play.task("office", "triage").form.answers["triage"] == "decline"
    assert play.rules_beside("manager", "moved the case back to version 1") == ("XX-4",)
    assert broken(play.waymark) == []
    with pytest.raises(NotMoved):
        back(play)
    move(play)
    back(play)
    play.through(*GOOD_PATH[1:])
    assert play.ended
    assert broken(play.waymark) == []


@BREAKS
@pytest.mark.parametrize("what", ["done", "fired", "ended"])
def test_once_something_has_happened_a_case_does_not_simply_go_back(play: Play, what: str) -> None:
    play.to("triage")
    with pytest.raises(NotMoved):
        back(play)
    deploy(play, RENAMED)
    move(play)
    if what == "done":
        play.do("triage")
    elif what == "fired":
        due = play.row.next_due_at
        assert commands.fire_due(play.waymark, due) == 1
    else:
        commands.cancel(play.waymark, play.actor("manager"), play.case_id, "The post has gone", play.now)
    before = play.row
    with pytest.raises(CaseEnded if what == "ended" else GoneOn):
        back(play)
    assert play.row == before
    if what != "ended":
        assert move(play, to=1) == 1
        assert broken(play.waymark) == []


@FOLLOWS
def test_all_cases_of_a_process_go_one_by_one_past_those_that_cannot(play_on_both: Play) -> None:
    play, owner = play_on_both, play_on_both.actor(OWNER)
    references = []
    for stage in ("give_consent", "triage", "offer_appointment"):
        play.case_id = ""
        play.to(stage) if stage != "give_consent" else play.start()
        references.append(play.row.reference)
    deploy(play, REDRAWN)
    found = list(queries.moves(play.waymark, owner, "referral", play.now))
    stuck = references[1]
    order = sorted(references)
    assert [(one.reference, one.possible) for one in found] == [(one, one != stuck) for one in order]
    steps = commands.migrate_all(play.waymark, owner, "referral", REASON, play.now)
    first = next(steps)
    assert first.outcome == ("refused" if order[0] == stuck else "moved")
    steps.close()
    left = [one for one in order if one == stuck or one != order[0]]
    assert all_of(play, owner, play.now) == [(one, "refused" if one == stuck else "moved") for one in left]
    assert all_of(play, owner, play.now) == [(stuck, "refused")]
    assert len(rows(play, migration)) == 1
    assert broken(play.waymark) == []


@FOLLOWS
def test_a_case_that_goes_on_meanwhile_holds_up_no_other(play: Play) -> None:
    owner, begun = play.actor(OWNER), {}
    for _ in range(3):
        play.case_id = ""
        play.to("triage")
        begun[play.row.reference] = play.case_id
    last = begun[max(begun)]
    deploy(play, RENAMED)
    steps = commands.migrate_all(play.waymark, owner, "referral", REASON, play.now)
    assert next(steps).outcome == "moved"
    commands.cancel(play.waymark, play.actor("manager"), last, "Gone", play.now)
    assert [one.outcome for one in steps] == ["moved", "passed"]


@pytest.mark.rule("XX-1", "breaks")
@BREAKS
def test_a_preview_tells_an_owner_nothing_of_a_hidden_step(play: Play) -> None:
    play.gp_asked()
    deploy(play, redrawn("gp_report.bpmn", "give_gp_consent", "give_gp_consent_2"))
    found = preview(play)
    assert not found.possible
    assert "GP" not in str(found)
    assert "gp_" not in str(found)
    with pytest.raises(MigrationRefused) as caught:
        move(play)
    assert "gp_" not in str(caught.value.refusals).lower()
    deploy(
        play,
        redrawn("gp_report.bpmn", "give_gp_consent_2", "give_gp_consent"),
        replaced("gp_report.bpmn", 'name="Consent to a GP report"', 'name="GP: yes?"'),
    )
    assert [one.kind for one in preview(play).changes] == ["hidden"]
    assert "GP" not in str(preview(play))
    move(play)
    assert "GP" not in play.everything("manager")
    assert "GP: yes?" in play.everything("employee")


@pytest.mark.rule("XX-1", "breaks")
@BREAKS
def test_what_was_hidden_or_clinical_stays_so_when_the_new_version_says_less(play: Play) -> None:
    play.gp_asked()
    before = play.everything("manager")
    assert "GP" not in before
    play.do("give_gp_consent")
    deploy(play, *(unclassed(file) for file in ("gp_report.bpmn", "assessment.bpmn", "assessment.form")))
    move(play)
    shown = play.everything("manager")
    assert "GP" not in shown
    assert "scan of January" not in shown
    assert "Seen, examined" not in shown
    assert "moved the case" in shown


@pytest.mark.rule("XX-1", "breaks")
def test_a_fact_that_only_a_hidden_step_sets_is_not_named_to_an_owner(play: Play) -> None:
    """That this case never got it would tell that it was never there."""
    play.to("write_report")
    deploy(play, replaced("report.bpmn", '${employee_word = "withhold"}', '${gp_consent = "refused"}'))
    found = engine.plan(
        engine.load(_bundle(play, play.row.definition_sha)), engine.load(_bundle(play)), play.row.state, play.now
    )
    assert found.possible
    (named,) = (one for one in found.changes if one.kind == "fact")
    assert "gp_consent" in named.sentence
    assert "gp_consent" not in str(preview(play))


def _bundle(play: Play, sha: str = "") -> engine.Bundle:
    with db.reading(play.waymark.engine) as connection:
        if sha:
            return definitions.get(connection, sha)
        current = definitions.current(connection, "referral")
        assert current is not None
        return current.bundle
