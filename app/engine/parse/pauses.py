"""Which clocks an element stops: its property `pauses`, ids of timer events or of activities (all clocks on them), of
its own process or of one that calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.engine.outline import Element, Key, Process


def pauses(processes: Iterable[Process]) -> Mapping[Key, frozenset[Key]]:
    """Element to the elements whose clocks stand still while a token rests in it. Ids that are nowhere are left out."""
    found = Resolver(processes)
    return {
        (element.process, element.id): frozenset(
            (clock.process, clock.id)
            for name in wanted(element)
            for meant in found.meant(element.process, name)
            for clock in found.on(meant)
        )
        for process in found.processes.values()
        for element in process.elements
        if wanted(element)
    }


def wanted(element: Element) -> list[str]:
    return element.properties.get("pauses", "").split()


class Resolver:
    """Finds elements by id as an element of a process may name them."""

    def __init__(self, processes: Iterable[Process]) -> None:
        self.processes = {process.id: process for process in processes}
        self._callers: dict[str, list[str]] = {}
        for process in self.processes.values():
            for element in process.elements:
                if element.kind == "callActivity":
                    self._callers.setdefault(element.refers_to, []).append(process.id)

    def meant(self, process: str, name: str) -> list[Element]:
        """The element `name` of the process itself, else of those that call it, the nearest on each way up."""
        found: list[Element] = []
        seen: set[str] = set()
        look = [process]
        while look:
            at = look.pop()
            if at in seen or at not in self.processes:
                continue
            seen.add(at)
            here = [element for element in self.processes[at].elements if element.id == name]
            found += here
            if not here:
                look += self._callers.get(at, ())
        return found

    def on(self, element: Element) -> Iterator[Element]:
        """The element itself, its boundary events and, of an event sub-process, its start."""
        yield element
        for other in self.processes[element.process].elements:
            starts = other.kind == "startEvent" and other.scope == element.id
            if starts or other.attached_to == element.id:
                yield other
