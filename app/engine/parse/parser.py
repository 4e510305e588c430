"""The package's parser with our specs. Elements are built first and connected afterwards, in the order of the file:
neither the depth of a diagram nor the place where a shape is drawn changes what it does."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition

from app.engine.parse import build
from app.engine.parse.elements import event_definitions
from app.engine.parse.namespaces import bpmn, local
from app.engine.specs import activities, event_subprocess, events, gateways, subprocesses
from app.engine.specs.gateways import Condition

_START = {"x": 0.0, "y": 0.0}


class _Ours:
    """Put over each of the package's element parsers."""

    node: Any
    spec: Any
    spec_class: Any
    process_parser: Any
    task: Any
    bpmn_id: str

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        return {"bpmn_name": self.node.get("name")}

    def _get_lane(self) -> None:
        return None

    def get_position(self, node: Any = None) -> dict[str, float]:
        return _START

    def parse_node(self) -> Any:
        """The spec to which flows into this element lead. Flows out of it are connected later."""
        self.task = self.create_task()
        self.task.extensions = {}
        element = self.task.element = self.process_parser.element_of(self.node)
        build.activity(self.task, self.node, self.process_parser)
        loop = self.node.find(bpmn("multiInstanceLoopCharacteristics"))
        if loop is not None:
            self.task = build.multi_instance(self.task, loop, element)
        around = self.process_parser.get_boundary_events(self.bpmn_id)
        return self._with_boundary(around) if around else self.task

    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, **self.bpmn_attributes)

    def _with_boundary(self, boundary_events: list[Any]) -> Any:
        split = BoundaryEventSplit(self.spec, f"{self.bpmn_id}.BoundaryEventSplit")
        join = BoundaryEventJoin(self.spec, f"{self.bpmn_id}.BoundaryEventJoin", split_task=split.name, cancel=True)
        split.connect(self.task)
        self.task.connect(join)
        for node in boundary_events:
            event = self.process_parser.parse_node(node)
            split.connect(event)
            event.connect(join)
        return split

    def connect_flows(self) -> None:
        specs = self.spec.task_specs
        flows = self.process_parser.get_outgoing_sequence_flows(self.bpmn_id)
        default = self.node.get("default")
        for flow in flows:
            target = flow.get("targetRef")
            spec = specs.get(f"{target}.BoundaryEventSplit") or specs.get(target)
            if spec is None:
                raise ValidationException(f"The flow {flow.get('id')} leads nowhere.", self.node)
            self._connect(spec, flow, is_default=flow.get("id") == default)

    def _connect(self, spec: Any, flow: Any, *, is_default: bool) -> None:
        condition = build.condition(flow)
        if condition is None or is_default or not hasattr(self.task, "connect_if"):
            self.task.connect(spec)
        else:
            self.task.connect_if(Condition(condition), spec)


class _Event(_Ours):
    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, event_definition=self._definition(), **self._event_attributes())

    def _event_attributes(self) -> dict[str, Any]:
        return self.bpmn_attributes

    def _definition(self) -> Any:
        found = event_definitions(self.node)
        if not found:
            return NoneEventDefinition()
        if len(found) > 1:
            raise ValidationException("An event has one definition.", self.node)
        if local(found[0].tag) == "terminateEventDefinition":
            return TerminateEventDefinition()
        return build.event_definition(found[0], self.node, self.process_parser)


class _Start(_Event):
    def create_task(self) -> Any:
        task = super().create_task()
        self.spec.start.connect(task)
        return task


class _End(_Event):
    def create_task(self) -> Any:
        task = super().create_task()
        task.connect(self.spec.end)
        return task


class _Boundary(_Event):
    def _event_attributes(self) -> dict[str, Any]:
        return {**self.bpmn_attributes, "cancel_activity": self.node.get("cancelActivity", "true") != "false"}


class _Messaging(_Event):
    def _definition(self) -> Any:
        """A send or receive task names its message itself."""
        return build.message(self.node, self.node, self.process_parser)


class _EventGateway(_Ours):
    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, event_definition=events.Alternatives(), **self.bpmn_attributes)


class _Call(_Ours):
    def create_task(self) -> Any:
        called = self.node.get("calledElement") or ""
        return self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes)


class _SubProcess(_Ours):
    def create_task(self) -> Any:
        by_event = self.node.get("triggeredByEvent") == "true"
        spec_class = event_subprocess.EventSubProcess if by_event else self.spec_class
        name = task_parsers.SubprocessParser.get_subprocess_spec(self)
        return spec_class(self.spec, self.bpmn_id, subworkflow_spec=name, **self.bpmn_attributes)


class OurProcessParser(ProcessParser):
    """Builds all elements of a process, then connects them."""

    def element_of(self, node: Any) -> Any:
        return self.parser.elements[self.filename, node.get("id")]

    def parse_node(self, node: Any) -> Any:
        known = self.spec.task_specs.get(node.get("id"))
        if known is not None:
            return self.spec.task_specs.get(f"{node.get('id')}.BoundaryEventSplit") or known
        parser_class, spec_class = self.parser._get_parser_class(node.tag)
        if parser_class is None:
            raise ValidationException("There is no support for this kind of element.", node, self.filename)
        if self.in_event_subprocess and parser_class is _PARSERS["startEvent"][0]:
            spec_class = event_subprocess.EventSubProcessStart
        parser = parser_class(self, spec_class, node, self.nsmap)
        self.built.append(parser)
        return parser.parse_node()

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.built: list[Any] = []
        self.in_event_subprocess = self.node.get("triggeredByEvent") == "true"
        self.add_tasks()

    def add_tasks(self) -> None:
        nodes = [node for node in self.node if local(node.tag) in _PARSERS]
        if sum(local(node.tag) == "startEvent" for node in nodes) != 1:
            raise ValidationException("A process has one start event.", self.node, self.filename)
        for node in nodes:
            self.parse_node(node)
        for parser in self.built:
            parser.connect_flows()
        for node in nodes:
            if node.get("triggeredByEvent") == "true":
                self.spec.start.connect_or_add_trigger(self.spec.task_specs[node.get("id")], None)


def _over(base: Any, ours: Any) -> Any:
    return type(f"Our{base.__name__}", (ours, base), {})


_PARSERS: dict[str, tuple[Any, Any]] = {
    "startEvent": (_over(event_parsers.StartEventParser, _Start), events.StartEvent),
    "endEvent": (_over(event_parsers.EndEventParser, _End), events.EndEvent),
    "boundaryEvent": (_over(event_parsers.BoundaryEventParser, _Boundary), events.BoundaryEvent),
    "intermediateCatchEvent": (
        _over(event_parsers.IntermediateCatchEventParser, _Event),
        events.IntermediateCatchEvent,
    ),
    "intermediateThrowEvent": (
        _over(event_parsers.IntermediateThrowEventParser, _Event),
        events.IntermediateThrowEvent,
    ),
    "sendTask": (_over(event_parsers.SendTaskParser, _Messaging), events.SendTask),
    "receiveTask": (_over(event_parsers.ReceiveTaskParser, _Messaging), events.ReceiveTask),
    "eventBasedGateway": (_over(event_parsers.EventBasedGatewayParser, _EventGateway), events.EventBasedGateway),
    "userTask": (_over(TaskParser, _Ours), activities.UserTask),
    "manualTask": (_over(TaskParser, _Ours), activities.ManualTask),
    "serviceTask": (_over(TaskParser, _Ours), activities.ServiceTask),
    "scriptTask": (_over(TaskParser, _Ours), activities.ScriptTask),
    "businessRuleTask": (_over(TaskParser, _Ours), activities.DecisionTask),
    "exclusiveGateway": (_over(TaskParser, _Ours), gateways.ExclusiveGateway),
    "parallelGateway": (_over(TaskParser, _Ours), gateways.ParallelGateway),
    "inclusiveGateway": (_over(TaskParser, _Ours), gateways.InclusiveGateway),
    "callActivity": (_over(TaskParser, _Call), subprocesses.Call),
    "subProcess": (_over(TaskParser, _SubProcess), subprocesses.SubProcess),
}

#: BPMN's names of the elements that the engine runs.
SUPPORTED = frozenset(_PARSERS)


class OurParser(BpmnParser):
    PARSER_CLASSES = {bpmn(name): classes for name, classes in _PARSERS.items()}  # noqa: RUF012 # read only
    PROCESS_PARSER_CLASS = OurProcessParser

    def __init__(self, elements: dict[tuple[str, str], Any], decisions: dict[str, Any]) -> None:
        """`elements` by (file, id), `decisions` by id."""
        super().__init__()
        self.elements = elements
        self.decisions = decisions

    def _nothing(self, bpmn: Any) -> None:
        """A data store in a diagram is a drawing; messages and the like are found by who names them."""

    _add_data_stores = _add_messages = _add_signals = _add_errors = _add_escalations = _add_correlations = _nothing
