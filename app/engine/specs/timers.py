"""Timer events. A due time is counted once, when the token comes in, and kept with it in UTC, with a sentence that
says how it was counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.slots import slot_of
from app.engine.specs.base import run_of, value_of
from app.errors import WaymarkError
from app.workdays import Calendar, Deadline

#: More turns than any case will see.
ENDLESS = 10**9
#: R/P7D, R3/PT4H, R/2026-03-02T09:00/P1M
CYCLE = re.compile(r"R(\d{0,4})/(?:(\d{4}-[^/]+)/)?(P[^/]+)")
#: What a slot says of a pause; it is over with the turn that it held up.
_OF_A_PAUSE = ("stops", "first")


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
        """What app.engine.slots describes, or None."""
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
        return slot_of(counted)

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
        left = int(turns) if turns else ENDLESS
        if not left:
            raise ElementFailed(f"“{text}” repeats no times. Leave the number out for no end.")
        anchor = run.calendar.local(_moment(start)) if start else run.now
        turns_of = Turns(run.calendar, anchor, length)
        first = turns_of.past(run.now, left - 1) if start else 1
        return {
            **slot_of(turns_of.due(first)),
            "anchor": anchor.isoformat(),
            "every": length,
            "turn": first,
            "left": -1 if left == ENDLESS else left - first * bool(start),
        }

    def fired_data(self, my_task: Any) -> dict[str, Any]:
        """One firing however many turns are overdue; `missed` says how many more there would have been."""
        run = run_of(my_task)
        before = my_task.internal_data[self.slot]
        turns = Turns(run.calendar, datetime.fromisoformat(before["anchor"]), before["every"])
        left = before["left"] if before["left"] > 0 else ENDLESS
        last = turns.last(before["turn"], run.now, before["turn"] + left - 1)
        data = {"due": before["at"], "missed": last - before["turn"]}
        if last == before["turn"] + left - 1:
            my_task.internal_data[self.slot] = {**before, "left": 0}
            return data
        slot = {name: value for name, value in before.items() if name not in _OF_A_PAUSE}
        slot |= {**slot_of(turns.due(last + 1)), "turn": last + 1}
        slot["left"] = -1 if left == ENDLESS else left - data["missed"] - 1
        my_task.internal_data[self.slot] = slot
        return {**data, "next": slot["at"], "how": slot["how"]}

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


@dataclass(frozen=True)
class Turns:
    """The times of a cycle, each counted from the anchor. Finding one among many takes few steps: after a year of
    downtime, a timer of every minute is as quick as one of every month."""

    calendar: Calendar
    anchor: datetime
    length: str

    def due(self, turn: int) -> Deadline:
        """Raises `ElementFailed`."""
        try:
            due = self.calendar.add_duration(self.anchor, self.length, turn)
            if turn and due.at <= self.anchor:
                raise ElementFailed(f"“{self.length}” is no time at all, so it cannot be repeated.")
        except WaymarkError as error:
            raise ElementFailed(error.detail) from error
        return due

    def past(self, moment: datetime, most: int) -> int:
        """How many turns lie before `moment`, counted up to `most`."""
        self.due(1)
        before = moment - timedelta(microseconds=1)
        return self.last(0, before, most - 1) + 1 if most and self._falls(0, before) else 0

    def last(self, turn: int, moment: datetime, most: int) -> int:
        """The last turn, from `turn` (which does) to `most`, that falls at or before `moment`."""
        step = 1
        while turn + step <= most and self._falls(turn + step, moment):
            turn, step = turn + step, step * 2
        while step := step // 2:
            if turn + step <= most and self._falls(turn + step, moment):
                turn += step
        return turn

    def _falls(self, turn: int, moment: datetime) -> bool:
        try:
            return self.due(turn).at <= moment
        except ElementFailed:
            return False  # further away than there are years
