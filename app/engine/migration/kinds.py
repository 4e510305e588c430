"""Whether an open token of one version can rest on the element of the same id in another."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from app.engine.migration.notes import Notes, element_of
from app.engine.migration.waits import alike
from app.engine.outline import WORDS, Element
from app.engine.specs.activities import UserTask

#: spec classes whose tokens depend on what stands around them
_BOUND = (Join, LoopTask, CatchingEvent, SubWorkflowTask)


def fits(notes: Notes, task: Any, old: Any, home: Any) -> bool:
    """May the open token `task` go on at the element of its id in `home`, the specs of its scope in the new version?
    If not, the reason is noted."""
    new = home.task_specs.get(old.name)
    if new is None:
        _gone(notes, old, home)
        return False
    if not _same_kind(task, old, new):
        _other_kind(notes, old, new)
        return False
    return all(look(notes, old, new) for look in (_several, _called, _waits))


def _same_kind(task: Any, old: Any, new: Any) -> bool:
    if type(old) is type(new):
        return True
    if task._state == TaskState.READY:
        return isinstance(old, UserTask) and isinstance(new, UserTask)
    # what failed is tried again from its beginning, whatever the element is now
    failed = bool(task._state & TaskState.ERROR) and "inside" not in task.internal_data
    return failed and not isinstance(old, _BOUND) and not isinstance(new, Join)


def _gone(notes: Notes, old: Any, home: Any) -> None:
    element = element_of(old)
    twin = _twin(element, home)
    advice = (
        f"The new version has an element of that name with the id {twin}: give it the id {element.id} and deploy again."
        if twin
        else f"Finish it first, or keep an element with the id {element.id} in the new version."
    )
    notes.refuse(element, f"“{element.label}” is open in this case, and the new version does not have it here.", advice)


def _twin(element: Element, home: Any) -> str:
    """Id of an element of the same name and kind in the new version: most likely drawn anew."""
    drawn = (spec.element for spec in home.task_specs.values() if spec.element is not None)
    same = (one.id for one in drawn if one.name and (one.name, one.kind) == (element.name, element.kind))
    return next(same, "")


def _other_kind(notes: Notes, old: Any, new: Any) -> None:
    element = element_of(old)
    was, now = _kind(old), _kind(new)
    notes.refuse(
        element,
        f"“{element.label}” is open in this case as {_a(was)}, and in the new version it is {_a(now)}.",
        "Finish it first, or draw the new element with an id of its own beside the old one.",
    )


def _kind(spec: Any) -> str:
    element = element_of(spec)
    word = WORDS.get(element.kind, element.kind)
    return f"{word} for several" if isinstance(spec, LoopTask) else word


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _several(notes: Notes, old: Any, new: Any) -> bool:
    """Several instances: what was begun in a row or side by side goes on so."""
    if not isinstance(old, LoopTask):
        return True
    for what, differs in (
        ("whether its instances run one after the other", old.sequential != new.sequential),
        ("the name under which an instance knows its item", old.item != new.item),
        ("whether the answers are collected", bool(old.output_collection) != bool(new.output_collection)),
    ):
        if differs:
            element = element_of(old)
            notes.refuse(
                element,
                f"“{element.label}” is under way for several in this case, and the new version changes {what}.",
                "Let all of its instances be finished first, or leave that setting as it was.",
            )
            return False
    return True


def _called(notes: Notes, old: Any, new: Any) -> bool:
    if not isinstance(old, SubWorkflowTask) or not isinstance(new, SubWorkflowTask) or old.spec == new.spec:
        return True
    element = element_of(old)
    notes.refuse(
        element,
        f"“{element.label}” is under way in this case and calls “{old.spec}”; the new version calls “{new.spec}”.",
        "Let what it called come to its end first, or call the new process in an element of its own.",
    )
    return False


def _waits(notes: Notes, old: Any, new: Any) -> bool:
    """A wait goes on for the same kind of thing."""
    before, after = getattr(old, "event_definition", None), getattr(new, "event_definition", None)
    if before is None or after is None or alike(before, after):
        return True
    element = element_of(old)
    notes.refuse(
        element,
        f"The case waits at “{element.label}”, and in the new version that waits for something of another kind.",
        "Let the case come past it first, or draw the new event with an id of its own.",
    )
    return False
