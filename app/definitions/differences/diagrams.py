"""A BPMN file as things with facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from app.definitions.diagram import CHOOSING, KINDS
from app.definitions.differences.diagram_words import OTHERS, DiagramWords
from app.definitions.differences.things import Fact, Order, Path, Thing
from app.definitions.differences.xmlfacts import Reading, parts, short

#: elements whose children are things of their own, if they have an id
HOLDERS = frozenset(
    {"definitions", "process", "subProcess", "transaction", "adHocSubProcess", "collaboration", "laneSet"}
    | {"lane", "childLaneSet"}
)
#: what an attribute says where it is left out (BPMN 2.0.2; Camunda's extensions)
USUAL = {
    "startEvent": {"isInterrupting": "true"},
    "boundaryEvent": {"cancelActivity": "true"},
    "subProcess": {"triggeredByEvent": "false"},
    "multiInstanceLoopCharacteristics": {"isSequential": "false"},
    "businessRuleTask": {"camunda:mapDecisionResult": "resultList"},
}
_SHAPES = ("di:BPMNShape", "di:BPMNEdge")
_PLANE = "di:BPMNPlane"
_DIAGRAM = "di:BPMNDiagram"


def read(root: etree._Element) -> Thing:
    """The file itself, with all that it holds."""
    words = DiagramWords(_names(root))
    whole = _thing(root, words)
    things = {thing.id: thing for thing in whole.all() if thing.id}
    for shape in _shapes(root):
        _draw(shape, things, whole)
    for lane in (thing for thing in whole.all() if thing.tag == "lane"):
        _put_in_lane(lane, things)
    _number_ways_out(whole)
    return whole


def is_thing(element: etree._Element) -> bool:
    holder = element.getparent()
    tag = short(element.tag)
    if tag == _DIAGRAM:
        return True
    return holder is not None and short(holder.tag) in HOLDERS and ":" not in tag and bool(element.get("id"))


def _thing(element: etree._Element, words: DiagramWords) -> Thing:
    tag = short(element.tag)
    name = " ".join(element.get("name", "").split())
    thing = Thing(element.get("id", ""), tag, KINDS.get(tag, OTHERS.get(tag, tag)), name)
    reading = Reading(USUAL, _apart, words.fact, words.order)
    reading.whole(element)
    thing.facts, thing.orders = reading.facts, reading.orders
    thing.facts["@tag",] = words.fact(("@tag",), tag)
    if tag == _DIAGRAM:
        thing.picture, thing.facts = _pictured(thing.facts), {}
        thing.orders = {}
    for child in parts(element):
        if is_thing(child):
            thing.add(_thing(child, words))
    if tag == "sequenceFlow" and not name:
        source, target = (words.names.get(element.get(end, ""), "") for end in ("sourceRef", "targetRef"))
        thing.name = f"{source} → {target}" if source and target else ""
    return thing


def _apart(element: etree._Element) -> bool:
    return is_thing(element) or short(element.tag) in _SHAPES


def _names(root: etree._Element) -> dict[str, str]:
    """Id to name; without a name, what it is and its id."""
    found = {}
    for element in root.iter(etree.Element):
        identity, tag = element.get("id"), short(element.tag)
        if identity and ":" not in tag:
            name = " ".join(element.get("name", "").split())
            found[identity] = name or f"{KINDS.get(tag, OTHERS.get(tag, tag))} {identity}"
    return found


def _shapes(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter(etree.Element):
        if short(element.tag) in _SHAPES:
            yield element


def _draw(shape: etree._Element, things: dict[str, Thing], whole: Thing) -> None:
    """What a shape says belongs to the thing that it draws, else to the picture, else to the file."""
    reading = Reading({}, lambda element: False, _place, lambda path, keys: Order(keys, "Order", "picture"))
    reading.whole(shape)
    drawn = reading.facts.pop(("@bpmnElement",), None)
    identity = drawn.value if drawn else ""
    thing, key = things.get(identity), short(shape.tag)
    if thing is None:
        thing = next((child for child in whole.children if child.tag == _DIAGRAM), whole)
        key = f"{key}[{identity}][{shape.get('id', '')}]"
    while (key, "there") in thing.picture:
        key += "'"
    thing.picture[key, "there"] = Fact("yes", "Is drawn", group="picture")
    thing.picture.update({(key, *path): fact for path, fact in reading.facts.items()})


def _place(path: Path, value: str) -> Fact:
    return Fact(value, "Look in the picture" if path[-1] in _LOOKS else "Place in the picture", group="picture")


_LOOKS = frozenset({"@isExpanded", "@isHorizontal", "@isMarkerVisible", "@id"})


def _pictured(facts: dict[Path, Fact]) -> dict[Path, Fact]:
    return {path: Fact(fact.value, "The picture as a whole", group="picture") for path, fact in facts.items()}


def _put_in_lane(lane: Thing, things: dict[str, Thing]) -> None:
    """Each step says in which lanes it is; the innermost, which comes last, counts."""
    for path, fact in lane.facts.items():
        if path[0].startswith("flowNodeRef[") and path[-1] == "text" and fact.value in things:
            facts = things[fact.value].facts
            earlier = facts["@lane",].value + " " if ("@lane",) in facts else ""
            facts["@lane",] = Fact(earlier + lane.id, "Lane", lane.name or lane.id)


def _number_ways_out(whole: Thing) -> None:
    """Where several conditions are true, an exclusive gateway takes the first flow that the file has."""
    ways: dict[str, list[str]] = {}
    for thing in whole.all():
        if thing.tag == "sequenceFlow":
            source = thing.facts.get(("@sourceRef",))
            ways.setdefault(source.value if source else "", []).append(thing.id)
    for thing in whole.all():
        if thing.tag in CHOOSING and len(ways.get(thing.id, ())) > 1:
            thing.orders["@ways",] = Order(tuple(ways[thing.id]), "Order in which the ways out are looked at")


def repeats(path: Path, thing: Thing, things: Mapping[str, Thing]) -> bool:
    """Does a part only repeat what another element says? A way in or out stands in its flow, the steps of a lane are
    told at each step. Where that is so before and after, the other element tells the difference."""
    end = _ENDS.get(path[0].partition("[")[0])
    fact = thing.facts.get(path)
    named = path[0].partition("[")[2].rpartition("]")[0]
    if end is None or path[-1] != "text" or not named:
        return False
    other = things.get(named)
    if end == "@lane":
        return other is not None if fact else True
    said = other.facts.get((end,)) if other else None
    return (fact is not None) == (said is not None and said.value == thing.id)


_ENDS = {"incoming": "@targetRef", "outgoing": "@sourceRef", "flowNodeRef": "@lane"}
