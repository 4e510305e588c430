"""XML elements as facts: every attribute, every text, the order of parts. Nothing is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from app.decisions.reader import NAMESPACES
from app.definitions.differences.things import Fact, Order, Path, numbered

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
PREFIXES = {
    "http://www.omg.org/spec/BPMN/20100524/MODEL": "",
    "http://camunda.org/schema/1.0/bpmn": "camunda:",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi:",
    "http://www.omg.org/spec/BPMN/20100524/DI": "di:",
    "http://www.omg.org/spec/DD/20100524/DI": "di:",
    "http://www.omg.org/spec/DD/20100524/DC": "dc:",
    # each version of DMN has a namespace of its own; what is read here is the same in all
    **dict.fromkeys(NAMESPACES, ""),
    **dict.fromkeys(("http://bpmn.io/schema/dmn/biodi/1.0", "http://bpmn.io/schema/dmn/biodi/2.0"), "biodi:"),
}
#: attributes of other elements that say who they are among their like
_TELLING = {
    "camunda:property": ("name",),
    "camunda:inputParameter": ("name",),
    "camunda:outputParameter": ("name",),
    "camunda:in": ("target", "businessKey", "variables"),
    "camunda:out": ("target", "variables"),
    "camunda:entry": ("key",),
}
#: elements whose text says who they are
_NAMING = frozenset({"incoming", "outgoing", "flowNodeRef"})

#: makes a fact of a path and a text
Word = Callable[[Path, str], Fact]
OrderWord = Callable[[Path, "tuple[str, ...]"], Order]


@lru_cache(maxsize=4096)
def short(name: object) -> str:
    """`camunda:property` for a name in a known namespace, the whole name for others; "" for what is no element."""
    if not isinstance(name, str):
        return ""
    if not name.startswith("{"):
        return name
    namespace, _, local = name[1:].partition("}")
    prefix = PREFIXES.get(namespace)
    return name if prefix is None else prefix + local


def own_attributes(element: etree._Element, usual: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Short name to value, also of those that are left out and mean what is `usual` (by element and attribute)."""
    found = {short(name): _value(element, str(name), str(value)) for name, value in element.attrib.items()}
    return {**usual.get(short(element.tag), {}), **found}


def _value(element: etree._Element, name: str, value: str) -> str:
    """`bpmn:tFormalExpression` is the same under any prefix."""
    prefix, colon, local = value.partition(":")
    if name == XSI_TYPE and colon and (namespace := element.nsmap.get(prefix)):
        return short(f"{{{namespace}}}{local}")
    return value


def parts(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


@dataclass
class Reading:
    """Collects what one thing says. `apart`: is this element a thing of its own, and no part of this one?"""

    usual: Mapping[str, Mapping[str, str]]
    apart: Callable[[etree._Element], bool]
    word: Word
    order: OrderWord
    #: the name of a part among its like, None for the usual one
    named: Callable[[etree._Element], str | None] = lambda element: None
    facts: dict[Path, Fact] = field(default_factory=dict)
    orders: dict[Path, Order] = field(default_factory=dict)

    def whole(self, element: etree._Element, path: Path = ()) -> None:
        self._attributes(element, path)
        inner = [child for child in parts(element) if not self.apart(child)]
        steps = numbered([self.named(child) or _step(child) for child in inner])
        for child, step in zip(inner, steps, strict=True):
            self._part(child, (*path, step))
        keys = self._in_order(element, steps)
        if len(keys) > 1:
            self.orders[path] = self.order(path, keys)

    def _in_order(self, element: etree._Element, steps: Sequence[str]) -> tuple[str, ...]:
        """The parts, and between which of them the things of their own stand."""
        keys: list[str] = []
        left = iter(steps)
        for child in parts(element):
            if not self.apart(child):
                keys.append(next(left))
            elif not keys or keys[-1] != "…":
                keys.append("…")
        return tuple(numbered(keys))

    def _part(self, element: etree._Element, path: Path) -> None:
        known = len(self.facts)
        self.whole(element, path)
        if len(self.facts) == known:
            self._add((*path, "there"), "")

    def _attributes(self, element: etree._Element, path: Path) -> None:
        for name, value in own_attributes(element, self.usual).items():
            self._add((*path, f"@{name}"), value)
        for name, text in self._texts(element):
            self._add((*path, name), text)

    @staticmethod
    def _texts(element: etree._Element) -> Iterator[tuple[str, str]]:
        """Its text, and any that stands behind one of its parts."""
        for place, piece in enumerate([element.text, *(child.tail for child in element)]):
            if piece and (text := piece.strip()):
                yield f"text {place}" if place else "text", text

    def _add(self, path: Path, value: str) -> None:
        self.facts[path] = self.word(path, value)


def _step(element: etree._Element) -> str:
    tag = short(element.tag)
    if tag in _NAMING:
        return f"{tag}[{(element.text or '').strip()}]"
    told = next((value for name in _TELLING.get(tag, ()) if (value := element.get(name))), "")
    return f"{tag}[{told}]" if told else tag
