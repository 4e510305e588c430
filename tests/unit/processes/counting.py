"""Looks for what counts absences (NW-2): in expressions of diagrams, tables and forms, and in what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

#: words that name absence, in keys of answers, names of facts and labels
ABSENCE = re.compile(r"absen|sick|episode|bradford|trigger|days_off|days off", re.IGNORECASE)
#: a comparison by size, a sum or a count
NUMBER = re.compile(r"[<>]|\b(count|sum|mean|max|min|modulo|decimal)\s*\(|[+*]\s*\d|\[\d+\.\.")
_HOLE = re.compile(r"\$\{(.*?)\}\s*$|\$\{([^}]*)\}", re.DOTALL)


def works_out_a_number(expression: str) -> bool:
    """Does it name absences and work with a number? What stands in quotation marks is a word, no name."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    return bool(ABSENCE.search(bare) and NUMBER.search(bare))


def in_xml(data: bytes) -> list[str]:
    """Of a diagram or a table: its expressions that count, and inputs of a table that are a number of absences."""
    return [one for one in _expressions(etree.fromstring(data)) if works_out_a_number(one)] + [
        str(expression.findtext("{*}text"))
        for expression in etree.fromstring(data).iter("{*}inputExpression")
        if expression.get("typeRef") == "number" and ABSENCE.search(str(expression.findtext("{*}text")))
    ]


def _expressions(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for text in (element.text or "", *element.attrib.values()):
            yield from (whole or part for whole, part in _HOLE.findall(text))
        if etree.QName(element).localname in {"script", "text"}:
            yield element.text or ""


def in_form(raw: dict[str, Any]) -> list[str]:
    """Keys of fields that ask for a number of absences, or whose conditions count them."""
    found = []
    for part in raw.get("components", []):
        name = f"{part.get('key', '')} {part.get('label', '')}"
        asks = part.get("type") == "number" and bool(ABSENCE.search(name))
        if asks or any(works_out_a_number(one) for one in _expressions_of(part)):
            found.append(str(part.get("key") or part.get("id")))
        found += in_form(part)
    return found


def _expressions_of(part: dict[str, Any]) -> Iterator[str]:
    """What a component works out: conditions, limits, formulas and refusals; not its words."""
    properties = part.get("properties", {})
    yield str(properties.get("refuse", ""))
    yield str(part.get("conditional", {}).get("hide", ""))
    yield str(part.get("expression", ""))
    yield from (str(limit) for limit in part.get("validate", {}).values())
