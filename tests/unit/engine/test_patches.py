"""Each fault of the untouched package, proved on it, and the same model on ours."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import pytest

from app.engine import Complete, check, patches
from app.errors import TaskClosed
from tests.unit.engine import scenarios
from tests.unit.engine.diagrams import instances
from tests.unit.engine.models import Play, bundle


@lru_cache(maxsize=1)
def stock() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.unit.engine.stock"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # ours
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_version_is_the_one_that_the_patches_were_tested_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert version("spiffworkflow") == patches.TESTED_WITH
    monkeypatch.setattr(patches, "version", lambda _: "3.2.1")
    with pytest.raises(RuntimeError, match="3\\.2\\.1"):
        patches.install()


def test_a_join_merges_what_each_branch_changed() -> None:
    assert stock()["lost_update"] == {"x": "old", "y": "new"}
    play = Play(bundle(scenarios.fork()), {"x": "old", "y": "old"})
    play.do("a", x="new")
    play.do("b", y="new")
    assert play.facts() == {"x": "new", "y": "new"}


def test_a_join_in_a_loop_waits_again() -> None:
    assert "z" in stock()["join_in_a_loop"]  # fired before a had come
    play = Play(bundle(scenarios.fork(again="${again}")), {"again": True})
    for name in ("a", "b", "z", "b"):
        found = play.do(name)
    assert found == ["a"]


def test_branches_do_not_share_what_they_change() -> None:
    assert stock()["shared_facts"] == {"stage": {"days": 2}}  # the other branch's
    play = Play(bundle(scenarios.fork()), {"plan": {"days": 1}})
    play.do("a", plan={"days": 2})
    assert play.task("b").facts["plan"] == {"days": 1}


def test_cancelling_instances_that_hold_sub_processes() -> None:
    assert stock()["cancel_of_instances"] == "TaskNotFoundException"
    diagram = scenarios.instances_with_a_way_out(instances())
    diagram.nodes = [node for node in diagram.nodes if node.id != "unused"]
    diagram.add("parallelGateway", "g").user("w").add("intermediateThrowEvent", "say", _SIGNAL).end("e3")
    diagram.flows[0] = ("f", "start", "g", "")
    diagram.chain("g", "each").chain("g", "w", "say", "e3")
    play = Play(bundle(diagram, tops=scenarios.STOP), {"people": ["a", "b"]})
    assert play.open() == ["w", "u", "u"] or sorted(play.open()) == ["u", "u", "w"]
    assert play.do("w") == ["handle"]
    assert play.kinds().count("cancelled:u") == 2


_SIGNAL = '<bpmn:signalEventDefinition signalRef="s1"/>'


def test_a_dropped_token_leaves_no_timer_behind() -> None:
    assert stock()["dropped_timer"] == ["late"]
    play = Play(bundle(scenarios.timer_on_the_second("P7D")))
    play.do("a")
    assert play.due() == [("late", "2026-03-09T09:00")]
    play.do("b")
    assert play.due() == []


def test_two_overdue_interrupting_timers_give_one_path() -> None:
    assert sorted(stock()["two_interrupting_timers"]) == ["h1", "h3"]
    assert Play(bundle(scenarios.two_timers("P1D", "P3D"))).at("2026-03-11") == ["h1"]


def test_what_a_repeated_timer_started_goes_on() -> None:
    assert stock()["repeated_timer_handler"] == ["after"]
    play = Play(bundle(scenarios.repeated_handler("R/P7D")))
    play.at("2026-03-10")
    assert sorted(play.do("work")) == ["after", "chase"]


def test_an_event_sub_process_interrupts() -> None:
    assert "u" in stock()["event_sub_process"]
    assert Play(bundle(scenarios.interrupting_event_sub_process("P10D"))).at("2026-03-13") == ["h"]


def test_open_instances_go_on_on_a_diagram_that_was_parsed_again() -> None:
    assert stock()["instances_after_a_restart"] == []  # for ever
    play = Play(bundle(scenarios.instances_then_more(instances())), {"people": ["a"]})
    again = bundle(scenarios.instances_then_more(instances()).user("island"))
    play.definition = Play(again, {"people": []}).definition
    assert play.do("u") == ["after"]


def test_instances_do_not_change_the_shared_spec() -> None:
    assert stock()["instances_change_the_shared_spec"] == "AttributeError"  # in the second case
    first = Play(bundle(scenarios.instances_then_more(instances())), {"people": ["a", "b"]})
    before = first.definition.fingerprint()
    Play(first.definition, {"people": ["c"]})
    assert first.definition.fingerprint() == before


def test_a_case_may_go_round_as_often_as_it_likes() -> None:
    stopped, completed = stock()["depth"]
    assert stopped
    assert completed  # in silence, with a task open
    play = Play(bundle(scenarios.endless_task()))
    for _ in range(400):
        assert play.do("u") == ["u"]
    assert play.step.status == "running"


def test_the_tree_does_not_grow() -> None:
    assert stock()["growth"] > 300
    play = Play(bundle(scenarios.endless_task()))
    for _ in range(100):
        play.do("u")
    assert len(play.state or b"") < 400


def test_a_message_is_not_caught_by_who_sends_it() -> None:
    assert stock()["message_to_itself"] == []  # its own task was interrupted
    play = Play(bundle(scenarios.message_to_itself(), tops=scenarios.NOTE))
    assert play.do("b") == ["a"]
    assert [effect.params["name"] for effect in play.step.effects] == ["note"]


def test_python_is_not_evaluated() -> None:
    assert stock()["python"] == ["yes"]  # it ran
    with pytest.raises(Exception, match="cannot be loaded"):
        Play(bundle(scenarios.condition("__import__('os').getpid() > 0")))


def test_a_timer_that_cannot_be_set_does_not_break_the_step() -> None:
    assert stock()["failed_timer"] == "WorkflowTaskException"
    play = Play(bundle(scenarios.two_timers("${deadline}", "P3D")))
    assert play.open() == ["u"]
    assert [incident.element_id for incident in play.step.incidents] == ["b1"]
    assert play.due() == [("b3", "2026-03-05T09:00")]


def test_an_error_stays_with_the_activity_that_throws_it() -> None:
    assert "handle" in stock()["error_of_another"]
    play = Play(bundle(scenarios.error_beside(), tops=scenarios.ERROR))
    assert play.do("thrower_u") == ["bu"]
    assert [incident.element_id for incident in play.step.incidents] == ["te"]


def test_where_a_shape_is_drawn_does_not_choose_the_way() -> None:
    assert stock()["drawn_higher"] == ["second"]
    assert Play(bundle(scenarios.both_hold("${true}", drawn=True))).open() == ["first"]


def test_two_timers_at_an_event_based_gateway() -> None:
    assert stock()["two_timers_at_a_gateway"] == [[], ["after_long"]]  # the short one never came
    assert Play(bundle(scenarios.two_timers_at_a_gateway("P1D", "P10D"))).at("2026-03-05") == ["after_short"]


def test_an_error_nobody_catches_does_not_go_on_as_if_nothing_were() -> None:
    assert stock()["uncaught_error"] == ["after"]
    made = bundle(scenarios.uncaught_error(), tops=scenarios.ERROR)
    assert "uncaught-error" in {finding.rule for finding in check(made)}
    assert Play(made).do("u") == []


def test_a_call_lets_in_and_out_what_its_mappings_say() -> None:
    inside, afterwards = stock()["mappings"]
    assert "secret" in inside
    assert afterwards == {"shown": 1, "secret": 2, "answer": "yes", "draft": "no"}  # all but the result
    diagram, called = scenarios.a_call_with_mappings()
    play = Play(bundle(diagram, called), {"shown": 1, "secret": 2})
    assert play.task("u").facts == {"shown": 1}
    play.do("u", answer="yes", draft="no")
    assert play.facts() == {"shown": 1, "secret": 2, "result": "yes"}


def test_the_branch_that_ends_a_sub_process_puts_no_old_facts_back() -> None:
    assert stock()["late_end"] == "old"
    play = Play(bundle(scenarios.a_late_end()), {"x": "old"})
    play.do("a", x="new")
    play.do("b")
    assert play.facts()["x"] == "new"


def test_a_terminate_end_keeps_what_other_branches_found_out() -> None:
    assert stock()["terminated"] == {}
    play = Play(bundle(scenarios.terminated()))
    play.do("a", x=1)
    play.do("stop")
    assert play.task("after").facts == {"x": 1}


def test_what_does_not_interrupt_is_heard_each_time() -> None:
    assert stock()["heard_twice"].count("handle") == 1
    play = Play(bundle(scenarios.heard_beside(), tops=scenarios.STOP))
    play.do("u1")
    assert play.do("u2").count("handle") == 2


def test_after_downtime_a_repeated_timer_comes_once() -> None:
    assert stock()["downtime"] > 1
    assert Play(bundle(scenarios.repeated_handler("R/P28D"))).at("2027-03-03").count("chase") == 1


def test_a_duration_as_the_modeller_writes_it() -> None:
    assert stock()["unquoted"] == "WorkflowTaskException"
    play = Play(bundle(scenarios.timer_on_the_second("P7D")))
    play.do("a")
    assert play.due() == [("late", "2026-03-09T09:00")]


def test_a_task_is_completed_once() -> None:
    assert stock()["completed_twice"] == [True, True]
    play = Play(bundle(scenarios.fork()))
    task = play.task("a").id
    play.do("a")
    with pytest.raises(TaskClosed):
        play.give(Complete(task, {}))


def test_ids_follow_from_the_case() -> None:
    first, second = stock()["ids"]
    assert first != second
    assert Play(bundle(scenarios.fork())).task("a").id == Play(bundle(scenarios.fork())).task("a").id
