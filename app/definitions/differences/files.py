"""Two bundles, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import orjson

from app import xmlsafe
from app.definitions.differences import diagrams, forms, tabled
from app.definitions.differences.comparing import NAMING, Comparison
from app.definitions.differences.difference import Change, Detail, Difference
from app.definitions.differences.things import Thing
from app.engine.bundle import Bundle
from app.errors import WaymarkError

#: levels of a form; those that people draw have a dozen
MAX_DEPTH = 60
KINDS = {".bpmn": "diagram", ".dmn": "decision table", ".form": "form"}


class _Unread(WaymarkError):
    """This file cannot be read."""


def differences(before: Bundle, after: Bundle) -> tuple[Difference, ...]:
    """Everything that a program would read otherwise, and what is only drawn or written otherwise (`group`). Takes any
    bytes. Layout of the text, order of attributes and the modeller's usual values left out are no difference."""
    found: list[Difference] = []
    for name in sorted(before.files.keys() | after.files.keys()):
        found += file_differences(name, before.files.get(name), after.files.get(name))
    return tuple(found)


def file_differences(name: str, before: bytes | None, after: bytes | None) -> list[Difference]:
    """Of one file; None where it does not exist."""
    if before == after:
        return []
    if before is None or after is None:
        return [_whole(name, before, after)]
    try:
        return list(compare(name, before, after).differences())
    except _Unread:
        what = "Content, which cannot be read"
        said = [_problem(name, data) for data in (before, after)]
        return [Difference(name, kind_of(name), "", name, "changed", what, said[0], said[1])]


def compare(name: str, before: bytes, after: bytes) -> Comparison:
    one, other = read(name, before), read(name, after)
    if name.endswith(".bpmn"):
        return Comparison(name, one, other, repeats=diagrams.repeats)
    if name.endswith(".dmn"):
        tabled.align(one, other)
        return Comparison(name, one, other, by=[lambda thing: thing.content])
    return Comparison(name, one, other, by=[forms.key, lambda thing: thing.content])


def read(name: str, data: bytes) -> Thing:
    """The file as a tree of things. Raises `_Unread`."""
    try:
        if name.endswith(".bpmn"):
            return diagram(data)
        if name.endswith(".dmn"):
            return tabled.read(xmlsafe.parse(data))
        if not name.endswith(".form"):
            raise _Unread(f"This file is neither diagram, nor table, nor form; it has {len(data):,} bytes.")
        said = orjson.loads(data)
    except (xmlsafe.UnsafeXml, ValueError, RecursionError) as error:
        raise _Unread(str(error)) from error
    if _deeper(said, MAX_DEPTH):
        raise _Unread(f"This file is nested too deeply: at most {MAX_DEPTH} levels.")
    return forms.read(said if isinstance(said, dict) else {"": said})


def _deeper(said: Any, levels: int) -> bool:
    """Is a value nested deeper than that?"""
    layer = [said]
    for _ in range(levels + 1):
        layer = [part for one in layer for part in _inside(one)]
    return bool(layer)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


@lru_cache(maxsize=64)
def diagram(data: bytes) -> Thing:
    """Kept, for the same version is compared again and again. Nobody changes it."""
    return diagrams.read(xmlsafe.parse(data))


def kind_of(name: str) -> str:
    return next((kind for suffix, kind in KINDS.items() if name.endswith(suffix)), "file")


def _problem(name: str, data: bytes) -> str:
    try:
        read(name, data)
    except _Unread as error:
        return str(error)
    return "It can be read."


def _whole(name: str, before: bytes | None, after: bytes | None) -> Difference:
    """A file that came or went is one difference, with everything that it holds."""
    change: Change = "removed" if after is None else "added"
    try:
        whole = read(name, (before if after is None else after) or b"")
    except _Unread as error:
        return Difference(name, kind_of(name), "", name, change, details=(Detail("Cannot be read", str(error)),))
    return Difference(name, kind_of(name), "", _title(whole) or name, change, details=tuple(_held(whole)))


def _title(whole: Thing) -> str:
    named = (thing.name for thing in whole.all() if thing.tag in ("process", "decision") and thing.name)
    return whole.name or next(named, "") or next((thing.name for thing in whole.children if thing.name), "")


def _held(whole: Thing) -> Iterator[Detail]:
    for thing in whole.all():
        facts = thing.facts.items()
        said = [f"{one.what}: {one.said or one.value}" for path, one in facts if not (one.quiet or path[-1] in NAMING)]
        yield Detail(f"{thing.kind} {thing.label}" if thing.label != thing.kind else thing.kind, "; ".join(said))
