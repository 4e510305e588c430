"""What people read must be there: names, the answer to “why am I asked?”, the rules that a step carries out."""

from __future__ import annotations

from app.definitions.diagram import Node, Process
from app.definitions.lint.subject import Subject

DEADLINES = frozenset({"warn", "escalate", "remind"})
#: steps that carry out a rule, so each one cites which
CITES = frozenset({"userTask", "businessRuleTask", "callActivity", "serviceTask"})


def check(subject: Subject) -> None:
    main = subject.main
    if main is not None and not main.documentation:
        message = f"“{main.name}” does not say what it is for."
        subject.warning(
            "process-documentation", main, "", message, "Write a sentence or two: people read it before they start."
        )
    for process, node in subject.nodes():
        if node.kind == "userTask":
            _task(subject, process, node)
        if (node.kind in CITES or node.said_by) and not node.rules:
            message = f"{node.label} does not say which rule it carries out."
            subject.warning("rule-missing", process, node.id, message, "Set its property “rules”.")
        said = node.properties.get("deadline", "")
        if said and said not in DEADLINES:
            message = f"{node.label} has the deadline “{said}”."
            subject.error("deadline", process, node.id, message, f"Use one of: {', '.join(sorted(DEADLINES))}.")


def _task(subject: Subject, process: Process, node: Node) -> None:
    if not node.name:
        message = f"{node.label} has no name; it would stand nameless in somebody’s inbox."
        subject.error("name", process, node.id, message, "Name it for what the person does.")
    if not node.documentation:
        message = f"{node.label} has no answer to “Why am I asked?”."
        advice = "Write one or two plain sentences into its element documentation."
        subject.error("documentation", process, node.id, message, advice)
    if not node.form:
        message = f"{node.label} has no form, so nobody can complete it."
        subject.error("form-missing", process, node.id, message, "Set its form (formRef).")
