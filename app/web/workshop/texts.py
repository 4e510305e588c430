"""What a page says of a file: its title and its text."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from app import xmlsafe
from app.definitions import bpmn
from app.forms import reader
from app.web.workshop.editors import suffix


def decoded(data: bytes) -> str:
    """The text of a file. XML may say another encoding than UTF-8; what cannot be read stands as it can be shown."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return etree.tostring(xmlsafe.parse(data), encoding="unicode")
    except xmlsafe.UnsafeXml:
        return data.decode("utf-8", errors="replace")


def title(name: str, data: bytes) -> str:
    """What the file calls itself: name of the process or table, title of the form; else its file name."""
    try:
        return _TITLES[suffix(name)](data, name) or name
    except xmlsafe.UnsafeXml:
        return name


def _of_diagram(data: bytes, name: str) -> str:
    return next((one.name for one in bpmn.read(data, name).processes), "")


def _of_table(data: bytes, _name: str) -> str:
    root = xmlsafe.parse(data)
    named = (child.get("name", "") for child in root if etree.QName(child).localname == "decision")
    return root.get("name", "") or next(named, "")


def _of_form(data: bytes, name: str) -> str:
    form, _findings = reader.read(data, name)
    return form.title if form else ""


_TITLES: dict[str, Callable[[bytes, str], str]] = {".bpmn": _of_diagram, ".dmn": _of_table, ".form": _of_form}
