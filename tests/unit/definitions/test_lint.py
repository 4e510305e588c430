"""Lint: each thing that can be wrong is found, at its element, in words; what is right is left alone."""

from __future__ import annotations

import pytest

from app.definitions.lint import as_json, lint, require_sound
from app.errors import DefinitionRefused
from tests.unit.definitions.sample import CALLED, MAIN, bundle, field, files, form, looked_at, spoilt
from tests.unit.definitions.spoiling import apart


def test_a_sound_bundle_has_no_finding():
    assert looked_at(bundle()) == []


#: file, what stands there, what stands there instead, and the finding: (severity, rule, element)
SPOILT = [
    ("leave.bpmn", 'camunda:formRef="ask"', "", ("error", "start-form", "asked")),
    ("leave.bpmn", '<camunda:property name="starters" value="manager hr" />', "", ("error", "starters", "asked")),
    ("leave.bpmn", 'value="manager hr"', 'value="manager chef"', ("error", "starters", "asked")),
    ("leave.bpmn", 'formRef="check"', 'formRef="chek"', ("error", "no-such-form", "check")),
    ("leave.bpmn", 'camunda:formRef="check"', "", ("error", "form-missing", "check")),
    ("leave.bpmn", 'candidateGroups="hr"', 'candidateGroups="chef"', ("error", "role-unknown", "check")),
    ("leave.bpmn", 'camunda:candidateGroups="hr"', "", ("error", "no-role", "check")),
    ("leave.bpmn", 'candidateGroups="hr"', 'candidateGroups="hr,employee"', ("error", "role-several", "check")),
    ("cover.bpmn", '<bpmn:lane id="hr"', '<bpmn:lane id="lane_1"', ("error", "role-unknown", "find")),
    ("leave.bpmn", 'name="rules" value="XX-2"', 'name="rules" value="XX-9"', ("error", "rule-unknown", "read_policy")),
    ("check.form", "XX-1", "XX-8", ("error", "rule-unknown", "seen")),
    ("check.form", "ask.reason", "ask.reasons", ("error", "form-from", "seen")),
    ("leave.bpmn", "Somebody asks for leave, and you know the rota.", " ", ("error", "documentation", "check")),
    ("leave.bpmn", "Ask for leave.", "", ("warning", "process-documentation", "")),
    ("leave.bpmn", 'name="Check the dates"', "", ("error", "name", "check")),
    ("leave.bpmn", 'decisionRef="policy-table"', 'decisionRef="other"', ("error", "no-such-decision", "read_policy")),
    ("leave.bpmn", "singleResult", "onlyOne", ("error", "result-shape", "read_policy")),
    ("leave.bpmn", 'calledElement="cover"', 'calledElement="covert"', ("error", "no-such-process", "arrange")),
    ("leave.bpmn", 'name="template">soon', 'name="template">never', ("error", "notice", "tell")),
    ("leave.bpmn", 'name="template">soon', 'name="template">', ("error", "notice", "tell")),
    ("leave.bpmn", ">hr employee<", ">hr chef<", ("error", "role-unknown", "tell")),
    ("leave.bpmn", 'name="consentWithdrawn"', "", ("error", "no-message", "stop")),
    ("leave.bpmn", 'messageRef="m_stop"', "", ("error", "no-message", "stop")),
    ("leave.bpmn", 'value="warn"', 'value="shout"', ("error", "deadline", "soon")),
    ("leave.bpmn", ">P2D<", "><", ("error", "no-time", "soon")),
    ("leave.bpmn", ">P2D<", ">2 days<", ("error", "expression", "soon")),
    ("leave.bpmn", ">P2D<", ">PT0S<", ("error", "timer-zero", "soon")),
    ("leave.bpmn", ">P2D<", ">R/P2D<", ("error", "expression", "soon")),
    ("leave.bpmn", ">P2D<", ">2026-04-01<", ("warning", "timer-fixed", "soon")),
    ("leave.bpmn", "${workdays(policy.days)}", "${workdays(}", ("error", "expression", "check")),
    ("leave.bpmn", "${workdays(policy.days)}", "${workdays(policy.weeks)}", ("warning", "fact-unset", "check")),
    ("leave.bpmn", '${answer = "no"}', '${answer = "no}', ("error", "expression", "f5")),
    ("leave.bpmn", '${answer = "no"}', '${answr = "no"}', ("warning", "fact-unset", "f5")),
    ("leave.bpmn", '${answer = "no"}', "${answer = 1}", ("warning", "gateway-default", "fine")),
    ("leave.bpmn", '${answer = "no"}', '${answer = "yes"}', ("warning", "gateway-condition", "f6")),
    ("leave.bpmn", 'name="Are the dates fine?"', "", ("warning", "gateway-question", "fine")),
    ("leave.bpmn", 'id="fine" name', 'id="fine" default="f7" name', ("error", "no-such-default", "fine")),
    ("leave.bpmn", 'id="fine" name', 'id="fine" default="f5" name', ("warning", "condition-on-default", "f5")),
    ("leave.bpmn", 'source="covered"', 'source="coverd"', ("warning", "fact-unset", "arrange")),
    ("leave.bpmn", 'source="answer"', 'source="ansr"', ("warning", "fact-unset", "arrange")),
    ("leave.bpmn", 'target="round"', 'target="turn"', ("warning", "fact-unset", "note")),
    ("leave.bpmn", 'targetRef="stopped"', 'targetRef="nowhere"', ("error", "loose-flow", "f10")),
    ("policy.dmn", ">employer<", ">branch<", ("warning", "fact-unset", "read_policy")),
    ("policy.dmn", "FIRST", "LAST", ("error", "dmn-hit-policy", "policy-table")),
    ("check.form", '"routes":"true"', '"routes":"false"', ("warning", "fact-unset", "f5")),
    ("check.form", '"class":"employer"', '"class":"secret"', ("error", "form-class", "seen")),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), SPOILT)
def test_what_is_wrong_is_found_at_its_place(name, old, new, expected):
    found = [(one.severity, one.rule, one.element) for one in looked_at(spoilt(name, old, new))]
    assert expected in found


def test_a_fact_that_is_nearly_one_is_offered():
    found = looked_at(spoilt("leave.bpmn", '${answer = "no"}', '${answr = "no"}'))
    assert [one.advice for one in found if one.rule == "fact-unset" and "Did you mean “answer”?" in one.advice]


def without(text: str, *elements: str) -> str:
    """The diagram without these flows."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if not any(f'sequenceFlow id="{one}"' in line for one in elements))


def rules(made, *, severity: str = "error") -> set[tuple[str, str]]:
    return {(one.rule, one.element) for one in looked_at(made) if one.severity == severity}


def test_what_cannot_be_reached_is_found_once_for_each_element():
    found = rules(bundle({"leave.bpmn": without(MAIN, "f7")}))
    assert ("unreachable", "done") in found
    assert ("unreachable", "arrange") not in found


def test_an_element_that_leads_nowhere():
    assert ("dead-end", "arrange") in rules(bundle({"leave.bpmn": without(MAIN, "f7")}))


def test_an_island_of_elements_that_lead_only_to_one_another():
    island = MAIN.replace(
        "</bpmn:process>",
        '<bpmn:manualTask id="i1"/><bpmn:manualTask id="i2"/><bpmn:sequenceFlow id="fi" sourceRef="i1" targetRef="i2"/>'
        '<bpmn:sequenceFlow id="fj" sourceRef="i2" targetRef="i1"/></bpmn:process>',
    )
    assert {("unreachable", "i1"), ("unreachable", "i2")} <= rules(bundle({"leave.bpmn": island}))


def test_a_loop_needs_a_way_out():
    endless = MAIN.replace('sourceRef="fine" targetRef="arrange"', 'sourceRef="fine" targetRef="merge"')
    endless = (
        without(endless, "f8")
        .replace("<bpmn:outgoing>f8</bpmn:outgoing>", "")
        .replace('attachedToRef="check"', 'attachedToRef="arrange"')
    )
    found = [one for one in looked_at(bundle({"leave.bpmn": endless})) if one.rule == "loop-endless"]
    assert [one.message for one in found] == [
        "There is no way out of the loop through “Check the dates”, “Are the dates fine?”."
    ]


def test_a_loop_of_machines_alone_is_a_warning():
    restless = CALLED.replace('sourceRef="note" targetRef="found"', 'sourceRef="note" targetRef="gate"').replace(
        "<bpmn:endEvent",
        '<bpmn:exclusiveGateway id="gate" name="Again?" default="g5"/><bpmn:sequenceFlow id="g4" sourceRef="gate" '
        'targetRef="note"><bpmn:conditionExpression>=round &lt; 3</bpmn:conditionExpression></bpmn:sequenceFlow>'
        '<bpmn:sequenceFlow id="g5" sourceRef="gate" targetRef="found"/><bpmn:endEvent',
    )
    assert ("loop-restless", "gate") in rules(bundle({"cover.bpmn": restless}), severity="warning")
    # the loop through the task of the main diagram waits for a person, and is fine
    assert not [one for one in looked_at(bundle()) if one.rule == "loop-restless"]


def test_a_condition_where_none_is_read_and_a_split_that_says_nothing():
    odd = MAIN.replace(
        '<bpmn:sequenceFlow id="f4" sourceRef="check" targetRef="fine" />',
        '<bpmn:sequenceFlow id="f4" sourceRef="check" targetRef="fine"><bpmn:conditionExpression>=true'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>"
        '<bpmn:sequenceFlow id="f11" sourceRef="check" targetRef="done" />',
    )
    assert {("conditional-flow", "f4"), ("several-flows", "check")} <= rules(bundle({"leave.bpmn": odd}))


def test_processes_that_call_each_other_never_end():
    back = CALLED.replace('<bpmn:scriptTask id="note"', '<bpmn:callActivity id="note" calledElement="leave"').replace(
        "</bpmn:scriptTask>", "</bpmn:callActivity>"
    )
    found = rules(bundle({"cover.bpmn": back}))
    assert {("call-cycle", "arrange"), ("call-cycle", "note"), ("no-mapping", "note")} <= found


def test_a_due_date_that_nothing_watches_is_a_warning():
    bare = MAIN.replace('attachedToRef="check"', 'attachedToRef="arrange"')
    assert ("deadline-unwatched", "check") in rules(bundle({"leave.bpmn": bare}), severity="warning")


@pytest.mark.parametrize(
    ("yes", "no", "word"),
    [
        ('=answer = "yes"', '=answer = "maybe"', "“answer” is “no”"),
        ('${answer == "yes"}', "${answer == 'never'}", "“answer” is “no”"),
    ],
)
def test_an_answer_without_a_way_on_is_named(yes, no, word):
    made = MAIN.replace('${answer = "yes"}', yes).replace('${answer = "no"}', no)
    found = [one for one in looked_at(bundle({"leave.bpmn": made})) if one.rule == "gateway-default"]
    assert len(found) == 1
    assert word in found[0].message


def test_a_question_that_may_be_left_open_needs_a_way_on_too():
    open_ = field(
        "radio", "answer", properties={"routes": "true"}, values=[{"value": v, "label": v} for v in ("yes", "no")]
    )
    found = [one for one in looked_at(bundle({"check.form": form("check", open_)})) if one.rule == "gateway-default"]
    assert "“answer” is not answered" in found[0].message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("policy.days >= 5", "policy.days < 5"),
        ("answer != null", "answer = null"),
        ("=policy.days > 1", "${policy.days <= 1}"),
    ],
)
def test_opposites_cover_every_answer(one, other):
    safe = {">": "&gt;", "<": "&lt;"}
    for sign, entity in safe.items():
        one, other = one.replace(sign, entity), other.replace(sign, entity)
    made = MAIN.replace('${answer = "yes"}', one).replace('${answer = "no"}', other)
    assert "gateway-default" not in {one.rule for one in looked_at(bundle({"leave.bpmn": made}))}


def test_all_facts_of_the_caller_go_in_when_it_says_so():
    everything = MAIN.replace('<camunda:in source="answer" target="answer" />', '<camunda:in variables="all" />')
    reads = CALLED.replace("then answer", "then policy.days")
    assert looked_at(bundle({"leave.bpmn": everything, "cover.bpmn": reads})) == []
    assert ("fact-unset", "note") in rules(bundle({"cover.bpmn": reads}), severity="warning")


def test_what_is_not_known_is_not_checked():
    unknown = spoilt("leave.bpmn", 'candidateGroups="hr"', 'candidateGroups="chef"')
    assert lint(unknown) == []


def test_a_process_that_is_not_there():
    assert "no-process" in {rule for rule, _ in rules(bundle(key="absent"))}


def test_errors_refuse_and_warnings_do_not():
    require_sound(looked_at(spoilt("leave.bpmn", "Ask for leave.", "")))
    found = looked_at(spoilt("leave.bpmn", "consentWithdrawn", ""))
    with pytest.raises(DefinitionRefused) as refused:
        require_sound(found)
    assert refused.value.findings == found


def test_findings_as_json():
    found = looked_at(spoilt("leave.bpmn", "Ask for leave.", ""))
    shape = as_json(found)
    assert (shape["errors"], shape["warnings"]) == (0, 1)
    assert shape["findings"][0] == {
        "file": "leave.bpmn",
        "element": "",
        "severity": "warning",
        "rule": "process-documentation",
        "message": "“Leave” does not say what it is for.",
        "advice": "Write a sentence or two: people read it before they start.",
    }


def test_every_finding_is_a_sentence_about_one_of_the_files():
    for name, old, new, _ in SPOILT:
        for one in looked_at(spoilt(name, old, new)):
            if one.file:
                assert one.message.endswith((".", "?", "!", ")")), one
                assert one.file in files()


def test_facts_come_back_when_a_call_takes_all_back_also_in_a_circle():
    """`out variables="all"` both ways: known on both sides, and the search for them ends."""
    everything = MAIN.replace('<camunda:out source="covered" target="covered" />', '<camunda:out variables="all" />')
    back = CALLED.replace(
        "</bpmn:process>",
        '<bpmn:callActivity id="again" calledElement="leave"><bpmn:extensionElements><camunda:out variables="all" />'
        "</bpmn:extensionElements></bpmn:callActivity></bpmn:process>",
    )
    found = rules(bundle({"leave.bpmn": everything, "cover.bpmn": back.replace("round &gt; 0", "policy.days &gt; 0")}))
    assert ("call-cycle", "again") in found
    warned = rules(bundle({"leave.bpmn": everything, "cover.bpmn": back}), severity="warning")
    assert not [one for one in warned if one[0] == "fact-unset"]


def test_what_is_too_large_is_said_and_left():
    many = "".join(f'<bpmn:userTask id="u{n}" camunda:dueDate="P1D"/>' for n in range(2_001))
    found = rules(bundle({"leave.bpmn": MAIN.replace("</bpmn:process>", many + "</bpmn:process>")}))
    assert "too-large" in {rule for rule, _ in found}
    assert "documentation" not in {rule for rule, _ in found}


def test_a_repeated_timer_whose_flow_leads_nowhere():
    cycle = MAIN.replace(
        '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>',
        "<bpmn:timeCycle>R/P7D</bpmn:timeCycle>",
    )
    assert "loose-flow" in {
        one.rule for one in looked_at(bundle({"leave.bpmn": cycle.replace('"tell" />', '"lost" />')}))
    }


@pytest.mark.parametrize("length", ["R/PT59M", "R/PT5S"])
def test_what_comes_round_more_than_once_an_hour(length):
    old = '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration>'
    often = bundle({"leave.bpmn": MAIN.replace(old, f"<bpmn:timeCycle>{length}</bpmn:timeCycle>")})
    daily = bundle({"leave.bpmn": MAIN.replace(old, "<bpmn:timeCycle>R/PT60M</bpmn:timeCycle>")})
    assert ("timer-often", "soon") in rules(often, severity="warning")
    assert ("timer-often", "soon") not in rules(daily, severity="warning")


PHASE = """<bpmn:subProcess id="phase" name="Phase"><bpmn:startEvent id="ps" name="Begin"/>
<bpmn:parallelGateway id="pf"/><bpmn:manualTask id="work" name="Work" camunda:candidateGroups="hr"/>
<bpmn:endEvent id="pe" name="Over">{}</bpmn:endEvent>
<bpmn:exclusiveGateway id="pm"/><bpmn:receiveTask id="note" name="Take a note" messageRef="m_stop"/>
<bpmn:sequenceFlow id="p1" sourceRef="ps" targetRef="pf"/><bpmn:sequenceFlow id="p2" sourceRef="pf" targetRef="work"/>
<bpmn:sequenceFlow id="p3" sourceRef="work" targetRef="pe"/><bpmn:sequenceFlow id="p4" sourceRef="pf" targetRef="pm"/>
<bpmn:sequenceFlow id="p5" sourceRef="pm" targetRef="note"/><bpmn:sequenceFlow id="p6" sourceRef="note" targetRef="pm"/>
</bpmn:subProcess><bpmn:sequenceFlow id="p7" sourceRef="phase" targetRef="done"/></bpmn:process>"""


@pytest.mark.parametrize(
    ("ending", "endless"), [("", True), ("<bpmn:terminateEventDefinition/>", False), ("<bpmn:x/>", True)]
)
def test_a_loop_of_notes_is_ended_by_what_ends_its_phase(ending, endless):
    made = MAIN.replace('sourceRef="arrange" targetRef="done"', 'sourceRef="arrange" targetRef="phase"')
    found = rules(bundle({"leave.bpmn": made.replace("</bpmn:process>", PHASE.format(ending))}))
    assert any(rule == "loop-endless" for rule, _ in found) is endless


@pytest.mark.parametrize(("ending", "endless"), [("", True), ("<bpmn:terminateEventDefinition/>", False)])
def test_a_loop_in_a_called_process_is_ended_by_what_ends_the_scope_of_its_call(ending, endless):
    turning = CALLED.replace('sourceRef="note" targetRef="found"', 'sourceRef="note" targetRef="find"')
    made = MAIN.replace('attachedToRef="arrange"', 'attachedToRef="check"')
    made = made.replace('<bpmn:endEvent id="done" name="Done">', f'<bpmn:endEvent id="done" name="Done">{ending}')
    found = rules(bundle({"leave.bpmn": made, "cover.bpmn": turning}))
    assert any(rule == "loop-endless" for rule, _ in found) is endless


def test_a_loop_that_a_fork_leaves_still_turns():
    """The fork sends a second token away; the first goes round for ever."""
    ring = (
        '<bpmn:exclusiveGateway id="xm"/><bpmn:manualTask id="xt" name="Again" camunda:candidateGroups="hr"/>'
        '<bpmn:{0} id="xf" name="On?" default="x4"/><bpmn:sequenceFlow id="x1" sourceRef="xm" targetRef="xt"/>'
        '<bpmn:sequenceFlow id="x2" sourceRef="xt" targetRef="xf"/><bpmn:sequenceFlow id="x3" sourceRef="xf" '
        'targetRef="xm"><bpmn:conditionExpression>=true</bpmn:conditionExpression></bpmn:sequenceFlow>'
        '<bpmn:sequenceFlow id="x4" sourceRef="xf" targetRef="done"/></bpmn:process>'
    )
    made = MAIN.replace('sourceRef="arrange" targetRef="done"', 'sourceRef="arrange" targetRef="xm"')
    for kind, endless in (("parallelGateway", True), ("exclusiveGateway", False)):
        found = rules(bundle({"leave.bpmn": made.replace("</bpmn:process>", ring.format(kind))}))
        assert any(rule == "loop-endless" for rule, _ in found) is endless


@pytest.mark.parametrize(("target", "warned"), [("answer", True), ("other", False)])
def test_two_forms_side_by_side_that_route_one_fact(target, warned):
    answers = [field("radio", target, values=[{"value": "yes", "label": "Yes"}], properties={"routes": "true"})]
    tasks = "".join(
        f'<bpmn:userTask id="{name}" name="Ask {name}" camunda:formRef="{form_}" camunda:candidateGroups="hr"/>'
        f'<bpmn:sequenceFlow id="{name}1" sourceRef="fork" targetRef="{name}"/>'
        f'<bpmn:sequenceFlow id="{name}2" sourceRef="{name}" targetRef="join"/>'
        for name, form_ in (("one", "check"), ("two", "second"))
    )
    fork = (
        f'<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>{tasks}'
        '<bpmn:sequenceFlow id="j" sourceRef="join" targetRef="done"/></bpmn:process>'
    )
    made = MAIN.replace('sourceRef="arrange" targetRef="done"', 'sourceRef="arrange" targetRef="fork"')
    found = rules(
        bundle({"leave.bpmn": made.replace("</bpmn:process>", fork), "second.form": form("second", *answers)}),
        severity="warning",
    )
    assert any(rule == "one-fact-two-branches" for rule, _ in found) is warned


def test_a_task_may_say_who_may_not_do_it() -> None:
    assert looked_at(apart("notDoneBy", "find check")()) == []
    assert looked_at(apart("notHeldBy", "employee")()) == []
