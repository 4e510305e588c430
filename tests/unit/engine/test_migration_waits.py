"""Moving cases that wait: messages, clocks of every kind, event sub-processes, and what is around open activities."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine import Bundle, Complete, MigrationRefused, load, migrate
from app.errors import EngineFailure, NotWaiting
from tests.unit.engine.diagrams import Diagram, instances, message, message_definition
from tests.unit.engine.migrating import move, refused, said, seen
from tests.unit.engine.models import Play, bundle

FOLLOWS, BREAKS = pytest.mark.rule("XX-4", "follows"), pytest.mark.rule("XX-4", "breaks")


def receiving(name: str = "answer", key: str = "") -> Bundle:
    props = {"key": key} if key else {}
    diagram = Diagram().start().add("intermediateCatchEvent", "w", message_definition("m"), props=props)
    return bundle(diagram.user("a").end().chain("start", "w", "a", "end"), tops=message("m", name))


@FOLLOWS
def test_a_message_wait_goes_on_and_follows_the_new_name() -> None:
    play = Play(receiving())
    move(play, receiving())
    assert play.step.messages == ("answer",)
    assert said(play, receiving("reply")) == [("listens", "w")]
    move(play, receiving("reply"))
    with pytest.raises(NotWaiting):
        play.tell("answer")
    assert play.tell("reply") == ["a"]


@FOLLOWS
def test_the_key_of_a_message_is_kept_or_read_anew() -> None:
    play = Play(receiving(key="${number}"), {"number": 7, "other": 8})
    (before,) = play.step.subscriptions
    move(play, receiving(key="${number}"))
    assert play.step.subscriptions == (before,)
    with pytest.raises(NotWaiting):
        play.tell("answer", "8")
    assert said(play, receiving(key="${other}")) == [("listens", "w")]
    move(play, receiving(key="${other}"))
    (after,) = play.step.subscriptions
    assert (after.key, after.id != before.id) == ("8", True)  # so that its row is written anew
    with pytest.raises(NotWaiting):
        play.tell("answer", "7")
    assert play.tell("answer", "8") == ["a"]


def clocked(time: str, **more: bool) -> Bundle:
    diagram = Diagram().start().user("a").end("end", "late").timer("t", "a", time, **more)
    return bundle(diagram.chain("start", "a", "end").chain("t", "late"))


@FOLLOWS
def test_a_repeated_clock_keeps_its_turns() -> None:
    play = Play(clocked("R5/P7D"))
    play.at("2026-03-10")
    assert said(play, clocked("R5/P2D")) == [("deadline", "t")]
    move(play, clocked("R5/P2D"))
    assert play.due() == [("t", "2026-03-16T09:00")]
    play.at("2026-03-17")
    assert play.due() == [("t", "2026-03-23T09:00")]


@FOLLOWS
def test_a_clock_of_another_kind_is_wound_anew() -> None:
    play = Play(clocked("P7D"))
    assert said(play, clocked("R/P2D")) == [("clock_ends", "t"), ("clock_set", "t")]
    move(play, clocked("R/P2D"))
    assert play.due() == [("t", "2026-03-04T09:00")]


@FOLLOWS
def test_whether_a_clock_takes_its_task_away_is_as_the_new_version_says() -> None:
    play = Play(clocked("P7D"))
    assert said(play, clocked("P7D", interrupting=True)) == [("kept", "t")]
    move(play, clocked("P7D", interrupting=True))
    assert play.at("2026-03-11") == []
    assert play.step.status == "completed"


@BREAKS
def test_a_clock_that_cannot_be_counted_in_this_case_is_refused() -> None:
    plain = bundle(Diagram().start().user("a").end().chain("start", "a", "end"))
    play = Play(plain)
    assert refused(play, clocked("${meeting_on}")) == ["t"]
    assert "meeting_on" in seen(play, clocked("${meeting_on}")).refusals[0].sentence
    dated = Diagram().start().user("a", camunda__dueDate='${"soon"}').end().chain("start", "a", "end")
    assert refused(play, bundle(dated)) == ["a"]
    there = Play(plain, {"meeting_on": "2026-05-04"})
    move(there, clocked("${meeting_on}"))
    assert there.due() == [("t", "2026-05-04T16:00")]


@FOLLOWS
def test_an_error_that_is_caught_only_in_the_new_version_is_caught() -> None:
    error = '<bpmn:error id="e1" name="no" errorCode="no"/>'
    thrown = '<bpmn:errorEventDefinition errorRef="e1"/>'

    def drawn(*, caught: bool) -> Bundle:
        inner = Diagram("inner").start("s").user("i").add("endEvent", "fail", thrown).chain("s", "i", "fail")
        diagram = Diagram().start().sub("x", inner).user("b").end("end").chain("start", "x", "b", "end")
        if caught:
            diagram.boundary("catch", "x", thrown).user("rescue").end("e2").chain("catch", "rescue", "e2")
        return bundle(diagram, tops=error)

    play = Play(drawn(caught=False))
    assert ("listens", "catch") in said(play, drawn(caught=True))
    move(play, drawn(caught=True))
    assert play.do("i") == ["rescue"]
    lost = Play(drawn(caught=True))
    move(lost, drawn(caught=False))
    lost.do("i")
    assert [one.element_id for one in lost.step.incidents] == ["fail"]


@FOLLOWS
def test_cases_in_called_processes_move_all_the_way_down() -> None:
    def drawn(*inner: str, timer: bool = False) -> Bundle:
        low = Diagram("low").start("s2").user(*inner).end("e2").chain("s2", *inner, "e2")
        if timer:
            low.timer("t", inner[0], "P2D").end("te").chain("t", "te")
        middle = Diagram("middle").start("s1").call("c2", "low", "*", "*").end("e1").chain("s1", "c2", "e1")
        main = Diagram().start().call("c1", "middle", "*", "*").end().chain("start", "c1", "end")
        return bundle(main, middle, low)

    play = Play(drawn("a"), {"x": 1})
    task = play.task("a").id
    move(play, drawn("a", "b", timer=True))
    assert (play.task("a").id, play.due()) == (task, [("t", "2026-03-04T09:00")])
    assert refused(play, drawn("b")) == ["a"]
    assert play.do("a", y=2) == ["b"]
    play.do("b")
    assert play.step.status == "completed"
    assert play.facts() == {"x": 1, "y": 2}


@BREAKS
def test_a_call_under_way_cannot_call_another_process() -> None:
    def drawn(called: str) -> Bundle:
        inner = Diagram(called).start("s").user("i").end("e").chain("s", "i", "e")
        return bundle(Diagram().start().call("c", called).end().chain("start", "c", "end"), inner)

    assert refused(Play(drawn("one")), drawn("two")) == ["c"]


@FOLLOWS
def test_several_instances_get_a_clock_around_them() -> None:
    def drawn(*, timer: bool) -> Bundle:
        diagram = Diagram().start().user("x", inside=instances()).user("b").end().chain("start", "x", "b", "end")
        if timer:
            diagram.timer("t", "x", "P3D", interrupting=True).chain("t", "b")
        return bundle(diagram)

    play = Play(drawn(timer=False), {"people": [1, 2, 3]})
    play.do("x")
    move(play, drawn(timer=True))
    assert play.open() == ["x", "x"]
    assert play.at("2026-03-08") == ["b"]


def inclusive(*ways: str) -> Bundle:
    diagram = Diagram().start().add("inclusiveGateway", "s", default="none").add("inclusiveGateway", "j").end()
    diagram.user("z").flow("s", "j", element="none").chain("start", "s").chain("j", "z", "end")
    for way in ways:
        diagram.user(way).flow("s", way, f"${{{way} = 1}}").chain(way, "j")
    return bundle(diagram)


@FOLLOWS
def test_an_inclusive_join_waits_for_what_can_still_come() -> None:
    play = Play(inclusive("a", "b"), {"a": 1, "b": 1})
    play.do("a")
    move(play, inclusive("a", "b", "c"))
    assert play.open() == ["b"]
    assert play.do("b") == ["z"]


@BREAKS
def test_a_task_moved_into_a_sub_process_is_refused() -> None:
    inner = Diagram("inner").start("s").user("a").end("e").chain("s", "a", "e")
    new = bundle(Diagram().start().sub("x", inner).end().chain("start", "x", "end"))
    play = Play(bundle(Diagram().start().user("a").end().chain("start", "a", "end")))
    assert refused(play, new) == ["a"]


@BREAKS
def test_a_join_with_arrivals_that_is_gone_or_of_another_kind_is_refused() -> None:
    def drawn(kind: str, name: str = "j") -> Bundle:
        diagram = Diagram().start().add("parallelGateway", "s").add(kind, name).user("a", "b", "c").end()
        return bundle(diagram.chain("start", "s", "a", name, "c", "end").chain("s", "b", name))

    play = Play(drawn("parallelGateway"))
    play.do("a")
    assert refused(play, drawn("exclusiveGateway")) == ["j"]
    assert refused(play, drawn("parallelGateway", "j2")) == ["j"]
    assert refused(play, drawn("inclusiveGateway")) == ["j"]


@FOLLOWS
def test_a_plan_and_its_move_are_the_same_and_so_are_their_bytes() -> None:
    play = Play(clocked("P7D"))
    old, new = play.definition, load(clocked("R/P2D"))
    assert play.state is not None
    steps = [migrate(old, new, play.state, play.now) for _ in range(2)]
    assert steps[0] == steps[1]
    assert old.fingerprint() == load(clocked("P7D")).fingerprint()
    before = new.fingerprint()
    play.definition, play.state = new, steps[0].state
    play.steps.append(steps[0])
    play.give(Complete(play.task("a").id, {}))
    assert new.fingerprint() == before


@BREAKS
def test_a_state_of_a_third_version_is_not_moved() -> None:
    play = Play(clocked("P7D"))
    other = load(bundle(Diagram().start().user("q").end().chain("start", "q", "end")))
    assert play.state is not None
    with pytest.raises(EngineFailure, match="does not have"):
        migrate(other, other, play.state, play.now)
    with pytest.raises(EngineFailure):
        migrate(play.definition, play.definition, play.state, play.now.replace(tzinfo=None))
    with pytest.raises(MigrationRefused):
        migrate(play.definition, other, play.state, play.now)


@FOLLOWS
def test_years_of_moves_leave_a_state_as_small_as_the_first() -> None:
    def drawn(*behind: str) -> Bundle:
        diagram = Diagram().start().add("exclusiveGateway", "m").user("a", *behind).end()
        diagram.add("exclusiveGateway", "x", default="d").chain("start", "m", "a", *behind, "x")
        return bundle(diagram.flow("x", "m", element="d").flow("x", "end", "${stop}"))

    one, two = drawn(), drawn("b")
    play = Play(one, {"stop": False})
    sizes = []
    for turn in range(40):
        play.now += timedelta(days=30)
        move(play, two if turn % 2 == 0 else one)
        for element in ("a", "b") if turn % 2 == 0 else ("a",):
            play.do(element, turn=turn)
        sizes.append(len(play.state or b""))
    assert max(sizes) < sizes[1] * 1.2
