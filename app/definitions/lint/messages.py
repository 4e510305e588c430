"""Messages between cases: who could take one, what becomes of one that nobody takes, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator

from app.definitions.diagram import Node, Process, is_withdrawal
from app.definitions.lint import expressions
from app.definitions.lint.facts import GIVEN
from app.definitions.lint.subject import Subject
from app.expressions import ExpressionError

#: what becomes of a message that nobody waits for (property `unmatched`)
UNMATCHED = frozenset({"wait", "tell"})
#: properties of an element that sends
_OF_SENDERS = ("unmatched", "told", "keep", "encloses")
#: the longest name, in characters
_LONGEST = 200


def check(subject: Subject) -> None:
    for process, node in subject.nodes():
        if node.sends:
            _named(subject, process, node)
            _unmatched(subject, process, node)
            _starts(subject, process, node)
            _told(subject, process, node)
            _brings(subject, process, node)
        elif any(node.properties.get(name) for name in _OF_SENDERS):
            said = ", ".join(name for name in _OF_SENDERS if node.properties.get(name))
            message = f"{node.label} sends no message, so what it says of one ({said}) is not read."
            subject.warning("message-place", process, node.id, message, "Say it where the message is sent.")
        if node.message:
            _key(subject, process, node)
    _tells(subject)


def _named(subject: Subject, process: Process, node: Node) -> None:
    if is_withdrawal(node.message):
        message = f"{node.label} sends “{node.message}”, which only the employee can say."
        subject.error("message-reserved", process, node.id, message, "Give the message another name.")
    if len(node.message) > _LONGEST:
        message = f"The name of the message of {node.inside} is longer than {_LONGEST} characters."
        subject.error("message-name", process, node.id, message, "Give it a short name.")


def _key(subject: Subject, process: Process, node: Node) -> None:
    """Without a key there is only the name, and several cases about one person may send or await it."""
    spoken = is_withdrawal(node.message) or node.said_by
    if node.properties.get("key") or spoken or node.kind == "startEvent":
        return
    if node.hears:
        message = (
            f"{node.label} takes any message “{node.message}” that concerns the employee, whichever case sends it."
        )
        subject.warning("message-key", process, node.id, message, "Set its property “key”, for example to ${case}.")
    elif not node.properties.get("to"):
        message = (
            f"{node.label} sends “{node.message}” without a key: a case that waits for one with a key is not found."
        )
        subject.warning(
            "message-key", process, node.id, message, "Set its property “key” to what the other case waits for."
        )


def _unmatched(subject: Subject, process: Process, node: Node) -> None:
    said = node.properties
    unmatched = said.get("unmatched", "")
    if unmatched and unmatched not in UNMATCHED:
        message = f"{node.label} says “{unmatched}” of a message that nobody takes."
        subject.error("message-unmatched", process, node.id, message, "Use one of: tell, wait.")
    if said.get("keep") and (said.get("to") or unmatched == "tell"):
        message = f"{node.label} says how long its message waits (keep), but it never waits."
        subject.warning("message-keep", process, node.id, message, "Leave out “keep”, or what keeps it from waiting.")
    if said.get("to") and unmatched == "tell":
        message = f"{node.label} both starts a process and is told when nobody waits; it starts the process."
        subject.warning("message-unmatched", process, node.id, message, "Leave out one of “to” and “unmatched”.")


def _starts(subject: Subject, process: Process, node: Node) -> None:
    target, known = node.properties.get("to", ""), subject.known.processes
    if not target or known is None:
        return
    if target not in known:
        message = f"{node.label} may start the process “{target}”, which is not among these files."
        advice = "Correct its id, or see to it that it is deployed."
        subject.warning("message-to", process, node.id, message, advice)
    elif node.message not in known[target]:
        message = f"{node.label} is to start “{target}”, but no message “{node.message}” starts that process."
        advice = f"Make the start event of “{target}” a message event with this message."
        subject.error("message-to", process, node.id, message, advice)


def _told(subject: Subject, process: Process, node: Node) -> None:
    said = node.properties
    told = said.get("told", "")
    if is_withdrawal(told):
        message = f"{node.label} would be told by “{told}”, which only the employee can say."
        subject.error("message-reserved", process, node.id, message, "Give the message another name.")
    elif told and not any(other.hears and other.message == told for _, other in subject.nodes()):
        message = f"{node.label} is to be told by the message “{told}”, but nothing here waits for it."
        advice = "Draw a boundary event, an event sub-process or a receive task that does."
        subject.error("message-told", process, node.id, message, advice)
    elif not told and (said.get("unmatched") == "tell" or said.get("keep")):
        message = f"{node.label} does not say how the case hears that nobody took its message."
        advice = "Name a message in “told”; without it an administrator is told."
        subject.warning("message-told", process, node.id, message, advice)


def _brings(subject: Subject, process: Process, node: Node) -> None:
    for name in sorted({one.target for one in node.inputs} & GIVEN):
        message = f"{node.label} brings “{name}”, which every case has of its own."
        subject.error("message-payload", process, node.id, message, "Give it another name.")


def _tells(subject: Subject) -> None:
    """What is for the occupational health team alone should not leave a step that everybody sees."""
    kept = _kept_back(subject)
    senders = {(process.id, node.id): node for process, node in subject.nodes() if node.sends}
    for one in expressions.said(subject):
        node = senders.get((one.process.id, one.element))
        if node is None or node.properties.get("class", "public") in ("restricted", "clinical"):
            continue
        for name in sorted(_read(one) & kept.keys()):
            message = f"{one.what} reads “{name}”, which the form “{kept[name]}” keeps from the employer."
            advice = "Leave it out, or set the class of this step, here and where the message is received."
            subject.warning("message-payload", one.process, one.element, message, advice)


def _kept_back(subject: Subject) -> dict[str, str]:
    """Facts that the employer may not see, with the form that asks for each."""
    return dict(_routed(subject))


def _routed(subject: Subject) -> Iterator[tuple[str, str]]:
    for form in subject.forms.values():
        for field in form.walk():
            if field.key in form.facts and field.cls in ("restricted", "clinical"):
                yield field.key, form.id


def _read(one: expressions.Said) -> frozenset[str]:
    try:
        found = expressions.read(one)
    except ExpressionError:
        return frozenset()
    return frozenset() if found is None else frozenset(found.names)
