"""Messages between cases. A thrown message never matches inside its own case: it goes out as an effect."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from app.engine.facts import write
from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.normal import plain
from app.engine.specs.base import run_of, value_of
from app.engine.types import Effect

#: the longest key of a message, in characters
MAX_KEY = 200
#: properties of an element that sends, handed on as they are
WISHES = ("to", "unmatched", "told", "encloses")


class MessageDefinition(MessageEventDefinition):
    """One definition for throw, catch, boundary, start, send and receive. `key` is read when the wait begins and
    stays with the token; without one any message of the name is taken. In keys and in what is sent, `case` is the id
    of the case itself."""

    element: Any
    key: Formula | None = None
    payload: Formula | None = None
    params: Mapping[str, Formula] = MappingProxyType({})
    result: str | None = None
    #: how long a message that was sent may wait to be taken
    patience: Formula | None = None
    #: what else the sender says of it, word for word: `to`, `unmatched`, `told`, `encloses`
    wishes: Mapping[str, str] = MappingProxyType({})

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired"))

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def update_task(self, my_task: Any) -> None:
        if self.key is not None:
            my_task.internal_data[self._slot("key")] = self._key_of(my_task)

    def _key_of(self, my_task: Any) -> str | None:
        """None if no key is drawn. One that is drawn and empty would let a message go to nobody or to anybody."""
        if self.key is None:
            return None
        key = _as_text(_said(my_task, self.key))
        if key is None:
            raise ElementFailed(
                f"The key “{self.key.text}” of the message “{self.name}” must be a text or a number of at most "
                f"{MAX_KEY} characters."
            )
        return key

    def awaited(self, task: Any) -> str | None:
        """The key that this waiting token waits for; None for any."""
        key: str | None = task.internal_data.get(self._slot("key")) if self.key is not None else None
        return key

    @property
    def said(self) -> bool:
        """Do people say it, and no other case?"""
        return bool(self.element.said_by)

    def wait_id(self, task: Any) -> str:
        """The id under which the world knows this wait of this token. Another id for another key, and for a wait that
        a new version of the diagram opens to people, or closes."""
        asked = "/said" if self.said else ""
        return str(run_of(task).name_of(task.id, f"/{self.element.id}/{self.name}/{self.awaited(task)}{asked}"))

    def takes(self, task: Any, name: str, key: str | None) -> bool:
        """True if this waiting token takes the message."""
        return self.name == name and (self.key is None or self.awaited(task) == key)

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
        """Out into the world: {"name", "key", "payload"}, and what the element says of a message that nobody takes."""
        run, element = run_of(my_task), my_task.task_spec.element
        message = {"name": self.name, "key": self._key_of(my_task), "payload": self._payload_of(my_task), **self.wishes}
        if self.patience is not None:
            counted = self.patience.counted(my_task.data, run.env)
            if counted is None:
                raise ElementFailed(f"The time “{self.patience.text}” is not known, so nobody knows how long to wait.")
            message["keep"] = {"at": counted.at.isoformat(), "how": counted.how}
        run.effects.append(Effect("message", element.id, message, element.process))
        run.emit("message_sent", my_task, {"name": self.name, "key": message["key"]})

    def _payload_of(self, my_task: Any) -> dict[str, Any]:
        body = _said(my_task, self.payload) if self.payload else {}
        if not isinstance(body, dict):
            raise ElementFailed(f"What the message “{self.name}” brings must have names: {{answer: answer}}.")
        return {**body, **{name: _said(my_task, formula) for name, formula in self.params.items()}}

    def _slot(self, part: str) -> str:
        return f"{part}:{self.element.id}"


def _said(task: Any, formula: Formula) -> Any:
    return value_of(task, formula, {"case": run_of(task).case})


def _as_text(value: Any) -> str | None:
    """Keys are compared as text: 7 and "7" are one. None for what is no key."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return text if 0 < len(text) <= MAX_KEY and text.isprintable() else None
