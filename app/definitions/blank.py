"""New files to begin with: the smallest diagram, table and form that lint finds nothing grave in."""

from __future__ import annotations

import re
import unicodedata

import orjson
from lxml import etree

LONGEST = 60

_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" \
id="definitions" targetNamespace="https://waymark.example/processes">
  <bpmn:collaboration id="collaboration">
    <bpmn:participant id="pool" processRef="process" />
  </bpmn:collaboration>
  <bpmn:process id="process" isExecutable="true">
    <bpmn:startEvent id="begun" name="Begun">
      <bpmn:outgoing>begun_to_done</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="done" name="Done">
      <bpmn:incoming>begun_to_done</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="begun_to_done" sourceRef="begun" targetRef="done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">
      <bpmndi:BPMNShape id="pool_di" bpmnElement="pool" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="640" height="220" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="begun_di" bpmnElement="begun">
        <dc:Bounds x="242" y="172" width="36" height="36" />
        <bpmndi:BPMNLabel>
          <dc:Bounds x="243" y="215" width="33" height="14" />
        </bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="done_di" bpmnElement="done">
        <dc:Bounds x="682" y="172" width="36" height="36" />
        <bpmndi:BPMNLabel>
          <dc:Bounds x="687" y="215" width="27" height="14" />
        </bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begun_to_done_di" bpmnElement="begun_to_done">
        <di:waypoint x="278" y="190" />
        <di:waypoint x="682" y="190" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
_TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" \
xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" \
id="definitions" namespace="https://waymark.example/decisions">
  <decision id="decision">
    <variable id="variable" />
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="input_1" label="Employer">
        <inputExpression id="expression_1" typeRef="string">
          <text>employer</text>
        </inputExpression>
      </input>
      <output id="output_1" label="Days" name="days" typeRef="number" />
      <rule id="row_1">
        <inputEntry id="cell_1">
          <text></text>
        </inputEntry>
        <outputEntry id="cell_2">
          <text>5</text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="diagram">
      <dmndi:DMNShape id="shape" dmnElementRef="decision">
        <dc:Bounds height="80" width="180" x="160" y="100" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


def slug(name: str, between: str) -> str:
    """An id for a name in words: small letters and digits, `between` ("_" or "-") where there is anything else.
    "" where nothing is left; what begins with a digit is no id, and gets a letter before it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    found = re.sub(r"[^a-z0-9]+", between, plain).strip(between)[:LONGEST].rstrip(between)
    return f"n{between}{found}" if found[:1].isdigit() else found


def diagram(key: str, name: str) -> bytes:
    """A process that begins and is done: for other processes to call, until its start event says who may start it."""
    root = etree.fromstring(_DIAGRAM.encode())
    root.set("id", f"definitions_{key}")
    for participant in root.iter(f"{_BPMN}participant"):
        participant.set("name", name)
        participant.set("processRef", key)
    for process in root.iter(f"{_BPMN}process"):
        process.set("id", key)
        process.set("name", name)
    return _written(root)


def table(key: str, name: str) -> bytes:
    """A table of one row that always answers."""
    root = etree.fromstring(_TABLE.encode())
    root.set("name", name)
    for decision in root.iter(f"{_DMN}decision"):
        decision.set("id", key)
        decision.set("name", name)
    for variable in root.iter(f"{_DMN}variable"):
        variable.set("name", key.replace("-", "_"))
    return _written(root)


def form(key: str, name: str, purpose: str) -> bytes:
    """A form with its title and one text for the occupational health team. `purpose`: one that is in the register."""
    title = {"type": "text", "id": f"{key}_title", "text": f"# {name}"}
    asked = {
        "type": "textarea",
        "id": f"{key}_remark",
        "key": "remark",
        "label": "Remark",
        "properties": {"class": "restricted", "purpose": purpose},
    }
    schema = {"type": "default", "id": key, "schemaVersion": 19, "components": [title, asked]}
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
