"""How a diagram is laid out: everything is drawn, nothing lies on something else or outside of what holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.definitions.diagram import Diagram, Process
from app.definitions.drawing import Box, Drawing
from app.definitions.lint.subject import Subject

_DATA = frozenset({"dataObjectReference", "dataStoreReference"})


def check(subject: Subject) -> None:
    for diagram in subject.diagrams:
        if not diagram.drawing.there:
            message = "This file says what happens, but nothing of it is drawn."
            advice = "Open it in the modeller and draw it, or save it again from there."
            subject.warning("not-drawn", diagram.file, "", message, advice)
            continue
        _drawn(subject, diagram)
        _pools(subject, diagram)
        for process in diagram.processes:
            _placed(subject, process, diagram.drawing)


def _drawn(subject: Subject, diagram: Diagram) -> None:
    for identity, label in _to_be_drawn(diagram):
        if identity not in diagram.drawing.boxes:
            subject.warning(
                "not-drawn",
                diagram.file,
                identity,
                f"{label} is in the file, but not drawn: nobody who looks at the diagram sees it.",
                "Open the file in the modeller, delete the element there and draw it again.",
            )


def _to_be_drawn(diagram: Diagram) -> Iterator[tuple[str, str]]:
    """Id and label of all that has a shape."""
    for process in diagram.processes:
        yield from ((node.id, node.label) for node in process.nodes.values())
        yield from ((flow.id, f"The flow {flow.id}") for flow in process.flows)
    drawing = diagram.drawing
    for part in (*drawing.pools, *drawing.lanes, *drawing.others):
        yield part.id, f"“{part.name or part.id}”"


def _pools(subject: Subject, diagram: Diagram) -> None:
    boxes = diagram.drawing.boxes
    for one in overlapping(((part.id, box) for part in diagram.drawing.pools if (box := boxes.get(part.id))), {}):
        message = f"The pool {one} lies on another pool."
        subject.warning("overlapping", diagram.file, one, message, "Move them apart.")


def _placed(subject: Subject, process: Process, drawing: Drawing) -> None:
    on = {node.id: node.attached_to for node in process.nodes.values()}
    for scope, labels in _shapes(process, drawing).items():
        boxed = {one: box for one in labels if (box := drawing.boxes.get(one))}
        for one in overlapping(boxed.items(), on):
            subject.warning("overlapping", process, one, f"{labels[one]} lies on another shape.", "Move them apart.")
        frame, name = _frame(process, drawing, scope)
        for one, box in boxed.items():
            if frame is not None and not frame.holds(box) and one not in _free(drawing):
                message = f"{labels[one]} stands outside of {name}, to which it belongs."
                subject.warning("outside", process, one, message, "Move it inside, or make the frame larger.")


def _shapes(process: Process, drawing: Drawing) -> dict[str, dict[str, str]]:
    """Id of a process or sub-process to the ids of the shapes that it holds directly, with their labels."""
    found: dict[str, dict[str, str]] = {}
    for node in process.nodes.values():
        found.setdefault(node.scope, {})[node.id] = node.label
    for part in drawing.others:
        if part.kind in _DATA and (part.scope == process.id or part.scope in process.nodes):
            found.setdefault(part.scope, {})[part.id] = f"“{part.name or part.id}”"
    return found


def _frame(process: Process, drawing: Drawing, scope: str) -> tuple[Box | None, str]:
    """The box of the pool or of the open sub-process around a scope, None where nothing is drawn around it."""
    if scope == process.id:
        pool = next((part.id for part in drawing.pools if part.refers == process.id), "")
        return drawing.boxes.get(pool), "the pool"
    box = drawing.boxes.get(scope)
    return box if box is not None and box.open else None, f"“{process.nodes[scope].name or scope}”"


def _free(drawing: Drawing) -> set[str]:
    """Data stores may stand anywhere."""
    return {part.id for part in drawing.others if part.kind == "dataStoreReference"}


def overlapping(boxes: Iterable[tuple[str, Box]], attached: Mapping[str, str]) -> list[str]:
    """Ids of the boxes that lie on another, an event on the edge of its own activity excepted."""
    order = sorted(boxes, key=lambda item: (item[1].left, item[0]))
    found: set[str] = set()
    for at, (one, box) in enumerate(order):
        for other, next_box in order[at + 1 :]:
            if next_box.left > box.right:
                break
            if one in found and other in found:
                continue
            if box.meets(next_box) and attached.get(one) != other and attached.get(other) != one:
                found |= {one, other}
    return sorted(found)
