"""The stock modeller's own libraries in a page: what is opened there and saved must be what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from playwright.sync_api import Error, Page

from app.web.assets import PACKAGES

#: kind of file to its library (Camunda Modeler 7's platform editors) and what opens and saves with it
LIBRARIES = {
    ".bpmn": "camunda-bpmn-js/dist/camunda-platform-modeler.production.min.js",
    ".dmn": "dmn-js/dist/dmn-modeler.production.min.js",
    ".form": "@bpmn-io/form-js/dist/form-editor.umd.js",
}
_OPEN = {
    ".bpmn": """async (text) => {
      const editor = new BpmnModeler({ container: "#place" });
      const { warnings } = await editor.importXML(text);
      const { xml } = await editor.saveXML({ format: true });
      editor.destroy();
      return [xml, warnings.map((one) => one.message)];
    }""",
    ".dmn": """async (text) => {
      const editor = new DmnJS({ container: "#place" });
      const { warnings } = await editor.importXML(text);
      const heard = [...warnings];
      const others = editor.getViews().filter((view) => view !== editor.getActiveView());
      for (const view of others) heard.push(...(await editor.open(view)).warnings);
      const { xml } = await editor.saveXML({ format: true });
      editor.destroy();
      return [xml, heard.map((one) => one.message)];
    }""",
    ".form": """async (text) => {
      const editor = new FormEditor.FormEditor({ container: document.getElementById("place") });
      const { warnings } = await editor.importSchema(JSON.parse(text));
      const saved = editor.saveSchema();
      editor.destroy();
      return [JSON.stringify(saved), warnings.map((one) => one.message)];
    }""",
}
_PLANE = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNPlane"
#: what says which program saved a file
_TOOL = frozenset({"exporter", "exporterVersion"})
#: what an attribute says where it is left out (BPMN 2.0.2, tables 10.86 and 10.91; Camunda's extensions)
_USUAL = {
    "isInterrupting": "true",
    "cancelActivity": "true",
    "{http://camunda.org/schema/1.0/bpmn}mapDecisionResult": "resultList",
}


@dataclass(frozen=True)
class Editor:
    """A page with the library for one kind of file."""

    page: Page
    kind: str

    @classmethod
    def load(cls, page: Page, kind: str) -> Editor:
        page.set_content('<div id="place" style="width: 1900px; height: 1200px"></div>')
        page.add_script_tag(path=PACKAGES / LIBRARIES[kind])
        return cls(page, kind)

    def saved(self, text: str) -> tuple[str, list[str]]:
        """The file opened and saved, and the library's warnings; what it refuses is one, and comes back as it is."""
        try:
            found = self.page.evaluate(_OPEN[self.kind], text)
        except Error as error:
            return text, [f"refused: {error.message.splitlines()[0]}"]
        return str(found[0]), list(found[1])


def installed(kind: str) -> bool:
    return (PACKAGES / LIBRARIES[kind]).is_file()


def differences(kind: str, before: str, after: str) -> list[str]:
    """What a program would read otherwise; nothing but the layout of the text may differ."""
    return list(_of_json(json.loads(before), json.loads(after), "") if kind == ".form" else _of_xml(before, after))


def _of_xml(before: str, after: str) -> Iterator[str]:
    yield from _elements(etree.fromstring(before.encode()), etree.fromstring(after.encode()), "")


def _elements(one: etree._Element, other: etree._Element, above: str) -> Iterator[str]:
    where = f"{above}/{etree.QName(one).localname}#{one.get('id', '')}"
    if one.tag != other.tag:
        yield f"{where}: became {other.tag}"
        return
    said, now = _attributes(one), _attributes(other)
    yield from (
        f"{where}: {name} was {said.get(name)!r}, is {now.get(name)!r}"
        for name in said.keys() | now.keys()
        if said.get(name) != now.get(name)
    )
    if (one.text or "").strip() != (other.text or "").strip():
        yield f"{where}: text was {one.text!r}, is {other.text!r}"
    parts, others = _children(one), _children(other)
    if len(parts) != len(others):
        yield f"{where}: had {len(parts)} parts, has {len(others)}"
    for part, now_part in zip(parts, others, strict=False):
        yield from _elements(part, now_part, where)


def _attributes(one: etree._Element) -> dict[str, str]:
    said = {str(name): str(value) for name, value in one.attrib.items() if name not in _TOOL}
    return {name: value for name, value in said.items() if _USUAL.get(name) != value}


def _children(one: etree._Element) -> list[etree._Element]:
    """In order; what is drawn has none."""
    found = [child for child in one if isinstance(child.tag, str)]
    return sorted(found, key=lambda child: child.get("id", "")) if one.tag == _PLANE else found


def _of_json(before: Any, after: Any, where: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in (before.keys() | after.keys()) - _TOOL:
            yield from _of_json(before.get(name), after.get(name), f"{where}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _of_json(one, other, f"{where}/{number}")
    elif before != after:
        yield f"{where}: was {before!r}, is {after!r}"


def shipped(kind: str, root: Path) -> list[Path]:
    below = root / "forms" if kind == ".form" else root / "processes"
    return sorted(below.rglob(f"*{kind}"))
