"""The BPMN files of a bundle as trees, and what is found in them by id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from app import xmlsafe
from app.engine.bundle import Bundle
from app.engine.parse.namespaces import bpmn, camunda


@dataclass(frozen=True)
class Document:
    file: str
    root: etree._Element

    def processes(self) -> Iterator[etree._Element]:
        yield from self.root.iter(bpmn("process"))


def documents(bundle: Bundle) -> list[Document]:
    """Every BPMN file, in order of name. Raises `xmlsafe.UnsafeXml` for the first that cannot be read."""
    return [Document(file, xmlsafe.parse(data)) for file, data in bundle.of_kind(".bpmn").items()]


def text(node: etree._Element | None) -> str:
    """The text in an element, without the blanks around it."""
    return "" if node is None else "".join(str(part) for part in node.itertext()).strip()


def documentation(node: etree._Element) -> str:
    return " ".join(text(node.find(bpmn("documentation"))).split())


def properties(node: etree._Element) -> dict[str, str]:
    """camunda:property name to value, in the order of the file."""
    found = node.iterfind(f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}")
    return {item.get("name", ""): item.get("value", "") for item in found}


def roots_by_id(root: etree._Element, kind: str) -> dict[str, etree._Element]:
    """Messages, signals, errors and the like of a file, by id."""
    return {node.get("id", ""): node for node in root.iterfind(bpmn(kind))}
