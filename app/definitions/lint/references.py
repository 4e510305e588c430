"""What elements refer to must be there: forms, called processes, decisions, roles, rules, messages, notices."""

from __future__ import annotations

from collections.abc import Collection

from app import forms
from app.definitions.diagram import Node, Process
from app.definitions.lint.subject import Subject

RESULTS = frozenset({"singleEntry", "singleResult", "collectEntries", "resultList"})


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
    if not main.start_form:
        element = main.starts[0].id if main.starts else ""
        message = f"Nobody can start “{main.name}”: its start event has no form."
        subject.error("start-form", main, element, message, "Set the form (formRef) of the start event.")
    if not main.starters:
        element = main.starts[0].id if main.starts else ""
        message = f"“{main.name}” does not say who may start it."
        subject.error("starters", main, element, message, "Set the property “starters” of the start event to role ids.")
    for start in main.starts:
        said = f"{start.properties.get('starters', '')} {start.properties.get('followUpStarters', '')}"
        for role in said.split():
            _one_of(subject, main, start, role, subject.known.starters, "starters", "may start a case")


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
        for rule in field.rules:
            if known.rules is not None and rule not in known.rules:
                _of_form(
                    subject, form, field.path, "rule-unknown", f"cites the rule {rule}, which the ledger does not have"
                )
        if field.party and known.roles is not None and field.party not in known.roles:
            _of_form(subject, form, field.path, "role-unknown", f"names the role “{field.party}”, which does not exist")
        if field.prefill and not _answer_exists(subject, field.prefill):
            _of_form(subject, form, field.path, "form-from", f"begins with “{field.prefill}”, which no form here asks")


def _of_form(subject: Subject, form: forms.Form, path: str, rule: str, what: str) -> None:
    message = f"The field “{path}” {what}."
    subject.error(rule, f"{form.id}.form", path, message, "Correct the property of the field.")


def _answer_exists(subject: Subject, prefill: str) -> bool:
    form_id, _, path = prefill.partition(".")
    form = subject.forms.get(form_id)
    return form is not None and path in {field.path for field in form.walk()}


def _node(subject: Subject, process: Process, node: Node) -> None:
    if node.form:
        _form(subject, process, node)
    if node.kind == "userTask":
        _role(subject, process, node)
    elif node.kind == "callActivity":
        _call(subject, process, node)
    elif node.kind == "businessRuleTask":
        _decision(subject, process, node)
    elif node.camunda.get("topic") == "notify":
        _notice(subject, process, node)
    if "message" in node.events or node.kind in {"receiveTask", "sendTask"}:
        _message(subject, process, node)


def _form(subject: Subject, process: Process, node: Node) -> None:
    if f"{node.form}.form" not in subject.bundle.files:
        message = f"{node.label} asks on the form “{node.form}”, which does not exist."
        subject.error("form-missing", process, node.id, message, f"Draw forms/{node.form}.form, or correct formRef.")
    elif node.form not in subject.forms:
        message = f"{node.label} asks on the form “{node.form}”, which has errors of its own."
        subject.error("form-refused", process, node.id, message, "See the findings for the form.")


def _role(subject: Subject, process: Process, node: Node) -> None:
    if len(node.roles) > 1:
        message = f"{node.label} is for several groups; a task belongs to one role."
        subject.error("role-several", process, node.id, message, "Leave one candidate group.")
    role = process.role(node)
    if not role:
        message = f"{node.label} is for nobody: it has no candidate group and stands in no lane."
        subject.error("role-missing", process, node.id, message, "Set its candidate group to a role id.")
    else:
        _one_of(subject, process, node, role, subject.known.roles, "role-unknown", "a task can be for")


def _call(subject: Subject, process: Process, node: Node) -> None:
    if not node.called:
        subject.error("call-missing", process, node.id, f"{node.label} calls nothing.", "Name the process to call.")
    elif node.called not in subject.processes:
        message = f"{node.label} calls the process “{node.called}”, which is not among the files."
        subject.error("call-missing", process, node.id, message, "Correct the called element, or add its diagram.")
    elif _calls_back(subject, node.called, process.id):
        message = f"{node.label} calls “{node.called}”, which calls back: it would never end."
        subject.error("call-cycle", process, node.id, message, "Draw a loop instead.")
    if not node.goes_in and not node.goes_out:
        message = f"{node.label} hands nothing over and takes nothing back."
        subject.error("call-mapping", process, node.id, message, "Map what goes in and out (camunda:in, camunda:out).")


def _calls_back(subject: Subject, start: str, goal: str) -> bool:
    seen: set[str] = set()
    left = [start]
    while left:
        key = left.pop()
        if key == goal:
            return True
        if key not in seen and key in subject.processes:
            seen.add(key)
            left += subject.processes[key].called()
    return False


def _decision(subject: Subject, process: Process, node: Node) -> None:
    reference = node.camunda.get("decisionRef", "")
    if reference not in subject.decisions:
        said = f"asks the decision table “{reference}”, which is not among the files" if reference else "asks no table"
        advice = "Correct decisionRef, or look at the findings for the DMN file."
        subject.error("decision-missing", process, node.id, f"{node.label} {said}.", advice)
    if not node.camunda.get("resultVariable"):
        message = f"{node.label} decides something that nobody reads: it has no result variable."
        subject.error("result-missing", process, node.id, message, "Name the fact that takes the result.")
    shape = node.camunda.get("mapDecisionResult", "")
    if shape and shape not in RESULTS:
        message = f"{node.label} maps its result as “{shape}”."
        subject.error("result-shape", process, node.id, message, f"Use one of: {', '.join(sorted(RESULTS))}.")


def _notice(subject: Subject, process: Process, node: Node) -> None:
    said = {one.target: one.expression for one in node.inputs}
    for name in ("to", "template"):
        if not said.get(name):
            message = f"{node.label} sends a notice without “{name}”."
            subject.error("notice", process, node.id, message, f"Add the input parameter “{name}”.")
    for role in said.get("to", "").split():
        if "$" not in said["to"] and not said["to"].startswith("="):
            _one_of(subject, process, node, role, subject.known.roles, "role-unknown", "can be told something")
    template = said.get("template", "")
    if template and subject.known.notices is not None and template not in subject.known.notices:
        message = f"{node.label} sends the notice “{template}”, which has no words."
        subject.error("notice", process, node.id, message, "Add it to notices.toml, or correct the name.")


def _message(subject: Subject, process: Process, node: Node) -> None:
    declared = subject.messages.get(process.file, {})
    if not node.message:
        message = f"{node.label} waits for or sends a message, but does not say which."
        subject.error("message-missing", process, node.id, message, "Choose a message.")
    elif not declared.get(node.message):
        message = f"The message of {node.inside} has no name."
        subject.error("message-missing", process, node.id, message, "Name the message: it is found by its name.")
