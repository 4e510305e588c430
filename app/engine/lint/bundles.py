"""Rules for the bundle as a whole: which processes there are and which call which."""

from __future__ import annotations

from lxml import etree

from app import decisions
from app.engine.lint.diagram import Diagram, Scope, label
from app.errors import WaymarkError

#: Ids that the engine uses itself.
RESERVED = frozenset(("Start", "End", "Root"))
#: The most elements of one process, and of all that one case can run through; sub-processes count as processes. More
#: is refused before anything else is looked at. Nobody reads a diagram of a thousand boxes: the largest of some ten
#: thousand diagrams drawn by people has 102.
MAX_ELEMENTS = 1_000
MAX_TOGETHER = 2_000
MAX_PROCESSES = 100


def look(diagram: Diagram) -> None:
    _main_is_there(diagram)
    _ids_are_unique(diagram)
    _calls(diagram)
    _decisions_read(diagram)


def too_large(diagram: Diagram) -> bool:
    """True, and said, for what is too large to be drawn by people and too slow to be looked at."""
    for scope in diagram.scopes:
        if max(scope.drawn, len(scope.flows) // 2) > MAX_ELEMENTS:
            scope.error(
                scope.node,
                "too-large",
                f"This process has {scope.drawn:,} elements and {len(scope.flows):,} flows; {MAX_ELEMENTS:,} "
                "elements are the most.",
                "Split it into called processes.",
            )
            return True
    elements = sum(max(scope.drawn, len(scope.flows) // 2) for scope in diagram.scopes)
    if elements > MAX_TOGETHER or len(diagram.scopes) > MAX_PROCESSES:
        diagram.report.error(
            "",
            diagram.bundle.key,
            "too-large",
            f"“{diagram.bundle.key}” and what it calls: {elements:,} elements in {len(diagram.scopes):,} processes; "
            f"{MAX_TOGETHER:,} elements in {MAX_PROCESSES} are the most.",
            "Let it start cases of other processes instead.",
        )
        return True
    return False


def _main_is_there(diagram: Diagram) -> None:
    key = diagram.bundle.key
    main = diagram.processes.get(key)
    if main is None:
        found = ", ".join(sorted(diagram.processes)) or "none"
        diagram.report.error(
            "",
            key,
            "no-process",
            f"No file has a process with the id “{key}”. Found: {found}.",
            "Check the process id.",
        )
        return
    used = diagram.calls[key] | {key}
    for process, scope in diagram.processes.items():
        if scope.node.get("isExecutable", "true") != "true":
            scope.error(
                scope.node,
                "not-executable",
                f"The process “{label(scope.node)}” is not marked as executable.",
                "Tick “Executable” in the properties of the process.",
            )
        if process not in used:
            scope.warning(
                scope.node, "unused-process", f"The process “{label(scope.node)}” is drawn here, but nothing calls it."
            )


def _ids_are_unique(diagram: Diagram) -> None:
    """An element's id within its file, a process's or sub-process's in the whole bundle."""
    seen: set[tuple[str, str]] = set()
    holders: dict[str, list[str]] = {}
    for scope in diagram.scopes:
        holders.setdefault(scope.node.get("id", ""), []).append(scope.document.file)
        for element, node in scope.nodes.items():
            if not element:
                scope.error(node, "no-id", f"The element “{label(node)}” has no id.", "Save it with Camunda Modeler.")
            elif element in RESERVED or (scope.document.file, element) in seen:
                scope.error(
                    node, "id", f"The id “{element}” of “{label(node)}” is taken.", "Give the element an id of its own."
                )
            seen.add((scope.document.file, element))
        if len(scope.nodes) < scope.drawn:
            scope.error(scope.node, "id", f"Two elements in “{label(scope.node)}” have the same id.", "Change one.")
    for element, files in holders.items():
        if len(files) > 1:
            where = ", ".join(sorted(set(files)))
            diagram.report.error(
                "", element, "duplicate-process", f"The id “{element}” names more than one process: {where}."
            )


def _calls(diagram: Diagram) -> None:
    for called, callers in diagram.callers.items():
        for scope, node in callers:
            _call(diagram, scope, node, called)


def _call(diagram: Diagram, scope: Scope, node: etree._Element, called: str) -> None:
    if not called:
        scope.error(
            node,
            "no-called-process",
            f"“{label(node)}” does not say which process it calls.",
            "Choose the process (called element).",
        )
    elif called not in diagram.processes:
        scope.error(
            node,
            "no-such-process",
            f"“{label(node)}” calls the process “{called}”, which is not among these files.",
            "Deploy the called process together with this one.",
        )
    elif called == scope.process or scope.process in diagram.calls[called]:
        scope.error(
            node,
            "call-cycle",
            f"“{label(node)}” calls “{called}”, which in turn calls “{scope.process}”: it would never end.",
            "Draw a loop with a gateway instead.",
        )


def _decisions_read(diagram: Diagram) -> None:
    """app.decisions says what is wrong with a table; here it is only said that it cannot be used."""
    for file, content in diagram.bundle.of_kind(".dmn").items():
        try:
            decisions.load(content)
        except WaymarkError as error:
            diagram.report.error(file, "", "decision-unreadable", f"The decision file cannot be used: {error.detail}")
