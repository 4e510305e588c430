"""Facts that are read must be set by something: a form that routes, a decision, a script, a call."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.decisions.table import Table
from app.definitions.diagram import Node, Process, is_withdrawal
from app.definitions.lint import expressions
from app.definitions.lint.expressions import Said
from app.definitions.lint.subject import Subject
from app.expressions import ExpressionError, did_you_mean

#: Facts that every case has from its start.
GIVEN = frozenset({"employer", "follow_up", "previous"})
#: names that a multi-instance element gives to each of its instances
_LOOP = frozenset({"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"})

#: names that a condition inside a list's row may read
_ROW = frozenset({"this", "parent", "i"})
#: "policy.days", but not the end of "a.policy.days"
_PART = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\.([A-Za-z_]\w*)")


def check(subject: Subject) -> None:
    if any(node.form and node.form not in subject.forms for _, node in subject.nodes()):
        return  # what a form would set is not known until it can be read, and that is said already
    known = known_facts(subject)
    tables = _tables(subject)
    for one in expressions.said(subject):
        for name in sorted(_names(one) - known[one.process.id] - one.given):
            _unset(subject, one.process, one.element, f"{one.what} reads", name, known[one.process.id])
        _parts(subject, one, tables)
    for process, node in subject.nodes():
        for name in sorted(_read_by(subject, node) - known[process.id]):
            _unset(subject, process, node.id, f"{node.label} reads", name, known[process.id])
        taken = {one.source for one in node.goes_out if one.source} if node.called in known else set()
        for name in sorted(taken - known.get(node.called, set())):
            _unset(subject, process, node.id, f"{node.label} takes back", name, known[node.called])
    _forms(subject, known)


def known_facts(subject: Subject) -> dict[str, set[str]]:
    """Process id to the names of the facts that something in it sets, or that it is handed."""
    known = {key: _own(subject, process) for key, process in subject.processes.items()}
    hands: list[tuple[str, str]] = []
    for caller, node in subject.nodes():
        if node.called in known:
            known[node.called] |= {one.target for one in node.goes_in if one.target}
            hands += [(caller.id, node.called)] if any(one.everything for one in node.goes_in) else []
            hands += [(node.called, caller.id)] if any(one.everything for one in node.goes_out) else []
    while any(not known[giver] <= known[taker] for giver, taker in hands):
        for giver, taker in hands:
            known[taker] |= known[giver]
    return known


def _own(subject: Subject, process: Process) -> set[str]:
    found = set(_LOOP) | (GIVEN | _carried(process) if process.id == subject.bundle.key else set())
    for node in process.nodes.values():
        form = subject.forms.get(node.form)
        found |= worked_out(node) | (form.facts if form else frozenset())
    return found


def _carried(process: Process) -> set[str]:
    """What the case before hands over (property `carry` of the start event)."""
    return {name for start in process.starts for name in start.properties.get("carry", "").split()}


def worked_out(node: Node) -> set[str]:
    """Names of the facts that one element sets without asking anybody."""
    found = {one.target for one in (*node.goes_out, *node.outputs)}
    found |= {node.camunda.get("resultVariable", ""), node.item}
    found |= {node.properties.get(name, "") for name in ("outputCollection", "outputElement")} | {node.result}
    return found - {""}


def set_elsewhere(subject: Subject, process: Process) -> set[str]:
    """Names of the facts that the process is handed, or that something but a form sets in it."""
    found = {one.target for _, node in subject.nodes() if node.called == process.id for one in node.goes_in}
    return found.union(*(worked_out(node) for node in process.nodes.values()))


def _names(one: Said) -> frozenset[str]:
    try:
        found = expressions.read(one)
    except ExpressionError:
        return frozenset()
    return frozenset() if found is None else found.names


def _read_by(subject: Subject, node: Node) -> set[str]:
    """Facts that an element reads without an expression of its own."""
    decision = subject.decisions.get(node.camunda.get("decisionRef", ""))
    found = set(decision.names) if decision else set()
    return found | {one.source for one in node.goes_in if one.source}


def _unset(subject: Subject, process: Process, element: str, who: str, name: str, known: set[str]) -> None:
    if any(_brings_any(node) for node in process.nodes.values()):
        return  # a message may bring it: what it brings, its sender says
    message = f"{who} the fact “{name}”, but nothing sets it here."
    subject.warning("fact-unset", process, element, message, _advice(subject, name, known))


def _brings_any(node: Node) -> bool:
    """Of what people say the form tells which facts it brings."""
    return node.hears and not node.result and not is_withdrawal(node.message) and not node.said_by


def _advice(subject: Subject, name: str, known: set[str]) -> str:
    for form in subject.forms.values():
        if any(field.key == name for field in form.answers()):
            return f"The form “{form.id}” asks for it: set the property “routes” of that field to “true”."
    advice = "Let a form route it, or a decision, a script or the calling process set it, or correct its name."
    if any(name in decision.names for decision in subject.decisions.values()):
        advice += f' If the table means a text, put it in quotation marks: "{name}".'
    return advice + did_you_mean(name, known)


def _parts(subject: Subject, one: Said, tables: Mapping[str, set[str]]) -> None:
    """`policy.report_day` where the table gives `report_days` is a slip of the pen."""
    for name, part in _PART.findall(one.text):
        if name in tables and part not in tables[name]:
            message = f"{one.what} reads “{name}.{part}”, which the decision table does not give."
            advice = f"It gives: {', '.join(sorted(tables[name]))}."
            subject.warning("fact-unset", one.process, one.element, message, advice)


def _tables(subject: Subject) -> dict[str, set[str]]:
    """Fact that holds the row of a table, to the names of its columns."""
    found: dict[str, set[str]] = {}
    for _, node in subject.nodes():
        decision = subject.decisions.get(node.camunda.get("decisionRef", ""))
        if decision is None or not isinstance(decision.logic, Table):
            continue
        if node.camunda.get("mapDecisionResult") == "singleResult" and node.camunda.get("resultVariable"):
            columns = {output.name for output in decision.logic.outputs}
            found.setdefault(node.camunda["resultVariable"], set()).update(columns)
    return found


def _forms(subject: Subject, known: dict[str, set[str]]) -> None:
    """What the conditions of a form read, where it is shown, and the facts that hold answers back."""
    anywhere = set().union(*known.values()) if known else set()
    for process, node in subject.nodes():
        form = subject.forms.get(node.form)
        if form is None:
            continue
        asked = {field.key for field in form.walk()}
        for field in form.walk():
            for rule, does in ((field.hide, "hides by"), (field.refuse, "is refused by")):
                for name in sorted(rule.names - asked - anywhere - _ROW if rule else ()):
                    who = f"{node.label}: the field “{field.path}” {does}"
                    _unset(subject, process, node.id, who, name, anywhere | asked)
            for waited in {field.after_fact, field.draft_until} - {None} - anywhere:
                who = f"{node.label}: the field “{field.path}” waits for"
                _unset(subject, process, node.id, who, str(waited), anywhere)
