"""The models of test_patches.py on the untouched package. Run as a program, in a process of its own: importing
app.engine would patch it. Prints one JSON object: name of the scenario to what came out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import SpiffWorkflow.bpmn.specs.event_definitions.timer as timer_module
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import SignalEventDefinition
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.util.task import TaskState

from tests.unit.engine import scenarios
from tests.unit.engine.diagrams import Diagram

SCENARIOS: dict[str, Callable[[], Any]] = {}


def scenario(play: Callable[[], Any]) -> Callable[[], Any]:
    SCENARIOS[play.__name__] = play
    return play


class MovedClock(datetime):
    moved = timedelta(0)

    @classmethod
    def now(cls, tz: Any = None) -> Any:  # the package asks for it
        return datetime.now(tz) + cls.moved


timer_module.datetime = MovedClock


class Case:
    def __init__(
        self, diagram: Diagram, facts: Any = None, tops: str = "", parser: Any = BpmnParser, called: Any = None
    ) -> None:
        read = parser()
        read.add_bpmn_str(diagram.xml(tops))
        if called is not None:
            read.add_bpmn_str(called.xml())
        self.spec, self.inner = read.get_spec(diagram.id), read.get_subprocess_specs(diagram.id)
        self.begin(facts)

    def begin(self, facts: Any = None) -> None:
        self.workflow = BpmnWorkflow(self.spec, self.inner)
        self.workflow.task_tree.data.update(facts or {})
        self.workflow.do_engine_steps()

    def open(self) -> list[str]:
        return [task.task_spec.name for task in self.ready()]

    def ready(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def do(self, name: str, **facts: Any) -> list[str]:
        task = next(task for task in self.ready() if task.task_spec.name == name)
        task.data.update(facts)
        task.run()
        self.workflow.do_engine_steps()
        return self.open()

    def after(self, days: int) -> list[str]:
        MovedClock.moved = timedelta(days=days)
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()
        MovedClock.moved = timedelta(0)
        return self.open()


@scenario
def lost_update() -> Any:
    case = Case(scenarios.fork(), {"x": "old", "y": "old"})
    case.do("a", x="new")
    case.do("b", y="new")
    return case.ready()[0].data


@scenario
def join_in_a_loop() -> Any:
    case = Case(scenarios.fork(again="again"), {"again": True})
    for name in ("a", "b", "z", "b"):
        found = case.do(name)
    return found


@scenario
def shared_facts() -> Any:
    case = Case(scenarios.fork(), {"plan": {"stage": {"days": 1}}})
    next(task for task in case.ready() if task.task_spec.name == "a").data["plan"]["stage"]["days"] = 2
    return next(task for task in case.ready() if task.task_spec.name == "b").data["plan"]


@scenario
def cancel_of_instances() -> Any:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>people</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="person"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    case = Case(scenarios.instances_with_a_way_out(loop), {"people": ["a", "b"]}, scenarios.STOP)
    try:
        case.workflow.send_event(BpmnEvent(SignalEventDefinition("stop")))
        case.workflow.do_engine_steps()
    except Exception as error:  # noqa: BLE001, RUF100 # whichever it is
        return type(error).__name__
    return case.open()


@scenario
def dropped_timer() -> Any:
    case = Case(scenarios.timer_on_the_second(time='"P7D"'))
    case.do("a")
    case.workflow.reset_from_task_id(case.workflow.get_next_task(spec_name="a").id)
    return [task.task_spec.name for task in case.workflow.event_manager.tasks.values()]


@scenario
def two_interrupting_timers() -> Any:
    return Case(scenarios.two_timers('"P1D"', '"P3D"')).after(9)


@scenario
def repeated_timer_handler() -> Any:
    case = Case(scenarios.repeated_handler('"R/P7D"'))
    case.after(8)
    return case.do("work")


@scenario
def event_sub_process() -> Any:
    return Case(scenarios.interrupting_event_sub_process('"P10D"')).after(11)


@scenario
def instances_after_a_restart() -> Any:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>people</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="person"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    case = Case(scenarios.instances_then_more(loop), {"people": ["a"]})
    fresh = Case(scenarios.instances_then_more(loop), {"people": []})
    for task in case.workflow.tasks.values():  # the open case, on a diagram parsed anew
        task.task_spec = fresh.spec.task_specs[task.task_spec.name]
    case.workflow.spec = fresh.spec
    return case.do(case.open()[0])


@scenario
def instances_change_the_shared_spec() -> Any:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:elementVariable="person">'
        "<bpmn:loopCardinality>people</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    case = Case(scenarios.instances_then_more(loop), {"people": ["a", "b"]}, parser=CamundaParser)
    try:
        case.begin({"people": 1})  # a second case on the same spec
    except AttributeError as error:
        return type(error).__name__
    return case.open()


@scenario
def depth() -> Any:
    case = Case(scenarios.endless_task())
    for turn in range(1, 400):
        if not case.do("u"):
            return [turn < 400, case.workflow.is_completed()]
    return [False, False]


@scenario
def growth() -> Any:
    case = Case(scenarios.endless_task())
    for _ in range(100):
        case.do("u")
    return len(case.workflow.tasks)


@scenario
def message_to_itself() -> Any:
    case = Case(scenarios.message_to_itself(), tops=scenarios.NOTE)
    return case.do("b")


@scenario
def python() -> Any:
    case = Case(scenarios.condition("__import__('os').getpid() > 0"))
    return case.open()


@scenario
def failed_timer() -> Any:
    try:
        return Case(scenarios.two_timers("deadline", '"P3D"')).open()
    except Exception as error:  # noqa: BLE001, RUF100 # whichever it is
        return type(error).__name__


@scenario
def error_of_another() -> Any:
    return Case(scenarios.error_beside(), tops=scenarios.ERROR).do("thrower_u")


@scenario
def drawn_higher() -> Any:
    """Both conditions hold; the second flow's target is drawn above the first's."""
    return Case(scenarios.both_hold("True", drawn=True)).open()


@scenario
def two_timers_at_a_gateway() -> Any:
    case = Case(scenarios.two_timers_at_a_gateway('"P1D"', '"P10D"'))
    return [case.after(3), case.after(12)]


@scenario
def uncaught_error() -> Any:
    return Case(scenarios.uncaught_error(), tops=scenarios.ERROR).do("u")


@scenario
def mappings() -> Any:
    diagram, called = scenarios.a_call_with_mappings()
    case = Case(diagram, {"shown": 1, "secret": 2}, parser=CamundaParser, called=called)
    inside = dict(case.ready()[0].data)
    case.do("u", answer="yes", draft="no")
    return [inside, case.ready()[0].data]


@scenario
def late_end() -> Any:
    case = Case(scenarios.a_late_end(), {"x": "old"})
    case.do("a", x="new")
    case.do("b")
    return case.ready()[0].data["x"]


@scenario
def terminated() -> Any:
    case = Case(scenarios.terminated())
    case.do("a", x=1)
    case.do("stop")
    return case.ready()[0].data


@scenario
def heard_twice() -> Any:
    case = Case(scenarios.heard_beside(), tops=scenarios.STOP)
    case.do("u1")
    return case.do("u2")


@scenario
def downtime() -> Any:
    case = Case(scenarios.repeated_handler('"R/P28D"'))
    return case.after(366).count("chase")


@scenario
def unquoted() -> Any:
    try:
        case = Case(scenarios.timer_on_the_second("P7D"))
        return case.do("a")
    except Exception as error:  # noqa: BLE001, RUF100 # whichever it is
        return type(error).__name__


@scenario
def completed_twice() -> Any:
    case = Case(scenarios.fork())
    task = case.ready()[0]
    return [bool(task.run()), bool(task.run())]


@scenario
def ids() -> Any:
    return [str(Case(scenarios.fork()).ready()[0].id) for _ in range(2)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps({name: play() for name, play in SCENARIOS.items()}))
