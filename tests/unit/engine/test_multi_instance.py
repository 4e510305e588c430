"""One activity for each item of a list."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.unit.engine.models import Bundle, Diagram, Play, bundle, instances, message, message_definition

ANSWERS = {"outputCollection": "answers", "outputElement": "answer"}
PEOPLE = ["ann", "bob", "cas"]


def invitation(*, again: bool = False, props: dict[str, str] | None = None, **loop: object) -> Bundle:
    diagram = Diagram().start().add("exclusiveGateway", "m").add("exclusiveGateway", "x", default="f_end").end()
    diagram.user("invite", inside=instances(**loop), props=ANSWERS if props is None else props).user("collect")  # type: ignore[arg-type]
    diagram.chain("start", "m", "invite", "collect", "x").flow("x", "end", element="f_end").flow("x", "m", "${again}")
    return bundle(diagram)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parallel_answers_come_in_the_order_of_the_list(order: tuple[int, ...]) -> None:
    play = Play(invitation(), {"people": PEOPLE})
    assert play.open() == ["invite"] * 3
    assert [task.facts["person"] for task in play.step.tasks] == PEOPLE
    ids = [task.id for task in play.step.tasks]
    for at in order:
        index = [task.id for task in play.step.tasks].index(ids[at])
        play.do("invite", index, answer=PEOPLE[at].upper())
    assert play.task("collect").facts == {"people": PEOPLE, "answers": ["ANN", "BOB", "CAS"]}


def test_sequential() -> None:
    play = Play(invitation(sequential=True), {"people": PEOPLE})
    for person in PEOPLE:
        assert [task.facts["person"] for task in play.step.tasks] == [person]
        play.do("invite", answer=person.upper())
    assert play.task("collect").facts["answers"] == ["ANN", "BOB", "CAS"]


def test_an_empty_list_goes_straight_on() -> None:
    play = Play(invitation(), {"people": []})
    assert play.open() == ["collect"]
    assert play.task("collect").facts["answers"] == []


def test_a_missing_answer_is_null() -> None:
    play = Play(invitation(), {"people": PEOPLE[:2]})
    play.do("invite")
    play.do("invite", answer="yes")
    assert play.task("collect").facts["answers"] == [None, "yes"]


def test_a_veto_ends_the_round() -> None:
    play = Play(invitation(enough='${answer = "veto"}'), {"people": PEOPLE})
    assert play.do("invite", 1, answer="veto") == ["collect"]
    assert play.task("collect").facts["answers"] == [None, "veto", None]
    assert play.kinds().count("cancelled:invite") == 2


def test_enough_by_number() -> None:
    play = Play(invitation(enough="${nrOfCompletedInstances >= 2}"), {"people": PEOPLE})
    play.do("invite", answer=1)
    assert play.do("invite", answer=2) == ["collect"]


def test_a_second_round_starts_clean() -> None:
    play = Play(invitation(), {"people": PEOPLE[:2]})
    play.do("invite", answer=1)
    play.do("invite", answer=2)
    play.do("collect", again=True)
    assert [task.facts.get("answer") for task in play.step.tasks] == [None, None]
    play.do("invite", answer=3)
    play.do("invite", answer=4)
    assert play.task("collect").facts["answers"] == [3, 4]


def test_without_a_result_list_each_instance_gives_what_it_changed() -> None:
    play = Play(invitation(props={}), {"people": PEOPLE[:2], "a": 0, "b": 0})
    play.do("invite", a=1)
    play.do("invite", b=2)
    assert play.task("collect").facts == {"people": PEOPLE[:2], "a": 1, "b": 2}


def test_a_collection_that_is_no_list_is_an_incident() -> None:
    play = Play(invitation(), {"people": "ann"})
    assert "must be a list" in play.step.incidents[0].detail


def test_cases_share_a_definition() -> None:
    first = Play(invitation(), {"people": PEOPLE}, case="one")
    second = Play(first.definition, {"people": ["zoe"]}, case="two")
    before = first.definition.fingerprint()
    first.do("invite", answer=1)
    assert second.do("invite", answer=2) == ["collect"]
    assert first.open() == ["invite"] * 2
    assert first.definition.fingerprint() == before


def per_person(kind: str) -> Bundle:
    inner = Diagram("inner").start("is").user("reply").end("ie", "ie2", "we").chain("is", "reply", "ie")
    inner.timer("late", "reply", "${deadline}", interrupting=True).script("none", "answer", '"none"')
    inner.chain("late", "none", "ie2").timer("warn", "reply", "${workdays_before(2, deadline)}").chain("warn", "we")
    diagram = Diagram().start().user("collect").end("end", "e2").user("kind").chain("start", "invite", "collect", "end")
    if kind == "subProcess":
        diagram.sub("invite", inner, instances(), props=ANSWERS)
    else:
        diagram.call("invite", "inner", "person deadline", "answer", instances(), props=ANSWERS)
    diagram.boundary("withdrawn", "invite", message_definition("stop")).chain("withdrawn", "kind", "e2")
    return bundle(diagram, *([inner] if kind == "callActivity" else []), tops=message("stop"))


@pytest.mark.parametrize("kind", ["subProcess", "callActivity"])
def test_a_deadline_for_each_instance_keeps_the_answers_that_came(kind: str) -> None:
    play = Play(per_person(kind), {"people": PEOPLE, "deadline": "2026-03-10"})
    before = play.definition.fingerprint()
    assert play.open() == ["reply"] * 3
    play.do("reply", 1, answer="yes")
    assert play.at("2026-03-11") == ["collect"]
    assert play.task("collect").facts["answers"] == ["none", "yes", "none"]
    assert play.due() == []
    assert play.definition.fingerprint() == before


@pytest.mark.parametrize("kind", ["subProcess", "callActivity"])
def test_withdrawal_takes_all_instances_away(kind: str) -> None:
    play = Play(per_person(kind), {"people": PEOPLE, "deadline": "2026-03-10"})
    play.do("reply", 1, answer="yes")
    assert play.tell("stop") == ["kind"]
    assert play.waiting() == {"tasks": ["kind"], "timers": [], "messages": (), "incidents": ()}
    assert play.kinds().count("cancelled:reply") == 2
