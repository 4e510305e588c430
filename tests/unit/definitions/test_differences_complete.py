"""Nothing that a program would read is missing from a list of differences, and nothing else stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random

import pytest
from lxml import etree

from app.definitions.differences import file_differences, files, xmlfacts
from tests.unit.definitions.mutating import Mutant, mutants, shipped

KINDS = {".bpmn": 1, ".dmn": 5, ".form": 2}


def untold(mutant: Mutant) -> bool:
    """Does the list of differences not say it at any of the elements that it is about?"""
    found = file_differences(mutant.name, mutant.before, mutant.after)
    return not {one.element for one in found} & mutant.elements


@pytest.mark.parametrize("kind", KINDS)
def test_every_change_of_a_shipped_file_is_told_at_its_element(kind: str) -> None:
    luck = Random(7)  # noqa: S311 # a test's dice
    made = [mutant for path in shipped(kind) for mutant in mutants(path, luck, KINDS[kind])]
    assert len(made) > 40
    assert [mutant.what for mutant in made if untold(mutant)] == []


def test_the_test_fails_for_a_list_that_forgets_an_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = xmlfacts.own_attributes

    def forgetful(element: etree._Element, usual: dict[str, dict[str, str]]) -> dict[str, str]:
        return {name: value for name, value in whole(element, usual).items() if name != "strange"}

    path = next(path for path in shipped(".bpmn") if path.name == "ask_hr.bpmn")
    luck = Random(3)  # noqa: S311 # a test's dice
    made = [mutant for mutant in mutants(path, luck, 80) if "_attribute_new" in mutant.what]
    assert not any(untold(mutant) for mutant in made)
    monkeypatch.setattr(xmlfacts, "own_attributes", forgetful)
    files.diagram.cache_clear()
    assert any(untold(mutant) for mutant in made)
    monkeypatch.undo()
    files.diagram.cache_clear()


def rewritten(data: bytes) -> bytes:
    """Other prefixes, attributes the other way round, other blanks between elements, another declaration, comments."""
    root = etree.fromstring(data)
    for element in root.iter(etree.Element):
        said = list(element.attrib.items())
        element.attrib.clear()
        for name, value in reversed(said):
            element.set(name, value)
        if len(element) and not (element.text or "").strip():
            element.text = "\n   \t"
        if not (element.tail or "").strip() and element.getparent() is not None:
            element.tail = "\n\n "
    root.insert(0, etree.Comment("a remark"))
    text = etree.tostring(root, encoding="utf-16", xml_declaration=True).decode("utf-16")
    text = text.replace("UTF-16", "utf-8").replace("utf-16", "utf-8")
    for old, new in (("bpmn:", "q:"), ("xmlns:bpmn=", "xmlns:q="), ("camunda:", "c:"), ("xmlns:camunda=", "xmlns:c=")):
        text = text.replace(old, new)
    return text.encode()


def again(data: bytes) -> bytes:
    """The same values, keys the other way round, other blanks."""

    def turned(value: object) -> object:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(one) for one in value] if isinstance(value, list) else value

    return json.dumps(turned(json.loads(data)), indent=5, ensure_ascii=True).encode()


@pytest.mark.parametrize(("kind", "write"), [(".bpmn", rewritten), (".dmn", rewritten), (".form", again)])
def test_the_layout_of_the_text_is_no_difference(kind: str, write: Callable[[bytes], bytes]) -> None:
    paths = shipped(kind)[::6] if kind == ".bpmn" else shipped(kind)
    for path in paths:
        before = path.read_bytes()
        after = write(before)
        assert after != before
        assert file_differences(path.name, before, after) == [], path.name


#: an attribute, and the kinds of element between which it is swapped
SWAPPED = {"name": ("userTask", "serviceTask", "endEvent"), "id": ("endEvent",), "sourceRef": ("sequenceFlow",)}


@pytest.mark.parametrize("attribute", SWAPPED)
def test_values_swapped_between_two_elements_are_told_at_both(attribute: str) -> None:
    luck, swapped = Random(11), 0  # noqa: S311 # a test's dice
    for path in shipped(".bpmn")[::6]:
        root = etree.fromstring(path.read_bytes())
        elements = list(root.iter(*(f"{{*}}{kind}" for kind in SWAPPED[attribute])))
        if len(elements) < 2:
            continue
        one, other = luck.sample(elements, 2)
        mine, theirs = one.get(attribute, ""), other.get(attribute, "")
        one.set(attribute, theirs)
        other.set(attribute, mine)
        swapped += mine != theirs
        found = {each.element for each in file_differences(path.name, path.read_bytes(), etree.tostring(root))}
        assert mine == theirs or {one.get("id"), other.get("id")} <= found, (path.name, one.get("id"), other.get("id"))
    assert swapped > 5


def test_any_bytes_are_compared() -> None:
    for name in ("a.bpmn", "a.dmn", "a.form", "a.toml"):
        for before, after in (
            (b"", b"{}"),
            (b"<a/>", b"<b/>"),
            (b"\xff", b"[1]"),
            (b"null", b'"null"'),
            (b"[]", b"{}"),
        ):
            found = file_differences(name, before, after)
            assert found, (name, before, after)
            assert all(re.search(r"\w", one.label) for one in found)
