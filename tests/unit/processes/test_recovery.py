"""Recovery support and its committee: what a story cannot say, being about all messages, any moment, or years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.definitions import bpmn
from app.definitions.diagram import Node
from tests.unit.processes.play import ROOT, form_of
from tests.unit.processes.talking import GIVES, MONDAY, VANCOUVER, Talking

FAMILY = sorted((ROOT / "processes/recovery").glob("*.bpmn"))
COMMITTEE = [path for path in FAMILY if path.stem.startswith("committee")]
#: the permitted facts, in the words of the form
FOUR = ["next_medical_update", "abilities", "restrictions", "prognosis"]
#: until which day everybody does what there is to do
QUIET = {"contact_member", "update_committee", "receive_report"}


def drawn(*paths: object) -> Iterator[Node]:
    for path in FAMILY:
        if not paths or path in paths:
            for process in bpmn.read(path.read_bytes(), path.name).processes:
                yield from process.nodes.values()


# -- what goes to the committee --


@pytest.mark.rule("JE-9", "follows")
def test_je_9_follows_the_update_has_the_four_permitted_facts_and_no_other() -> None:
    fields = form_of("committee-update").fields
    assert [field.key for field in fields] == FOUR
    assert {field.cls for field in fields} == {"public"}
    assert all(field.required for field in fields)
    assert {field.key for field in fields if set(field.guards) == {"names", "diagnosis"}} == set(FOUR[1:])


@pytest.mark.rule("JE-9", "follows")
def test_je_9_follows_nothing_else_can_be_sent_to_the_committee() -> None:
    """Every element that sends a message which some element of the committee takes."""
    heard = {node.message for node in drawn(*COMMITTEE) if node.message and not node.sends}
    sent = [node for node in drawn() if node.sends and node.message in heard]
    assert len(sent) == 4
    for node in sent:
        assert node.properties["payload"] in {"{}", "{recovery: case}"}, node.id
        assert node.encloses in {(), ("committee-update",)}, node.id
        assert not node.inputs, node.id


def test_what_is_really_sent_to_the_committee_brings_nothing_but_the_id_of_the_case() -> None:
    play = Talking().to_support().through("update_committee", "record_update")
    play.do("contact_member", progress="return").do("plan_arrangement").do("update_committee").do("give_advice")
    play.do("record_return").do("look_after_return")
    to_committee = [
        letter for sender, letter in play.sent if sender != "committee" and letter["name"] != "absenceEnded"
    ]
    assert [letter["name"] for letter in to_committee] == [
        "recoverySupportBegun",
        "recoveryUpdate",
        "recoveryUpdate",
        "recoveryReturnProposed",
        "recoverySupportEnded",
    ]
    assert [letter["payload"] for letter in to_committee] == [{"recovery": "recovery_support"}, {}, {}, {}, {}]
    assert play.ended()
    assert play.ended("committee")


@pytest.mark.rule("JE-7", "follows")
def test_je_7_follows_what_the_committee_writes_is_for_everybody_in_its_case_and_kept_clean() -> None:
    forms = {node.form for node in drawn(*COMMITTEE) if node.kind == "userTask"}
    fields = [(form, field) for form in sorted(forms) for field in form_of(form).fields]
    assert {field.cls for _, field in fields} == {"public"}
    open_texts = [
        (form, field) for form, field in fields if field.type in {"textarea", "textfield"} and not field.readonly
    ]
    assert open_texts
    assert [(form, field.key) for form, field in open_texts if set(field.guards) != {"names", "diagnosis"}] == []


# -- time --


@pytest.mark.rule("JE-9", "follows")
@pytest.mark.parametrize("cause", ["the clock", "news", "the return", "a word of the committee"])
def test_je_9_follows_the_days_count_from_the_last_update_whatever_caused_it(cause: str) -> None:
    play = Talking().to_support().through("update_committee", "record_update").days(10)
    if cause == "the clock":
        play.days(15)
    elif cause == "news":
        play.say("recoveryNews")
    elif cause == "the return":
        play.do("contact_member", progress="return").do("plan_arrangement")
    else:
        play.days(20).do("update_committee").do("review_updates", finding="concern").do("answer_committee")
    play.do("update_committee")
    last = play.now
    play.days(24)
    due = play.task("update_committee").due
    assert due is not None
    assert due.at.astimezone(VANCOUVER.zone).date() == (last + timedelta(days=28)).astimezone(VANCOUVER.zone).date()


@pytest.mark.rule("JE-9", "breaks")
def test_je_9_breaks_an_update_that_does_not_come_is_said_to_be_late_once() -> None:
    play = Talking().to_support().through("update_committee", "record_update").days(40)
    assert play.told.count(("specialist", "recovery-update-late")) == 1


def test_two_years_do_not_make_the_cases_larger() -> None:
    """Updates, contacts, reviews, meetings and words with the manager go round; what lies behind is let go."""
    play = Talking().to_support()
    sizes = [_quarter(play) for _ in range(8)]
    assert len([letter for _, letter in play.sent if letter["name"] == "recoveryUpdate"]) >= 24
    recovery, committee = zip(*sizes, strict=True)
    assert max(recovery) < 1.1 * recovery[0]
    assert max(committee) < 1.1 * committee[0]


def _quarter(play: Talking) -> tuple[int, int]:
    """Three months in which everybody does what is due; the sizes of both states when it is quiet again."""
    end = play.now + timedelta(days=91)
    while play.now < end:
        play.days(7)
        for element in ("arrange_intervention", "receive_report", "forward_report", "discuss_report"):
            _all(play, element)
        for element in ("contact_member", "update_committee", "record_update"):
            _all(play, element)
        for element in ("review_updates", "hold_meeting", "check_notes", "tell_manager"):
            _all(play, element)
    play.days(1)
    return play.size(), play.size("committee")


def _all(play: Talking, element: str) -> None:
    for _ in range(sum(play.open(key).count(element) for key in play.steps)):
        play.do(element)


# -- the member's word --

ROAD = (
    "name_people",
    "record_basis",
    "write_plan",
    "discuss_plan",
    "arrange_intervention",
    "receive_report",
    "forward_report",
    "update_committee",
    "discuss_report",
    "contact_member",
    "record_update",
    "adjust_plan",
)


@pytest.mark.rule("JE-10", "follows")
@pytest.mark.parametrize("steps", range(len(ROAD) + 1))
def test_je_10_follows_a_stop_at_any_moment_leaves_nothing_open(steps: int) -> None:
    play = Talking().start().do("call_member")
    for element in ROAD[:steps]:
        play.do(element, **({"progress": "adjust"} if element == "contact_member" else {}))
    if not steps:
        play.do("name_people")
    play.say("consentWithdrawn.recovery-support")
    assert play.ended()
    assert play.open() == []
    assert play.ended("committee")
    assert play.sent[-1][1]["payload"] == {}


@pytest.mark.rule("JE-10", "breaks")
def test_je_10_breaks_silence_is_no_yes() -> None:
    play = Talking().start().do("call_member", offer_answer="not_reached").days(10)
    assert play.open() == ["call_member"]
    assert "committee" not in play.steps
    play.do("call_member", offer_answer="later").do("answer_offer", support_consent="refused")
    assert play.ended()
    assert play.sent == []


def test_a_stop_while_the_union_decides_ends_that_too() -> None:
    play = Talking().to_support().through("update_committee", "record_update")
    play.do("contact_member", progress="return").do("plan_arrangement").do("update_committee")
    play.do("give_advice", agreement_conflict="yes").do("involve_executive")
    assert play.open("committee") == ["decide_conflict"]
    play.say("consentWithdrawn.recovery-support")
    assert play.ended("committee")


# -- the policy --


def _policy(employer: str, days: int) -> dict[str, object]:
    """As a case has it that begins so many days after the Monday of these tests."""
    play = Talking(now=MONDAY + timedelta(days=days), employer=employer).start()
    policy = play.task("call_member").facts["policy"]
    assert isinstance(policy, dict)
    return policy


def test_a_case_runs_under_the_policy_of_the_day_on_which_it_begins() -> None:
    assert _policy("coastline", 0)["version"] == "2026.2"
    assert _policy("coastline", -10)["version"] == "1"
    assert _policy("northfield", 0)["version"] == "1"


def test_every_number_of_the_policy_is_used() -> None:
    spoken = {"name", "version", "effective", "source", "why"}
    files = [*FAMILY, *(ROOT / "forms").glob("recovery-*.form")]
    used = {name for path in files for name in re.findall(r"policy\.(\w+)", path.read_text())}
    assert used == _policy("coastline", 0).keys() - spoken


def test_the_ordinary_answers_name_tasks_that_exist() -> None:
    """The player's own table cannot rot."""
    assert GIVES.keys() | QUIET | set(ROAD) <= {node.id for node in drawn()}
