"""What is shipped, read once: diagrams, forms, tables, notices and bundles of all families."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from app import definitions, forms
from app.engine import Bundle
from app.forms import Form
from app.settings import ROOT

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
PROCESSES = ROOT / "processes"
DIAGRAMS = sorted(PROCESSES.glob("*/*.bpmn"))
TABLES = sorted(PROCESSES.glob("*/*.dmn"))
FORMS = sorted((ROOT / "forms").glob("*.form"))
NOTICES = sorted(PROCESSES.glob("*/notices.toml"))
FAMILIES = sorted({path.parent.name for path in DIAGRAMS})
RULES = tomllib.loads((PROCESSES / "rules.toml").read_text())
_NODES = re.compile(r"(Event|Task|Gateway|callActivity|subProcess)$")


@dataclass(frozen=True)
class Node:
    """An element of a diagram. Its name in a message: "referral/report.bpmn:read_first"."""

    path: Path
    element: etree._Element

    def __str__(self) -> str:
        return f"{self.family}/{self.path.name}:{self.id}"

    @property
    def family(self) -> str:
        return self.path.parent.name

    @property
    def id(self) -> str:
        return str(self.element.get("id"))

    @property
    def kind(self) -> str:
        return str(self.element.tag).removeprefix(BPMN)

    def camunda(self, name: str) -> str:
        return str(self.element.get(f"{CAMUNDA}{name}", ""))

    def said(self, name: str) -> str:
        found = self.element.find(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property[@name='{name}']")
        return "" if found is None else str(found.get("value"))

    @property
    def roles(self) -> frozenset[str]:
        """Who may be asked here: the candidate group, what it may become, and who may say it at any time."""
        words = f"{self.camunda('candidateGroups')} {self.said('roles')} {self.said('saidBy')}"
        return frozenset(words.replace(",", " ").split())

    @property
    def forms(self) -> frozenset[str]:
        words = f"{self.camunda('formRef')} {self.said('form')} {self.said('encloses')}"
        return frozenset(words.split())

    @property
    def templates(self) -> frozenset[str]:
        """Keys of the notices that it sends."""
        inputs = self.element.iter(f"{CAMUNDA}inputParameter")
        return frozenset(str(one.text) for one in inputs if one.get("name") == "template")


@cache
def nodes() -> tuple[Node, ...]:
    return tuple(_read())


def _read() -> Iterator[Node]:
    for path in DIAGRAMS:
        for element in etree.parse(path).iter():
            if isinstance(element.tag, str) and element.tag.startswith(BPMN) and _NODES.search(element.tag):
                yield Node(path, element)


@cache
def bundles() -> tuple[Bundle, ...]:
    return tuple(definitions.collect(PROCESSES, ROOT / "forms"))


@cache
def form_of(form_id: str) -> Form:
    """Raises `forms.FormError`, `FileNotFoundError`."""
    return forms.load((ROOT / "forms" / f"{form_id}.form").read_bytes())


@cache
def notices(family: str) -> dict[str, dict[str, str]]:
    file = PROCESSES / family / "notices.toml"
    return tomllib.loads(file.read_text()) if file.is_file() else {}
