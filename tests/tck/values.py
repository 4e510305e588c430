"""Values of a test case, from its XML to FEEL, and when two of them count as the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal

from lxml import etree

from app.expressions import temporal
from app.expressions.values import Value

CASES = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

#: Results are written with few digits: as the other runners of these cases do, numbers this close are equal.
CLOSE = Decimal("1e-8")

_READERS: dict[str, Callable[[str], Value]] = {
    "boolean": lambda text: text in ("true", "1"),
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "dateTime": temporal.parse_datetime,
    "duration": temporal.parse_duration,
    **dict.fromkeys(("decimal", "double", "integer"), Decimal),
}


def read(element: etree._Element | None) -> Value:
    """The value below an `expected`, `inputNode`, `item` or `component`; None where there is none."""
    if element is None or _nil(element):
        return None
    parts = [child for child in element if child.tag == f"{CASES}component"]
    if parts:
        return {part.get("name", ""): read(part) for part in parts}
    first = next((child for child in element if isinstance(child.tag, str)), None)
    if first is None or _nil(first):
        return None
    return _list(first) if first.tag == f"{CASES}list" else _scalar(first)


def _nil(element: etree._Element) -> bool:
    return element.get(f"{_XSI}nil") == "true"


def _list(element: etree._Element) -> list[Value]:
    return [read(item) for item in element.iterchildren(f"{CASES}item")]


def _scalar(element: etree._Element) -> Value:
    kind = element.get(f"{_XSI}type", "xsd:string").rpartition(":")[2]
    text = element.text or ""
    return text if kind == "string" else _READERS[kind](text.strip())


def same(expected: Value, got: Value) -> bool:
    """Equal by value and type. A moment with a zone equals the same instant in another, never one without."""
    if isinstance(expected, list):
        return isinstance(got, list) and len(got) == len(expected) and all(map(same, expected, got))
    if isinstance(expected, dict):
        return isinstance(got, dict) and got.keys() == expected.keys() and all(same(expected[k], got[k]) for k in got)
    return _same_scalar(expected, got)


def _same_scalar(expected: Value, got: Value) -> bool:
    if isinstance(expected, Decimal):
        return type(got) in (int, Decimal) and abs(expected - got) <= CLOSE
    if type(expected) is not type(got):
        return False
    if isinstance(expected, datetime | time):
        return (expected.tzinfo is None) == (got.tzinfo is None) and bool(expected == got)
    return bool(expected == got)
