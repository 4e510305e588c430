"""What a diagram says that another engine would read and this one does not: said, so that nobody relies on it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from app.engine.lint.diagram import Diagram, Scope, label
from app.engine.parse.elements import ACTIVITIES
from app.engine.parse.namespaces import BPMN, bpmn, camunda, local

#: Attributes of Camunda Modeler that would change what happens, with what to do instead.
NOT_READ = {
    "priority": "Order the inbox by due date: set the due date.",
    "followUpDate": "Draw a timer before the task if it is to be asked later.",
    "formRefVersion": "The form of the same deployment is taken, always.",
    "calledElementVersion": "The process of the same deployment is called, always.",
    "calledElementVersionTag": "The process of the same deployment is called, always.",
    "calledElementTenantId": "Deploy the called process together with this one.",
    "variableMappingClass": "List what goes in and comes back in the mappings.",
    "variableMappingDelegateExpression": "List what goes in and comes back in the mappings.",
    "decisionRefVersion": "The table of the same deployment is asked, always.",
    "decisionRefVersionTag": "The table of the same deployment is asked, always.",
    "decisionRefTenantId": "Deploy the table together with this process.",
    "errorCodeVariable": "Let a script before the error note what happened.",
    "errorMessageVariable": "Let a script before the error note what happened.",
    "escalationCodeVariable": "Let a script before the escalation note what happened.",
    "initiator": "Who starts a case is known from the case: use the roles.",
    "candidateStarterGroups": "Set the property “starters” of the start event.",
    "candidateStarterUsers": "Set the property “starters” of the start event.",
    "taskPriority": "Nothing waits for machines here: delete it.",
    "jobPriority": "Nothing waits for machines here: delete it.",
}
#: Attributes that change nothing for whoever reads or does the work.
HARMLESS = frozenset(
    {
        "asyncAfter",
        "asyncBefore",
        "calledElementBinding",
        "color",
        "decisionRefBinding",
        "diagramRelationId",
        "exclusive",
        "formRefBinding",
        "historyTimeToLive",
        "isStartableInTasklist",
        "modelerTemplate",
        "modelerTemplateIcon",
        "modelerTemplateVersion",
        "type",
        "versionTag",
    }
)
#: Namespaces of other engines' own settings.
ENGINES = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://www.jboss.org/drools": "jBPM",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}
_FEEL = ("feel", "FEEL", "https://www.omg.org/spec/DMN/20191111/FEEL/", "https://www.omg.org/spec/FEEL/20140401")


def look(diagram: Diagram, scope: Scope) -> None:
    for node in [*scope.nodes.values(), *scope.flows]:
        _attributes(scope, node)
        _languages(scope, node)
    for node in scope.of(*ACTIVITIES):
        _markers(scope, node)
    for node in scope.of("eventBasedGateway"):
        if node.get("eventGatewayType") == "Parallel" or node.get("instantiate") == "true":
            scope.error(
                node,
                "not-supported",
                f"“{label(node)}” starts a case, or waits for all of its events; neither is run.",
                "Begin with a start event, and wait for several events in parallel branches.",
            )
    if scope.parent is None:
        _attributes(scope, scope.node)


def look_at_file(diagram: Diagram) -> None:
    """Once for each file: settings of other engines, which nobody reads."""
    for tree in diagram.trees:
        found = {engine for space, engine in ENGINES.items() if space in _namespaces(tree.root)}
        for engine in sorted(found):
            diagram.report.warning(
                tree.file,
                "",
                "other-engine",
                f"This diagram holds settings for {engine}, which are not read here.",
                "Open it as a diagram for Camunda 7 and set roles, forms and topics there.",
            )


def _namespaces(root: etree._Element) -> set[str]:
    found: set[str] = set()
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        if not node.tag.startswith(BPMN):
            found.add(node.tag[1:].partition("}")[0])
        found.update(str(name)[1:].partition("}")[0] for name in node.attrib if str(name).startswith("{"))
    return found


def _attributes(scope: Scope, node: etree._Element) -> None:
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    for element in [node, *_definitions(node), *([] if loop is None else [loop])]:
        for name, advice in NOT_READ.items():
            if element.get(camunda(name)):
                scope.warning(node, "not-read", f"“{label(node)}” sets “{name}”, which is not read.", advice)
    if loop is not None and loop.get("behavior", "All") != "All":
        scope.warning(
            node,
            "not-read",
            f"“{label(node)}” throws an event as its instances end, which is not read.",
            "Draw a throw event after it.",
        )
    for name in ("ioSpecification", "dataInputAssociation", "dataOutputAssociation"):
        if node.find(f"{bpmn(name)}//{bpmn('assignment')}") is not None:
            scope.warning(
                node,
                "not-read",
                f"“{label(node)}” moves data along its data arrows, which are only a drawing.",
                "Use a script task, or the mappings of a call activity.",
            )


def _definitions(node: etree._Element) -> Iterator[etree._Element]:
    return (child for child in node if local(child.tag).endswith("EventDefinition"))


def _languages(scope: Scope, node: etree._Element) -> None:
    for part in node.iter(bpmn("conditionExpression"), bpmn("timeDate"), bpmn("timeDuration"), bpmn("timeCycle")):
        language = part.get("language")
        if language and language not in _FEEL and part.getparent() in (node, *_definitions(node)):
            scope.error(
                node,
                "language",
                f"“{label(node)}” holds an expression in “{language}”; only FEEL is evaluated.",
                "Write it in FEEL and delete the language.",
            )


def _markers(scope: Scope, node: etree._Element) -> None:
    if node.get("isForCompensation") == "true":
        scope.error(
            node,
            "compensate-marker",
            f"“{label(node)}” is there to undo another activity, which is not run.",
            "Draw what is to be undone as ordinary tasks.",
        )
    for name in ("startQuantity", "completionQuantity"):
        if (node.get(name) or "1") != "1":
            scope.error(
                node,
                "not-supported",
                f"“{label(node)}” counts tokens ({name} {node.get(name)}), which is not run.",
                "Draw the branches and let them meet in a parallel gateway.",
            )
