"""Types that a file defines for itself (DMN 1.3, 7.3.2): what they are made of, and which values they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from app.decisions.errors import WrongType
from app.decisions.table import converted
from app.decisions.xml import child, children, text_of
from app.expressions import types as feel
from app.expressions.values import Value, kind

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
#: Types that one type may consist of.
_LARGEST = 200


@dataclass(frozen=True, slots=True)
class Type:
    """`name` as a column gives it, or what a type of the file's own is made of; "" if that is not one simple type.
    `allowed` is the element with the unary tests of its allowed values."""

    name: str
    allowed: etree._Element | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The type that a result is said to have, under the name that the file gives it."""

    name: str
    type: feel.Type

    def of(self, value: Value, decision: str) -> Value:
        """The value after DMN's conversions, text that is a date as a date. Raises `WrongType` (DMN 1.3, 10.3.2.9)."""
        value = converted(value, self.type.name)
        found = feel.coerced(value, self.type)
        if found is None and value is not None:
            message = f"The decision “{decision}” is said to give “{self.name}”, and gave another type ({kind(value)})."
            raise WrongType(message)
        return found


@dataclass(frozen=True, slots=True)
class _Sized:
    type: feel.Type
    size: int = 1


class Types:
    """The types of one file by name."""

    def __init__(self, root: etree._Element) -> None:
        self._items = {name: item for item in children(root, "itemDefinition") if (name := item.get("name"))}
        self._made: dict[str, _Sized] = {}

    def of(self, element: etree._Element | None) -> Type:
        """The type that the `typeRef` of an element names."""
        return self._named(element.get("typeRef", "") if element is not None else "")

    @property
    def known(self) -> feel.Types:
        """All types of the file that expressions may name."""
        return frozenset((name, kind) for name in self._items if (kind := self._feel(name, 0).type) != feel.ANY)

    def feel_type(self, element: etree._Element | None) -> feel.Type:
        """What the `typeRef` of an element says; any type if it says nothing."""
        return self._feel(_local(element.get("typeRef", "")), 0).type if element is not None else feel.ANY

    def result(self, reference: str) -> Result | None:
        """What a `typeRef` says of a result; None if nothing."""
        kind = self._feel(_local(reference), 0).type
        return None if kind == feel.ANY else Result(_local(reference), kind)

    def _feel(self, name: str, depth: int) -> _Sized:
        """Each type is worked out once; one that is made of itself, or of too many others, may be anything."""
        item = self._items.get(name)
        if item is None or depth > _DEEPEST:
            known = KINDS.get(name) if item is None else None
            return _Sized(feel.Type(known)) if known else _Sized(feel.ANY)
        if name not in self._made:
            self._made[name] = _Sized(feel.ANY)
            self._made[name] = self._composed(item, depth + 1)
        return self._made[name]

    def _composed(self, item: etree._Element, depth: int) -> _Sized:
        parts = {
            part.get("name", ""): self._composed(part, depth + 1)
            for part in (children(item, "itemComponent") if depth <= _DEEPEST else ())
        }
        if parts:
            entries = tuple((name, part.type) for name, part in parts.items())
            one = _Sized(feel.Type("context", entries=entries), 1 + sum(part.size for part in parts.values()))
        else:
            one = self._feel(_local(_base(item)), depth)
        if item.get("isCollection") == "true":
            one = _Sized(feel.Type("list", of=one.type), one.size + 1)
        return one if one.size <= _LARGEST else _Sized(feel.ANY)

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
