"""Pictures of the diagrams for the pages in docs/processes, drawn by the modeller's own library.

    make pictures                 # those that are missing or of an earlier diagram
    make pictures ARGS=--again    # all

Each holds the SHA-256 of the diagram that it shows; `tests/unit/docs/test_pictures.py` fails where that is another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree

from app.settings import ROOT

FOLDER = "docs/processes/img"
SVG = "{http://www.w3.org/2000/svg}"
_SHA = re.compile(r"<!-- .*: SHA-256 ([0-9a-f]{64}) -->")
#: what a modeller needs to be clicked at, and nobody sees
_UNSEEN = ("djs-hit", "djs-outline", "djs-children-placeholder")
_FRACTION = re.compile(r"\d+\.\d{3,}(?!\d*e)")
_OWN = re.compile(r"^(?:data-[\w-]+|lineHeight|version)$")


def diagrams(root: Path = ROOT) -> Mapping[str, Path]:
    """Every diagram by the name of its picture. The names of files are unique, as lint sees to."""
    return {path.stem: path for path in sorted((root / "processes").glob("*/*.bpmn"))}


def stale(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """(name, what is wrong with it): pictures that are missing, of an earlier diagram, or of none."""
    known = diagrams(root)
    for name, path in known.items():
        said = shows(root / FOLDER / f"{name}.svg")
        if said != sha256(path):
            yield name, "is of an earlier diagram" if said else "is missing"
    yield from ((path.stem, "shows no diagram") for path in (root / FOLDER).glob("*.svg") if path.stem not in known)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shows(picture: Path) -> str:
    """SHA-256 of the diagram in a picture; "" when there is none, or it does not say."""
    found = _SHA.search(picture.read_text(encoding="utf-8")) if picture.is_file() else None
    return found[1] if found else ""


def picture(svg: str, path: Path, name: str) -> str:
    """The library's picture without what only a modeller needs, with a title, and the diagram that it shows. Drawn
    twice it is the same: names that are drawn by lot are numbered."""
    root = etree.fromstring(svg.encode())
    for one in list(root.iter()):
        if isinstance(one.tag, str):
            if any(unseen in one.get("class", "") for unseen in _UNSEEN):
                one.getparent().remove(one)
            _plain(one)
    title = etree.Element(f"{SVG}title")
    title.text = name
    root.insert(0, title)
    root.set("role", "img")
    where = path.relative_to(path.parents[2]).as_posix()
    text = _numbered(etree.tostring(root, encoding="unicode"))
    made = "<!-- drawn with bpmn-js / http://bpmn.io by `make pictures` -->"
    return f"<!-- {where}: SHA-256 {sha256(path)} -->\n{made}\n{text}\n"


def _plain(one: etree._Element) -> None:
    for key, value in list(one.attrib.items()):
        if _OWN.search(str(key)):
            del one.attrib[key]
        else:
            one.set(key, _FRACTION.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value))


def _numbered(text: str) -> str:
    """Ids of markers and patterns, which have a random part, by their order."""
    for number, one in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)), 1):
        text = re.sub(rf"""(?<=[#"]){re.escape(one)}(?=["'&)])""", f"m{number}", text)
    return text
