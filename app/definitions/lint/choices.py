"""Gateways that ask: a question, no way on drawn twice, and a way on for every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice, product

from app import workdays
from app.definitions.diagram import CHOOSING, Flow, Node, Process
from app.definitions.lint.facts import set_elsewhere
from app.definitions.lint.subject import Subject
from app.expressions import Environment, Expression, ExpressionError, parse
from app.forms import Field

#: Conditions are tried with every answer; no condition looks at the time, so any moment does.
_ENVIRONMENT = Environment(datetime(2026, 1, 5, 12, tzinfo=UTC), workdays.Calendar())
MAX_TRIED = 2_000
#: conditions that are each other's opposite, whatever the facts are
_OPPOSITES = ({"=", "!="}, {"<", ">="}, {">", "<="})


def check(subject: Subject) -> None:
    for process, node in subject.nodes():
        leaving = process.leaving(node.id)
        if node.kind in CHOOSING and len(leaving) > 1:
            _choice(subject, process, node, leaving)


def _choice(subject: Subject, process: Process, node: Node, leaving: list[Flow]) -> None:
    """A gateway that asks: a name, no way on twice, and one for every answer."""
    if not node.name:
        message = f"{node.label} asks no question."
        subject.warning("gateway-question", process, node.id, message, "Name it with the question that it answers.")
    _twice(subject, process, node, leaving)
    if not node.default:
        _covered(subject, process, node, leaving)


def _twice(subject: Subject, process: Process, node: Node, leaving: list[Flow]) -> None:
    seen: set[str] = set()
    for flow in leaving:
        said = "".join((flow.condition or "").split())
        if said and said in seen and node.kind == "exclusiveGateway":
            message = f"Two flows from {node.inside} have the same condition; the second is never taken."
            subject.warning("gateway-condition", process, flow.id, message, "Change one of them.")
        seen.add(said)


def _covered(subject: Subject, process: Process, node: Node, leaving: list[Flow]) -> None:
    """Without a default, some condition must hold whatever the answer is."""
    conditions = [parsed for flow in leaving if (parsed := _parsed(flow.condition)) is not None]
    if len(conditions) < len(leaving) or _opposites(conditions):
        return
    if any(form not in subject.forms for form in process.forms()):
        return  # first the forms
    answers = _answers(subject, process, frozenset().union(*(one.names for one in conditions)))
    if answers is None:
        message = f"If none of its conditions holds at {node.inside}, the case stops there."
        subject.warning("gateway-default", process, node.id, message, "Mark one flow as the default.")
        return
    for facts in islice(answers, MAX_TRIED):
        if not any(_holds(one, facts) for one in conditions):
            said = ", ".join(f"“{name}” is {_word(value)}" for name, value in sorted(facts.items()))
            message = f"No way on from {node.inside} when {said}: the case stops there."
            subject.warning("gateway-default", process, node.id, message, "Mark one flow as the default.")
            return


def _parsed(condition: str | None) -> Expression | None:
    try:
        return parse(condition) if condition else None
    except ExpressionError:
        return None


def _opposites(conditions: list[Expression]) -> bool:
    """Two conditions such as “a >= b” and “a < b”. Null compares as neither, but only = and != meet null on purpose."""
    if len(conditions) != 2:
        return False
    parts = [re.fullmatch(r"\s*([\w.]+)\s*(!=|<=|>=|=|<|>)\s*([\w.]+|\"[^\"]*\")\s*", _bare(one)) for one in conditions]
    left, right = parts
    return (
        left is not None
        and right is not None
        and left[1] == right[1]
        and left[3] == right[3]
        and ({left[2], right[2]} in _OPPOSITES)
    )


def _bare(expression: Expression) -> str:
    """The FEEL inside ${…} or after =, with one sign for equals."""
    text = re.sub(r"^\s*(?:[$#]\{(.*)\}|=(?!=)(.*))\s*$", r"\1\2", expression.source, flags=re.DOTALL)
    return text.replace("==", "=")


def _answers(subject: Subject, process: Process, names: frozenset[str]) -> Iterator[dict[str, object]] | None:
    """Every combination of the answers that forms offer; None where a fact has no closed list of answers."""
    offered = _offered(subject, process)
    if not names or not names <= offered.keys():
        return None
    order = sorted(names)
    return (dict(zip(order, values, strict=True)) for values in product(*(offered[name] for name in order)))


def _offered(subject: Subject, process: Process) -> Mapping[str, list[object]]:
    """Fact to its possible values, where forms of the process alone set it; null where a question may be left open."""
    found: dict[str, list[object]] = {}
    for form_id in dict.fromkeys(process.forms()):
        form = subject.forms.get(form_id)
        for field in form.routed() if form else ():
            if values := _values(field):
                known = found.setdefault(field.key, [])
                known += [value for value in values if value not in known]
    elsewhere = set_elsewhere(subject, process)
    return {name: values for name, values in found.items() if name not in elsewhere}


def _values(field: Field) -> list[object]:
    if field.type == "checkbox":
        return [True] if field.required else [True, False]
    values: list[object] = [option.value for option in field.options]
    return values if not values or field.required else [*values, None]


def _holds(condition: Expression, facts: Mapping[str, object]) -> bool:
    try:
        return condition.evaluate(facts, _ENVIRONMENT) is True
    except ExpressionError:
        return False


def _word(value: object) -> str:
    if value is None:
        return "not answered"
    return {True: "ticked", False: "not ticked"}[value] if isinstance(value, bool) else f"“{value}”"
