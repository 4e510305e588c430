"""What a process owner would add before a diagram from another tool can run: done by machine, without meaning."""

from __future__ import annotations

from lxml import etree

from app import xmlsafe

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_CHOOSING = (f"{BPMN}exclusiveGateway", f"{BPMN}inclusiveGateway")


def mended(data: bytes) -> bytes:
    """The diagram with executable processes, user tasks with a role, machines that do nothing and conditions that can
    be read; as it is when it cannot be read."""
    try:
        root = xmlsafe.parse(data)
    except xmlsafe.UnsafeXml:
        return data
    for process in root.iter(f"{BPMN}process"):
        process.set("isExecutable", "true")
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element.tag.startswith(BPMN):
            _mend(root, element)
    return etree.tostring(root)


def _mend(root: etree._Element, element: etree._Element) -> None:
    kind = element.tag.removeprefix(BPMN)
    if kind in ("task", "manualTask", "userTask"):
        _bare(element, "userTask")
        element.set(f"{CAMUNDA}candidateGroups", "hr")
    elif kind in ("serviceTask", "scriptTask", "businessRuleTask", "sendTask", "callActivity"):
        _bare(element, "serviceTask")
        element.set(f"{CAMUNDA}topic", "none")
    elif kind == "timerEventDefinition":
        _time(element)
    elif kind in ("messageEventDefinition", "receiveTask"):
        _message(root, element)
    elif kind == "sequenceFlow":
        _flow(root, element)
    elif kind == "standardLoopCharacteristics":
        element.tag = f"{BPMN}documentation"


def _bare(element: etree._Element, kind: str) -> None:
    """Without what other tools have written into it."""
    element.tag = BPMN + kind
    for name in [name for name in element.attrib if name not in ("id", "name", "default")]:
        del element.attrib[name]
    for child in list(element):
        if isinstance(child.tag, str) and not child.tag.endswith(("}incoming", "}outgoing")):
            element.remove(child)


def _time(element: etree._Element) -> None:
    for child in list(element):
        element.remove(child)
    etree.SubElement(element, f"{BPMN}timeDuration").text = "P1D"


def _message(root: etree._Element, element: etree._Element) -> None:
    if root.find(f"{BPMN}message[@id='mended']") is None:
        root.append(etree.Element(f"{BPMN}message", {"id": "mended", "name": "mended"}))
    element.set("messageRef", "mended")


def _flow(root: etree._Element, flow: etree._Element) -> None:
    source = next((one for one in root.iter(*_CHOOSING) if one.get("id") == flow.get("sourceRef")), None)
    for condition in flow.findall(f"{BPMN}conditionExpression"):
        flow.remove(condition)
    if source is not None and source.get("default") != flow.get("id"):
        etree.SubElement(flow, f"{BPMN}conditionExpression").text = "true"
