"""Every expression of a diagram is parsed, and what is wrong is said at its element."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from app.engine import feel
from app.engine.lint.diagram import Diagram, Scope, label
from app.engine.parse.documents import properties, text
from app.engine.parse.namespaces import bpmn, camunda, local
from app.engine.specs.timers import CYCLE
from app.expressions import ExpressionError, timer

Written = tuple[str, str, Callable[[str], object]]
"""(what it is, its text, how it is read)"""


def look(diagram: Diagram, scope: Scope) -> None:
    for node in [*scope.nodes.values(), *scope.flows]:
        for what, written, read in _expressions(node):
            try:
                if written:
                    read(written)
            except ExpressionError as error:
                scope.error(
                    node,
                    "expression",
                    f"The {what} of “{_label(scope, node)}” cannot be read: “{written.strip()}”. {error.detail}",
                    'Write it in FEEL, for example ${consent = "given"} or ${workdays(5)}.',
                )


def _label(scope: Scope, node: etree._Element) -> str:
    if local(node.tag) != "sequenceFlow":
        return label(node)
    source = scope.nodes.get(node.get("sourceRef", ""))
    unnamed = f"flow out of {label(source)}" if source is not None else node.get("id", "")
    return node.get("name") or unnamed


def _expressions(node: etree._Element) -> Iterator[Written]:
    kind = local(node.tag)
    yield "condition", text(node.find(bpmn("conditionExpression"))), feel.expression
    yield "due date", node.get(camunda("dueDate"), ""), feel.time
    if "${" in (groups := node.get(camunda("candidateGroups"), "")) or groups.startswith("="):
        yield "candidate group", groups, feel.attribute
    if kind == "scriptTask":
        yield "expression", text(node.find(bpmn("script"))), feel.expression
    props = properties(node)
    yield "message key", props.get("key", ""), feel.attribute
    yield "message payload", props.get("payload", ""), feel.expression
    yield "patience of the message", props.get("keep", ""), _duration
    yield from _of_definition(node)
    yield from _of_loop(node.find(bpmn("multiInstanceLoopCharacteristics")))
    yield from _of_extensions(node.find(bpmn("extensionElements")))


def _of_definition(node: etree._Element) -> Iterator[Written]:
    definition = node.find(bpmn("timerEventDefinition"))
    if definition is not None:
        yield "time", text(definition.find(bpmn("timeDate"))), feel.time
        yield "time", text(definition.find(bpmn("timeDuration"))), _duration
        yield "time", text(definition.find(bpmn("timeCycle"))), _cycle
    message = node.find(bpmn("messageEventDefinition"))
    if message is not None:
        yield "message payload", message.get(camunda("expression"), ""), feel.expression


def _duration(written: str) -> object:
    if timer(written).kind == "cycle":
        raise ExpressionError("This is a repeated time; write it as a cycle.", 0, written)
    return feel.time(written)


def _cycle(written: str) -> object:
    return timer(written) if CYCLE.fullmatch(written.strip()) else feel.expression(written)


def _of_loop(loop: etree._Element | None) -> Iterator[Written]:
    if loop is not None:
        yield "collection", loop.get(camunda("collection"), ""), feel.expression
        yield "number of instances", text(loop.find(bpmn("loopCardinality"))), feel.expression
        yield "completion condition", text(loop.find(bpmn("completionCondition"))), feel.expression


def _of_extensions(own: etree._Element | None) -> Iterator[Written]:
    if own is None:
        return
    for parameter in own.iterfind(f"{camunda('inputOutput')}/{camunda('inputParameter')}"):
        yield f"parameter {parameter.get('name', '')}", text(parameter), feel.attribute
    for mapping in (*own.iterfind(camunda("in")), *own.iterfind(camunda("out"))):
        yield "mapping", mapping.get("source", ""), feel.expression
        yield "mapping", mapping.get("sourceExpression", ""), feel.attribute
