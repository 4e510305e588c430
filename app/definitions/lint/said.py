"""What people say at any time (`saidBy`), and what goes along with a message (`encloses`)."""

from __future__ import annotations

from collections.abc import Iterator

from app import privacy
from app.definitions import sources
from app.definitions.diagram import Node, Process, is_withdrawal
from app.definitions.lint.subject import Subject
from app.forms import Field, Form

#: of which anybody in the receiving case may be told what the employer may know
LEAVES = frozenset({"public", "employer"})


def check(subject: Subject) -> None:
    spoken = {node.message for _process, node in subject.nodes() if node.said_by} | set(subject.known.said or ())
    for process, node in subject.nodes():
        if "saidBy" in node.properties:
            _said(subject, process, node)
        elif node.properties.get("form") and node.hears:
            message = f"{node.label} names a form, but nobody says its message: it is not asked."
            subject.warning("said-form", process, node.id, message, "Set “saidBy” to the roles that may say it.")
        if node.sends:
            _sends(subject, process, node, spoken - {""})
        for form_id in node.encloses:
            _enclosed(subject, process, node, form_id)


def _said(subject: Subject, process: Process, node: Node) -> None:
    if not node.hears or (node.kind == "startEvent" and node.scope == process.id):
        message = f"{node.label} is offered to people (saidBy), but is nothing that waits for a message."
        advice = "Set it on a boundary event, a catch event, a receive task or the start of an event sub-process."
        subject.error("said-place", process, node.id, message, advice)
        return
    if is_withdrawal(node.message):
        message = f"{node.label} is offered to people (saidBy), but “{node.message}” has a page of its own."
        subject.error("said-place", process, node.id, message, "Leave out “saidBy”: the employee can always say it.")
    _roles(subject, process, node)
    _words(subject, process, node)
    if node.result:
        message = f"{node.label} puts what is said into one fact (result), but the form sets facts of its own names."
        subject.error("said-result", process, node.id, message, "Leave out “result”.")
    if node.form:
        _form(subject, process, node)


def _roles(subject: Subject, process: Process, node: Node) -> None:
    known = subject.known.roles
    if not node.said_by:
        message = f"{node.label} has nothing in “saidBy”: nobody could say it."
        subject.error("said-by", process, node.id, message, "Name case roles, separated by spaces.")
    for role in node.said_by:
        if known is not None and role not in known:
            message = f"{node.label} is said by “{role}”, which is no role."
            subject.error("said-by", process, node.id, message, f"Use some of: {', '.join(sorted(known))}.")
        elif privacy.ground(node.properties.get("class", "public"), sources.in_role((), role)) is None:
            cls = node.properties["class"]
            message = f"{node.label} is {cls}, but is said by “{role}”, who may not know of it."
            subject.error("said-class", process, node.id, message, "Leave the role out, or the class.")


def _words(subject: Subject, process: Process, node: Node) -> None:
    missing = [what for what, there in (("name", node.name), ("documentation", node.documentation)) if not there]
    if missing:
        message = f"{node.label} has no {' and no '.join(missing)}: people would not know what they say with it."
        advice = "Its name is what the button says, its element documentation is what it does."
        subject.error("said-words", process, node.id, message, advice)


def _form(subject: Subject, process: Process, node: Node) -> None:
    form = subject.forms.get(node.form)
    if f"{node.form}.form" not in subject.bundle.files:
        message = f"{node.label} asks on the form “{node.form}”, which is not among these files."
        subject.error("said-form", process, node.id, message, f"Add forms/{node.form}.form or name another form.")
    elif form is not None and form.pickers:
        message = f"{node.label} asks on the form “{node.form}”, which takes files; they can be sent with tasks only."
        subject.error("said-files", process, node.id, message, "Ask for the files in a task that follows.")


def _sends(subject: Subject, process: Process, node: Node, spoken: set[str]) -> None:
    for name in sorted({node.message, node.properties.get("told", "")} & spoken):
        message = f"{node.label} sends or is told by “{name}”, which only people can say (saidBy)."
        subject.error("said-sent", process, node.id, message, "Give one of the two messages another name.")


def _enclosed(subject: Subject, process: Process, node: Node, form_id: str) -> None:
    form = subject.forms.get(form_id)
    if f"{form_id}.form" not in subject.bundle.files:
        message = f"{node.label} encloses the form “{form_id}”, which is not among these files."
        subject.error("encloses-form", process, node.id, message, "Correct the id in “encloses”.")
        return
    if not _asked(subject, form_id):
        message = f"{node.label} encloses “{form_id}”, which nobody is asked here: there would be nothing to send."
        advice = "Enclose a form that a task, a start or a message of this process has."
        subject.error("encloses-form", process, node.id, message, advice)
    if form is not None:
        _leaves(subject, process, node, form)


def _asked(subject: Subject, form_id: str) -> bool:
    """Asked here, or brought by a message that is heard here."""
    heard = {one.message for _process, one in subject.nodes() if one.hears and not one.said_by}
    known = subject.known.enclosed
    brought = {form for message, forms in (known or {}).items() if message in heard for form in forms}
    here = {one.form for _process, one in subject.nodes()}
    return form_id in here | brought or (known is None and bool(heard))


def _leaves(subject: Subject, process: Process, node: Node, form: Form) -> None:
    """Nothing goes along that the employer side may not see: what is clinical or for the provider's team, what stands
    under a consent, which is not carried over (XX-A2). Rows that the employee shares may go, as far as they do."""
    for field in _kept_back(form.components):
        what = f"is {field.cls}" if field.cls not in LEAVES else "stands under a consent"
        message = f"{node.label} encloses the form “{form.id}”, whose field “{field.path}” {what}."
        advice = "Ask what is to go along on a form of its own, with the class public or employer."
        subject.error("encloses-class", process, node.id, message, advice)
    if form.pickers:
        message = f"{node.label} encloses the form “{form.id}”, which takes files; they stay with the case."
        subject.error("encloses-files", process, node.id, message, "Leave the files out of the form that is enclosed.")


def _kept_back(fields: tuple[Field, ...], under: bool = False) -> Iterator[Field]:
    for one in fields:
        within = under or bool(one.under_consent)
        if one.type == "dynamiclist" and one.shared_by and not within:
            continue
        if one.type in ("group", "dynamiclist"):
            yield from _kept_back(one.children, within)
        elif one.key and (within or one.cls not in LEAVES):
            yield one
