"""What other processes send along with a message: so that whoever lets one come in a trial need not look it up."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from app import db, definitions
from app.cases.waymark import Waymark
from app.definitions import bpmn
from app.xmlsafe import UnsafeXml

#: names in a FEEL context such as {accepted: true, days: n}
_NAMES = re.compile(r"[{,]\s*\"?([A-Za-z_]\w*)\"?\s*:")


def sent_along(waymark: Waymark, messages: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Name of a message to the names of the facts that any process in force sends with it, sorted."""
    if not messages:
        return {}
    with db.reading(waymark.engine) as connection:
        bundles = [one.bundle for one in definitions.current_all(connection)]
    files = {data for bundle in bundles for data in bundle.of_kind(".bpmn").values()}
    found: dict[str, set[str]] = {}
    for data in files:
        for name, facts in _sent(data).items():
            found.setdefault(name, set()).update(facts)
    return {name: tuple(sorted(found[name])) for name in messages if found.get(name)}


@lru_cache(maxsize=256)
def _sent(data: bytes) -> Mapping[str, frozenset[str]]:
    """What the elements of one diagram send, by message."""
    try:
        nodes = [node for process in bpmn.read(data, "").processes for node in process.nodes.values() if node.sends]
    except UnsafeXml:
        return {}
    found: dict[str, frozenset[str]] = {}
    for node in nodes:
        names = {one.target for one in node.inputs} | {*_NAMES.findall(node.payload)}
        found[node.message] = found.get(node.message, frozenset()) | names
    return found
