"""What the replay needs of a version of a diagram: its elements, where flows lead, where branches meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from app import engine, xmlsafe
from app.engine import Bundle, Element, Key

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True)
class Shape:
    """`targets`: element to where its flows lead, once for each flow. `joins`: gateways at which branches may wait for
    one another. `events`: event sub-processes."""

    elements: Mapping[Key, Element]
    targets: Mapping[Key, tuple[str, ...]]
    joins: frozenset[Key]
    events: frozenset[Key]

    def kind(self, key: Key) -> str:
        found = self.elements.get(key)
        return found.kind if found is not None else ""

    def scope(self, key: Key) -> Key:
        """The sub-process that holds an element, as (process, its id), else its process, as (process, "")."""
        found = self.elements.get(key)
        around = (key[0], found.scope) if found is not None else ("", "")
        return around if around in self.elements else (key[0], "")

    def inside(self, key: Key, called: str) -> Key:
        """The scope that an activity opens. `called`: id of the process or sub-process that it holds."""
        return (key[0], key[1]) if called == key[1] or self.kind(key) == "subProcess" else (called, "")

    def chooses(self, key: Key) -> bool:
        return self.kind(key) in _CHOOSING


@lru_cache(maxsize=64)
def shape(bundle: Bundle) -> Shape:
    outline = engine.describe(engine.load(bundle))
    elements = {(one.process, one.id): one for part in outline.processes for one in part.elements}
    flows = [flow for part in outline.processes for flow in _flows(bundle.files[part.file], part.id)]
    targets: dict[Key, tuple[str, ...]] = {}
    for process, source, target in flows:
        targets[process, source] = (*targets.get((process, source), ()), target)
    coming = Counter((process, target) for process, _source, target in flows)
    joins = frozenset(key for key, number in coming.items() if number > 1 and _kind(elements, key) in _JOINING)
    events = frozenset(key for key, one in elements.items() if one.kind == "subProcess" and not coming[key])
    return Shape(elements, targets, joins, events)


def _kind(elements: Mapping[Key, Element], key: Key) -> str:
    found = elements.get(key)
    return found.kind if found is not None else ""


def _flows(data: bytes, process: str) -> Iterator[tuple[str, str, str]]:
    """(process, source, target) of each sequence flow, at any depth."""
    for node in xmlsafe.parse(data).iter(f"{BPMN}process"):
        if node.get("id") == process:
            yield from ((process, flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in _all(node))


def _all(node: etree._Element) -> Iterator[etree._Element]:
    return node.iter(f"{BPMN}sequenceFlow")
