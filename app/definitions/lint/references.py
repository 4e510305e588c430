"""What a diagram and its forms refer to must be there: roles, rules, notices, earlier answers, who may start it."""

from __future__ import annotations

from collections.abc import Collection

from app import forms
from app.definitions.diagram import Node, Process
from app.definitions.lint.beginnings import before, beginning
from app.definitions.lint.subject import Subject


def check(subject: Subject) -> None:
    _main(subject)
    for process in subject.processes.values():
        _rules(subject, process, "", process.name, tuple(process.properties.get("rules", "").split()))
    for process, node in subject.nodes():
        _rules(subject, process, node.id, node.label, node.rules)
        _node(subject, process, node)
    for form in subject.forms.values():
        _form_rules(subject, form)


def _main(subject: Subject) -> None:
    main = subject.main
    if main is None:
        return
    by_people = main.start_form or main.starters or not main.started_by
    if by_people and not main.start_form:
        element = main.starts[0].id if main.starts else ""
        message = f"Nobody can start “{main.name}”: its start event has no form."
        subject.error("start-form", main, element, message, "Set the form (formRef) of the start event.")
    if by_people and not main.starters and not beginning(main).from_only:
        element = main.starts[0].id if main.starts else ""
        message = f"“{main.name}” does not say who may start it."
        subject.error("starters", main, element, message, "Set the property “starters” of the start event to role ids.")
    for start in main.starts:
        for role in start.properties.get("starters", "").split():
            _one_of(subject, main, start, role, subject.known.starting, "starters", "may start a case")


def _one_of(
    subject: Subject, process: Process, node: Node, role: str, known: Collection[str] | None, rule: str, what: str
) -> None:
    if known is not None and role not in known:
        message = f"{node.label} names “{role}”, which is no role that {what}."
        subject.error(rule, process, node.id, message, f"Use one of: {', '.join(sorted(known))}.")


def _rules(subject: Subject, process: Process, element: str, label: str, rules: tuple[str, ...]) -> None:
    for rule in rules:
        if subject.known.rules is not None and rule not in subject.known.rules:
            message = f"{label} cites the rule {rule}, which the ledger does not have."
            subject.error("rule-unknown", process, element, message, "Correct the id, or add the rule to rules.toml.")


def _form_rules(subject: Subject, form: forms.Form) -> None:
    known = subject.known
    for field in form.walk():
        for rule in (*field.rules, *field.flags):
            if known.rules is not None and rule not in known.rules:
                _of_form(
                    subject, form, field.path, "rule-unknown", f"cites the rule {rule}, which the ledger does not have"
                )
        if field.party and known.roles is not None and field.party not in known.roles:
            _of_form(subject, form, field.path, "role-unknown", f"names the role “{field.party}”, which does not exist")
        if field.prefill and not _answer_exists(subject, form, field.prefill):
            _of_form(subject, form, field.path, "form-from", f"begins with “{field.prefill}”, which no form here asks")


def _of_form(subject: Subject, form: forms.Form, path: str, rule: str, what: str) -> None:
    message = f"The field “{path}” {what}."
    subject.error(rule, f"{form.id}.form", path, message, "Correct the property of the field.")


def _answer_exists(subject: Subject, asking: forms.Form, prefill: str) -> bool:
    """In the case itself; a start form also begins with answers of the case before."""
    form_id, _, path = prefill.partition(".")
    places, main = [subject.forms], subject.main
    if main is not None and asking.id == main.start_form:
        begins = beginning(main)
        found = list(before(subject, begins))
        if len(found) < len(begins.may_follow):
            return True  # it may follow what is not among these files
        places += [one.forms for one in found]
    asked = (one[form_id] for one in places if form_id in one)
    return any(path in {field.path for field in form.walk()} for form in asked)


def _node(subject: Subject, process: Process, node: Node) -> None:
    if node.form and f"{node.form}.form" in subject.bundle.files and node.form not in subject.forms:
        message = f"{node.label} asks on the form “{node.form}”, which has errors of its own."
        subject.error("form-refused", process, node.id, message, "See the findings for the form.")
    if node.kind == "userTask":
        _role(subject, process, node)
    elif node.camunda.get("topic") == "notify":
        _notice(subject, process, node)


def _role(subject: Subject, process: Process, node: Node) -> None:
    if len(node.roles) > 1 and not node.role_expression:
        message = f"{node.label} is for several groups; a task belongs to one role."
        subject.error("role-several", process, node.id, message, "Leave one candidate group.")
    for role in process.roles(node):
        _one_of(subject, process, node, role, subject.known.roles, "role-unknown", "a task can be for")


def _notice(subject: Subject, process: Process, node: Node) -> None:
    said = {one.target: one.expression for one in node.inputs}
    for name, value in said.items():
        if not value:
            message = f"{node.label} sends a notice with nothing in “{name}”."
            subject.error("notice", process, node.id, message, "Fill in the input parameter.")
    for role in said.get("to", "").split():
        if "$" not in said["to"] and not said["to"].startswith("="):
            _one_of(subject, process, node, role, subject.known.roles, "role-unknown", "can be told something")
    template = said.get("template", "")
    if template and subject.known.notices is not None and template not in subject.known.notices:
        message = f"{node.label} sends the notice “{template}”, which has no words."
        subject.error("notice", process, node.id, message, "Add it to notices.toml, or correct the name.")
