"""A small bundle in which lint finds nothing; each test spoils one thing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import orjson

from app.definitions.lint import Known, lint
from app.engine.bundle import Bundle
from app.errors import Finding

RULES = {"XX-1", "XX-2"}
ROLES = {"employee", "hr"}
STARTERS = {"employee", "hr", "manager"}
NOTICES = {"soon"}
#: processes that a message starts, with its name
STARTED = {"other": {"word"}, "third": {"reply"}, "quiet": set(), "open": set()}
#: purpose to what the employer may be told
PURPOSES = {"to plan": "told", "to advise": "released", "to assess": "kept"}
MAIN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="defs" targetNamespace="https://waymark.example/tests">
  <bpmn:message id="m_stop" name="consentWithdrawn" />
  <bpmn:process id="leave" name="Leave" isExecutable="true">
    <bpmn:documentation>Ask for leave.</bpmn:documentation>
    <bpmn:startEvent id="asked" name="Asked" camunda:formRef="ask">
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="starters" value="manager hr" /><camunda:property name="rules" value="XX-1" />
      </camunda:properties></bpmn:extensionElements>
      <bpmn:outgoing>f1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:businessRuleTask id="read_policy" name="Read the policy" camunda:decisionRef="policy-table"
      camunda:resultVariable="policy" camunda:mapDecisionResult="singleResult">
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="rules" value="XX-2" />
      </camunda:properties></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:exclusiveGateway id="merge"><bpmn:incoming>f2</bpmn:incoming><bpmn:incoming>f5</bpmn:incoming>
      <bpmn:outgoing>f3</bpmn:outgoing></bpmn:exclusiveGateway>
    <bpmn:userTask id="check" name="Check the dates" camunda:formRef="check" camunda:candidateGroups="hr"
      camunda:dueDate="${workdays(policy.days)}">
      <bpmn:documentation>Somebody asks for leave, and you know the rota.</bpmn:documentation>
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="rules" value="XX-1" />
      </camunda:properties></bpmn:extensionElements>
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="soon" name="Due soon" attachedToRef="check" cancelActivity="false">
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="deadline" value="warn" />
      </camunda:properties></bpmn:extensionElements>
      <bpmn:outgoing>f8</bpmn:outgoing>
      <bpmn:timerEventDefinition id="soon_t">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="tell" name="Tell them" camunda:type="external" camunda:topic="notify">
      <bpmn:extensionElements>
        <camunda:inputOutput>
          <camunda:inputParameter name="to">hr employee</camunda:inputParameter>
          <camunda:inputParameter name="template">soon</camunda:inputParameter>
        </camunda:inputOutput>
        <camunda:properties><camunda:property name="rules" value="XX-2" /></camunda:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>f8</bpmn:incoming><bpmn:outgoing>f9</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="told" name="Told"><bpmn:incoming>f9</bpmn:incoming></bpmn:endEvent>
    <bpmn:exclusiveGateway id="fine" name="Are the dates fine?">
      <bpmn:incoming>f4</bpmn:incoming><bpmn:outgoing>f5</bpmn:outgoing><bpmn:outgoing>f6</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:callActivity id="arrange" name="Arrange cover" calledElement="cover">
      <bpmn:extensionElements>
        <camunda:in source="answer" target="answer" /><camunda:in sourceExpression="${1}" target="round" />
        <camunda:out source="covered" target="covered" />
        <camunda:properties><camunda:property name="rules" value="XX-1" /></camunda:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>f6</bpmn:incoming><bpmn:outgoing>f7</bpmn:outgoing>
    </bpmn:callActivity>
    <bpmn:boundaryEvent id="stop" name="Withdrawn" attachedToRef="arrange"><bpmn:outgoing>f10</bpmn:outgoing>
      <bpmn:messageEventDefinition id="stop_m" messageRef="m_stop" /></bpmn:boundaryEvent>
    <bpmn:endEvent id="stopped" name="Stopped"><bpmn:incoming>f10</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="done" name="Done"><bpmn:incoming>f7</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="read_policy" />
    <bpmn:sequenceFlow id="f2" sourceRef="read_policy" targetRef="merge" />
    <bpmn:sequenceFlow id="f3" sourceRef="merge" targetRef="check" />
    <bpmn:sequenceFlow id="f4" sourceRef="check" targetRef="fine" />
    <bpmn:sequenceFlow id="f5" name="no" sourceRef="fine" targetRef="merge">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${answer = "no"}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f6" name="yes" sourceRef="fine" targetRef="arrange">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${answer = "yes"}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f7" sourceRef="arrange" targetRef="done" />
    <bpmn:sequenceFlow id="f8" sourceRef="soon" targetRef="tell" />
    <bpmn:sequenceFlow id="f9" sourceRef="tell" targetRef="told" />
    <bpmn:sequenceFlow id="f10" sourceRef="stop" targetRef="stopped" />
  </bpmn:process>
</bpmn:definitions>
"""

CALLED = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="defs2" targetNamespace="https://waymark.example/tests">
  <bpmn:process id="cover" name="Cover" isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="hr" name="HR"><bpmn:flowNodeRef>find</bpmn:flowNodeRef></bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begin" name="Asked for cover"><bpmn:outgoing>g1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="find" name="Find somebody" camunda:formRef="check">
      <bpmn:documentation>The dates are fine; somebody has to stand in.</bpmn:documentation>
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="rules" value="XX-1" />
      </camunda:properties></bpmn:extensionElements>
      <bpmn:incoming>g1</bpmn:incoming><bpmn:outgoing>g2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:scriptTask id="note" name="Note when" scriptFormat="feel" camunda:resultVariable="covered">
      <bpmn:incoming>g2</bpmn:incoming><bpmn:outgoing>g3</bpmn:outgoing>
      <bpmn:script>if round > 0 then answer else now()</bpmn:script>
    </bpmn:scriptTask>
    <bpmn:endEvent id="found" name="Covered"><bpmn:incoming>g3</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="g1" sourceRef="begin" targetRef="find" />
    <bpmn:sequenceFlow id="g2" sourceRef="find" targetRef="note" />
    <bpmn:sequenceFlow id="g3" sourceRef="note" targetRef="found" />
  </bpmn:process>
</bpmn:definitions>
"""

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Policy" namespace="https://waymark.example">
  <decision id="policy-table" name="Policy">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i" label="Employer">
        <inputExpression id="ie" typeRef="string"><text>employer</text></inputExpression>
      </input>
      <output id="o" label="Days" name="days" typeRef="number" />
      <rule id="r"><inputEntry id="c"><text></text></inputEntry><outputEntry id="e"><text>5</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def field(kind: str, key: str, **more: Any) -> dict[str, Any]:
    own = {"class": "employer", "purpose": "to plan", **more.pop("properties", {})}
    return {"type": kind, "id": f"i_{key}", "key": key, "label": key.capitalize(), "properties": own, **more}


YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def form(identity: str, *fields: dict[str, Any]) -> str:
    return orjson.dumps({"schemaVersion": 19, "type": "default", "id": identity, "components": list(fields)}).decode()


def files() -> dict[str, str]:
    answer = field("radio", "answer", values=YES_NO, validate={"required": True}, properties={"routes": "true"})
    return {
        "leave.bpmn": drawn(MAIN),
        "cover.bpmn": drawn(CALLED),
        "policy.dmn": TABLE,
        "ask.form": form("ask", field("textfield", "reason")),
        "check.form": form(
            "check", field("textarea", "seen", properties={"from": "ask.reason", "rules": "XX-1"}), answer
        ),
    }


_SHAPE = re.compile(
    r"<bpmn:(\w+(?:Event|Task|Gateway|Process|Activity|Reference)|task|transaction|lane|participant|group)(?= )"
    r"[^>]*? id=\"([^\"]+)\""
)
_LINE = re.compile(r"<bpmn:(?:sequenceFlow|messageFlow) [^>]*?id=\"([^\"]+)\"")


def drawn(xml: str) -> str:
    """The diagram with a shape for everything, in one row; as it is if it has shapes."""
    if "BPMNDiagram" in xml or "</bpmn:definitions>" not in xml:
        return xml
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{found[2]}"><dc:Bounds x="{200 * at}" y="0" width="100" height="80"/>'
        "</bpmndi:BPMNShape>"
        for at, found in enumerate(_SHAPE.finditer(xml))
    )
    lines = "".join(f'<bpmndi:BPMNEdge bpmnElement="{found[1]}"/>' for found in _LINE.finditer(xml))
    drawing = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="drawing">'
        f'<bpmndi:BPMNPlane id="plane">{shapes}{lines}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )
    return xml.replace("</bpmn:definitions>", drawing + "</bpmn:definitions>")


def bundle(changed: dict[str, str] | None = None, key: str = "leave") -> Bundle:
    """The sample with some files changed; "" takes a file away."""
    given = {**files(), **(changed or {})}
    return Bundle(key, {name: drawn(text).encode() for name, text in given.items() if text})


_SMALL = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d_{key}" targetNamespace="https://waymark.example/tests">
  <bpmn:process id="{key}" name="{key}" isExecutable="true">
    <bpmn:extensionElements><camunda:properties>
      <camunda:property name="about" value="{about}" /></camunda:properties></bpmn:extensionElements>
    <bpmn:startEvent id="begin" name="Begin" camunda:formRef="wanted"><bpmn:extensionElements><camunda:properties>
      <camunda:property name="from" value="{follows}" />
    </camunda:properties></bpmn:extensionElements></bpmn:startEvent>
  </bpmn:process>
</bpmn:definitions>"""


def _small(key: str, about: str = "employee", follows: str = "") -> Bundle:
    """Another process, which asks for something that everybody may know, and for something that the team alone may."""
    open_to_all = field("radio", "asked_for", values=YES_NO, properties={"routes": "true"})
    grave = field("radio", "grave", values=YES_NO, properties={"routes": "true", "class": "restricted"})
    text = _SMALL.format(key=key, about=about, follows=follows)
    return Bundle(key, {f"{key}.bpmn": text.encode(), "wanted.form": form("wanted", open_to_all, grave).encode()})


#: processes beside the sample: `quiet` is about nobody, `open` may be started from it
OTHERS = {"other": _small("other"), "quiet": _small("quiet", "nobody"), "open": _small("open", follows="leave: hr")}
KNOWN = Known(RULES, ROLES, STARTERS, NOTICES, PURPOSES, processes=STARTED, others=OTHERS, today=date(2026, 11, 22))


def spoilt(name: str, old: str, new: str) -> Bundle:
    """The sample with one text replaced; the text must be there."""
    text = files()[name]
    assert old in text
    return bundle({name: text.replace(old, new)})


def looked_at(made: Bundle) -> list[Finding]:
    return lint(made, KNOWN)
