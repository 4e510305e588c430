"""What a bundle holds, read from its files: its processes, and the little that pages need of the main one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.definitions import bpmn
from app.definitions.diagram import Diagram, Process
from app.engine.bundle import Bundle
from app.xmlsafe import UnsafeXml


@dataclass(frozen=True, slots=True)
class Summary:
    """The main process: its name as drawn, and the id of its start form, "" when it has none."""

    name: str
    start_form: str


def diagrams(bundle: Bundle) -> list[Diagram]:
    """Every diagram of the bundle, by file name, without those that cannot be read."""
    found = []
    for file, data in bundle.of_kind(".bpmn").items():
        try:
            found.append(bpmn.read(data, file))
        except UnsafeXml:
            continue
    return found


def processes(bundle: Bundle) -> dict[str, Process]:
    """Every process of the bundle, by id."""
    found: dict[str, Process] = {}
    for diagram in diagrams(bundle):
        for process in diagram.processes:
            found.setdefault(process.id, process)
    return found


@lru_cache(maxsize=256)
def summary(bundle: Bundle) -> Summary:
    main = processes(bundle).get(bundle.key)
    return Summary(main.name, main.start_form) if main else Summary(bundle.key, "")
