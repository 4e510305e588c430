"""What may be told of a case to those who own its process and see nothing that it contains (XX-1)."""

from __future__ import annotations

from app import privacy
from app.cases.enclosing import Enclosing
from app.engine import Change, Element, Outline, Plan, Refusal


def _classed(element: Element) -> bool:
    return privacy.ground(element.properties.get("class", "public"), privacy.EVERYBODY) is None


class Veil:
    """Shows an element that has a class as the step around it: where a case stands can itself tell (decision 7)."""

    def __init__(self, *outlines: Outline) -> None:
        self.around = Enclosing(_classed, *outlines).around

    def shows(self, process: str, element: str) -> bool:
        return self.around(process, element) is None

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
