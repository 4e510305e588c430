"""What makes a diagram hard to read: things without a name, flows that meet without a gateway, shapes that say
nothing. The engine runs all of it; the rules are those of the modeller's own linter."""

from __future__ import annotations

from app.definitions.diagram import CHOOSING, SCOPES, Flow, Node, Process
from app.definitions.drawing import Drawing, Part
from app.definitions.lint.subject import Subject

_GATEWAYS = CHOOSING | {"parallelGateway", "eventBasedGateway", "complexGateway"}
_NAMELESS = frozenset({"parallelGateway", "eventBasedGateway"}) | SCOPES


def check(subject: Subject) -> None:
    for process, node in subject.nodes():
        _name(subject, process, node)
        _joins(subject, process, node)
        if node.kind == "inclusiveGateway":
            message = f"{node.label} may take one way, several or all: a reader has to work out which."
            advice = "Draw exclusive or parallel gateways where they say the same."
            subject.warning("inclusive-gateway", process, node.id, message, advice)
    for process in subject.processes.values():
        _flows(subject, process)
        _terminates(subject, process)
    for diagram in subject.diagrams:
        _parts(subject, diagram.file, diagram.drawing)


def _parts(subject: Subject, file: str, drawing: Drawing) -> None:
    """Pools, lanes, messages and the like."""
    for part in (*drawing.pools, *drawing.lanes):
        if not part.name:
            what = "lane" if part.kind == "lane" else "pool"
            message, advice = f"The {what} {part.id} has no name.", f"Name the {what} for who acts in it."
            subject.warning("no-name", file, part.id, message, advice)
    for identity in drawing.repeated:
        message = f"The id “{identity}” stands at two elements of this file: which of them is meant is left to chance."
        subject.error("id-twice", file, identity, message, "Give one of them an id of its own.")
    for part in drawing.shared:
        _shared(subject, file, part, drawing)


def _name(subject: Subject, process: Process, node: Node) -> None:
    """A user task without a name, and a gateway without its question, are said elsewhere."""
    if node.name or node.kind in _NAMELESS or node.kind == "userTask" or node.kind in CHOOSING:
        return
    if node.kind in _GATEWAYS and len(process.leaving(node.id)) < 2:
        return
    advice = "Name it: a task for what is done, an event for what has happened."
    subject.warning("no-name", process, node.id, f"{node.label} has no name.", advice)


def _joins(subject: Subject, process: Process, node: Node) -> None:
    entering, leaving = process.entering(node.id), process.leaving(node.id)
    if node.kind not in _GATEWAYS:
        if len(entering) > 1:
            message = f"{len(entering)} flows meet in {node.inside}: do they wait for one another or not?"
            advice = "Let them meet in a gateway before it: exclusive if each goes on by itself, parallel if all wait."
            subject.warning("no-merge", process, node.id, message, advice)
    elif len(entering) > 1 and len(leaving) > 1:
        message = f"{node.label} brings flows together and parts them again."
        subject.warning("join-and-fork", process, node.id, message, "Draw two gateways, one for each.")
    elif len(entering) == len(leaving) == 1:
        message = f"{node.label} has one flow in and one flow out: nothing is decided there."
        subject.warning("gateway-needless", process, node.id, message, "Delete it, or draw the way that is missing.")


def _flows(subject: Subject, process: Process) -> None:
    seen: set[tuple[str, str, str]] = set()
    for flow in process.flows:
        source, target = process.nodes.get(flow.source), process.nodes.get(flow.target)
        if source is None or target is None:
            continue  # said as a loose flow
        same = (flow.source, flow.target, flow.condition or "")
        if same in seen:
            message = f"Two flows lead from {source.inside} to {target.inside} on the same condition."
            subject.warning("flow-twice", process, flow.id, message, "Delete one of them.")
        seen.add(same)
        _label(subject, process, flow, source)


def _label(subject: Subject, process: Process, flow: Flow, source: Node) -> None:
    if flow.condition is not None and not flow.name:
        message = f"A flow from {source.inside} has a condition, but no name."
        subject.warning("no-name", process, flow.id, message, "Write the answer on it, for example “yes”.")
    asks = source.kind in CHOOSING and len(process.leaving(source.id)) > 1
    if flow.name and flow.condition is None and source.default != flow.id and not asks:
        message = f"The flow “{flow.name}” has a name, though nothing is asked before it."
        subject.warning("label-needless", process, flow.id, message, "Delete the name of the flow.")


def _terminates(subject: Subject, process: Process) -> None:
    scopes: dict[str, list[Node]] = {}
    for node in process.nodes.values():
        if not process.leaving(node.id):
            scopes.setdefault(node.scope, []).append(node)
    for ends in scopes.values():
        stopping = [node for node in ends if node.kind == "endEvent" and "terminate" in node.events]
        if len(stopping) == 1 and all(node in stopping or _interrupts(process, node) for node in ends):
            message = f"{stopping[0].label} ends everything at once, but it is the only end there is."
            subject.warning("terminate-needless", process, stopping[0].id, message, "Make it a plain end event.")


def _interrupts(process: Process, node: Node) -> bool:
    """An event sub-process that takes the rest away."""
    starts = (one for one in process.nodes.values() if one.scope == node.id and one.kind == "startEvent")
    return node.by_event and any(one.interrupting for one in starts)


def _shared(subject: Subject, file: str, part: Part, drawing: Drawing) -> None:
    what = f"The {part.kind} “{part.name or part.id}”"
    if not part.name:
        subject.warning("shared-unnamed", file, part.id, f"{what} has no name.", "Name it for what has happened.")
    if (part.kind, part.id) not in drawing.used:
        message = f"{what} is kept in the file, but no event uses it."
        subject.warning("shared-unused", file, part.id, message, "Delete it, or choose it in the event that it is for.")
    if sum(one.kind == part.kind and one.name == part.name for one in drawing.shared) > 1:
        message = f"Two {part.kind}s of this file have the name “{part.name}”."
        subject.warning("shared-twice", file, part.id, message, "Keep one, and choose it in both places.")
