"""Timer events. A due time is counted once, when the token comes in, and kept with it in UTC, with a sentence that
says how it was counted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.specs.base import run_of, value_of
from app.errors import WaymarkError

#: R/P7D, R3/PT4H, R/2026-03-02T09:00/P1M
CYCLE = re.compile(r"R(\d{0,4})/(?:(\d{4}-[^/]+)/)?(P[^/]+)")
#: How many turns of a cycle are counted past one by one after downtime; then the rest is left to the next firing.
MAX_MISSED = 100_000


class Timer(EventDefinition):
    """A date or a duration. `element` is the event in the diagram; its slot in the token's own data is
    named for it, so that two timers at one event-based gateway do not share one."""

    element: Any
    formula: Formula
    repeats = False

    @property
    def slot(self) -> str:
        return f"timer:{self.element.id}"

    def armed(self, task: Any) -> dict[str, Any] | None:
        """{"at": ISO time in UTC, "how": sentence, …} or None."""
        found: dict[str, Any] | None = task.internal_data.get(self.slot)
        return found

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired"))

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def update_task(self, my_task: Any) -> None:
        if self.slot not in my_task.internal_data:
            slot = my_task.internal_data[self.slot] = self.count(my_task)
            run_of(my_task).emit("timer_set", my_task, {"due": slot["at"], "how": slot["how"]})

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(self.slot, None)
        my_task.internal_data.pop("event_fired", None)

    def count(self, my_task: Any) -> dict[str, Any]:
        counted = self.formula.counted(my_task.data, run_of(my_task).env)
        if counted is None:
            raise ElementFailed(f"The time “{self.formula.text}” is not known, so this clock cannot be set.")
        return {"at": counted.at.isoformat(), "how": counted.how}

    def fired_data(self, my_task: Any) -> dict[str, Any]:
        """The event's data; afterwards the token is told to go on."""
        return {"due": my_task.internal_data[self.slot]["at"]}


class CycleTimer(Timer):
    """Counts turns from an anchor, so that the 31st stays the 31st and nine o'clock stays nine o'clock."""

    repeats = True

    def count(self, my_task: Any) -> dict[str, Any]:
        run = run_of(my_task)
        text = value_of(my_task, self.formula)
        parts = CYCLE.fullmatch(text) if isinstance(text, str) else None
        if parts is None:
            raise ElementFailed(f"“{text}” is not a repeated time. Write for example R/P7D (every 7 days).")
        turns, start, length = parts.groups()
        anchor = run.calendar.local(_moment(start)) if start else run.now
        first = 0 if start else 1
        due = _turn(run.calendar, anchor, length, first)
        return {
            "at": due.at.isoformat(),
            "how": due.how,
            "anchor": anchor.isoformat(),
            "every": length,
            "turn": first,
            "left": int(turns) if turns else -1,
        }

    def fired_data(self, my_task: Any) -> dict[str, Any]:
        """One firing however many turns are overdue; `missed` says how many more there would have been."""
        run = run_of(my_task)
        slot = dict(my_task.internal_data[self.slot])
        was, missed = slot["at"], -1
        anchor = datetime.fromisoformat(slot["anchor"])
        while slot["left"] != 0 and datetime.fromisoformat(slot["at"]) <= run.now and missed < MAX_MISSED:
            slot["turn"] += 1
            slot["left"] -= 1
            missed += 1
            due = _turn(run.calendar, anchor, slot["every"], slot["turn"])
            slot["at"], slot["how"] = due.at.isoformat(), due.how
        my_task.internal_data[self.slot] = slot
        data = {"due": was, "missed": missed}
        return data if slot["left"] == 0 else {**data, "next": slot["at"], "how": slot["how"]}

    def spawn(self, my_task: Any) -> None:
        """A token for the handler; the event goes on waiting unless this was the last turn."""
        my_task.task_spec.come(my_task)
        if my_task.internal_data[self.slot]["left"] == 0:
            my_task.internal_data["event_fired"] = True
            my_task.task_spec._update(my_task)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ElementFailed(f"“{text}” is not a date and time. Write for example 2026-03-02T09:00.") from error


def _turn(calendar: Any, anchor: datetime, length: str, turn: int) -> Any:
    try:
        due = calendar.add_duration(anchor, length, turn)
        if turn and due.at <= anchor:
            raise ElementFailed(f"“{length}” is no time at all, so it cannot be repeated.")
    except WaymarkError as error:
        raise ElementFailed(error.detail) from error
    return due
