"""Every diagram has its picture, and every page about a process shows pictures that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from tests.pictures import FOLDER, ROOT, picture, shows, stale

DIAGRAM = "<definitions />"
DRAWN = """<?xml version="1.0"?>
<!-- created with bpmn-js / http://bpmn.io -->
<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><defs><marker id="end-{lot}"/></defs>
<g data-element-id="a" class="djs-visual"><path d="M30.123456,0" style="marker-end: url('#end-{lot}')"/></g>
<rect class="djs-hit djs-hit-all" width="10"/></svg>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "processes" / "leave").mkdir(parents=True)
    (tmp_path / "processes" / "leave" / "leave.bpmn").write_text(DIAGRAM)
    (tmp_path / FOLDER).mkdir(parents=True)
    return tmp_path


def test_every_diagram_has_its_picture() -> None:
    assert list(stale()) == [], "`make pictures` draws them"


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "processes").glob("*.md")), ids=lambda page: page.stem)
def test_a_page_shows_pictures_that_are_there_and_says_what_they_show(page: Path) -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", page.read_text())
    assert shown
    assert [name for name, file in shown if not name.strip() or not (page.parent / file).is_file()] == []


def test_what_is_missing_or_stale_is_seen(folder: Path) -> None:
    """The control."""
    diagram, drawn = folder / "processes" / "leave" / "leave.bpmn", folder / FOLDER / "leave.svg"
    assert list(stale(folder)) == [("leave", "is missing")]
    drawn.write_text(picture(DRAWN.format(lot="x7"), diagram, "Leave"))
    assert list(stale(folder)) == []
    diagram.write_text(DIAGRAM + " ")
    assert list(stale(folder)) == [("leave", "is of an earlier diagram")]
    diagram.unlink()
    assert list(stale(folder)) == [("leave", "shows no diagram")]


def test_a_picture_drawn_twice_is_the_same_and_names_what_it_shows(folder: Path) -> None:
    diagram = folder / "processes" / "leave" / "leave.bpmn"
    first, second = (picture(DRAWN.format(lot=lot), diagram, "Leave & return") for lot in ("x7", "k2"))
    assert first == second
    root = etree.fromstring(first.encode())
    assert root[0].text == "Leave & return"
    assert "url('#m1')" in first
    assert 'id="m1"' in first
    assert 'd="M30.12,0"' in first
    assert "djs-hit" not in first
    assert "bpmn.io" in first
    (folder / FOLDER / "leave.svg").write_text(first)
    assert len(shows(folder / FOLDER / "leave.svg")) == 64
