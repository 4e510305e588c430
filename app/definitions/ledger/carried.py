"""Where rules are cited: elements of diagrams and fields of forms by their property `rules`, tables by their texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from lxml import etree

from app import forms, xmlsafe

_WORD = re.compile(r"\b[A-Z]{2,3}-[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*")
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_RULES = f"{_CAMUNDA}property[@name='rules']"
#: parts of a table that are cited from; a cell's texts count for its row
_PARTS = frozenset({"decision", "input", "output", "rule"})

#: (rule id, place) such as ("XX-A7", "processes/referral/report.bpmn:read_first")
Cited = tuple[str, str]


def carried(root: Path, known: Collection[str]) -> Mapping[str, list[str]]:
    """Rule id to what cites it: "processes/conference/x.bpmn:element", "forms/x.form:field", "processes/x.dmn:row", in
    order. `root`: the folder that holds `processes` and `forms`; only `known` ids are told.

    Raises `xmlsafe.UnsafeXml`, `forms.BadForm` for a file that cannot be read.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted([*(root / "processes").rglob("*"), *(root / "forms").rglob("*.form")]):
        read = _READERS.get(path.suffix)
        if read is not None:
            for rule, place in read(path.read_bytes()):
                where = f"{path.relative_to(root).as_posix()}:{place}"
                if rule in known and where not in found[rule]:
                    found[rule].append(where)
    return found


def _diagram(data: bytes) -> Iterator[Cited]:
    for said in xmlsafe.parse(data).iter(f"{_CAMUNDA}properties"):
        element = _with_id(said)
        for one in said.iterfind(_RULES):
            yield from ((rule, element) for rule in one.get("value", "").split())


def _with_id(inner: etree._Element) -> str:
    """Id of the element whose extension this is."""
    holder = inner.getparent()
    while holder is not None and not (holder.get("id") and not holder.tag.startswith(_CAMUNDA)):
        holder = holder.getparent()
    return "" if holder is None else str(holder.get("id"))


def _form(data: bytes) -> Iterator[Cited]:
    for field in forms.load(data).walk():
        yield from ((rule, field.path) for rule in field.rules)


def _table(data: bytes) -> Iterator[Cited]:
    for part in xmlsafe.parse(data).iter():
        if isinstance(part.tag, str) and etree.QName(part).localname in _PARTS:
            said = _whole(part) if etree.QName(part).localname == "rule" else " ".join(_own(part))
            yield from ((rule, part.get("id", "")) for rule in dict.fromkeys(_WORD.findall(said)))


def _whole(row: etree._Element) -> str:
    return " ".join(str(text) for text in row.itertext())


def _own(part: etree._Element) -> Iterator[str]:
    """Label and description of a decision, an input or an output itself."""
    yield part.get("label", "")
    yield from (child.text or "" for child in part if etree.QName(child).localname == "description")


_READERS = {".bpmn": _diagram, ".dmn": _table, ".form": _form}
