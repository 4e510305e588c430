"""Rules for steps that stop clocks (property `pauses`)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from app.engine.lint.diagram import Diagram, definitions
from app.engine.outline import Element, Key
from app.engine.parse.documents import text
from app.engine.parse.elements import read_process
from app.engine.parse.namespaces import bpmn, camunda
from app.engine.parse.pauses import Resolver, wanted
from app.expressions import ExpressionError, timer
from app.privacy import EMPLOYER_SIDE, PROVIDER_SIDE, Viewer, ground

#: where a case can wait
_PLACES = frozenset(("userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "subProcess", "callActivity"))


def look(diagram: Diagram) -> None:
    pauses = _Pauses(diagram)
    for element in pauses.stopping:
        pauses.place(element)
        for name in wanted(element):
            pauses.name(element, name)
        for clock in pauses.clocks(element):
            pauses.clock(element, clock)
    pauses.circles()
    for role in sorted(EMPLOYER_SIDE | PROVIDER_SIDE):
        pauses.telling(role)


class _Pauses:
    """The steps of a bundle that stop clocks."""

    def __init__(self, diagram: Diagram) -> None:
        self.report = diagram.report
        self.found = Resolver(read_process(tree, node) for tree in diagram.trees for node in tree.processes())
        self.nodes = {(scope.process, name): node for scope in diagram.scopes for name, node in scope.nodes.items()}
        self.stopping = [one for process in self.found.processes.values() for one in process.elements if wanted(one)]

    def error(self, element: Element, rule: str, message: str, advice: str) -> None:
        file = self.found.processes[element.process].file
        self.report.error(file, element.id, rule, f"“{element.label}” {message}", advice)

    def clocks(self, element: Element, name: str = "") -> list[Element]:
        """Timers and tasks with a due date that it stops, all or those by one name."""
        names = [name] if name else wanted(element)
        meant = [target for one in names for target in self.found.meant(element.process, one)]
        return [clock for target in meant for clock in self.found.on(target) if self._is_clock(clock)]

    def _is_clock(self, element: Element) -> bool:
        node = self.nodes[element.process, element.id]
        return definitions(node) == ["timer"] or (element.kind == "userTask" and bool(node.get(camunda("dueDate"))))

    def place(self, element: Element) -> None:
        if element.kind not in _PLACES:
            message = "stops clocks, but a case never waits there."
            self.error(element, "pause-place", message, "Put “pauses” where the case waits: on a task, event or call.")
        if not element.rules:
            message = "stops clocks, but names no rule that lets them stand still."
            advice = "Name it in the property “rules”: clocks stop only where a rule says so."
            self.error(element, "pause-rule", message, advice)

    def name(self, element: Element, name: str) -> None:
        meant = self.found.meant(element.process, name)
        if not meant:
            message = f"stops the clock of “{name}”, which is neither in its process nor in one that calls it."
            advice = "Give the id of a timer, or of a task or sub-process with timers."
            self.error(element, "pause-unknown", message, advice)
        elif not self.clocks(element, name):
            message = f"stops the clocks on “{meant[0].label}”, but there are none."
            advice = "Put a timer or a due date there, or take its id out of “pauses”."
            self.error(element, "pause-nothing", message, advice)

    def clock(self, element: Element, clock: Element) -> None:
        if clock.process == element.process and element.id in self._around(clock):
            message = f"stops the clock of “{clock.label}”, which runs only while it is open itself."
            self.error(element, "pause-itself", message, "That clock would never run: leave it out of “pauses”.")
        if _is_fixed(self.nodes[clock.process, clock.id]):
            message = f"stops the clock of “{clock.label}”, which is a fixed date."
            advice = "Count it from the case, ${workdays(5)}, or leave it out of “pauses”."
            self.error(element, "pause-date", message, advice)

    def _around(self, clock: Element) -> Iterator[str]:
        """Ids of the clock, of what it sits on and of what it stands in."""
        holders = {element.id: element.scope for element in self.found.processes[clock.process].elements}
        yield clock.id
        at = clock.attached_to or clock.scope
        while at in holders:
            yield at
            at = holders[at]

    def circles(self) -> None:
        """Two that stop each other's clocks would leave neither running; so would more, in a circle."""
        stops = {
            (one.process, one.id): {(clock.process, clock.attached_to or clock.id) for clock in self.clocks(one)}
            for one in self.stopping
        }
        for element in self.stopping:
            if (element.process, element.id) in _reached(stops, (element.process, element.id)):
                message = "stops the clock of a step that stops its own in turn: neither would run."
                self.error(element, "pause-circle", message, "Let only one of the two stop the other’s clock.")

    def telling(self, role: str) -> None:
        """A clock that stands still tells of the step that stops it (XX-1)."""
        hidden = self._hidden(role)
        for element in self.stopping:
            if element.process not in hidden and _seen(element, role):
                continue
            for clock in self.clocks(element):
                if clock.process not in hidden and _seen(clock, role):
                    self._tells(element, clock)

    def _tells(self, element: Element, clock: Element) -> None:
        message = (
            f"stops the clock of “{clock.label}”, which is shown to people who may not know of that step: a clock that "
            "stands still would tell them."
        )
        cls = element.properties.get("class", "restricted")
        self.error(element, "pause-tells", message, f"Set the property “class” of “{clock.label}” to “{cls}”.")

    def _hidden(self, role: str) -> set[str]:
        """Processes that are called where the role may not look."""
        calls = [one for process in self.found.processes.values() for one in process.elements if one.refers_to]
        calls = [one for one in calls if one.kind == "callActivity"]
        hidden = {one.refers_to for one in calls if not _seen(one, role)}
        while more := {one.refers_to for one in calls if one.process in hidden} - hidden:
            hidden |= more
        return hidden


def _seen(element: Element, role: str) -> bool:
    return ground(element.properties.get("class", "public"), Viewer(frozenset({role}))) is not None


def _is_fixed(node: etree._Element) -> bool:
    definition = node.find(bpmn("timerEventDefinition"))
    try:
        return definition is not None and timer(text(definition)).kind == "date"
    except ExpressionError:
        return False  # said already, as a time that cannot be read


def _reached(stops: dict[Key, set[Key]], start: Key) -> set[Key]:
    """The steps whose clocks are stopped from here on, in one or more turns. Its own are said elsewhere."""
    seen: set[Key] = set()
    todo = list(stops[start] - {start})
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo.extend(stops.get(key, ()))
    return seen
