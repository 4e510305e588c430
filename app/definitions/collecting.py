"""From folders of files to bundles: each main process with what it calls, decides by, and asks on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lxml import etree

from app import xmlsafe
from app.definitions import bpmn
from app.definitions.diagram import Process
from app.engine.bundle import Bundle
from app.errors import DefinitionRefused, Finding
from app.xmlsafe import UnsafeXml

#: the files that definitions are made of
READ = frozenset({".bpmn", ".dmn", ".form"})
#: a folder with more files than this is not a folder of processes
MAX_FILES = 2_000
#: one byte more is read, so that whoever reads the file can say that it is too large
MAX_BYTES = xmlsafe.MAX_BYTES


@dataclass
class Library:
    """All files that a bundle may be made of. File names are unique; `paths` says where each one was found."""

    files: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    #: decision id to file name
    decisions: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def bundle(self, key: str) -> Bundle:
        """The process with all that it needs. What is missing is left out, and lint says so. The forms that messages
        bring with them are among it: what they answer counts here, too."""
        needed: dict[str, bytes] = {}
        for process in self._reached(key):
            brought = (form for message in process.hears for form in self.enclosed.get(message, ()))
            for name in (
                process.file,
                *(f"{form}.form" for form in (*process.forms(), *brought)),
                *(self.decisions.get(decision, "") for decision in process.decisions()),
            ):
                if name in self.files:
                    needed[name] = self.files[name]
        return Bundle(key, needed)

    def _reached(self, key: str) -> Iterable[Process]:
        """The process and those that it calls, however deep, each once."""
        seen: dict[str, Process] = {}
        left = [key]
        while left:
            process = self.processes.get(left.pop())
            if process is not None and process.id not in seen:
                seen[process.id] = process
                left += process.called()
        return seen.values()

    @property
    def started_by(self) -> dict[str, frozenset[str]]:
        """Process id to the names of the messages that start it."""
        return {key: process.started_by for key, process in self.processes.items()}

    @property
    def said(self) -> frozenset[str]:
        """Names of the messages that people say, in whatever process."""
        nodes = (node for process in self.processes.values() for node in process.nodes.values())
        return frozenset(node.message for node in nodes if node.said_by and node.message)

    @property
    def enclosed(self) -> dict[str, frozenset[str]]:
        """Name of a message to the ids of the forms that some process encloses in it."""
        found: dict[str, frozenset[str]] = {}
        for process in self.processes.values():
            for node in process.nodes.values():
                if node.encloses:
                    found[node.message] = found.get(node.message, frozenset()) | frozenset(node.encloses)
        return found

    @property
    def mains(self) -> dict[str, Bundle]:
        """Each process that people or messages start, with all that it needs."""
        return {key: self.bundle(key) for key, process in sorted(self.processes.items()) if process.is_main}

    def unread(self, name: str, message: str, advice: str) -> None:
        self.findings.append(Finding(name, "", "error", "file", message, advice))


def library(paths: Iterable[Path]) -> Library:
    """Every .bpmn, .dmn and .form file among these files and below these folders, in a steady order."""
    found = Library()
    for path in sorted(set(_files(paths)), key=lambda path: (path.name, str(path)))[:MAX_FILES]:
        _add(found, path)
    return found


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        below = path.rglob("*") if path.is_dir() else [path]
        yield from (one for one in below if one.suffix in READ and one.is_file())


def _add(found: Library, path: Path) -> None:
    name = path.name
    if name in found.files:
        found.unread(name, f"There are two files named {name}.", f"Rename one: {found.paths[name]} or {path}.")
        return
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        found.unread(name, f"This file cannot be read: {error.strerror}.", "Look at its place and its rights.")
        return
    found.files[name], found.paths[name] = data, path
    try:
        _index(found, name, data)
    except UnsafeXml as error:
        found.unread(name, error.detail, "Save the file again from the modeller.")


def from_files(
    files: Mapping[str, bytes], around: Iterable[Mapping[str, bytes]] = (), without: Collection[str] = ()
) -> Library:
    """A library from memory: these files, and from each of `around` what these do not define already, but none named in
    `without`. What is wrong with the files is a finding; what cannot be read around them is left out."""
    found = Library()
    for name, data in sorted(files.items()):
        found.files[name], found.paths[name] = data, Path(name)
        try:
            _index(found, name, data)
        except UnsafeXml as error:
            found.unread(name, error.detail, "Save the file again from the modeller.")
    for other in around:
        for name, data in sorted(other.items()):
            if name not in found.files and name not in without:
                _beside(found, name, data)
    return found


def _beside(found: Library, name: str, data: bytes) -> None:
    try:
        processes, decisions = _defined(name, data)
    except UnsafeXml:
        return
    taken = {*(process.id for process in processes)} & found.processes.keys() | {*decisions} & found.decisions.keys()
    if not taken:
        found.files[name], found.paths[name] = data, Path(name)
        _index(found, name, data)


def _index(found: Library, name: str, data: bytes) -> None:
    processes, decisions = _defined(name, data)
    for process in processes:
        _once(found, process.id, name, found.processes)
        found.processes.setdefault(process.id, process)
    for decision in decisions:
        _once(found, decision, name, found.decisions)
        found.decisions.setdefault(decision, name)


@lru_cache(maxsize=512)
def _defined(name: str, data: bytes) -> tuple[tuple[Process, ...], tuple[str, ...]]:
    """The processes and the ids of the decisions that a file defines. A workshop asks this of the same files with each
    save. Raises UnsafeXml."""
    if name.endswith(".bpmn"):
        return bpmn.read(data, name).processes, ()
    return (), tuple(decision_ids(data)) if name.endswith(".dmn") else ()


def _once(found: Library, identity: str, name: str, known: Mapping[str, object]) -> None:
    if identity in known:
        found.findings.append(
            Finding(
                name,
                identity,
                "error",
                "file",
                f"“{identity}” is defined twice.",
                "Give each process and decision its own id.",
            )
        )


def decision_ids(data: bytes) -> list[str]:
    """Ids of the decisions in a DMN file, of any DMN version. Raises UnsafeXml."""
    root = xmlsafe.parse(data)
    decisions = (child for child in root if isinstance(child.tag, str))
    return [
        child.get("id", "") for child in decisions if etree.QName(child).localname == "decision" and child.get("id")
    ]


def collect(processes_dir: Path, forms_dir: Path) -> list[Bundle]:
    """One bundle for each process that people start, by key.

    Raises DefinitionRefused when a file cannot be read or two files say who they are in the same words; whatever else
    is missing is for lint to say.
    """
    found = library([processes_dir, forms_dir])
    if found.findings:
        raise DefinitionRefused(found.findings)
    return [found.bundle(key) for key in sorted(found.processes) if found.processes[key].is_main]
