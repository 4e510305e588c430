"""A BPMN file with a drawing, put together from a few words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="defs" targetNamespace="t">'
)


@dataclass(frozen=True)
class Put:
    """One element and where it stands. `inner`: what is in it; `more`: attributes; `look`: attributes of its shape."""

    kind: str
    id: str
    name: str = ""
    place: tuple[float, float, float, float] = (0, 0, 100, 80)
    inner: str = ""
    more: str = ""
    look: str = ""
    label: str = ""


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    name: str = ""
    kind: str = "sequenceFlow"
    inner: str = ""
    more: str = ""


def file(*shapes: Put, flows: Iterable[Flow] = (), planes: str = "") -> bytes:
    flows = tuple(flows)
    steps = "".join(_element(one) for one in shapes if one.kind not in {"participant", "lane"})
    pools = "".join(_element(one) for one in shapes if one.kind == "participant")
    lanes = "".join(_element(one) for one in shapes if one.kind == "lane")
    lanes = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>' if lanes else ""
    inside = "".join(_flow(one) for one in flows if one.kind != "messageFlow")
    across = "".join(_flow(one) for one in flows if one.kind == "messageFlow")
    drawn = "".join(map(_shape, shapes)) + "".join(map(_edge, flows))
    text = (
        f'{_HEAD}<bpmn:collaboration id="across">{pools}{across}</bpmn:collaboration>'
        f'<bpmn:process id="whole">{lanes}{steps}{inside}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="x"><bpmndi:BPMNPlane id="y" bpmnElement="across">{drawn}</bpmndi:BPMNPlane>'
        f"</bpmndi:BPMNDiagram>{planes}</bpmn:definitions>"
    )
    return text.encode()


def _element(one: Put) -> str:
    inner = f"<bpmn:text>{escape(one.name)}</bpmn:text>" if one.kind == "textAnnotation" else one.inner
    return f'<bpmn:{one.kind} id="{one.id}" name={quoteattr(one.name)} {one.more}>{inner}</bpmn:{one.kind}>'


def _flow(one: Flow) -> str:
    ends = f'sourceRef="{one.source}" targetRef="{one.target}"'
    return f'<bpmn:{one.kind} id="{one.id}" name={quoteattr(one.name)} {ends} {one.more}>{one.inner}</bpmn:{one.kind}>'


def _shape(one: Put) -> str:
    left, top, width, height = one.place
    bounds = f'<dc:Bounds x="{left}" y="{top}" width="{width}" height="{height}"/>'
    label = f"<bpmndi:BPMNLabel>{one.label}</bpmndi:BPMNLabel>" if one.label else ""
    return f'<bpmndi:BPMNShape id="{one.id}_di" bpmnElement="{one.id}" {one.look}>{bounds}{label}</bpmndi:BPMNShape>'


def _edge(one: Flow) -> str:
    points = "".join(f'<di:waypoint x="{across}" y="{down}"/>' for across, down in one.points)
    return f'<bpmndi:BPMNEdge id="{one.id}_di" bpmnElement="{one.id}">{points}</bpmndi:BPMNEdge>'


def event(kind: str) -> str:
    return f'<bpmn:{kind}EventDefinition id="{kind}_of"/>'
