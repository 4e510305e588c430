"""The table of what runs: each row is drawn, and lint answers as the table says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.engine import check, load, support
from app.engine.lint.foreign import HARMLESS, NOT_READ
from tests.unit.engine.models import (
    Diagram,
    bundle,
    inputs,
    instances,
    message_definition,
    timer_definition,
)

TOPS = (
    '<bpmn:message id="m" name="m"/>',
    '<bpmn:signal id="s" name="s"/>',
    '<bpmn:error id="er" name="er" errorCode="er"/>',
    '<bpmn:escalation id="es" name="es" escalationCode="es"/>',
)
ROWS = list(support.table())
DEFINITIONS = {
    "none": "",
    "message": message_definition("m"),
    "timer: date or duration": timer_definition("P1D"),
    "timer: cycle": timer_definition("R/P1D"),
    "signal": '<bpmn:signalEventDefinition signalRef="s"/>',
    "error": '<bpmn:errorEventDefinition errorRef="er"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="es"/>',
    "terminate": "<bpmn:terminateEventDefinition/>",
    "conditional": "<bpmn:conditionalEventDefinition/>",
    "link": '<bpmn:linkEventDefinition name="l"/>',
    "compensate": "<bpmn:compensateEventDefinition/>",
    "cancel": "<bpmn:cancelEventDefinition/>",
    "multiple": message_definition("m") + timer_definition("P1D"),
}
TABLE = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
    b'<decision id="rule" name="rule"><literalExpression><text>1</text></literalExpression></decision></definitions>'
)


def within(kind: str, inside: str = "", ext: str = "", **more: Any) -> Diagram:
    return Diagram().start().add(kind, "x", inside, ext, **more).end().chain("start", "x", "end")


def task(inside: str = "", ext: str = "", **more: Any) -> Diagram:
    return within("userTask", inside, ext, **{"camunda__candidateGroups": "hr", **more})


def inner(start: str = "", end: str = "", **more: Any) -> Diagram:
    inside = Diagram("in").start("is", inside=start, **more).user("ia").add("endEvent", "ie", end)
    return inside.chain("is", "ia", "ie")


def around(start: str = "", end: str = "", **more: Any) -> Diagram:
    return Diagram().start().sub("p", inner(start, end), **more).end().chain("start", "p", "end")


def beside(start: str = "", loop: str = "") -> Diagram:
    """An event sub-process beside a task."""
    diagram = Diagram().start().user("a").end().chain("start", "a", "end")
    return diagram.sub("p", inner(start), loop, triggeredByEvent="true")


def on_the_edge(definition: str, *, interrupting: bool) -> Diagram:
    """The sub-process ends as the event on its edge waits for."""
    thrown = definition if "error" in definition else ""
    diagram = around(end=thrown).boundary("b", "p", definition, interrupting=interrupting)
    return diagram.end("be").chain("b", "be")


def thrown(definition: str) -> Diagram:
    """An end event; what an error needs is caught around it."""
    if "error" in definition:
        return on_the_edge(definition, interrupting=True)
    return Diagram().start().user("a").add("endEvent", "end", definition).chain("start", "a", "end")


PLACED: dict[str, Callable[[str], Diagram]] = {
    "start of a process": lambda d: Diagram().start(inside=d).user("a").end().chain("start", "a", "end"),
    "start of a sub-process": around,
    "start of an event sub-process": beside,
    "catch": lambda d: within("intermediateCatchEvent", d),
    "throw": lambda d: within("intermediateThrowEvent", d),
    "end": thrown,
    "boundary, interrupting": lambda d: on_the_edge(d, interrupting=True),
    "boundary, not interrupting": lambda d: on_the_edge(d, interrupting=False),
}


def choice(kind: str, **more: Any) -> Diagram:
    diagram = Diagram().start().add(kind, "g", default="f", **more).user("a", "b").add(kind, "j").end()
    diagram.chain("start", "g").flow("g", "a", "${x}").flow("g", "b", element="f")
    return diagram.chain("a", "j", "end").chain("b", "j")


def race(**more: Any) -> Diagram:
    diagram = Diagram().start().add("eventBasedGateway", "g", **more).end("e1", "e2")
    diagram.add("intermediateCatchEvent", "c1", timer_definition("P1D")).add("receiveTask", "c2", messageRef="m")
    return diagram.chain("start", "g", "c1", "e1").chain("g", "c2", "e2")


def parallel() -> Diagram:
    diagram = Diagram().start().add("parallelGateway", "g").user("a", "b").add("parallelGateway", "j").end()
    return diagram.chain("start", "g", "a", "j", "end").chain("g", "b", "j")


def conditional(**more: Any) -> Diagram:
    return Diagram().start().user("a").end().flow("start", "a").flow("a", "end", "${x}")


def extra(xml: str) -> Diagram:
    """Something beside the flow."""
    diagram = task()
    diagram.nodes[1].inside += ""
    diagram.extra = xml
    return diagram


NOTE = "<bpmn:textAnnotation id='n'><bpmn:text>n</bpmn:text></bpmn:textAnnotation>"
ASSIGNMENT = "<bpmn:dataInputAssociation id='da'>{}<bpmn:targetRef>n</bpmn:targetRef></bpmn:dataInputAssociation>"
DRAWN: dict[str, Diagram] = {
    "userTask": task(),
    "manualTask": within("manualTask", camunda__candidateGroups="hr"),
    "serviceTask": within("serviceTask", camunda__topic="none"),
    "scriptTask": within("scriptTask", "<bpmn:script>1</bpmn:script>", camunda__resultVariable="r"),
    "businessRuleTask": within("businessRuleTask", camunda__decisionRef="rule", camunda__resultVariable="r"),
    "sendTask": within("sendTask", messageRef="m", props={"key": "${k}"}),
    "receiveTask": within("receiveTask", messageRef="m"),
    "task": within("task"),
    "callActivity": within("callActivity", ext='<camunda:in source="a" target="a"/>', calledElement="other"),
    "subProcess": around(),
    "event sub-process": beside(message_definition("m")),
    "transaction": within("transaction", inner().inside()),
    "adHocSubProcess": within("adHocSubProcess", inner().inside()),
    "exclusiveGateway": choice("exclusiveGateway"),
    "parallelGateway": parallel(),
    "inclusiveGateway": choice("inclusiveGateway"),
    "eventBasedGateway": race(),
    "complexGateway": choice("complexGateway"),
    "eventBasedGateway instantiate": race(instantiate="true"),
    "eventBasedGateway Parallel": race(eventGatewayType="Parallel"),
    "sequenceFlow": task(),
    "condition after a gateway": choice("exclusiveGateway"),
    "condition after a task or event": conditional(),
    "several flows out of a task or event": task().end("e2").chain("x", "e2"),
    "condition in another language": choice("exclusiveGateway"),
    "multi-instance, parallel": task(instances()),
    "multi-instance, sequential": task(instances(sequential=True, enough="${x}")),
    "multi-instance without collection or number": task("<bpmn:multiInstanceLoopCharacteristics/>"),
    "multi-instance event sub-process": beside(message_definition("m"), instances()),
    "standard loop": task("<bpmn:standardLoopCharacteristics/>"),
    "compensation": task(isForCompensation="true"),
    "start or completion quantity": task(startQuantity="2"),
    "lane": within("userTask"),
    "pool": task(),
    "black box pool": task(),
    "messageFlow": task(),
    "conversation": task(),
    "dataObject": extra("<bpmn:dataObject id='d'/>"),
    "dataObjectReference": extra("<bpmn:dataObjectReference id='d' dataObjectRef='o'/>"),
    "dataStoreReference": extra("<bpmn:dataStoreReference id='d'/>"),
    "data association": task(ASSIGNMENT.format("")),
    "data association with an assignment": task(ASSIGNMENT.format("<bpmn:assignment/>")),
    "property": task("<bpmn:property id='p' name='p'/>"),
    "textAnnotation": extra(NOTE),
    "association": extra(NOTE + "<bpmn:association id='l' sourceRef='x' targetRef='n'/>"),
    "group": extra("<bpmn:group id='g'/>"),
    "class": within("serviceTask", camunda__class="x.Y"),
    "expression": within("serviceTask", camunda__expression="${x.y()}"),
    "delegateExpression": within("serviceTask", camunda__delegateExpression="${x}"),
    "execution and task listeners": task(ext='<camunda:taskListener event="create"/>'),
    "formKey": task(camunda__formKey="x"),
    "formData": task(ext="<camunda:formData/>"),
    "output parameters": task(ext=inputs(x="1").replace("inputParameter", "outputParameter")),
    "assignee": task(camunda__assignee="x"),
    "candidateUsers": task(camunda__candidateUsers="x"),
    "formRef": task(camunda__formRef="f"),
    "candidateGroups": task(),
    "dueDate": task(camunda__dueDate="P1D"),
    "topic": within("serviceTask", camunda__topic="none"),
    "decisionRef": within("businessRuleTask", camunda__decisionRef="rule", camunda__resultVariable="r"),
    "resultVariable": within("scriptTask", "<bpmn:script>1</bpmn:script>", camunda__resultVariable="r"),
    "mapDecisionResult": within(
        "businessRuleTask",
        camunda__decisionRef="rule",
        camunda__resultVariable="r",
        camunda__mapDecisionResult="singleResult",
    ),
    "collection": task(instances()),
    "elementVariable": task(instances()),
    "expression of a message": within(
        "intermediateThrowEvent", message_definition("m", camunda__expression="${x}"), props={"key": "${k}"}
    ),
    "properties": task(props={"rules": "XX-1"}),
    "in and out mappings": within("callActivity", ext='<camunda:in variables="all"/>', calledElement="other"),
    "input parameters": within("serviceTask", ext=inputs(to="hr", template="t"), camunda__topic="notify"),
}
for _name in (*NOT_READ, *HARMLESS):
    DRAWN.setdefault(_name, task(**{f"camunda__{_name}": "1"}))
OTHER = Diagram("other").start("os").user("oa").end("oe").chain("os", "oa", "oe")
ENGINES = {
    "Camunda 8": "http://camunda.org/schema/zeebe/1.0",
    "Flowable": "http://flowable.org/bpmn",
    "Activiti": "http://activiti.org/bpmn",
    "jBPM": "http://www.jboss.org/drools",
    "SpiffWorkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
TOP_PARTS = {
    "pool": '<bpmn:collaboration id="c"><bpmn:participant id="pa" processRef="case"/></bpmn:collaboration>',
    "black box pool": '<bpmn:collaboration id="c"><bpmn:participant id="pa"/></bpmn:collaboration>',
    "messageFlow": '<bpmn:collaboration id="c"><bpmn:messageFlow id="mf" sourceRef="x" targetRef="x"/>'
    "</bpmn:collaboration>",
    "conversation": '<bpmn:collaboration id="c"><bpmn:conversation id="cv"/></bpmn:collaboration>',
}


def of_row(row: support.Row) -> Any:
    """The bundle that draws a row."""
    diagram = task()
    tops = "".join(TOPS)
    if row.group == "events":
        definition, place = row.what.split(", ", 1)
        diagram = PLACED[place](DEFINITIONS[definition])
    elif row.group == "settings of other engines":
        diagram = task(ext=f'<o:x xmlns:o="{ENGINES[row.what]}"/>')
    elif row.group == "at the top of a file":
        tops += "" if f"<bpmn:{row.what} " in tops else f'<bpmn:{row.what} id="top"/>'
    else:
        diagram = DRAWN[row.what]
    if row.what == "lane":
        diagram.lanes = {"hr": ("x",)}
    tops += TOP_PARTS.get(row.what, "")
    made = bundle(diagram, OTHER, tops=tops, files={"f.form": b"{}", "rule.dmn": TABLE})
    files = {name: _completed(data, row, diagram) for name, data in made.files.items()}
    return type(made)(made.key, files)


def _completed(data: bytes, row: support.Row, diagram: Diagram) -> bytes:
    extra_ = getattr(diagram, "extra", "").encode()
    data = data.replace(b"</bpmn:process>", extra_ + b"</bpmn:process>", 1)
    if row.what == "condition in another language":
        data = data.replace(b"<bpmn:conditionExpression ", b'<bpmn:conditionExpression language="groovy" ')
    return data


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.group}: {row.what}" for row in ROWS])
def test_lint_answers_as_the_table_says(row: support.Row) -> None:
    made = of_row(row)
    found = check(made)
    errors = {one.rule for one in found if one.severity == "error"}
    warnings = {one.rule for one in found if one.severity == "warning"}
    if row.answer == "refused":
        assert row.rule in errors
        return
    assert errors == set()
    load(made)
    if row.answer == "warned":
        assert row.rule in warnings
    else:
        assert warnings <= {"no-form", "no-documentation", "unused-process", "never-thrown"}


def test_each_row_is_there_once() -> None:
    names = [(row.group, row.what) for row in ROWS]
    assert len(names) == len(set(names))
    assert {row.answer for row in ROWS} == {"runs", "refused", "warned", "drawn"}
    assert all(bool(row.rule) == (row.answer in ("refused", "warned")) and row.why for row in ROWS)
