"""Nobody is given what they may not know: a form must not read it, and a hidden step must not send them a notice.

They would not get the fact, so the form would do something else for them; and a notice from a step tells of the step.
"""

from __future__ import annotations

from collections.abc import Callable

from app import privacy
from app.definitions import sources
from app.definitions.diagram import Node, Process
from app.definitions.lint.subject import Subject
from app.privacy import Viewer


def check(subject: Subject) -> None:
    found = sources.of(subject)
    for process, node in subject.nodes():
        form = subject.forms.get(node.form)
        if form is not None:
            own = {field.key for field in form.walk()}
            hidden = frozenset().union(*(_hidden(subject, found, role) for role in _asked(process, node)))
            for name in sorted((form.reads - own) & (hidden | sources.UNSHOWN)):
                _error(subject, process, node, name)
        if node.camunda.get("topic") == "notify" and node.properties.get("outward") != "true":
            _notice(subject, process, node)


def _asked(process: Process, node: Node) -> tuple[str, ...]:
    """The roles that fill in the element's form."""
    return tuple(process.roles(node)) if node.kind == "userTask" else node.said_by


def _hidden(subject: Subject, found: sources.Sources, role: str) -> frozenset[str]:
    viewer = sources.in_role([found], role)
    return sources.hidden([found], viewer, shows_in(subject, viewer))


def shows_in(subject: Subject, viewer: Viewer) -> Callable[[str, str], bool]:
    """May the viewer know of a step, as far as its own class says?"""

    def shows(process: str, element: str) -> bool:
        said = subject.processes[process].nodes[element].properties.get("class", "public")
        return privacy.ground(said, viewer) is not None

    return shows


def _error(subject: Subject, process: Process, node: Node, name: str) -> None:
    message = f"{node.label} asks on the form “{node.form}”, which reads “{name}”: whoever does it may not know that."
    advice = "Take it out of the form, or give the task to somebody who may know it."
    subject.error("fact-class", process, node.id, message, advice)


def _notice(subject: Subject, process: Process, node: Node) -> None:
    cls = node.properties.get("class", "public")
    to = next((one.expression for one in node.inputs if one.target == "to"), "")
    for role in to.split():
        if cls != "public" and privacy.ground(cls, sources.in_role((), role)) is None:
            message = f"{node.label} is {cls}, but sends a notice to “{role}”, who may not know of it."
            subject.error("notice-class", process, node.id, message, _OUTWARD)


_OUTWARD = "Leave them out; or, if its words tell nothing of this step, set its property “outward” to “true”."
