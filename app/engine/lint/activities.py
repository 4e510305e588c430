"""Rules for tasks, calls and multi-instance activities."""

from __future__ import annotations

from lxml import etree

from app import decisions
from app.engine import handlers
from app.engine.lint.diagram import Diagram, Scope, has_loop, label
from app.engine.parse.documents import documentation, properties, text
from app.engine.parse.elements import ACTIVITIES, role_expression
from app.engine.parse.namespaces import bpmn, camunda, local
from app.errors import WaymarkError

_SHAPES = ("singleResult", "singleEntry", "collectEntries", "resultList")
_CODE = ("class", "expression", "delegateExpression")
_LISTENERS = ("executionListener", "taskListener")


def look(diagram: Diagram, scope: Scope) -> None:
    lanes = {(ref.text or "").strip() for ref in scope.document.root.iter(bpmn("flowNodeRef"))}
    for node in scope.of(*ACTIVITIES):
        rule = _RULES.get(local(node.tag))
        if rule is not None:
            rule(diagram, scope, node)
        _repeated(scope, node)
        _not_read(scope, node)
    for node in scope.of("userTask", "manualTask"):
        if not node.get(camunda("candidateGroups")) and not _in_lane(scope, node, lanes):
            scope.error(
                node,
                "no-role",
                f"“{label(node)}” does not say who does it.",
                "Set candidate groups, or draw it in a lane.",
            )
        _role(scope, node)
    for node in scope.of("startEvent"):
        _form(diagram, scope, node)


def _role(scope: Scope, node: etree._Element) -> None:
    groups = node.get(camunda("candidateGroups"), "")
    may_be = properties(node).get("roles", "").split()
    if role_expression(node):
        if not may_be:
            scope.error(
                node,
                "role-expression",
                f"The candidate group of “{label(node)}” is worked out by each case, and nothing says what it may be.",
                "List the ids of the roles in its property “roles”, separated by spaces.",
            )
    elif may_be:
        scope.error(
            node,
            "role-fixed",
            f"“{label(node)}” lists roles that it may be for, but its candidate group is always the same.",
            "Delete the property “roles”, or let an expression, such as ${part.role}, give the role.",
        )
    elif "," in groups:
        scope.warning(node, "several-roles", f"“{label(node)}” names several groups; only the first is asked.")


def _in_lane(scope: Scope, node: etree._Element, lanes: set[str]) -> bool:
    outer: Scope | None = scope
    element = node
    while outer is not None:
        if element.get("id") in lanes:
            return True
        element, outer = outer.node, outer.parent
    return False


def _user_task(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    if not documentation(node):
        scope.warning(
            node,
            "no-documentation",
            f"“{label(node)}” does not say why the person is asked.",
            "Write one or two plain sentences into its documentation.",
        )
    if not node.get(camunda("formRef")):
        scope.warning(node, "no-form", f"“{label(node)}” has no form.", "Choose a form (formRef).")
    if node.get(camunda("formKey")) or node.find(f".//{camunda('formData')}") is not None:
        scope.error(
            node, "old-form", f"“{label(node)}” uses a generated or embedded form.", "Use a form of its own (formRef)."
        )
    for ignored in ("assignee", "candidateUsers"):
        if node.get(camunda(ignored)):
            scope.warning(
                node,
                "no-assignee",
                f"“{label(node)}” names a person ({ignored}), which is not read.",
                "Name the role in candidate groups; who fills it is known from the case.",
            )
    _form(diagram, scope, node)


def _form(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    form = node.get(camunda("formRef"))
    if form and form not in diagram.stems(".form"):
        scope.error(
            node,
            "no-such-form",
            f"“{label(node)}” shows the form “{form}”, which is not among these files.",
            f"Add forms/{form}.form or choose another form.",
        )


def _service_task(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    topic = node.get(camunda("topic"))
    if any(node.get(camunda(way)) for way in _CODE):
        scope.error(
            node,
            "code",
            f"“{label(node)}” would run program code, which a diagram may not.",
            f"Choose “External” and one of the topics: {', '.join(sorted(handlers.REGISTRY))}.",
        )
    elif not topic:
        scope.error(
            node,
            "unknown-topic",
            f"“{label(node)}” does not say what it does.",
            f"Choose the notice that it sends, or one of the topics: {', '.join(sorted(handlers.REGISTRY))}.",
        )
    elif topic not in handlers.REGISTRY:
        scope.error(
            node,
            "unknown-topic",
            f"“{label(node)}” hands over to the topic “{topic}”, which nobody serves.",
            f"Use one of: {', '.join(sorted(handlers.REGISTRY))}.",
        )
    elif topic == "notify":
        given = {item.get("name") for item in node.iter(camunda("inputParameter"))}
        for needed in ("to", "template"):
            if needed not in given:
                scope.error(
                    node,
                    "no-parameter",
                    f"The notification “{label(node)}” lacks the input parameter “{needed}”.",
                    "Add it under “Inputs”.",
                )


def _script_task(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    if (node.get("scriptFormat") or "feel").lower() != "feel":
        scope.error(
            node,
            "code",
            f"“{label(node)}” holds a script in {node.get('scriptFormat')}; only FEEL is evaluated.",
            "Write one FEEL expression and set the format to feel.",
        )
    if not text(node.find(bpmn("script"))):
        scope.error(node, "no-script", f"“{label(node)}” has no expression.", "Write one FEEL expression.")
    _result(scope, node)


def _result(scope: Scope, node: etree._Element) -> None:
    if not node.get(camunda("resultVariable")):
        scope.error(
            node,
            "no-result",
            f"“{label(node)}” does not say which fact its result becomes.",
            "Set the result variable.",
        )


def _decision_task(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    ref = node.get(camunda("decisionRef"))
    if any(node.get(camunda(way)) for way in (*_CODE, "topic")):
        scope.error(node, "code", f"“{label(node)}” is not decided by a table.", "Choose “DMN” and a decision.")
    elif not ref or ref not in _decisions(diagram):
        scope.error(
            node,
            "no-such-decision",
            f"“{label(node)}” asks the decision “{ref or ''}”, which is not among these files.",
            "Add its .dmn file or choose another decision.",
        )
    shape = node.get(camunda("mapDecisionResult"))
    if shape and shape not in _SHAPES:
        scope.error(
            node, "result-shape", f"“{label(node)}” maps its result as “{shape}”.", f"Use one of: {', '.join(_SHAPES)}."
        )
    _result(scope, node)


def _decisions(diagram: Diagram) -> set[str]:
    found: set[str] = set()
    for content in diagram.bundle.of_kind(".dmn").values():
        try:
            found.update(decisions.load(content))
        except WaymarkError:
            continue  # said of the file
    return found


def _call(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    mappings = list(node.iterfind(f"{bpmn('extensionElements')}/{camunda('in')}"))
    mappings += node.iterfind(f"{bpmn('extensionElements')}/{camunda('out')}")
    if not mappings:
        scope.error(
            node,
            "no-mapping",
            f"“{label(node)}” does not say which facts go in and which come back, so none do.",
            "Add input and output mappings.",
        )
    for mapping in mappings:
        if mapping.get("businessKey"):
            scope.warning(node, "business-key", f"The business key of “{label(node)}” is not used.")
        elif mapping.get("variables") != "all" and not (
            mapping.get("target") and (mapping.get("source") or mapping.get("sourceExpression"))
        ):
            scope.error(
                node, "mapping", f"A mapping of “{label(node)}” lacks its source or its target.", "Complete it."
            )


def _repeated(scope: Scope, node: etree._Element) -> None:
    if node.find(bpmn("standardLoopCharacteristics")) is not None:
        scope.error(
            node,
            "loop-marker",
            f"The loop marker on “{label(node)}” is not run.",
            "Draw the loop with an exclusive gateway, so that a reader sees when it ends.",
        )
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is not None and not loop.get(camunda("collection")) and not text(loop.find(bpmn("loopCardinality"))):
        scope.error(
            node,
            "no-collection",
            f"“{label(node)}” does not say for whom or how often it is repeated.",
            "Set the collection and the element variable.",
        )
    if has_loop(node) and node.get("triggeredByEvent") == "true":
        scope.error(node, "no-collection", f"The event sub-process “{label(node)}” cannot be repeated.")


def _not_read(scope: Scope, node: etree._Element) -> None:
    """What Camunda would do here and this engine does not."""
    own = node.find(bpmn("extensionElements"))
    if own is None:
        return
    for listener in _LISTENERS:
        if own.find(camunda(listener)) is not None:
            scope.error(
                node, "code", f"“{label(node)}” has a listener, which is not run.", "Delete it; draw a service task."
            )
    outputs = own.find(f"{camunda('inputOutput')}/{camunda('outputParameter')}")
    if outputs is not None:
        scope.error(
            node,
            "output-parameter",
            f"The output parameters of “{label(node)}” are not read.",
            "Use a script task after it, or the result variable.",
        )
    inputs = own.find(f"{camunda('inputOutput')}/{camunda('inputParameter')}")
    if inputs is not None and local(node.tag) not in ("serviceTask", "sendTask"):
        scope.warning(
            node,
            "input-parameter",
            f"The input parameters of “{label(node)}” are not read.",
            "Use a script task before it.",
        )


_RULES = {
    "userTask": _user_task,
    "serviceTask": _service_task,
    "scriptTask": _script_task,
    "businessRuleTask": _decision_task,
    "callActivity": _call,
}
