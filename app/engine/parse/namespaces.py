"""XML names of BPMN 2.0 and of Camunda Modeler 7's extensions."""

from __future__ import annotations

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def bpmn(name: str) -> str:
    return BPMN + name


def camunda(name: str) -> str:
    return CAMUNDA + name


def local(tag: object) -> str:
    """`userTask` for a BPMN element; "" for comments and for elements of other namespaces."""
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else ""
