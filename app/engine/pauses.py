"""Clocks that stand still while the case waits somewhere (property `pauses`).

Looked at when a step has come to rest: a clock that some waiting element names stops, one that none names any more
runs on with what was left of it. The pause stands beside the due time, in the token's own data:

"paused": {"since": ISO time in UTC, "process", "element": for what the case waits, "for": in words, "rules": its rules}
"stops": how often it stood still; "first": how it was counted before
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from SpiffWorkflow.util.task import TaskState

from app.engine.failures import ElementFailed
from app.engine.outline import Element
from app.engine.run import OPEN
from app.engine.slots import deadline_of, slot_of
from app.engine.specs.events import definitions_of
from app.engine.specs.timers import Timer
from app.engine.types import Event
from app.engine.workflow import CaseWorkflow
from app.workdays import UncountableTime, resumed, wording

_RESTING = OPEN | TaskState.ERROR


class Clock(NamedTuple):
    """A due time that a token keeps."""

    task: Any
    element: Element
    #: its name in the token's own data
    place: str

    @property
    def slot(self) -> dict[str, Any]:
        slot: dict[str, Any] = self.task.internal_data[self.place]
        return slot

    def put(self, slot: dict[str, Any]) -> None:
        self.task.internal_data[self.place] = slot


def look(workflow: CaseWorkflow) -> None:
    """Stop and start clocks by where the tokens rest now. Costs nothing in a case without pauses."""
    if not workflow.pauses and not workflow.paused:
        return
    workflow.paused = False
    waiting = [task for task in workflow.tokens() if _key(task) in workflow.pauses and _rests(task)]
    waiting.sort(key=lambda task: int(task.id))
    for clock in list(_clocks(workflow)):
        by = next((task for task in waiting if _reaches(workflow, task, clock)), None)
        if by is not None:
            _stop(workflow, clock, by)
        elif "paused" in clock.slot:
            _go_on(workflow, clock)


def _key(task: Any) -> tuple[str, str] | None:
    element = task.task_spec.element
    return (element.process, element.id) if element is not None else None


def _rests(task: Any) -> bool:
    return bool(task._state & _RESTING) and not task.task_spec.idle(task)


def _clocks(workflow: CaseWorkflow) -> Iterator[Clock]:
    for task in workflow.tokens():
        if task._state == TaskState.READY and task.task_spec.manual and "due" in task.internal_data:
            yield Clock(task, task.task_spec.element, "due")
        elif task._state == TaskState.WAITING and task.id in workflow.event_manager.tasks:
            for definition in definitions_of(task):
                if isinstance(definition, Timer) and definition.armed(task) is not None:
                    yield Clock(task, definition.element, definition.slot)


def _reaches(workflow: CaseWorkflow, waiting: Any, clock: Clock) -> bool:
    """Does the waiting token's element name the clock, and are both in one instance of what holds them? Of a process
    that is called twice, one call does not stop the clocks of the other."""
    key = (clock.element.process, clock.element.id)
    if key not in workflow.pauses[_key(waiting) or ("", "")]:
        return False
    scopes = list(_around(waiting))
    names = {scope.spec.name for scope in scopes}
    return next(scope for scope in _around(clock.task) if scope.spec.name in names) in scopes


def _around(task: Any) -> Iterator[Any]:
    """The scope that holds a token, and those around it."""
    scope, top = task.workflow, task.workflow.top_workflow
    while scope is not top:
        yield scope
        scope = top.get_task_from_id(scope.parent_task_id).workflow
    yield top


def _stop(workflow: CaseWorkflow, clock: Clock, by: Any) -> None:
    """What is due already is not held up. Another element that takes over the same pause is no new pause."""
    slot, now, element = clock.slot, workflow.run.now, by.task_spec.element
    before = slot.get("paused")
    if before is None and datetime.fromisoformat(slot["at"]) <= now:
        return
    workflow.paused = True
    words = element.properties.get("waitingFor") or f"“{element.label}”"
    paused = {
        "since": before["since"] if before else now.astimezone(UTC).isoformat(),
        "process": element.process,
        "element": element.id,
        "for": words,
        "rules": list(element.rules),
    }
    clock.put({**slot, "paused": paused})
    if before is None:
        _tell(workflow, clock, "timer_paused", paused, {"due": slot["at"]})


def _go_on(workflow: CaseWorkflow, clock: Clock) -> None:
    run, slot = workflow.run, clock.slot
    paused = slot["paused"]
    since = datetime.fromisoformat(paused["since"])
    try:
        moved = resumed(run.calendar, deadline_of(slot), since, run.now)
    except UncountableTime as error:
        run.fail(clock.task, ElementFailed(error.detail))
        return
    times = slot.get("stops", 0) + 1
    local = [run.calendar.local(moment) for moment in (since, max(since, run.now), moved.deadline.at)]
    sentence = wording.stopped(local[0], local[1], paused["for"], moved.passed, local[2], times)
    first = slot.get("first", slot["how"])
    after = {**slot, **slot_of(moved.deadline), "how": f"{first} {sentence}", "first": first, "stops": times}
    del after["paused"]
    if "anchor" in after:
        after |= {"anchor": after["at"], "turn": 0}
    clock.put(after)
    _tell(workflow, clock, "timer_resumed", paused, {"was": slot["at"], "due": after["at"], "how": sentence})


def _tell(workflow: CaseWorkflow, clock: Clock, kind: str, paused: dict[str, Any], data: dict[str, Any]) -> None:
    """The entry cites the rules of the element for which the case waits: they let the clock stand still."""
    element, run = clock.element, workflow.run
    by = {"since": paused["since"], "by": paused["element"], "by_process": paused["process"], "for": paused["for"]}
    rules = tuple(paused["rules"])
    name = run.name_of(clock.task.id)
    run.events.append(Event(kind, element.id, element.name, element.process, name, rules, {**data, **by}))
