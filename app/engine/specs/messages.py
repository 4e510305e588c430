"""Messages between cases. A thrown message never matches inside its own case: it goes out as an effect."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from app.engine.facts import write
from app.engine.feel import Formula
from app.engine.normal import plain
from app.engine.specs.base import run_of, value_of
from app.engine.types import Effect


class MessageDefinition(MessageEventDefinition):
    """One definition for throw, catch, boundary, start, send and receive. `key` is read when the wait begins and
    stays with the token; without one any message of the name is taken."""

    element: Any
    key: Formula | None = None
    payload: Formula | None = None
    params: Mapping[str, Formula] = MappingProxyType({})
    result: str | None = None

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired"))

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def update_task(self, my_task: Any) -> None:
        if self.key is not None:
            my_task.internal_data[self._slot("key")] = self._key_of(my_task)

    def _key_of(self, my_task: Any) -> str | None:
        """Keys are compared as text: 7 and "7" are one."""
        value = value_of(my_task, self.key) if self.key else None
        return None if value is None else str(value)

    def takes(self, task: Any, name: str, key: str | None) -> bool:
        """True if this waiting token takes the message."""
        return self.name == name and (self.key is None or task.internal_data.get(self._slot("key")) == key)

    def keep(self, task: Any, facts: Mapping[str, Any]) -> None:
        task.internal_data[self._slot("facts")] = plain(facts)
        run_of(task).emit("message_caught", task, {"name": self.name})

    def update_task_data(self, my_task: Any) -> None:
        facts = my_task.internal_data.pop(self._slot("facts"), None)
        if self.result and facts is not None:
            write(my_task, {self.result: facts})
        elif facts:
            write(my_task, facts)

    def reset(self, my_task: Any) -> None:
        for part in ("key", "facts"):
            my_task.internal_data.pop(self._slot(part), None)
        my_task.internal_data.pop("event_fired", None)

    def throw(self, my_task: Any) -> None:
        run = run_of(my_task)
        body = value_of(my_task, self.payload) if self.payload else {}
        named = {name: value_of(my_task, formula) for name, formula in self.params.items()}
        message = {
            "name": self.name,
            "key": self._key_of(my_task),
            "payload": {**body, **named} if isinstance(body, dict) else body,
        }
        run.effects.append(Effect("message", my_task.task_spec.element.id, message))
        run.emit("message_sent", my_task, {"name": self.name, "key": message["key"]})

    def _slot(self, part: str) -> str:
        return f"{part}:{self.element.id}"
