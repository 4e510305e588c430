"""A bundle, parsed once and shared by all its cases and threads. Never changed afterwards."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import SpiffWorkflowException

from app import decisions
from app.engine import beginning
from app.engine.bundle import Bundle
from app.engine.outline import Element, Outline, Process
from app.engine.parse.documents import Document, documents
from app.engine.parse.elements import message_name, read_process
from app.engine.parse.namespaces import bpmn
from app.engine.parse.parser import OurParser
from app.engine.parse.pauses import pauses
from app.errors import DefinitionRefused, Finding, WaymarkError

#: How many parsed definitions a process keeps.
KEPT = 128

_CATCHING = frozenset(("startEvent", "boundaryEvent", "intermediateCatchEvent", "receiveTask"))


@dataclass(frozen=True, eq=False)
class Definition:
    """`main` and `inner` (by process or sub-process id) are the package's specs; nobody outside app.engine
    touches them."""

    bundle: Bundle
    outline: Outline
    main: Any
    inner: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        return self.bundle.sha256

    def fingerprint(self) -> str:
        """Hex digest of all that a run could change in the specs. The same before and after any number of runs."""
        specs = [self.main, *(self.inner[name] for name in sorted(self.inner))]
        return hashlib.sha256(repr([_form(spec, 0) for spec in specs]).encode()).hexdigest()


def _form(value: Any, depth: int) -> Any:
    """A repeatable description of a spec, without the links back to its owner."""
    if depth > 7 or isinstance(value, (str, int, float, bool, type(None))):
        return value if depth <= 7 else type(value).__name__
    if isinstance(value, Mapping):
        return [(str(name), _form(item, depth + 1)) for name, item in value.items()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_form(item, depth + 1) for item in value]
    inside = getattr(value, "__dict__", {})
    skip = ("_wf_spec", "wf_spec", "lock")
    return (type(value).__name__, [(n, _form(v, depth + 1)) for n, v in inside.items() if n not in skip])


_kept: OrderedDict[str, Definition] = OrderedDict()
_lock = threading.Lock()


def load(bundle: Bundle) -> Definition:
    """The definition of a bundle, parsed at most once while it is among the last used. Safe for threads.
    Raises `DefinitionRefused` with what is wrong."""
    with _lock:
        found = _kept.get(bundle.sha256)
        if found is not None:
            _kept.move_to_end(bundle.sha256)
            return found
    made = _parse(bundle)  # outside the lock: another thread need not wait for this one
    with _lock:
        made = _kept.setdefault(bundle.sha256, made)
        _kept.move_to_end(bundle.sha256)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _parse(bundle: Bundle) -> Definition:
    try:
        return parse(bundle)
    except ValidationException as error:
        finding = Finding(error.file_name or "", error.id or "", "error", "unreadable", str(error))
    except WaymarkError as error:
        finding = Finding("", "", "error", "unreadable", error.detail)
    except (SpiffWorkflowException, RecursionError, LookupError, TypeError, ValueError, AttributeError) as error:
        finding = Finding("", "", "error", "unreadable", f"This diagram cannot be read ({type(error).__name__}).")
    raise DefinitionRefused([finding], f"The process “{bundle.key}” cannot be loaded: {finding.message}")


def parse(bundle: Bundle) -> Definition:
    """As `load`, without the memory and with the package's own errors."""
    trees = documents(bundle)
    processes = {node.get("id", ""): read_process(tree, node) for tree in trees for node in tree.processes()}
    parser = OurParser(_elements(processes), _decisions(bundle))
    for tree in trees:
        parser.add_bpmn_xml(tree.root, tree.file)
    main = parser.get_spec(bundle.key)
    inner = parser.get_subprocess_specs(bundle.key)
    used = {bundle.key, *inner}
    outline = _outline(bundle.key, [process for process in processes.values() if process.id in used], trees)
    return Definition(bundle, outline, main, inner)


def _elements(processes: Mapping[str, Process]) -> dict[tuple[str, str], Element]:
    return {(process.file, element.id): element for process in processes.values() for element in process.elements}


def _decisions(bundle: Bundle) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for data in bundle.of_kind(".dmn").values():
        found.update(decisions.load(data))
    return found


def _outline(key: str, processes: list[Process], trees: list[Document]) -> Outline:
    processes.sort(key=lambda process: (process.id != key, process.id))
    main = processes[0]
    start = next((e for e in main.elements if e.kind == "startEvent" and e.scope == main.id), None)
    return Outline(
        key=key,
        name=main.name or key,
        documentation=main.documentation,
        start_form=start.form if start else None,
        starters=tuple((start.properties.get("starters", "") if start else "").split()),
        processes=tuple(processes),
        messages=tuple(sorted(_caught({process.id for process in processes}, trees))),
        pauses=pauses(processes),
        beginning=beginning.read(main.properties, start.properties if start else {}),
    )


def _caught(used: set[str], trees: list[Document]) -> set[str]:
    names: set[str] = set()
    for tree in trees:
        for process in tree.processes():
            if process.get("id") in used:
                for kind in _CATCHING:
                    names.update(message_name(node, tree.root) for node in process.iter(bpmn(kind)))
    return names - {""}


def describe(definition: Definition) -> Outline:
    """What the definition holds, for pages and lint."""
    return definition.outline
