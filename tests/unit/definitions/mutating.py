"""Shipped files with one thing changed in each, and the element at which a list of differences must say so.

It knows nothing of the code that it judges: the element is the nearest one with an id that somebody can point at."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from lxml import etree

from app.settings import ROOT

#: elements that nobody points at: they are part of what holds them
_PARTS = frozenset(
    {"timerEventDefinition", "messageEventDefinition", "signalEventDefinition", "terminateEventDefinition", "text"}
    | {"errorEventDefinition", "inputExpression", "inputEntry", "outputEntry", "annotationEntry", "BPMNPlane"}
    # the picture of a table as a whole is the file's
    | {"DMNDI", "DMNDiagram"}
)
_PLACES = ("bpmnElement", "dmnElementRef")


@dataclass(frozen=True)
class Mutant:
    name: str
    before: bytes
    after: bytes
    #: ids, one of which must be told
    elements: frozenset[str]
    what: str


def shipped(kind: str) -> list[Path]:
    return sorted((ROOT / ("forms" if kind == ".form" else "processes")).rglob(f"*{kind}"))


def mutants(path: Path, luck: Random, count: int) -> Iterator[Mutant]:
    """Some mutants of a file, each by one change that a program would read."""
    data = path.read_bytes()
    one = _form if path.suffix == ".form" else _xml
    for _ in range(count):
        after, elements, what = one(data, luck)
        yield Mutant(path.name, data, after, frozenset(elements), f"{path.name}: {what}")


Told = tuple[bytes, set[str], str]


def _xml(data: bytes, luck: Random) -> Told:
    root = etree.fromstring(data)
    elements = list(root.iter(etree.Element))[1:]
    while True:
        element = luck.choice(elements)
        how = luck.choice([_attribute, _attribute_gone, _attribute_new, _text, _gone, _twice, _new, _swapped])
        told = how(element, luck)
        if told is not None:
            said = f"{how.__name__} at {etree.QName(element).localname} {dict(element.attrib)}"
            return etree.tostring(root), told, said


def places(element: etree._Element) -> set[str]:
    """The ids by which somebody may point at it."""
    for one in (element, *element.iterancestors()):
        local = etree.QName(one).localname
        drawn = next((one.get(name) for name in _PLACES if one.get(name)), None)
        if drawn and local != "BPMNPlane":
            return {drawn.rpartition("#")[2]}
        if local == "flowNodeRef":
            return {(one.text or "").strip(), one.getparent().get("id", "")}  # type: ignore[union-attr]
        if one.get("id") and local not in _PARTS:
            return {one.get("id", "")}
    return set()


def _attribute(element: etree._Element, luck: Random) -> set[str] | None:
    if not element.attrib:
        return None
    found, name = places(element), luck.choice(sorted(element.attrib))
    element.set(name, element.get(name, "") + "x")
    return found | places(element)


#: leaving these out says the same
_USUAL = {"hitPolicy": "UNIQUE", "cancelActivity": "true", "isInterrupting": "true"}


def _attribute_gone(element: etree._Element, luck: Random) -> set[str] | None:
    names = [name for name, value in element.attrib.items() if _USUAL.get(str(name)) != value]
    if not names:
        return None
    found = places(element)
    del element.attrib[luck.choice(sorted(names))]
    return found | places(element)


def _attribute_new(element: etree._Element, luck: Random) -> set[str] | None:
    element.set(luck.choice(["strange", "{http://camunda.org/schema/1.0/bpmn}asyncBefore", "{urn:x}y"]), "1")
    return places(element)


def _text(element: etree._Element, luck: Random) -> set[str] | None:
    if len(element):
        return None
    found = places(element)
    element.text = (element.text or "") + "x"
    return found | places(element)


def _gone(element: etree._Element, luck: Random) -> set[str] | None:
    found, holder = places(element), element.getparent()
    assert holder is not None
    holder.remove(element)
    return found


def _twice(element: etree._Element, luck: Random) -> set[str] | None:
    element.addnext(copy.deepcopy(element))
    return places(element)


def _new(element: etree._Element, luck: Random) -> set[str] | None:
    child = etree.SubElement(element, luck.choice(["{urn:x}thing", etree.QName(element).text]))
    child.set("id", "brand_new")
    return places(element) | {"brand_new"}


_MIXED = ("http://www.omg.org/spec/BPMN/20100524/MODEL", "http://camunda.org/schema/1.0/bpmn")


def _swapped(element: etree._Element, luck: Random) -> set[str] | None:
    """Two that stand beside each other, where their order can be read: shapes lie on a plane in any order, and in what
    order the kinds of parts stand (a column before a row) is given by DMN, and by the picture's format."""
    other = element.getnext()
    if other is None or etree.QName(element).localname in ("BPMNShape", "BPMNEdge"):
        return None
    if element.tag != other.tag and etree.QName(element).namespace not in _MIXED:
        return None
    if etree.tostring(element, with_tail=False) == etree.tostring(other, with_tail=False):
        return None
    found = places(element) | places(other)
    element.getparent().insert(element.getparent().index(element), other)  # type: ignore[union-attr]
    return found


def _form(data: bytes, luck: Random) -> Told:
    schema = json.loads(data)
    places_ = [place for place in _values(schema, schema["id"]) if place[1] != "id"]
    holder, key, element = luck.choice(places_)
    how = luck.choice(["value", "gone", "new", "kind", "swap"])
    before, inner = json.dumps(schema), holder[key]
    _FORM[how](holder, key)
    if json.dumps(schema) == before or not isinstance(schema.get("components"), list):
        return _form(data, luck)
    elements = {element} | {one["id"] for one in _fields(holder) + _fields(inner) if _is_field(one)}
    return json.dumps(schema).encode(), elements, f"{how} of {key} at {element}"


def _fields(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_field(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value


def _values(value: Any, element: str) -> Iterator[tuple[Any, Any, str]]:
    """Each place of a JSON value with the id of the field that it belongs to."""
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    for key in keys:
        inner = value[key]
        mine = inner["id"] if _is_field(inner) else element
        yield value, key, mine
        if isinstance(inner, dict | list):
            yield from _values(inner, mine)


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else [value, 1]


def _change(holder: Any, key: Any) -> None:
    holder[key] = _other(holder[key])


def _remove(holder: Any, key: Any) -> None:
    del holder[key]


def _add(holder: Any, key: Any) -> None:
    inner = holder[key]
    if isinstance(inner, dict):
        inner["strange"] = {}
    elif isinstance(inner, list):
        inner.append(copy.deepcopy(inner[0]) if inner else None)
    elif isinstance(holder, dict):
        holder["strange"] = [None]


def _another_kind(holder: Any, key: Any) -> None:
    """5 and "5", true and "true", nothing and the text of nothing."""
    value = holder[key]
    if not isinstance(value, dict | list):
        holder[key] = json.dumps(value) if not isinstance(value, str) else None


def _swap(holder: Any, key: Any) -> None:
    if isinstance(holder, list) and key + 1 < len(holder):
        holder[key], holder[key + 1] = holder[key + 1], holder[key]


_FORM: dict[str, Callable[[Any, Any], None]] = {
    "value": _change,
    "gone": _remove,
    "new": _add,
    "kind": _another_kind,
    "swap": _swap,
}
