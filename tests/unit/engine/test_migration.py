"""Running cases moved to another version: what is kept, what is told, what is refused (XX-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine import Bundle, Complete, MigrationRefused, Retry, digest, migrate
from app.errors import CaseEnded, EngineFailure, TaskClosed
from tests.unit.engine.diagrams import Diagram, instances, message, message_definition
from tests.unit.engine.migrating import move, refused, said, seen
from tests.unit.engine.models import Play, bundle, timer_definition

FOLLOWS, BREAKS = pytest.mark.rule("XX-4", "follows"), pytest.mark.rule("XX-4", "breaks")


def line(*tasks: str, timers: dict[str, str] | None = None, interrupting: bool = False, **attributes: str) -> Bundle:
    """User tasks in a row; `timers` by the task that they sit on."""
    diagram = Diagram().start().user(*tasks, **attributes).end().chain("start", *tasks, "end")
    for task, time in (timers or {}).items():
        diagram.timer(f"t_{task}", task, time, interrupting=interrupting).user(f"h_{task}").end(f"e_{task}")
        diagram.chain(f"t_{task}", f"h_{task}", f"e_{task}")
    return bundle(diagram)


@FOLLOWS
def test_the_same_definition_changes_nothing() -> None:
    play = Play(line("a", "b", timers={"a": "P3D"}))
    before = play.state
    assert seen(play, line("a", "b", timers={"a": "P3D"})).changes == ()
    step = move(play, line("a", "b", timers={"a": "P3D"}))
    assert (step.state, step.events) == (before, ())
    assert play.do("a") == ["b"]


@FOLLOWS
def test_a_task_added_ahead_is_done_and_the_open_one_keeps_its_id() -> None:
    play = Play(line("a", "b"))
    task = play.task("a").id
    assert said(play, line("a", "new", "b")) == [("way", "new")]
    move(play, line("a", "new", "b"))
    assert play.task("a").id == task
    assert play.do("a") == ["new"]
    assert play.do("new") == ["b"]


@FOLLOWS
def test_a_task_added_behind_is_told_and_not_done() -> None:
    play = Play(line("a", "b"))
    play.do("a", x=1)
    assert said(play, line("a", "new", "b")) == [("passed", "new")]
    move(play, line("a", "new", "b"))
    assert play.open() == ["b"]
    assert play.facts() == {"x": 1}


@FOLLOWS
def test_a_finished_task_that_is_gone_leaves_its_facts() -> None:
    play = Play(line("a", "b", "c"))
    play.do("a", x=1)
    play.do("b", y=2)
    assert seen(play, line("c")).possible
    move(play, line("c"))
    assert play.do("c", z=3) == []
    assert play.facts() == {"x": 1, "y": 2, "z": 3}


@BREAKS
def test_an_open_task_that_is_gone_is_refused_with_what_to_do() -> None:
    play = Play(line("a", "b"))
    before = play.state
    (refusal,) = seen(play, line("b")).refusals
    assert (refusal.element, "open" in refusal.sentence, "id a" in refusal.advice) == ("a", True, True)
    with pytest.raises(MigrationRefused) as caught:
        move(play, line("b"))
    assert caught.value.refusals == (refusal,)
    assert play.state == before
    assert play.do("a") == ["b"]


@BREAKS
def test_a_task_drawn_anew_under_another_id_is_pointed_out() -> None:
    play = Play(bundle(Diagram().start().user("a", name="Consent").end().chain("start", "a", "end")))
    other = bundle(Diagram().start().user("Activity_1", name="Consent").end().chain("start", "Activity_1", "end"))
    (refusal,) = seen(play, other).refusals
    assert "Activity_1" in refusal.advice


@BREAKS
def test_a_task_that_becomes_a_call_is_refused() -> None:
    play = Play(line("a", "b"))
    called = Diagram("other").start("s").user("inner").end("e").chain("s", "inner", "e")
    main = Diagram().start().call("a", "other").user("b").end().chain("start", "a", "b", "end")
    assert refused(play, bundle(main, called)) == ["a"]


@BREAKS
def test_an_ended_case_is_not_moved() -> None:
    play = Play(line("a"))
    play.do("a")
    with pytest.raises(CaseEnded):
        seen(play, line("a", "b"))


@FOLLOWS
def test_a_reminder_added_to_an_open_task_counts_from_the_move() -> None:
    play = Play(line("a", "b"))
    play.now += timedelta(days=10)
    new = line("a", "b", timers={"a": "P3D"})
    (change, ahead) = seen(play, new).changes
    assert (change.kind, change.element) == ("clock_set", "t_a")
    assert "starts with the move" in change.sentence
    assert "15 March 2026" in change.sentence
    assert ahead.element == "h_a"
    step = move(play, new)
    assert play.due() == [("t_a", "2026-03-15T09:00")]
    assert [event.kind for event in step.events] == ["timer_set"]
    assert step.timers[0].task_id == play.task("a").id
    assert play.at("2026-03-16") == ["a", "h_a"]
    assert play.do("a") == ["h_a", "b"]
    play.do("h_a")
    play.do("b")
    assert play.step.status == "completed"


@FOLLOWS
def test_a_second_reminder_is_added_beside_one_that_has_fired() -> None:
    play = Play(line("a", "b", timers={"a": "P3D"}))
    play.at("2026-03-08")
    diagram = Diagram().start().user("a", "b").end().chain("start", "a", "b", "end")
    for name, time in (("t_a", "P3D"), ("t2", "P5D")):
        diagram.timer(name, "a", time).user(f"h_{name[-1]}").end(f"e_{name}").chain(name, f"h_{name[-1]}", f"e_{name}")
    move(play, bundle(diagram))
    assert play.open() == ["a", "h_a"]
    assert play.due() == [("t2", "2026-03-13T00:00")]
    assert play.do("a") == ["h_a", "b"]


@FOLLOWS
@pytest.mark.parametrize("interrupting", [True, False])
def test_a_clock_that_is_taken_away_ends(interrupting: bool) -> None:
    play = Play(line("a", "b", timers={"a": "P3D"}, interrupting=interrupting))
    assert ("clock_ends", "t_a") in said(play, line("a", "b"))
    step = move(play, line("a", "b"))
    assert [(event.kind, event.element_id) for event in step.events] == [("cancelled", "t_a")]
    assert play.due() == []
    assert play.do("a") == ["b"]
    assert play.do("b") == []


@FOLLOWS
def test_a_clock_that_is_taken_away_leaves_what_it_has_started() -> None:
    play = Play(line("a", "b", timers={"a": "R/P3D"}))
    play.at("2026-03-06")
    diagram = Diagram().start().user("a", "b", "h_a").end("end", "e_a").chain("start", "a", "b", "end")
    diagram.boundary("note", "a", message_definition("m"), interrupting=False).chain("note", "h_a", "e_a")
    move(play, bundle(diagram, tops=message("m")))
    assert play.open() == ["a", "h_a"]
    assert play.due() == []
    assert play.do("a") == ["h_a", "b"]
    play.do("h_a")
    play.do("b")
    assert play.step.status == "completed"


@FOLLOWS
def test_a_running_deadline_is_kept_and_told() -> None:
    play = Play(line("a", timers={"a": "P30D"}))
    play.now += timedelta(days=5)
    (change,) = seen(play, line("a", timers={"a": "P3D"})).changes
    assert change.kind == "deadline"
    assert "1 April 2026" in change.sentence
    assert "P3D" in change.sentence
    assert "10 March 2026" in change.sentence
    before = play.step.timers
    move(play, line("a", timers={"a": "P3D"}))
    assert play.step.timers == before


@FOLLOWS
def test_due_dates_are_kept_added_and_taken_away() -> None:
    plain, dated = line("a"), line("a", camunda__dueDate="P3D")
    play = Play(dated)
    due = play.task("a").due
    assert said(play, line("a", camunda__dueDate="P9D")) == [("deadline", "a")]
    move(play, line("a", camunda__dueDate="P9D"))
    assert play.task("a").due == due
    assert said(play, plain) == [("clock_ends", "a")]
    move(play, plain)
    assert play.task("a").due is None
    play.now += timedelta(days=1)
    assert said(play, dated) == [("clock_set", "a")]
    move(play, dated)
    assert play.task("a").due is not None
    assert play.task("a").due.at.isoformat()[:10] == "2026-03-06"  # type: ignore[union-attr]


@FOLLOWS
def test_labels_roles_forms_and_reasons_are_told() -> None:
    play = Play(bundle(Diagram().start().user("a", name="Old").end().chain("start", "a", "end")))
    diagram = Diagram().start().user("a", name="New", camunda__candidateGroups="oh_admin", camunda__formRef="f")
    diagram.end().chain("start", "a", "end")
    assert said(play, bundle(diagram)) == [("renamed", "a"), ("role", "a"), ("form", "a")]
    move(play, bundle(diagram))
    assert (play.task("a").name, play.task("a").role, play.task("a").form) == ("New", "oh_admin", "f")


def forked(*branches: str, after: str = "c", tails: dict[str, str] | None = None) -> Bundle:
    diagram = Diagram().start().add("parallelGateway", "s").add("parallelGateway", "j").user(after).end()
    diagram.chain("start", "s").chain("j", after, "end")
    for branch in branches:
        way = [branch, *(tails or {}).get(branch, "").split()]
        diagram.user(*way).chain("s", *way, "j")
    return bundle(diagram)


@BREAKS
def test_a_branch_that_can_never_come_is_refused() -> None:
    play = Play(forked("a", "b"))
    (refusal,) = seen(play, forked("a", "b", "d")).refusals
    assert refusal.element == "j"
    assert "“d”" in refusal.sentence
    play.do("a")
    assert refused(play, forked("a", "b", "d")) == ["j"]
    play.do("b")
    assert refused(play, forked("a", "b", "d")) == []


@FOLLOWS
@pytest.mark.parametrize("done", [["a"], ["b"]])
def test_what_has_come_to_a_join_waits_there_on(done: list[str]) -> None:
    play = Play(forked("a", "b"))
    play.do(done[0], got=done[0])
    longer = forked("a", "b", tails={"a": "a2", "b": "b2"})
    move(play, longer)
    left = "b" if done == ["a"] else "a"
    assert play.open() == [left]
    assert play.do(left, n=1) == [f"{left}2"]
    assert play.do(f"{left}2") == ["c"]
    assert play.facts() == {"got": done[0], "n": 1}


@FOLLOWS
def test_what_has_come_by_a_branch_that_is_gone_keeps_its_facts() -> None:
    play = Play(forked("a", "b", "d"))
    play.do("b", b=1)
    assert ("join", "j") in said(play, forked("a", "d"))
    move(play, forked("a", "d"))
    play.do("a")
    assert play.open() == ["d"]
    assert play.do("d") == ["c"]
    assert play.facts() == {"b": 1}


@FOLLOWS
def test_what_has_come_by_several_branches_that_are_gone_is_used_at_once() -> None:
    """One that was left would wait for ever: no later firing is for it, and the case could not end."""
    play = Play(forked("a", "b", "c1", "d"))
    play.do("b", b=1)
    play.do("c1", c1=2)
    move(play, forked("a", "d"))
    play.do("a")
    assert play.do("d") == ["c"]
    assert play.facts() == {"b": 1, "c1": 2}
    play.do("c")
    assert play.step.incidents == ()
    assert play.step.status == "completed"


@BREAKS
def test_what_has_come_by_a_branch_that_is_gone_does_not_stand_for_a_new_one() -> None:
    play = Play(forked("a", "b", "d"))
    play.do("b", b=1)
    move(play, forked("a", "d"))
    assert refused(play, forked("a", "d", "new")) == ["j"]
    assert said(play, forked("a", "d")) == []


@BREAKS
def test_a_step_that_would_be_done_twice_is_refused() -> None:
    play = Play(forked("a", "b"))
    assert refused(play, line("a", "b", "c")) == ["b"]
    play.do("b")
    assert refused(play, line("a", "b", "c")) == ["j"]


@BREAKS
def test_a_task_put_into_a_branch_beside_a_new_one_is_refused() -> None:
    play = Play(line("a", "b", "c"))
    assert refused(play, forked("a", "b")) == ["j"]


@FOLLOWS
@pytest.mark.parametrize("kind", ["call", "sub", "several"])
def test_a_task_added_after_an_activity_under_way(kind: str) -> None:
    def drawn(*after: str, inside: tuple[str, ...] = ("i",)) -> Bundle:
        inner = Diagram("inner").start("s").user(*inside).end("e").chain("s", *inside, "e")
        diagram = Diagram().start().user(*after).end().chain("start", "x", *after, "end")
        if kind == "call":
            return bundle(diagram.call("x", "inner", "*", "*"), inner)
        if kind == "sub":
            return bundle(diagram.sub("x", inner))
        return bundle(diagram.user("x", inside=instances()))

    play = Play(drawn("b"), {"people": [1, 2]})
    move(play, drawn("new", "b", inside=("i", "i2")))
    if kind == "several":
        assert play.open() == ["x", "x"]
        play.do("x")
        assert play.do("x") == ["new"]
    else:
        assert play.do("i") == ["i2"]
        assert play.do("i2") == ["new"]
    assert play.do("new") == ["b"]


@FOLLOWS
def test_what_stands_before_the_case_in_a_process_under_way_is_told_as_passed() -> None:
    def drawn(*inside: str) -> Bundle:
        inner = Diagram("inner").start("s").user(*inside).end("e").chain("s", *inside, "e")
        return bundle(Diagram().start().call("x", "inner").end().chain("start", "x", "end"), inner)

    play = Play(drawn("a", "b"))
    play.do("a")
    assert said(play, drawn("a", "new", "b", "more")) == [("way", "more"), ("passed", "new")]


@BREAKS
@pytest.mark.parametrize(("old", "new"), [(True, False), (False, True)])
def test_the_order_of_several_under_way_cannot_change(old: bool, new: bool) -> None:
    def drawn(sequential: bool) -> Bundle:
        diagram = Diagram().start().user("x", inside=instances(sequential=sequential)).end()
        return bundle(diagram.chain("start", "x", "end"))

    assert refused(Play(drawn(old), {"people": [1, 2]}), drawn(new)) == ["x"]


@FOLLOWS
def test_a_boundary_clock_is_added_around_a_call_under_way() -> None:
    def drawn(*, timer: bool) -> Bundle:
        inner = Diagram("inner").start("s").user("i").end("e").chain("s", "i", "e")
        diagram = Diagram().start().call("x", "inner").user("b").end().chain("start", "x", "b", "end")
        if timer:
            diagram.timer("t", "x", "P3D", interrupting=True).user("late").end("e2").chain("t", "late", "e2")
        return bundle(diagram, inner)

    play = Play(drawn(timer=False))
    move(play, drawn(timer=True))
    assert play.at("2026-03-09") == ["late"]
    play.do("late")
    assert play.step.status == "completed"


def gateway(*choices: tuple[str, str]) -> Bundle:
    diagram = Diagram().start().add("eventBasedGateway", "g").chain("start", "g")
    for name, definition in choices:
        diagram.add("intermediateCatchEvent", name, definition).end(f"e_{name}").chain("g", name, f"e_{name}")
    return bundle(diagram, tops=message("m", "answer") + message("n", "note"))


@FOLLOWS
def test_the_choices_of_an_event_gateway_change() -> None:
    play = Play(gateway(("m1", message_definition("m")), ("t1", timer_definition("P9D"))))
    new = gateway(("t1", timer_definition("P20D")), ("t2", timer_definition("P2D")), ("n1", message_definition("n")))
    assert sorted(said(play, new)) == [("clock_set", "t2"), ("deadline", "t1"), ("deaf", "m1"), ("listens", "n1")]
    move(play, new)
    assert play.due() == [("t2", "2026-03-04T09:00"), ("t1", "2026-03-11T09:00")]
    assert play.step.messages == ("note",)
    play.tell("note")
    assert play.step.status == "completed"


@BREAKS
def test_a_wait_of_another_kind_is_refused() -> None:
    def drawn(definition: str) -> Bundle:
        diagram = Diagram().start().add("intermediateCatchEvent", "w", definition).end().chain("start", "w", "end")
        return bundle(diagram, tops=message("m", "answer"))

    play = Play(drawn(message_definition("m")))
    assert refused(play, drawn(timer_definition("P3D"))) == ["w"]


def withdrawable(*, by: str = "", inner: str = "eu") -> Bundle:
    diagram = Diagram().start().user("a", "b").end().chain("start", "a", "b", "end")
    if by:
        inside = Diagram("ev").add("startEvent", "es", message_definition(by)).user(inner).end("ee")
        diagram.add("subProcess", "esp", inside.chain("es", inner, "ee").inside(), triggeredByEvent="true")
    return bundle(diagram, tops=message("m", "stop") + message("n", "halt"))


@FOLLOWS
def test_an_event_sub_process_begins_to_listen_with_the_move_and_stops() -> None:
    play = Play(withdrawable(), {"x": 1})
    move(play, withdrawable(by="m"))
    assert play.step.messages == ("stop",)
    assert ("listens", "es") in said(play, withdrawable(by="n"))
    move(play, withdrawable(by="n"))
    assert play.step.messages == ("halt",)
    move(play, withdrawable())
    assert play.step.messages == ()
    move(play, withdrawable(by="m"))
    assert play.tell("stop") == ["eu"]
    assert play.do("eu") == []
    assert play.step.status == "completed"


@BREAKS
def test_an_event_sub_process_under_way_stays() -> None:
    play = Play(withdrawable(by="m"))
    play.tell("stop")
    assert refused(play, withdrawable()) == ["esp"]
    assert refused(play, withdrawable(by="m", inner="other")) == ["eu"]


@FOLLOWS
def test_what_failed_is_tried_again_on_the_corrected_element() -> None:
    def drawn(condition: str) -> Bundle:
        diagram = Diagram().start().add("exclusiveGateway", "x").user("b").end().chain("start", "x")
        return bundle(diagram.flow("x", "b", condition).chain("b", "end"))

    play = Play(drawn("${n = 2}"), {"n": 1})
    (incident,) = play.step.incidents
    move(play, drawn("${n = 1}"))
    assert play.step.incidents == (incident,)
    play.give(Retry(incident.task_id))
    assert play.open() == ["b"]


@FOLLOWS
def test_a_fact_that_the_case_never_got_is_warned_of() -> None:
    diagram = Diagram().start().user("a").add("exclusiveGateway", "x", default="f").user("b").end()
    diagram.chain("start", "a", "x", "b", "end").flow("x", "end", "${triage = 1}")
    diagram.flows = [flow if flow[1:3] != ("x", "b") else ("f", *flow[1:]) for flow in diagram.flows]
    play = Play(line("a", "b"), {"known": 1})
    assert ("fact", "x") in said(play, bundle(diagram))
    assert ("fact", "x") not in said(Play(line("a", "b"), {"triage": 2}), bundle(diagram))


@FOLLOWS
def test_forward_and_back_gives_the_same_state() -> None:
    one, two = forked("a", "b"), forked("a", "b", tails={"a": "a2"})
    play = Play(one)
    play.do("a", n=1)
    before = digest(play.state or b"")
    move(play, two)
    assert digest(play.state or b"") != before, "what has come to the join came by another flow"
    move(play, one)
    assert digest(play.state or b"") == before


@BREAKS
def test_after_the_move_the_old_version_is_not_taken_for_the_new() -> None:
    play = Play(line("a", "b"))
    old = play.definition
    task = play.task("a").id
    move(play, line("a", "c"))
    play.do("a")
    with pytest.raises(EngineFailure):
        migrate(old, old, play.state or b"", play.now)
    with pytest.raises(TaskClosed):
        play.give(Complete(task, {}))


def test_notices_are_not_sent_by_a_move() -> None:
    diagram = Diagram().start().user("a").notify("n").end().chain("start", "a", "n", "end")
    play = Play(line("a"))
    assert move(play, bundle(diagram)).effects == ()
    play.do("a")
    assert [effect.topic for effect in play.step.effects] == ["notify"]
