"""What a bundle holds, read from its files: its processes, and the little that pages need of the main one."""

from __future__ import annotations

<<<<<<< HEAD
from collections.abc import Mapping
=======
>>>>>>> main
from dataclasses import dataclass
from functools import lru_cache

from app.definitions import bpmn
<<<<<<< HEAD
from app.definitions.diagram import Diagram, Process
=======
from app.definitions.diagram import Process
>>>>>>> main
from app.engine.bundle import Bundle
from app.xmlsafe import UnsafeXml


@dataclass(frozen=True, slots=True)
class Summary:
    """The main process: its name as drawn, and the id of its start form, "" when it has none."""

    name: str
    start_form: str


<<<<<<< HEAD
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
=======
def processes(bundle: Bundle) -> dict[str, Process]:
    """Every process of the bundle by id; a file that cannot be read adds none."""
    found: dict[str, Process] = {}
    for file, data in bundle.of_kind(".bpmn").items():
        try:
            diagram = bpmn.read(data, file)
        except UnsafeXml:
            continue
>>>>>>> main
        for process in diagram.processes:
            found.setdefault(process.id, process)
    return found


<<<<<<< HEAD
def messages(bundle: Bundle) -> dict[str, Mapping[str, str]]:
    """File name to the messages it declares, id to name."""
    return {diagram.file: diagram.messages for diagram in diagrams(bundle)}


=======
>>>>>>> main
@lru_cache(maxsize=256)
def summary(bundle: Bundle) -> Summary:
    main = processes(bundle).get(bundle.key)
    return Summary(main.name, main.start_form) if main else Summary(bundle.key, "")
