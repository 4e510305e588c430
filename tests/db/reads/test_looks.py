"""Whoever is shown health data of somebody else leaves a trace: who, what, on what ground, and never the data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import commands, queries
from app.cases.looks.tables import look, look_head
from app.cases.looks.writing import LookNotWritten
from tests.chaos.world import COLLEAGUE, EMPLOYEE, MANAGER, OFFICE, PRACTITIONER, SECOND_OFFICE, World
from tests.db.reads.looking import forms, noted, read, without_looks

MINUTE = timedelta(minutes=1)


@pytest.mark.rule("UN-8", "follows")
@pytest.mark.rule("XX-3", "follows")
def test_a_practitioner_who_reads_the_notes_is_noted(world: World) -> None:
    case_id, now = world.case_at("confirm_sharing")
    read(world, PRACTITIONER, case_id, now, "answers")
    [one] = noted(world)
    assert (one["who"], one["kind"], one["ground"], one["class"]) == (
        PRACTITIONER,
        "look.page",
        "practitioner",
        "clinical",
    )
    assert (one["subject"], one["org"], one["roles"]) == (EMPLOYEE, "calder", ["practitioner"])
    assert forms([one])["assessment"] >= {"notes", "items.item"}
    assert "referral" not in forms([one])


@pytest.mark.rule("XX-1", "follows")
def test_no_word_of_what_was_read_stands_in_a_look(world: World) -> None:
    case_id, now = world.case_at("read_report")
    for who in (MANAGER, OFFICE, PRACTITIONER):
        read(world, who, case_id, now)
        queries.history(world.waymark, world.actors[who], case_id, limit=1000, now=now)
    bodies = " ".join(row.body for row in world.rows(sa.select(look.c.body)))
    words = [
        value
        for element in ("assess", "write_report", "confirm_sharing")
        for value in _texts(world.answers(element, now))
        if len(value) > 12
    ]
    assert len(words) > 4
    assert [word for word in words if word in bodies] == []
    names = [row.name for row in world.rows(sa.text("SELECT name FROM person"))]  # type: ignore[arg-type]
    assert [name for name in names if name in bodies] == []


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in _texts(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.rule("UN-8", "follows")
@pytest.mark.parametrize(
    ("who", "stage", "ground", "form"),
    [
        (OFFICE, "confirm_sharing", "provider", "assessment"),
        (SECOND_OFFICE, "confirm_sharing", "provider", "assessment"),
        (PRACTITIONER, "release_report", "practitioner", "report"),
        (MANAGER, "read_report", "released", "report"),
        (MANAGER, "read_report", "shared", "sharing"),
    ],
)
def test_on_what_ground(sqlite_world: World, who: str, stage: str, ground: str, form: str) -> None:
    world = sqlite_world
    case_id, now = world.case_at(stage)
    read(world, who, case_id, now, "answers")
    assert {one["who"] for one in noted(world)} == {who}
    assert form in forms([one for one in noted(world) if one["ground"] == ground])


@pytest.mark.parametrize(("who", "stage"), [(EMPLOYEE, "read_report"), (MANAGER, "release_report")])
def test_who_reads_their_own_or_nothing_of_it_is_not_noted(sqlite_world: World, who: str, stage: str) -> None:
    case_id, now = sqlite_world.case_at(stage)
    read(sqlite_world, who, case_id, now)
    queries.history(sqlite_world.waymark, sqlite_world.actors[who], case_id, now=now)
    assert noted(sqlite_world) == []


@pytest.mark.rule("UN-8", "follows")
def test_a_task_page_shows_what_is_known_and_begins_with_it(world: World) -> None:
    """Known so far, and start values; to complete it notes nothing more."""
    case_id, now = world.case_at("write_report")
    task_id = world.task(case_id, "write_report")
    queries.task(world.waymark, world.actors[PRACTITIONER], task_id, now)
    [one] = noted(world)
    assert {"assessment", "sharing"} <= set(forms([one]))
    queries.task_form(world.waymark, world.actors[PRACTITIONER], task_id)
    world.complete(case_id, "write_report", now)
    assert len(noted(world)) == 1


def test_start_values_alone_are_noted_as_those_fields(sqlite_world: World) -> None:
    """A follow-up begins with answers from the case before: the look is at that case."""
    world = sqlite_world
    case_id, now = world.case_at("nothing")
    actor = world.actors[PRACTITIONER]
    queries.start_form(world.waymark, actor, "referral", previous_case=case_id, now=now)
    # what the referral takes over is no health data
    assert noted(world) == []


def test_what_a_colleague_has_begun_is_noted_and_ones_own_is_not(world: World) -> None:
    case_id, now = world.case_at("offer_appointment")
    task_id, w = world.task(case_id, "offer_appointment"), world.waymark
    commands.save_draft(w, world.actors[OFFICE], task_id, {"place": "the quiet room", "appointment_kind": "x"}, now)
    assert forms(noted(world), "draft") == {}
    queries.task(w, world.actors[OFFICE], task_id, now)
    assert forms(noted(world), "draft") == {}
    queries.task(w, world.actors[SECOND_OFFICE], task_id, now)
    [one] = noted(world)
    assert forms([one], "draft")["appointment-offer"] >= {"place"}
    assert [item["id"] for item in one["items"] if item["what"] == "draft"] == [task_id]


def test_what_a_view_does_not_show_is_not_noted(sqlite_world: World) -> None:
    case_id, now = sqlite_world.case_at("confirm_sharing")
    for part in ("now", "diagram", "timeline"):
        shown = read(sqlite_world, PRACTITIONER, case_id, now, part)
        assert shown.submissions == []
    assert noted(sqlite_world) == []
    assert read(sqlite_world, PRACTITIONER, case_id, now, "answers").submissions
    assert len(noted(sqlite_world)) == 1


def test_the_history_is_a_way_out_of_facts(sqlite_world: World) -> None:
    case_id, now = sqlite_world.case_at("nothing")
    queries.history(sqlite_world.waymark, sqlite_world.actors[OFFICE], case_id, limit=1000, now=now)
    found = forms(noted(sqlite_world), "facts")
    assert found["assessment"] == {"gp_report_needed"}
    assert found["report-employee"] == {"employee_word"}
    assert "give_consent" not in str(found)


def test_the_same_view_within_a_minute_is_one_look(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("confirm_sharing")
    for at in (now, now + MINUTE / 2, now + MINUTE * 0.9):
        read(world, PRACTITIONER, case_id, at, "answers")
    assert len(noted(world)) == 1
    read(world, OFFICE, case_id, now, "answers")
    read(world, PRACTITIONER, case_id, now + MINUTE * 2, "answers")
    assert [one["who"] for one in noted(world)] == [PRACTITIONER, OFFICE, PRACTITIONER]


@pytest.mark.rule("UN-8", "breaks")
def test_what_cannot_be_noted_is_not_shown(world: World) -> None:
    case_id, now = world.case_at("write_report")
    w, actor = world.waymark, world.actors[PRACTITIONER]
    task_id = world.task(case_id, "write_report")
    views = (
        lambda: read(world, PRACTITIONER, case_id, now),
        lambda: queries.task(w, actor, task_id, now),
        lambda: queries.history(w, actor, case_id, now=now, limit=1000),
    )
    with without_looks(world):
        for view in views:
            with pytest.raises(LookNotWritten) as caught:
                view()
            assert caught.value.status == 503
        # whoever sees no health data need not wait
        assert read(world, MANAGER, case_id, now).submissions
        assert read(world, EMPLOYEE, case_id, now).submissions
    for view in views:
        assert view()


def test_who_has_no_part_in_it_leaves_no_look(sqlite_world: World) -> None:
    case_id, now = sqlite_world.case_at("confirm_sharing")
    for who in (COLLEAGUE, "fiona.mackay", "ada.stone", "irene.vale"):
        with pytest.raises(queries.sight.NotFound):
            read(sqlite_world, who, case_id, now)
    assert noted(sqlite_world) == []
    assert sqlite_world.rows(sa.select(look_head)) == []


def asked_the_gp(world: World) -> tuple[str, Any]:
    """A case in which the practitioner wants a report of the GP, which the employer never learns."""
    case_id, now = world.case_at("assess")
    answers = {**world.answers("assess", now), "gp_report_needed": "yes", "gp_report_reason": "To learn more"}
    task_id = world.task(case_id, "assess")
    commands.complete(world.waymark, world.actors[PRACTITIONER], task_id, answers, None, now)
    return case_id, now


@pytest.mark.rule("XX-1", "follows")
def test_a_step_that_can_itself_tell_is_noted_where_it_is_shown(sqlite_world: World) -> None:
    """In timeline, diagram, open tasks and history, for who may know of it (decision 7)."""
    world = sqlite_world
    case_id, now = asked_the_gp(world)
    for number, part in enumerate(("timeline", "diagram", "now"), 1):
        read(world, OFFICE, case_id, now + number * 2 * MINUTE, part)
        looks = noted(world)
        assert len(looks) == number
        [item] = looks[-1]["items"]
        assert (looks[-1]["ground"], item["what"], item["class"]) == ("provider", "steps", "restricted")
        named = "get_gp_report" if part == "diagram" else "give_gp_consent"
        assert named in {element for _process, element in item["parts"]}
        read(world, MANAGER, case_id, now)
        assert len(noted(world)) == number
    queries.history(world.waymark, world.actors[OFFICE], case_id, limit=1000, now=now)
    steps = [item["parts"] for item in noted(world)[-1]["items"] if item["what"] == "steps"]
    assert ["gp-report", "give_gp_consent"] in steps[0]
