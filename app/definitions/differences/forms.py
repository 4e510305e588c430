"""A form-js file as things with facts: the form, and its fields at any depth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.definitions.differences import form_words
from app.definitions.differences.things import Fact, Order, Path, Thing, numbered

#: what says who an entry of a list is among its like
_TELLING = ("value", "key", "id", "name")


def read(schema: Mapping[str, Any]) -> Thing:
    """The form itself, with its fields."""
    return _thing(schema, "form")


def _thing(raw: Mapping[str, Any], tag: str = "") -> Thing:
    kind = raw.get("type")
    tag = tag or (kind if isinstance(kind, str) else "field")
    identity = raw.get("id")
    thing = Thing(identity if isinstance(identity, str) else "", tag, form_words.kind(tag), form_words.name(raw))
    thing.ordered = tag != "form"
    inner = raw.get("components")
    fields = inner if _are_fields(inner) else None
    _entries(thing, {key: value for key, value in raw.items() if key != "components" or fields is None}, ())
    if fields is not None:
        thing.facts["components",] = Fact("list", "Holds fields", quiet=True)
        for child in fields:
            thing.add(_thing(child))
    return thing


def _are_fields(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _facts(thing: Thing, value: Any, path: Path) -> None:
    if isinstance(value, dict) and value:
        _entries(thing, value, path)
    elif isinstance(value, list) and value:
        keys = numbered([_key(one) for one in value])
        thing.orders[path] = Order(tuple(keys), form_words.order(path))
        for key, one in zip(keys, value, strict=True):
            _facts(thing, one, (*path, key))
    else:
        thing.facts[path] = form_words.fact(path, text(value), value)


def _entries(thing: Thing, value: Mapping[str, Any], path: Path) -> None:
    for name, one in value.items():
        # a name that looks like the place in a list is marked, so that the two are never one
        _facts(thing, one, (*path, f"\\{name}" if name.startswith(("[", "\\")) else name))


def _key(value: Any) -> str:
    if not isinstance(value, dict):
        return f"[{text(value)}]" if not isinstance(value, list) else "[]"
    told = next((f"{name}={text(value[name])}" for name in _TELLING if name in value), "")
    return f"[{told}]"


def text(value: Any) -> str:
    """A text as it is, all else as JSON writes it; 5 and 5.0 are one number there."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def key(thing: Thing) -> tuple[str, str] | None:
    """By what names the answer."""
    said = thing.facts.get(("key",)) or thing.facts.get(("path",))
    return (thing.tag, said.value) if said else None
