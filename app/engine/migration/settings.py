"""What differs at an open element between two versions, told to whoever moves the case."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from app import forms
from app.engine.definition import Definition
from app.engine.failures import ElementFailed
from app.engine.migration.notes import Notes
from app.engine.outline import Element
from app.engine.specs.activities import UserTask
from app.engine.specs.base import run_of
from app.engine.specs.multi_instance import MultiInstance
from app.engine.specs.subprocesses import Call
from app.forms import Form


def told(notes: Notes, task: Any, old: Any, new: Any, before: Definition, after: Definition) -> None:
    """Note what is different for the open token `task`, which rests on `new` from now on."""
    was, now = old.element, new.element
    if was is None or now is None:
        return
    _named(notes, was, now)
    if isinstance(new, UserTask) and task._state == TaskState.READY:
        _role(notes, task, old, new)
        _form(notes, was, now, before, after)
        _why(notes, was, now)
        _due(notes, task, old.due, new.due, now)
    elif was.interrupting != now.interrupting:
        does = "ends" if now.interrupting else "no longer ends"
        notes.change("kept", now, f"When it comes, “{now.label}” now {does} what it belongs to.")
    if isinstance(new, MultiInstance) and isinstance(old, MultiInstance):
        _several(notes, old, new, now)
    if isinstance(new, Call) and isinstance(old, Call):
        _handed(notes, old, new, now)


def _named(notes: Notes, was: Element, now: Element) -> None:
    if was.label != now.label:
        notes.change("renamed", now, f"“{was.label}” is called “{now.label}”.")


def _role(notes: Notes, task: Any, old: UserTask, new: UserTask) -> None:
    """A role that was worked out stays with its task; where the new version says it in another way, it is worked out
    again, from what the case knows now."""
    element = new.element
    was = task.internal_data.pop("role", old.element.role)
    if new.role is not None and _text(old.role) == _text(new.role) and was in element.roles:
        task.internal_data["role"] = was
        return
    try:
        now = new.role_for(task) if new.role is not None else element.role
    except ElementFailed as failure:
        sentence = f"Who does “{element.label}” cannot be worked out in this case: {failure}"
        notes.refuse(element, sentence, "Correct the candidate group in the new version, or its property “roles”.")
        return
    if new.role is not None:
        task.internal_data["role"] = now
    if was != now:
        notes.change(
            "role", element, f"“{element.label}” goes to another role: {now or 'nobody'}, not {was or 'nobody'}."
        )


def _why(notes: Notes, was: Element, now: Element) -> None:
    if was.documentation != now.documentation:
        notes.change("asked", now, f"“{now.label}” says anew why the person is asked.")
    if was.rules != now.rules:
        cited = ", ".join(now.rules) or "none"
        notes.change("asked", now, f"“{now.label}” follows other rules: {cited}.")


def _due(notes: Notes, task: Any, old: Any, new: Any, element: Element) -> None:
    """A due date is kept like a running clock; a new one counts from the move."""
    slot = task.internal_data.get("due")
    if slot is None and new is None:
        return
    if new is None:
        del task.internal_data["due"]
        notes.change("clock_ends", element, f"“{element.label}” has no due date any more ({slot['how']})")
    elif slot is None or old is None:
        _due_begins(notes, task, new, element)
    elif old.text != new.text:
        sentence = f"“{element.label}” keeps its due date: {slot['how']} The new version says {new.text}."
        notes.change("deadline", element, sentence)


def _due_begins(notes: Notes, task: Any, new: Any, element: Element) -> None:
    try:
        counted = new.counted(task.data, run_of(task).env)
    except ElementFailed as failure:
        notes.refuse(
            element,
            f"The due date of “{element.label}” cannot be counted in this case: {failure}",
            "Correct the due date in the new version.",
        )
        return
    if counted is not None:
        task.internal_data["due"] = {"at": counted.at.isoformat(), "how": counted.how}
        sentence = (
            f"“{element.label}” gets a due date, counted from the move, not from when it became open: {counted.how}"
        )
        notes.change("clock_set", element, sentence)


def _several(notes: Notes, old: MultiInstance, new: MultiInstance, element: Element) -> None:
    if _text(old.collection or old.cardinality) != _text(new.collection or new.cardinality):
        notes.change("kept", element, f"“{element.label}” goes on for those for whom it has begun.")


def _handed(notes: Notes, old: Call, new: Call, element: Element) -> None:
    if [(one.target, _text(one.formula)) for one in old.ins] != [(one.target, _text(one.formula)) for one in new.ins]:
        notes.change("kept", element, f"“{element.label}” goes on with what was handed to it when it began.")


def _text(formula: Any) -> str:
    return formula.text if formula is not None else ""


def _form(notes: Notes, was: Element, now: Element, before: Definition, after: Definition) -> None:
    if form_file(before, was.form) == form_file(after, now.form) and was.form == now.form:
        return
    old, new = form_of(before, was.form), form_of(after, now.form)
    said = " ".join(differences(old, new))
    notes.change("form", now, f"“{now.label}” asks on a changed form. {said}".strip())


def form_file(definition: Definition, form_id: str | None) -> bytes | None:
    """The form's file as deployed with the definition."""
    return definition.bundle.files.get(f"{form_id}.form") if form_id else None


def form_of(definition: Definition, form_id: str | None) -> Form | None:
    """The form, None where there is none that can be read."""
    data = form_file(definition, form_id)
    return forms.load(data) if data is not None else None


def differences(old: Form | None, new: Form | None) -> list[str]:
    """What a person who has begun on `old` finds different in `new`, each in a sentence."""
    before = {field.path: field for field in old.answers()} if old else {}
    after = {field.path: field for field in new.answers()} if new else {}
    said = []
    if lost := [before[path] for path in before if path not in after]:
        said.append(f"It no longer asks: {_labels(lost)}.")
    if added := [after[path] for path in after if path not in before]:
        said.append(f"It newly asks: {_labels(added)}.")
    both = [(before[path], after[path]) for path in before if path in after]
    said += [
        f"“{now.label or now.path}” is of the class {now.cls} now, not {was.cls}."
        for was, now in both
        if was.cls != now.cls
    ]
    return said


def _labels(fields: list[Any]) -> str:
    return ", ".join(f"“{field.label or field.path}”" for field in fields)
