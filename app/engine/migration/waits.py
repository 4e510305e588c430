"""What a token waits for: clocks that run on, messages, and the choices at an event-based gateway."""

from __future__ import annotations

from typing import Any

from app.engine.failures import ElementFailed
from app.engine.migration.notes import Notes
from app.engine.outline import Element
from app.engine.specs.messages import MessageDefinition
from app.engine.specs.timers import Timer


def alike(old: Any, new: Any) -> bool:
    """Do two event definitions wait in the same way, so that a wait can go on?"""
    return type(old) is type(new)


def goes_on(notes: Notes, task: Any, old: Any, new: Any) -> None:
    """A wait that both versions have: a running deadline is kept, a message is waited for as the new version says."""
    if isinstance(new, Timer):
        _clock(notes, task, old, new)
    elif isinstance(new, MessageDefinition):
        _message(notes, task, old, new)
    elif _listens_to(old) != _listens_to(new):
        notes.change("listens", new.element, f"“{new.element.label}” now waits for “{_listens_to(new)}”.")


def begins(notes: Notes, task: Any, new: Any) -> None:
    """A wait that is new for this case and has just been armed."""
    element: Element = new.element
    if not isinstance(new, Timer):
        notes.change("listens", element, f"From the move on, “{element.label}” is listened for.")
        return
    slot = new.armed(task)
    if slot is not None:
        notes.change(
            "clock_set",
            element,
            f"The new clock “{element.label}” starts with the move, not when the work began: {slot['how']}",
        )


def cannot_begin(notes: Notes, element: Element, why: str) -> None:
    notes.refuse(
        element,
        f"“{element.label}” is new for this case and cannot begin in it: {why}",
        "Correct it in the new version, or let the case come past it first.",
    )


def ends(notes: Notes, task: Any, old: Any) -> None:
    """A wait that the new version does not have. Its slots in the token are cleared."""
    element: Element = old.element
    slot = old.armed(task) if isinstance(old, Timer) else None
    if slot is not None:
        notes.change("clock_ends", element, f"The clock “{element.label}” ends ({slot['how']})")
    else:
        notes.change("deaf", element, f"“{element.label}” is no longer listened for.")
    clear(task, old)


def clear(task: Any, definition: Any) -> None:
    for name in [name for name in task.internal_data if name.endswith(f":{definition.element.id}")]:
        del task.internal_data[name]


def _clock(notes: Notes, task: Any, old: Timer, new: Timer) -> None:
    slot = new.armed(task)
    if slot is None or old.formula.text == new.formula.text:
        return
    notes.change(
        "deadline",
        new.element,
        f"“{new.element.label}” keeps its running deadline: {slot['how']} The new version says {new.formula.text}; "
        f"{_counted(task, new)}",
    )


def _counted(task: Any, new: Timer) -> str:
    try:
        return f"begun now, that would be: {new.count(task)['how']}"
    except ElementFailed as failure:
        return f"begun now, it could not be counted: {failure}"


def _message(notes: Notes, task: Any, old: MessageDefinition, new: MessageDefinition) -> None:
    if old.name != new.name:
        notes.change(
            "listens", new.element, f"“{new.element.label}” now waits for the message “{new.name}”, not “{old.name}”."
        )
    if _text(old.key) == _text(new.key):
        return
    clear(task, old)
    _arm(notes, task, new)
    notes.change("listens", new.element, f"“{new.element.label}” now knows its message by {_text(new.key) or 'name'}.")


def _text(formula: Any) -> str:
    return formula.text if formula is not None else ""


def _listens_to(definition: Any) -> str:
    return str(getattr(definition, "code", None) or getattr(definition, "name", "") or "any")


def alternatives(notes: Notes, task: Any, old: Any, new: Any) -> None:
    """The choices of an event-based gateway: kept ones go on, new ones begin, lost ones end."""
    before = {one.element.id: one for one in old.event_definitions}
    after = {one.element.id: one for one in new.event_definitions}
    for name, one in before.items():
        if name not in after or not alike(one, after[name]):
            ends(notes, task, one)
    for name, one in after.items():
        if name in before and alike(before[name], one):
            goes_on(notes, task, before[name], one)
        else:
            _arm(notes, task, one)
            begins(notes, task, one)


def _arm(notes: Notes, task: Any, definition: Any) -> None:
    try:
        definition.update_task(task)
    except ElementFailed as failure:
        cannot_begin(notes, definition.element, str(failure))
