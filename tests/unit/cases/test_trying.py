"""A trial of a draft: what it plays, what it tells, and what it makes of moves that nobody could have made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.cases import scenario as scenarios
from app.cases.workshop.trying import (
    Again,
    Answer,
    At,
    Begin,
    End,
    Hear,
    Move,
    NotOpen,
    Say,
    Situation,
    Trial,
    Wait,
    asked_in_task,
    asked_when_said,
    play,
    standing,
    tell,
)
from app.engine import Bundle
from app.settings import ROOT
from app.workdays import Calendar
from tests.unit.cases.trials import played, situation
from tests.unit.engine.models import Diagram, bundle, instances, message, message_definition
from tests.unit.processes.shipped import bundles

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
#: a story of each of three families
STORIES = ("referral/corrected", "clarification/nothing-described", "attendance/review-late")


def begin(**more: Any) -> Situation:
    return Situation("northfield", Calendar(), MONDAY, **more)


def form(form_id: str, *fields: dict[str, Any]) -> bytes:
    components = [
        {"id": f"Field_{one['key']}", "label": one["key"], "properties": {"class": "public", "purpose": "case"}, **one}
        for one in fields
    ]
    return json.dumps({"type": "default", "id": form_id, "schemaVersion": 16, "components": components}).encode()


def with_forms(diagram: Diagram, tops: str = "", **forms: bytes) -> Bundle:
    made = bundle(diagram, tops=tops)
    return Bundle(made.key, {**made.files, **{f"{name}.form": data for name, data in forms.items()}})


START = form("begin", {"type": "textfield", "key": "why", "validate": {"required": True}})
ROUTES = {"class": "public", "purpose": "case", "routes": "true"}
WORD = form("word", {"type": "number", "key": "days", "properties": ROUTES})


def asking(condition: str = "${days > 3}", **more: str) -> Bundle:
    """A start form, a task whose form sets `days`, and a gateway that may find no way."""
    diagram = Diagram(name="Asking").start(camunda__formRef="begin", props={"startedAs": "hr"})
    diagram.user("ask", camunda__formRef="word", **more).add("exclusiveGateway", "long", name="Long?").user(
        "talk"
    ).end()
    diagram.chain("start", "ask", "long").flow("long", "talk", condition).chain("talk", "end")
    return with_forms(diagram, begin=START, word=WORD)


def words(trial: Trial) -> list[str]:
    return [line.text for one in tell(trial) for line in one.lines]


def refusal(trial: Trial) -> str:
    assert trial.refused is not None
    return trial.refused.error.detail


@pytest.mark.parametrize("name", STORIES)
def test_a_shipped_story_can_be_tried(name: str) -> None:
    story = scenarios.read(next((ROOT / "processes").glob(f"{name.replace('/', '/scenarios/')}.toml")))
    made = next(one for one in bundles() if one.key == story.process)
    trial = played(made, story, situation(story))
    told = tell(trial)
    assert trial.step is not None
    assert [one.number for one in told] == list(range(1, len(told) + 1))
    assert all(one.who and one.what for one in told)
    # the same moves give the same trial, and one move fewer is the same but for that move
    moves = [one.move for one in trial.played]
    assert play(made, trial.situation, moves).step == trial.step
    assert tell(play(made, trial.situation, moves[:-1])) == told[:-1]


def test_it_tells_who_what_which_way_and_until_when() -> None:
    made = asking(camunda__dueDate="${workdays(2)}")
    first = play(made, begin(), [Begin({"why": "because"})])
    [(role, [task])] = standing(first).roles
    assert (role, task.place.name, task.due) == ("Human resources", "ask", datetime(2026, 3, 4, 17, tzinfo=UTC))
    assert task.how.startswith("2 working days from Monday 2 March 2026")
    trial = play(made, begin(), [Begin({"why": "because"}), Answer(At("case", "ask"), {"days": 5})])
    told = tell(trial)
    assert [(one.who, one.what) for one in told] == [
        ("Human resources", "started “Asking”"),
        ("Human resources", "completed “ask”"),
    ]
    assert told[0].entered == (("why", "because"),)
    assert words(trial) == [
        "“ask” opens for Human resources",
        "At “Long?” it goes on to “talk”",
        "“talk” opens for Human resources",
    ]
    assert ("days", "5") in standing(trial).facts
    assert standing(trial).diagrams[0].standing == ["talk"]


def test_answers_are_checked_by_the_form_and_nothing_moves() -> None:
    missing = play(asking(), begin(), [Begin({})])
    assert (missing.step, missing.played) == (None, ())
    assert missing.refused is not None
    assert missing.refused.messages == {"why": "Enter why"}
    wrong = play(asking(), begin(), [Begin({"why": "x"}), Answer(At("case", "ask"), {"days": "many"}), End()])
    assert wrong.refused is not None
    assert (wrong.refused.number, list(wrong.refused.messages)) == (2, ["days"])
    assert [task.place.name for _role, tasks in standing(wrong).roles for task in tasks] == ["ask"]


def test_a_branch_that_no_condition_takes_is_told_with_its_element() -> None:
    moves: list[Move] = [Begin({"why": "x"}), Answer(At("case", "ask"), {"days": 1})]
    trial = play(asking(), begin(), moves)
    [stuck] = standing(trial).stuck
    assert (stuck.place.name, stuck.place.at) == ("Long?", At("case", "long"))
    assert "No way out of “Long?” fits, and it has no default flow. It looked at: days." in stuck.detail
    assert words(trial)[-1].startswith("“Long?” could not be carried out. No way out")
    again = play(asking(), begin(), [*moves, Again(At("case", "long"))])
    assert (again.refused, len(standing(again).stuck)) == (None, 1)
    assert tell(again)[-1].what == "tried “Long?” again"


def test_an_end_is_told_and_nothing_is_open_after_it() -> None:
    made = asking()
    moves: list[Move] = [Begin({"why": "x"}), Answer(At("case", "ask"), {"days": 9}), Answer(At("case", "talk"), {})]
    trial = play(made, begin(), moves)
    assert trial.over
    assert words(trial)[-2:] == ["It comes to the end “end”", "The case is over"]
    assert (standing(trial).roles, standing(trial).waits, standing(trial).next) == ([], [], None)
    stopped = play(made, begin(), [*moves[:1], End("Not wanted")])
    assert words(stopped)[-2:] == [
        "“ask” is closed: nobody has to do it any more",
        "The case is over: it was ended before its time",
    ]
    late = play(made, begin(), [*moves, End()])
    assert late.refused is not None
    assert late.refused.number == 4


def clocks(time: str, **more: Any) -> Bundle:
    diagram = Diagram().start(camunda__formRef="begin").user("ask").timer("ring", "ask", time, **more)
    return with_forms(
        diagram.notify("tell").end("e1", "e2").chain("start", "ask", "e1").chain("ring", "tell", "e2"), begin=START
    )


def test_the_clock_rings_when_it_is_due_and_not_at_the_end() -> None:
    trial = play(clocks("P1D"), begin(), [Begin({"why": "x"}), Wait(MONDAY + timedelta(days=9))])
    assert trial.now == MONDAY + timedelta(days=9)
    rang = next(line for line in tell(trial)[-1].lines if line.kind == "rang")
    assert (rang.at, rang.text) == (MONDAY + timedelta(days=1), "The time has come: “ring”")
    assert "Employee would be told, but there is no notice “hello”" in words(trial)
    next_one = standing(play(clocks("P1D"), begin(), [Begin({"why": "x"})])).next
    assert next_one is not None
    assert (next_one.name, next_one.at) == ("ring", MONDAY + timedelta(days=1))


def test_the_clock_only_moves_on() -> None:
    trial = play(clocks("P1D"), begin(), [Begin({"why": "x"}), Wait(MONDAY - timedelta(days=1))])
    assert "only moves on" in refusal(trial)
    assert trial.now == MONDAY


def test_a_reminder_every_hour_for_years_is_not_played_to_its_end() -> None:
    trial = play(clocks("R/PT1H"), begin(), [Begin({"why": "x"}), Wait(MONDAY + timedelta(days=3650))])
    assert "too long" in refusal(trial)
    assert trial.now == MONDAY


def hearing(**props: str) -> Bundle:
    diagram = Diagram().start(camunda__formRef="begin").user("work").end("e1", "e2")
    diagram.boundary("stop", "work", message_definition("halt"), props=props)
    return with_forms(diagram.chain("start", "work", "e1").chain("stop", "e2"), message("halt"), begin=START, word=WORD)


def test_what_people_say_has_its_form_and_its_speakers() -> None:
    made = hearing(saidBy="employee companion", form="word")
    begun: list[Move] = [Begin({"why": "x"})]
    trial = play(made, begin(), begun)
    [wait] = standing(trial).waits
    assert (wait.who, wait.said, wait.asks) == ("Employee or Companion", True, True)
    assert [one.key for one in asked_when_said(trial, wait.place.at).form.fields] == ["days"]
    said = play(made, begin(), [*begun, Say(wait.place.at, {"days": 2})])
    assert (said.over, said.step.facts["days"] if said.step else None) == (True, 2)
    # no message of another case reaches a wait that is for people
    assert "not open at this point" in refusal(play(made, begin(), [*begun, Hear(wait.place.at, {})]))


def test_a_message_of_another_case_brings_facts() -> None:
    made = hearing()
    [wait] = standing(play(made, begin(), [Begin({"why": "x"})])).waits
    assert (wait.who, wait.said, wait.message) == ("Another case", False, "halt")
    heard = play(made, begin(), [Begin({"why": "x"}), Hear(wait.place.at, {"accepted": True})])
    assert heard.step is not None
    assert heard.step.facts["accepted"] is True
    assert tell(heard)[-1].who == "Another case"


def test_a_case_that_a_message_starts_begins_by_itself() -> None:
    diagram = Diagram().add("startEvent", "start", message_definition("go")).user("work").end()
    made = bundle(diagram.chain("start", "work", "end"), tops=message("go"))
    trial = play(made, begin(follows="other", brought={"hours": 7}), [])
    assert trial.step is not None
    assert (trial.step.facts["hours"], trial.step.facts["follow_up"], trial.step.facts["previous"]) == (
        7,
        False,
        "trial-before",
    )
    assert [one.number for one in tell(play(made, begin(), [Answer(At("case", "work"), {})]))] == [0, 1]


def test_copies_of_a_task_are_told_apart_by_their_number() -> None:
    diagram = Diagram().start(camunda__formRef="begin").user("each", inside=instances("people", "person")).end()
    made = with_forms(diagram.chain("start", "each", "end"), begin=START)
    trial = play(made, begin(follows="same", carried={"people": ["a", "b"]}), [Begin({"why": "x"})])
    [(_role, tasks)] = standing(trial).roles
    assert [(one.place.at.nth, one.place.many) for one in tasks] == [(0, 2), (1, 2)]
    second = play(made, trial.situation, [Begin({"why": "x"}), Answer(At("case", "each", 1), {})])
    assert second.step is not None
    assert [one.facts["person"] for one in second.step.tasks] == ["a"]


def test_what_is_handed_over_counts_only_after_another_case() -> None:
    alone = play(asking(), begin(carried={"days": 4}), [Begin({"why": "x"})])
    after = play(asking(), begin(carried={"days": 4}, follows="other"), [Begin({"why": "x"})])
    assert alone.step is not None
    assert after.step is not None
    assert ("days" in alone.step.facts, after.step.facts["days"]) == (False, 4)


#: moves that no page offers, each alone on a trial that has begun
NOBODYS: Sequence[Move] = (
    Begin({"why": "again"}),
    Answer(At("case", "talk"), {}),
    Answer(At("case", "ask", 7), {"days": 1}),
    Answer(At("elsewhere", "ask"), {}),
    Answer(At("case", "long"), {}),
    Say(At("case", "ask"), {}),
    Hear(At("case", "ask"), {}),
    Again(At("case", "ask")),
    Again(At("", "")),
)


@pytest.mark.parametrize("move", NOBODYS)
def test_a_move_that_nobody_could_make_is_refused_in_words(move: Move) -> None:
    trial = play(asking(), begin(), [Begin({"why": "x"}), move])
    assert "not open at this point of the trial" in refusal(trial)
    assert len(trial.played) == 1


def test_a_missing_form_is_told_and_does_not_break_the_page() -> None:
    made = asking()
    without = Bundle(made.key, {name: data for name, data in made.files.items() if name != "word.form"})
    trial = play(without, begin(), [Begin({"why": "x"})])
    with pytest.raises(NotOpen, match="The form “word” is missing"):
        asked_in_task(trial, At("case", "ask"))
    answered = play(without, begin(), [Begin({"why": "x"}), Answer(At("case", "ask"), {})])
    assert "The form “word” is missing" in refusal(answered)


def test_a_file_that_cannot_be_read_breaks_nothing_but_its_own_task() -> None:
    reading = form("word", {"type": "number", "key": "days", "conditional": {"hide": "=follow_up"}})
    made = asking()
    broken = Bundle(made.key, {**made.files, "word.form": reading, "other.form": b"{"})
    trial = play(broken, begin(), [Begin({"why": "x"})])
    assert asked_in_task(trial, At("case", "ask")).view.facts == {"follow_up": False}
