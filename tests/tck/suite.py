"""The test cases of one level: what is asked of which decision, and what must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from app import xmlsafe
from app.expressions.values import Value
from tests.tck.values import CASES, read


@dataclass(frozen=True, slots=True)
class Question:
    """One expected result of one test case."""

    #: the file of the test case, below the level's folder
    file: str
    #: the test case's id and the decision's name
    case: str
    decision: str
    model: Path
    inputs: Mapping[str, Value]
    expected: Value
    #: the result is null because of a fault that an engine may tell
    fault: bool
    #: an element other than a decision is asked: a decision service
    service: bool

    @property
    def folder(self) -> str:
        return self.file.partition("/")[0]

    @property
    def label(self) -> str:
        return f"{self.file} {self.case} {self.decision}"


def questions(level: Path) -> Iterator[Question]:
    for path in sorted(level.glob("*/*.xml")):
        root = xmlsafe.parse(path.read_bytes())
        if root.tag != f"{CASES}testCases":
            continue
        model = path.parent / (root.findtext(f"{CASES}modelName") or "").strip()
        for case in root.iterchildren(f"{CASES}testCase"):
            yield from _of_case(case, model, str(path.relative_to(level)))


def _of_case(case: etree._Element, model: Path, file: str) -> Iterator[Question]:
    inputs = {node.get("name", ""): read(node) for node in case.iterchildren(f"{CASES}inputNode")}
    for node in case.iterchildren(f"{CASES}resultNode"):
        yield Question(
            file,
            case.get("id", ""),
            node.get("name", ""),
            model,
            inputs,
            read(node.find(f"{CASES}expected")),
            node.get("errorResult") == "true",
            case.get("type") in ("decisionService", "bkm"),
        )
