"""Called processes and sub-processes: what goes in, what comes out."""

from __future__ import annotations

from app.engine import Cancel, Retry
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, timer_definition


def stage() -> Diagram:
    diagram = Diagram("stage", "Formal stage").start("ss").user("invite", "meeting", "appeal").end("se", "se2")
    diagram.add("intermediateCatchEvent", "notice", timer_definition("${days(noticeDays)}"))
    diagram.add("exclusiveGateway", "x", default="f_end").chain("ss", "invite", "notice", "meeting", "x")
    diagram.flow("x", "se", element="f_end").flow("x", "appeal", '${outcome = "warning"}').chain("appeal", "se2")
    return diagram


def twice(*, side_by_side: bool = False) -> Bundle:
    diagram = Diagram("formal").start().user("last").end()
    diagram.call("first", "stage", "stageNo=${1} noticeDays employee", "outcome1=outcome")
    diagram.call("second", "stage", "stageNo=${2} noticeDays employee", "outcome2=outcome")
    if side_by_side:
        diagram.add("parallelGateway", "split").add("parallelGateway", "join")
        diagram.chain("start", "split", "first", "join", "last", "end").chain("split", "second", "join")
    else:
        diagram.chain("start", "first", "second", "last", "end")
    return bundle(diagram, stage())


FACTS = {"noticeDays": 7, "employee": "E1", "secret": "main only"}


def test_only_what_is_listed_goes_in_and_comes_out() -> None:
    play = Play(twice(), FACTS)
    assert play.task("invite").facts == {"stageNo": 1, "noticeDays": 7, "employee": "E1"}
    assert play.task("invite").process == "stage"
    assert play.step.marks == (("formal", "first"), ("stage", "invite"))
    play.do("invite", draft="must not leak")
    assert play.due() == [("notice", "2026-03-09T17:00")]
    play.at("2026-03-10")
    play.do("meeting", outcome="warning")
    play.do("appeal")
    assert play.task("invite").facts == {"stageNo": 2, "noticeDays": 7, "employee": "E1"}
    play.do("invite")
    play.at("2026-04-10")
    play.do("meeting", outcome="improved")
    assert play.task("last").facts == {**FACTS, "outcome1": "warning", "outcome2": "improved"}


def test_two_at_once() -> None:
    play = Play(twice(side_by_side=True), FACTS)
    assert [task.facts["stageNo"] for task in play.step.tasks] == [1, 2]
    play.do("invite")
    play.do("invite")
    play.at("2026-04-10")
    for _ in range(2):
        play.do("meeting", outcome=f"o{play.task('meeting').facts['stageNo']}")
    assert play.task("last").facts == {**FACTS, "outcome1": "o1", "outcome2": "o2"}


def test_an_embedded_sub_process_shares_its_facts() -> None:
    inner = Diagram("inner").start("is").user("u").end("ie").chain("is", "u", "ie")
    play = Play(
        bundle(Diagram().start().sub("phase", inner).user("after").end().chain("start", "phase", "after", "end"))
    )
    play.do("u", x=1)
    assert play.task("after").facts == {"x": 1}
    assert play.task("after").process == "case"


def test_an_element_of_a_sub_process_belongs_to_the_process_that_draws_it() -> None:
    inner = Diagram("inner").start("is").user("u").end("ie").chain("is", "u", "ie")
    play = Play(bundle(Diagram("outer").start().sub("phase", inner).end().chain("start", "phase", "end")))
    assert play.task("u").process == "outer"
    assert play.step.marks == (("outer", "phase"), ("outer", "u"))


def side_task(*, called: bool) -> Bundle:
    inner = Diagram("inner").start("is").user("u", "escalate").end("ie", "e2").chain("is", "u", "ie")
    inner.timer("late", "u", "P1D").chain("late", "escalate", "e2")
    diagram = Diagram().start().user("after").end().chain("start", "part", "after", "end")
    if called:
        return bundle(diagram.call("part", "inner", "x", "x"), inner)
    return bundle(diagram.sub("part", inner))


def test_an_escalation_that_ends_last_does_not_put_old_facts_back() -> None:
    for called in (False, True):
        play = Play(side_task(called=called), {"x": "old"})
        play.at("2026-03-04T09:00")
        play.do("u", x="new")
        assert play.open() == ["escalate"]
        play.do("escalate")
        assert play.task("after").facts["x"] == "new"


def test_terminate_ends_only_its_own_scope() -> None:
    inner = Diagram("inner").start("is").add("parallelGateway", "g").user("stop", "other").end("ie")
    inner.add("endEvent", "all", "<bpmn:terminateEventDefinition/>").timer("t", "other", "R/P7D").end("te")
    inner.chain("is", "g", "stop", "all").chain("g", "other", "ie").chain("t", "te")
    play = Play(
        bundle(Diagram().start().sub("phase", inner).user("after").end().chain("start", "phase", "after", "end"))
    )
    assert play.do("stop", x=1) == ["after"]
    assert play.waiting()["timers"] == []
    assert play.facts() == {"x": 1}


def test_terminate_forgets_nothing_that_other_branches_found_out() -> None:
    inner = Diagram("inner").start("is").add("parallelGateway", "g").user("stop", "first", "second").end("ie")
    inner.add("endEvent", "all", "<bpmn:terminateEventDefinition/>").chain("is", "g", "stop", "all")
    inner.chain("g", "first", "second", "ie")
    diagram = Diagram().start().sub("phase", inner).user("after").end().chain("start", "phase", "after", "end")
    play = Play(bundle(diagram))
    play.do("first", x=1)
    assert play.do("stop", y=2) == ["after"]
    assert play.facts() == {"x": 1, "y": 2}


def test_terminate_at_the_top_ends_the_case() -> None:
    called = Diagram("called").start("cs").user("far").end("ce").chain("cs", "far", "ce").timer("t", "far", "R/P7D")
    called.end("te").chain("t", "te")
    diagram = Diagram().start().add("parallelGateway", "g").user("stop").end().call("away", "called", "*", "*")
    diagram.add("endEvent", "all", "<bpmn:terminateEventDefinition/>").chain("start", "g", "stop", "all")
    play = Play(bundle(diagram.chain("g", "away", "end"), called))
    assert sorted(play.open()) == ["far", "stop"]
    play.do("stop")
    assert play.step.status == "completed"
    assert play.waiting() == {"tasks": [], "timers": [], "messages": (), "incidents": ()}


def test_calls_in_a_loop_cost_no_more_with_time() -> None:
    one = Diagram("one").start("os").user("u").end("oe").chain("os", "u", "oe")
    diagram = Diagram().start().add("exclusiveGateway", "m").call("again", "one", "n", "n").end()
    diagram.script("add", "n", "n + 1").add("exclusiveGateway", "x", default="f_back").chain("start", "m", "again")
    diagram.chain("again", "add", "x").flow("x", "m", element="f_back").flow("x", "end", "${n > 400}")
    play = Play(bundle(diagram, one), {"n": 0})
    sizes = []
    while play.step.status == "running":
        play.do("u")
        sizes.append(len(play.state or b""))
    assert play.facts() == {"n": 401}
    assert max(sizes) < min(sizes[:-1]) * 1.2


def test_a_result_that_cannot_come_out_is_an_incident_and_the_call_need_not_run_again() -> None:
    inner = Diagram("inner").start("is").user("u").end("ie").chain("is", "u", "ie")
    diagram = Diagram().start().call("part", "inner", "x", "y=${[1..x]}").user("after").end()
    play = Play(bundle(diagram.chain("start", "part", "after", "end"), inner), {"x": 1})
    play.do("u")
    incident = play.step.incidents[0]
    assert incident.element_id == "part"
    assert "cannot be kept as a fact" in incident.detail
    play.give(Retry(incident.task_id))
    assert play.step.incidents[0].element_id == "part"
    assert play.open() == []


def test_a_cancelled_case_keeps_its_facts() -> None:
    play = Play(twice(), FACTS)
    play.give(Cancel("no longer needed"))
    assert play.facts() == FACTS
