"""Types that a file defines for itself (DMN 1.3, 7.3.2): what they are made of, and which values they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from app.decisions.shapes import Shape
from app.decisions.xml import child, children, text_of

#: FEEL's types, under the names that the versions of DMN and the Modeler give them.
KINDS: Mapping[str, str] = {
    "string": "string",
    "boolean": "boolean",
    **dict.fromkeys(("number", "integer", "long", "double"), "number"),
    "date": "date",
    "time": "time",
    **dict.fromkeys(("dateTime", "date and time"), "date and time"),
    **dict.fromkeys(("dayTimeDuration", "days and time duration"), "days and time duration"),
    **dict.fromkeys(("yearMonthDuration", "years and months duration"), "years and months duration"),
}

#: Types whose numbers are whole.
WHOLE = frozenset(("integer", "long"))

_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Type:
    """`name` as a column gives it, or what a type of the file's own is made of; "" if that is not one simple type.
    `allowed` is the element with the unary tests of its allowed values."""

    name: str
    allowed: etree._Element | None = None


class Types:
    """The types of one file by name."""

    def __init__(self, root: etree._Element) -> None:
        self._items = {name: item for item in children(root, "itemDefinition") if (name := item.get("name"))}
        self._shapes: dict[str, Shape] = {}

    def of(self, element: etree._Element | None) -> Type:
        """The type that the `typeRef` of an element names."""
        return self._named(element.get("typeRef", "") if element is not None else "")

    def shape(self, reference: str) -> Shape | None:
        """The type that a `typeRef` names; None for one that says nothing about its values."""
        found = self._shape(_local(reference), 0)
        return found if found.kind or found.parts or found.item else None

    def _shape(self, name: str, depth: int) -> Shape:
        """Each type is worked out once; one that is made of itself, or of too many others, may be anything."""
        item = self._items.get(name)
        if item is None or depth > _DEEPEST:
            return Shape(name, "" if item is not None else KINDS.get(name, ""))
        if name not in self._shapes:
            self._shapes[name] = Shape(name)
            self._shapes[name] = self._made_of(item, name, depth + 1)
        return self._shapes[name]

    def _made_of(self, item: etree._Element, name: str, depth: int) -> Shape:
        parts = {
            part.get("name", ""): self._made_of(part, part.get("name", ""), depth + 1)
            for part in (children(item, "itemComponent") if depth <= _DEEPEST else ())
        }
        base = self._shape(_local(_base(item)), depth)
        one = Shape(name, "", parts) if parts else Shape(name, base.kind, base.parts, base.item)
        return Shape(name, item=one) if item.get("isCollection") == "true" else one

    def _named(self, reference: str) -> Type:
        path = list(self._path(_local(reference)))
        if not path:
            return Type(_local(reference))
        *_, last = path
        simple = child(last, "itemComponent") is None and not any(item.get("isCollection") == "true" for item in path)
        allowed = (_allowed(item) for item in path)
        return Type(
            _local(_base(last)) if simple else "", next((one for one in allowed if simple and text_of(one)), None)
        )

    def _path(self, name: str) -> Iterator[etree._Element]:
        """The definition of a type, then of the one that it is made of, and so on."""
        for _ in range(_DEEPEST):
            item = self._items.get(name)
            if item is None:
                return
            yield item
            name = _local(_base(item))


def _base(item: etree._Element) -> str:
    base = child(item, "typeRef")
    return (base.text or "").strip() if base is not None else ""


def _allowed(item: etree._Element) -> etree._Element | None:
    constraint = child(item, "typeConstraint")
    return child(item, "allowedValues") if constraint is None else constraint


def _local(reference: str) -> str:
    """`feel:number` and `number` are one; a type's own name may hold a dot, and no colon."""
    return reference.rpartition(":")[2].strip()
