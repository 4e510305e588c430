"""What may be told of a case to those who own its process and see nothing that it contains (XX-1)."""

from __future__ import annotations

from app.engine import Change, Element, Outline, Plan, Refusal


class Veil:
    """Shows an element that has a class as the step around it: where a case stands can itself tell (decision 7)."""

    def __init__(self, *outlines: Outline) -> None:
        self.elements: dict[tuple[str, str], Element] = {}
        self.names: dict[str, str] = {}
        self.callers: dict[str, Element] = {}
        self.classed: set[tuple[str, str]] = set()
        for outline in outlines:
            self._add(outline)

    def _add(self, outline: Outline) -> None:
        for process in outline.processes:
            self.names[process.id] = process.name or process.id
            for one in process.elements:
                self.elements[one.process, one.id] = one
                if one.properties.get("class", "public") != "public":
                    self.classed.add((one.process, one.id))
                if one.kind == "callActivity":
                    self._called(one)

    def _called(self, caller: Element) -> None:
        """A process that several elements call counts as called by one that is hidden, if any is."""
        known = self.callers.get(caller.refers_to)
        if known is None or (caller.process, caller.id) in self.classed:
            self.callers[caller.refers_to] = caller

    def around(self, process: str, element: str) -> str | None:
        """The visible step that hides the element; None if it may be seen itself."""
        outermost, at = None, self.elements.get((process, element))
        climbed: set[tuple[str, str]] = set()
        while at is not None and (at.process, at.id) not in climbed:
            climbed.add((at.process, at.id))
            above = self._above(at)
            if (at.process, at.id) in self.classed:
                outermost = above.label if above is not None else self.names[at.process]
            at = above
        return outermost

    def _above(self, element: Element) -> Element | None:
        """What an element sits on, is held by or is called by."""
        for other in (element.attached_to, element.scope):
            if (element.process, other) in self.elements:
                return self.elements[element.process, other]
        return self.callers.get(element.process)

    def _hidden(self, one: Change | Refusal) -> str | None:
        """The step to name instead, if the sentence names a hidden one."""
        own = self.around(one.process, one.element)
        return own or next((found for key in one.names if (found := self.around(*key))), None)

    def changes(self, plan: Plan) -> list[Change]:
        return list(dict.fromkeys(self._change(one) for one in plan.changes))

    def refusals(self, plan: Plan) -> list[Refusal]:
        return list(dict.fromkeys(self._refusal(one) for one in plan.refusals))

    def _change(self, one: Change) -> Change:
        step = self._hidden(one)
        return one if step is None else Change("hidden", "", "", step, f"Something inside “{step}” may change.")

    def _refusal(self, one: Refusal) -> Refusal:
        step = self._hidden(one)
        if step is None:
            return one
        why = f"Where this case stands inside “{step}” does not fit the new version."
        return Refusal("", "", step, why, f"Try again when the case is past “{step}”.")
