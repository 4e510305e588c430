"""Tasks: people's, handlers', decisions' and expressions'."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from app.engine import handlers
from app.engine.facts import write
from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.normal import plain
from app.engine.slots import slot_of
from app.engine.specs.base import run_of, value_of
from app.engine.types import Effect
from app.errors import WaymarkError

if TYPE_CHECKING:
    from app.decisions import Decision


class UserTask(defaults.UserTask):
    """Waits for a person. Due date and role are worked out once, when the token comes in, and kept with it."""

    due: Formula | None = None
    #: None: the element's own role
    role: Formula | None = None
    rests = True

    def _update_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        if self.role is not None:
            my_task.internal_data["role"] = self.role_for(my_task)
        if self.due is not None:
            counted = self.due.counted(my_task.data, run_of(my_task).env)
            if counted is not None:
                my_task.internal_data["due"] = slot_of(counted)
        return True

    def role_for(self, task: Any) -> str:
        """The role that the expression gives for this token. Raises `ElementFailed` for any but those of the property
        `roles`: lint knows these, and what they may know."""
        role = value_of(task, self.role) if self.role is not None else self.element.role
        if role not in self.element.roles:
            said = f"“{role}”" if isinstance(role, str) else "no role"
            may_be = ", ".join(self.element.roles) or "none"
            raise ElementFailed(f"The task would go to {said}; the roles that it may be for are: {may_be}.")
        return str(role)

    def entered_data(self, task: Any) -> dict[str, Any]:
        data = super().entered_data(task)
        due = task.internal_data.get("due")
        return {**data, "due": due["at"], "how": due["how"]} if due else dict(data)

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, super().completed_data(task))


class ManualTask(UserTask):
    """Work done by a person without a form."""


def milestone(spec: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` with the element's milestone, if it has one."""
    name = spec.element.properties.get("milestone") if spec.element else None
    return {**data, "milestone": name} if name else dict(data)


class ServiceTask(defaults.ServiceTask):
    """`camunda:topic` names a registered handler (app.engine.handlers)."""

    topic: str | None = None
    params: Mapping[str, Formula] = MappingProxyType({})

    def _run_hook(self, my_task: Any) -> bool:
        handler = handlers.REGISTRY.get(self.topic or "")
        if handler is None:
            raise ElementFailed(f"Nothing is registered for the topic “{self.topic or ''}”.")
        params = {name: value_of(my_task, formula) for name, formula in self.params.items()}
        run = run_of(my_task)
        result = _handled(handler, my_task.data, params, run.now)
        write(my_task, plain(dict(result.facts)))
        for topic, literal in result.effects:
            run.effects.append(Effect(topic, self.element.id, plain(literal)))
        run.emit("handled", my_task, {"topic": self.topic, "params": params})
        return True

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, super().completed_data(task))


def _handled(handler: handlers.Handler, facts: Any, params: Any, now: Any) -> handlers.Result:
    try:
        return handler(MappingProxyType(facts), params, now)
    except WaymarkError as error:
        raise ElementFailed(error.detail) from error
    except Exception as error:
        raise ElementFailed(f"The handler stopped with an unexpected error ({type(error).__name__}).") from error


class ScriptTask(BpmnSpecMixin):
    """One FEEL expression, its value into one fact. Nothing is executed."""

    formula: Formula | None = None
    result: str | None = None

    def _run_hook(self, my_task: Any) -> bool:
        if self.formula is None or not self.result:
            raise ElementFailed("A script task needs one FEEL expression and a result variable.")
        write(my_task, {self.result: value_of(my_task, self.formula)})
        return True

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, super().completed_data(task))


class DecisionTask(BpmnSpecMixin):
    """A business rule task: a decision table, its answer into one fact."""

    decision: Decision | None = None
    decision_ref: str = ""
    result: str | None = None
    shape: str | None = None

    def _run_hook(self, my_task: Any) -> bool:
        if self.decision is None or not self.result:
            raise ElementFailed(f"The decision “{self.decision_ref}” or its result variable is missing.")
        run = run_of(my_task)
        try:
            found = self.decision.decide(my_task.data, run.env)
            answer = plain(found.mapped(self.shape))
        except WaymarkError as error:
            raise ElementFailed(error.detail) from error
        write(my_task, {self.result: answer})
        run.emit("decided", my_task, {"decision": self.decision_ref, "rows": list(found.rows), "result": answer})
        return True

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, super().completed_data(task))
