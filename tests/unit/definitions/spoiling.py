"""For every rule of lint something that breaks it: a text of the sample replaced, or a file of its own. The sample
itself breaks none, so each of these has its sound neighbour."""

# ruff: noqa: E501 # XML in one piece reads better than XML cut at the line's end

from __future__ import annotations

from collections.abc import Callable

from app.engine.bundle import Bundle
from tests.unit.definitions.beginning import BEGINNING
from tests.unit.definitions.borrowed import BORROWED, TABLES
from tests.unit.definitions.sample import CALLED, MAIN, TABLE, YES_NO, bundle, drawn, field, form

Made = Callable[[], Bundle]


def main(old: str, new: str) -> Made:
    return _in("leave.bpmn", MAIN, old, new)


def called(old: str, new: str) -> Made:
    return _in("cover.bpmn", CALLED, old, new)


def table(old: str, new: str) -> Made:
    return _in("policy.dmn", TABLE, old, new)


def _in(name: str, text: str, old: str, new: str) -> Made:
    assert old in text, old
    return lambda: bundle({name: text.replace(old, new)})


def beside(xml: str, tops: str = "") -> Made:
    """Something more in the main process, and at the top of its file."""
    return main_with(
        ("</bpmn:process>", xml + "</bpmn:process>"), ('<bpmn:process id="leave"', tops + '<bpmn:process id="leave"')
    )


def main_with(*changes: tuple[str, str]) -> Made:
    text = MAIN
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return lambda: bundle({"leave.bpmn": text})


def after(xml: str, element: str = "x") -> Made:
    """An element between the fork and the end of the main process."""
    return main_with(
        ('sourceRef="arrange" targetRef="done"', f'sourceRef="arrange" targetRef="{element}"'),
        (
            "</bpmn:process>",
            xml + f'<bpmn:sequenceFlow id="fx" sourceRef="{element}" targetRef="done"/></bpmn:process>',
        ),
    )


def asked(*fields: dict[str, object]) -> Made:
    """The start form with these fields more."""
    return lambda: bundle({"ask.form": form("ask", field("textfield", "reason"), *fields)})


def laid_out(old: str, new: str) -> Made:
    text = drawn(MAIN)
    assert old in text, old
    return lambda: bundle({"leave.bpmn": text.replace(old, new, 1)})


def choice_in_rows(cls: str) -> dict[str, object]:
    rows = [
        field("textfield", "item", properties={"class": cls}),
        field("radio", "share", values=[{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]),
    ]
    return field("dynamiclist", "items", path="items", properties={"sharedBy": "share"}, components=rows)


TIMER = ">P2D<"
CATCH = (
    '<bpmn:intermediateCatchEvent id="x" name="Wait"><bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
)
SUB = (
    '<bpmn:subProcess id="x" name="Look closer"{}><bpmn:startEvent id="xs" name="Begin">{}</bpmn:startEvent>'
    '<bpmn:manualTask id="xt" name="Look" camunda:candidateGroups="hr"/><bpmn:endEvent id="xe" name="Looked">{}</bpmn:endEvent>'
    '<bpmn:sequenceFlow id="xf1" sourceRef="xs" targetRef="xt"/><bpmn:sequenceFlow id="xf2" sourceRef="xt" targetRef="xe"/>'
    "</bpmn:subProcess>"
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="m_stop"/>'
FORK = (
    '<bpmn:parallelGateway id="x"/><bpmn:parallelGateway id="xj"/>'
    '<bpmn:sequenceFlow id="x1" sourceRef="x" targetRef="xa"/><bpmn:sequenceFlow id="x2" sourceRef="x" targetRef="xb"/>'
    '<bpmn:sequenceFlow id="x3" sourceRef="xa" targetRef="xj"/><bpmn:sequenceFlow id="x4" sourceRef="xb" targetRef="xj"/>'
)
SCRIPT = (
    '<bpmn:scriptTask id="{0}" name="Note {0}" scriptFormat="feel" camunda:resultVariable="noted"><bpmn:script>1</bpmn:script>'
    "</bpmn:scriptTask>"
)
EDGE = (
    '<bpmn:boundaryEvent id="edge" name="Edge" attachedToRef="{}"{}>{}</bpmn:boundaryEvent><bpmn:endEvent id="edge_end" '
    'name="After"/><bpmn:sequenceFlow id="edge_flow" sourceRef="edge" targetRef="edge_end"/>'
)
ERROR = '<bpmn:errorEventDefinition errorRef="err"/>'
ERROR_TOP = '<bpmn:error id="err" name="Refused" errorCode="refused"/>'
REST = (
    '<bpmn:sequenceFlow id="f7" sourceRef="arrange" targetRef="done" />',
    '<bpmn:sequenceFlow id="f7" sourceRef="arrange" targetRef="x"/>',
)
ROUND = (
    '<bpmn:exclusiveGateway id="x"/><bpmn:scriptTask id="xn" name="Count" scriptFormat="feel" camunda:resultVariable="n">'
    '<bpmn:script>1</bpmn:script></bpmn:scriptTask><bpmn:sequenceFlow id="x1" sourceRef="x" targetRef="xn"/>'
)
AGAIN = (
    '<bpmn:exclusiveGateway id="xg" name="Again?" default="x3"/><bpmn:sequenceFlow id="x2" sourceRef="xn" targetRef="xg"/>'
    '<bpmn:sequenceFlow id="x3" sourceRef="xg" targetRef="done"/><bpmn:sequenceFlow id="x4" name="yes" sourceRef="xg" '
    'targetRef="x"><bpmn:conditionExpression>{}</bpmn:conditionExpression></bpmn:sequenceFlow>'
)
RADIO = {"values": [{"value": "yes", "label": "Yes"}]}


def apart(name: str, said: str) -> Made:
    """The task “Check the dates” with a property that says who may not do it."""
    rule = '<camunda:property name="rules" value="XX-1" />\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f3'
    return main(rule, f'<camunda:property name="{name}" value="{said}" />{rule}')


def asked_by_table(may_be: str) -> Made:
    """A table that gives HR as a part, and a task for each part, which may be for these roles."""
    rows = TABLE.replace("FIRST", "COLLECT").replace("policy-table", "parts").replace("days", "role")
    rows = rows.replace('typeRef="number"', 'typeRef="string"').replace(">5<", '>"hr"<')
    decide = (
        '<bpmn:businessRuleTask id="x" name="Who comes" camunda:decisionRef="parts" camunda:resultVariable="parts"'
        ' camunda:mapDecisionResult="resultList"/><bpmn:sequenceFlow id="fl" sourceRef="x" targetRef="look"/>'
        '<bpmn:userTask id="look" name="Look" camunda:formRef="check" camunda:candidateGroups="${part.role}">'
        "<bpmn:documentation>Why.</bpmn:documentation><bpmn:extensionElements><camunda:properties>"
        f'<camunda:property name="roles" value="{may_be}"/></camunda:properties></bpmn:extensionElements>'
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="parts" camunda:elementVariable="part"/>'
        "</bpmn:userTask>"
    )
    made = after(decide)()
    drawing = made.files["leave.bpmn"].replace(b'id="fx" sourceRef="x"', b'id="fx" sourceRef="look"')
    return lambda: bundle({"leave.bpmn": drawing.decode(), "parts.dmn": rows})


GRAVE = field("checkbox", "grave", properties={"routes": "true", "class": "restricted"})

SPOILING: dict[str, Made] = {
    "apart-empty": apart("notDoneBy", ""),
    "apart-nobody": apart("notHeldBy", "employee hr"),
    "apart-place": main(
        '<camunda:property name="rules" value="XX-2" />',
        '<camunda:property name="notHeldBy" value="hr" /><camunda:property name="rules" value="XX-2" />',
    ),
    "apart-role": apart("notHeldBy", "chair"),
    "role-expression": main('candidateGroups="hr"', 'candidateGroups="${answer}"'),
    "role-unlisted": asked_by_table("employee"),
    "role-fixed": main_with(
        (
            '<camunda:property name="rules" value="XX-1" />\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f3',
            '<camunda:property name="roles" value="hr employee" /><camunda:property name="rules" value="XX-1" />\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f3',
        ),
    ),
    "apart-task": apart("notDoneBy", "find find_it"),
    **BEGINNING,
    **BORROWED,
    **TABLES,
    **{
        f"{kind}-event": after(
            f'<bpmn:intermediateThrowEvent id="x" name="Thrown"><bpmn:{kind}EventDefinition/></bpmn:intermediateThrowEvent>'
        )
        for kind in ("cancel", "compensate", "conditional", "error", "link", "terminate", "timer")
    },
    "escalation-event": after(CATCH.replace("timerEvent", "escalationEvent")),
    "signal-event": beside(
        EDGE.format("arrange", "", MESSAGE).replace(
            'name="After"/>', 'name="After"><bpmn:signalEventDefinition/></bpmn:endEvent>'
        )
    ),
    "boundary-flow": beside('<bpmn:sequenceFlow id="fx" sourceRef="fine" targetRef="soon"/>'),
    "boundary-place": main('attachedToRef="check"', 'attachedToRef="fine"'),
    "business-key": main(
        '<camunda:in source="answer"', '<camunda:in businessKey="${answer}"/><camunda:in source="answer"'
    ),
    "compensate-marker": main('name="Check the dates"', 'name="Check the dates" isForCompensation="true"'),
    "deadline-unwatched": main('attachedToRef="check"', 'attachedToRef="arrange"'),
    "dmn": lambda: bundle(
        {
            "policy.dmn": TABLE.replace("<decision ", "<other ")
            .replace("</decision>", "</other>")
            .replace("definitions", "thing")
        }
    ),
    "dmn-aggregation": table('hitPolicy="FIRST"', 'hitPolicy="FIRST" aggregation="SUM"'),
    "dmn-cells": table('<inputEntry id="c"><text></text></inputEntry>', ""),
    "dmn-circle": table(
        'name="Policy">\n    <decisionTable',
        'name="Policy"><informationRequirement><requiredDecision href="#policy-table"/></informationRequirement>\n    <decisionTable',
    ),
    "dmn-empty": lambda: bundle({"policy.dmn": TABLE[: TABLE.index("<decision ")] + "</definitions>"}),
    "dmn-expression": table("<text>5</text>", "<text>5 +</text>"),
    "dmn-hit-policy": table("FIRST", "LAST"),
    "dmn-id": table('id="policy-table" name="Policy"', ""),
    "dmn-input": table("<text>employer</text>", "<text></text>"),
    "dmn-language": table('<inputExpression id="ie"', '<inputExpression id="ie" expressionLanguage="groovy"'),
    "dmn-logic": lambda: bundle({"policy.dmn": TABLE[: TABLE.index("<decisionTable")] + "</decision></definitions>"}),
    "dmn-output": table('<output id="o" label="Days" name="days" typeRef="number" />', ""),
    "dmn-priority": table('hitPolicy="FIRST"', 'hitPolicy="PRIORITY"'),
    "dmn-requires": table(
        'name="Policy">\n    <decisionTable',
        'name="Policy"><informationRequirement><requiredDecision href="#lost"/></informationRequirement>\n    <decisionTable',
    ),
    "dmn-twins": table(
        "</rule>",
        '</rule><rule id="r2"><inputEntry id="c2"><text></text></inputEntry><outputEntry id="e2"><text>6</text></outputEntry></rule>',
    ),
    "duplicate-process": lambda: bundle({"twin.bpmn": drawn(CALLED)}),
    "error-interrupts": beside(EDGE.format("arrange", ' cancelActivity="false"', ERROR), ERROR_TOP),
    "event-sub-process": beside(SUB.format(' triggeredByEvent="true"', "", "")),
    "flow-twice": beside('<bpmn:sequenceFlow id="fx" sourceRef="arrange" targetRef="done"/>'),
    "form-contact": asked(field("radio", "doctor", values=YES_NO, properties={"contact": "treating_physician.name"})),
    "form-empty": lambda: bundle({"ask.form": form("ask")}),
    "form-expression": asked(field("textfield", "more", conditional={"hide": "=1 +"})),
    "form-file": asked(field("filepicker", "letter", accept=".exe")),
    "form-flag": asked(field("radio", "late", values=YES_NO, properties={"flag": "XX-1"})),
    "form-guard": asked(field("textarea", "more", properties={"guard": "names numbers"})),
    "form-refuse": asked(field("textfield", "more", properties={"refuse": "=more = null"})),
    "form-id": lambda: bundle({"ask.form": form("", field("textfield", "reason"))}),
    "form-id-twice": lambda: bundle(
        {"ask.form": form("ask", field("textfield", "reason"), field("textfield", "more", id="i_reason"))}
    ),
    "form-json": lambda: bundle({"ask.form": "{"}),
    "form-key": asked(field("textfield", "reason")),
    "form-limit": asked(field("number", "days", validate={"min": "many"})),
    "form-options": asked(field("radio", "which")),
    "form-party": asked(field("textfield", "who", properties={"party": "employee"})),
    "form-pattern": asked(field("textfield", "code", validate={"pattern": "("})),
    "form-property": asked(field("textfield", "more", properties={"colour": "red"})),
    "form-purpose": asked(field("textfield", "more", properties={"purpose": ""})),
    "form-readonly": asked(field("textfield", "more", readonly="=x")),
    "form-refused": lambda: bundle(
        {"check.form": form("check", field("textfield", "seen", properties={"class": "secret"}))}
    ),
    "form-routes": asked(field("textfield", "more", properties={"routes": "true"})),
    "form-shared": asked(field("textfield", "more", properties={"sharedBy": "share"})),
    "form-shared-class": asked(choice_in_rows("clinical")),
    "form-type": asked(field("html", "letter")),
    "form-version": lambda: bundle(
        {"ask.form": form("ask", field("textfield", "reason")).replace('"schemaVersion":19', '"schemaVersion":99')}
    ),
    "gateway-needless": after('<bpmn:exclusiveGateway id="x" name="Sure?"/>'),
    "id": after('<bpmn:manualTask id="x" name="Look" camunda:candidateGroups="hr"/><bpmn:manualTask id="Start"/>'),
    "id-twice": beside('<bpmn:sequenceFlow id="f1" sourceRef="arrange" targetRef="told"/>'),
    "inclusive-gateway": main("exclusiveGateway", "inclusiveGateway"),
    "input-parameter": main(
        "<camunda:in source",
        '<camunda:inputOutput><camunda:inputParameter name="a">1</camunda:inputParameter></camunda:inputOutput><camunda:in source',
    ),
    "join-and-fork": main('sourceRef="merge" targetRef="check"', 'sourceRef="merge" targetRef="fine"'),
    "label-needless": main('id="f1" sourceRef', 'id="f1" name="asked" sourceRef'),
    "language": main(
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${answer = "no"}',
        '<bpmn:conditionExpression language="groovy">answer == "no"',
    ),
    "loop-endless": beside(
        ROUND
        + '<bpmn:sequenceFlow id="x2" sourceRef="xn" targetRef="x"/><bpmn:startEvent id="xs" name="Two"/><bpmn:sequenceFlow id="x0" sourceRef="xs" targetRef="x"/>'
    ),
    "loop-restless": main_with(REST, ("</bpmn:process>", ROUND + AGAIN.format("=n = 2") + "</bpmn:process>")),
    "loop-stuck": main_with(REST, ("</bpmn:process>", ROUND + AGAIN.format('=answer = "no"') + "</bpmn:process>")),
    "mapping": main('<camunda:out source="covered" target="covered" />', '<camunda:out source="covered" />'),
    "never-thrown": beside(EDGE.format("check", "", ERROR), ERROR_TOP),
    "no-assignee": main('camunda:candidateGroups="hr"', 'camunda:candidateGroups="hr" camunda:assignee="jo"'),
    "no-id": main('<bpmn:endEvent id="told" name="Told">', '<bpmn:endEvent name="Told">'),
    "no-merge": main('sourceRef="tell" targetRef="told"', 'sourceRef="tell" targetRef="done"'),
    "no-name": main('name="Arrange cover" ', ""),
    "no-process": lambda: bundle(key="absent"),
    "no-signal": beside(EDGE.format("arrange", "", "<bpmn:signalEventDefinition/>")),
    "no-such-event": beside(EDGE.format("arrange", "", ERROR)),
    "not-drawn": laid_out('<bpmndi:BPMNEdge bpmnElement="f1"/>', ""),
    "not-executable": main(
        'id="leave" name="Leave" isExecutable="true"', 'id="leave" name="Leave" isExecutable="false"'
    ),
    "not-read": main('camunda:candidateGroups="hr"', 'camunda:candidateGroups="hr" camunda:priority="5"'),
    "one-fact-two-branches": main_with(
        REST,
        (
            "</bpmn:process>",
            FORK
            + SCRIPT.format("xa")
            + SCRIPT.format("xb")
            + '<bpmn:sequenceFlow id="x5" sourceRef="xj" targetRef="done"/></bpmn:process>',
        ),
    ),
    "other-engine": main(
        "<bpmn:extensionElements>\n        <camunda:in ",
        '<bpmn:extensionElements><z:x xmlns:z="http://camunda.org/schema/zeebe/1.0"/>\n        <camunda:in ',
    ),
    "outside": main(
        '<bpmn:process id="leave"',
        '<bpmn:collaboration id="all"><bpmn:participant id="pool" name="Us" processRef="leave"/></bpmn:collaboration><bpmn:process id="leave"',
    ),
    "overlapping": laid_out('bpmnElement="done"><dc:Bounds x="', 'bpmnElement="done"><dc:Bounds x="0" was="'),
    "fact-class": lambda: bundle(
        {
            "ask.form": form("ask", field("textfield", "reason"), GRAVE),
            "check.form": form(
                "check",
                field("radio", "answer", values=YES_NO, validate={"required": True}, properties={"routes": "true"}),
                field("textfield", "more", conditional={"hide": "=grave != true"}),
            ),
        }
    ),
    "notice-class": main(
        '<camunda:properties><camunda:property name="rules" value="XX-2" /></camunda:properties>\n      </bpmn:extensionElements>\n      <bpmn:incoming>f8',
        '<camunda:properties><camunda:property name="rules" value="XX-2" /><camunda:property name="class" value="restricted" /></camunda:properties>\n      </bpmn:extensionElements>\n      <bpmn:incoming>f8',
    ),
    "purpose-class": asked(field("textfield", "more", properties={"purpose": "to assess"})),
    "purpose-unknown": asked(field("textfield", "more", properties={"purpose": "to know"})),
    "rule-missing": main(
        '<camunda:property name="rules" value="XX-2" />\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f1',
        "\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f1",
    ),
    "shared-twice": beside("", '<bpmn:message id="m2" name="consentWithdrawn"/>'),
    "shared-unnamed": beside("", '<bpmn:message id="m2"/>'),
    "shared-unused": beside("", '<bpmn:message id="m2" name="Other"/>'),
    "sub-process-start": after(SUB.format("", MESSAGE, "")),
    "terminate-needless": called(
        "<bpmn:incoming>g3</bpmn:incoming></bpmn:endEvent>",
        "<bpmn:incoming>g3</bpmn:incoming><bpmn:terminateEventDefinition/></bpmn:endEvent>",
    ),
    "timer-backwards": main(TIMER, ">-P2D<"),
    "timer-far": main(TIMER, ">P500Y<"),
    "timer-kind": main(TIMER, ">2030-04-01<"),
    "timer-month-end": main(
        '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>',
        "<bpmn:timeCycle>R/2030-01-31T09:00/P1M</bpmn:timeCycle>",
    ),
    "timer-often": main(
        '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>',
        "<bpmn:timeCycle>R/PT5M</bpmn:timeCycle>",
    ),
    "timer-past": main(
        '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>',
        "<bpmn:timeDate>2020-04-01</bpmn:timeDate>",
    ),
    "timer-task": main_with(
        (
            '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>',
            "<bpmn:timeCycle>R/P7D</bpmn:timeCycle>",
        ),
        ('sourceRef="soon" targetRef="tell"', 'sourceRef="soon" targetRef="x"'),
        (
            "</bpmn:process>",
            '<bpmn:manualTask id="x" name="Ring them up" camunda:candidateGroups="hr"/><bpmn:sequenceFlow id="fx" sourceRef="x" targetRef="tell"/></bpmn:process>',
        ),
    ),
    "too-large": beside("".join(f'<bpmn:manualTask id="u{n}"/>' for n in range(1_001))),
    "unused-process": main(
        "</bpmn:definitions>", '<bpmn:process id="alone" name="Alone" isExecutable="true"/></bpmn:definitions>'
    ),
    "xml": lambda: bundle({"cover.bpmn": "<nothing"}),
}
