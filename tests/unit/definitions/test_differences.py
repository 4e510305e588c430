"""Differences in the words of who owns the process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.definitions.differences import Detail, Difference, conflicts, differences, file_differences, twins
from app.definitions.differences.timing import in_words
from app.engine.bundle import Bundle
from tests.unit.definitions.sample import MAIN

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ROW = (("inputEntry", "7.5"), ("outputEntry", "9"), ("outputEntry", "3"))
FORM: dict[str, Any] = {
    "type": "default",
    "id": "ask",
    "components": [
        {"type": "textfield", "id": "a", "key": "name", "label": "Name", "validate": {"required": True}},
        {
            "type": "radio",
            "id": "b",
            "key": "kind",
            "label": "Which kind?",
            "values": [{"value": "rest", "label": "Rest"}, {"value": "travel", "label": "Travel"}],
        },
    ],
}
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="D">
<decision id="policy" name="Policy"><decisionTable id="t" hitPolicy="FIRST">
<input id="i1" label="Employer"><inputExpression id="e1"><text>employer</text></inputExpression></input>
<output id="o1" label="Days" name="days"/><output id="o2" label="Weeks" name="weeks"/>
<rule id="r1"><inputEntry id="c1"><text>"mill"</text></inputEntry>
<outputEntry id="c2"><text>5</text></outputEntry><outputEntry id="c3"><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c4"><text>-</text></inputEntry>
<outputEntry id="c5"><text>7</text></outputEntry><outputEntry id="c6"><text>2</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def told(name: str, before: str, after: str) -> list[tuple[str, str, str, str]]:
    found = file_differences(name, before.encode(), after.encode())
    return [(one.kind, one.element, one.change, one.what) for one in found]


def one(name: str, before: str, after: str) -> Difference:
    (found,) = file_differences(name, before.encode(), after.encode())
    return found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('dueDate="${workdays(policy.days)}"', 'dueDate="P1D"', ("user task", "check", "changed", "Due date")),
        ("P2D<", "P3D<", ("timer", "soon", "changed", "Time (duration)")),
        (' cancelActivity="false"', "", ("boundary event", "soon", "changed", "Interrupts what it sits on")),
        (
            '"rules" value="XX-1" />\n',
            '"rules" value="XX-1 XX-2" />\n',
            ("start event", "asked", "changed", "Rule ids"),
        ),
        (
            "Somebody asks for leave",
            "They ask for leave",
            ("user task", "check", "changed", "Documentation (why am I asked?)"),
        ),
        ('formRef="check"', 'formRef="ask"', ("user task", "check", "changed", "Form")),
        (">hr employee<", ">hr<", ("service task", "tell", "changed", "Input “to”")),
        ('calledElement="cover"', 'calledElement="other"', ("call activity", "arrange", "changed", "Called process")),
        (
            '<camunda:in source="answer"',
            '<camunda:in source="a"',
            ("call activity", "arrange", "changed", "Goes in as “answer”"),
        ),
        ('name="consentWithdrawn"', 'name="stop"', ("message", "m_stop", "changed", "Name")),
    ],
)
def test_a_diagram_in_words(old: str, new: str, expected: tuple[str, str, str, str]) -> None:
    assert old in MAIN
    assert told("leave.bpmn", MAIN, MAIN.replace(old, new, 1)) == [expected]


def test_a_time_is_said_in_words_beside_its_text() -> None:
    found = one("leave.bpmn", MAIN, MAIN.replace("P2D<", "P1DT12H<"))
    assert (found.before, found.before_words) == ("P2D", "2 days")
    assert (found.after, found.after_words) == ("P1DT12H", "1 day and 12 hours")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${workdays(3)}", "3 working days"),
        ("${workdays(policy.days)}", "“days” of “policy” (working days)"),
        ("=days(1, returned_on)", "1 calendar day after “returned on”"),
        (
            "${workdays_before(policy.warn_days, workdays(5))}",
            "“warn days” of “policy” (working days) before the end of 5 working days",
        ),
        ('${now() + duration("P1W")}', "1 week after that moment"),
        ("R3/PT1H", "every 1 hour, 3 times"),
        ("2026-03-01", "1 March 2026"),
        ("P1Y2M3D", "1 year, 2 months and 3 days"),
        ("${if a then b else c}", ""),
        ("${workdays(2) + f(3)}", ""),
        ("P", ""),
        ("", ""),
    ],
)
def test_times_in_words(text: str, words: str) -> None:
    assert in_words(text) == words


def test_a_flow_that_came_brings_its_ends_with_it() -> None:
    new = MAIN.replace(
        "<bpmn:outgoing>f6</bpmn:outgoing>", "<bpmn:outgoing>f6</bpmn:outgoing><bpmn:outgoing>f99</bpmn:outgoing>"
    )
    flow = '<bpmn:sequenceFlow id="f99" sourceRef="fine" targetRef="told"><bpmn:conditionExpression>${x = 1}'
    new = new.replace(
        "<bpmn:sequenceFlow", f"{flow}</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:sequenceFlow", 1
    )
    new = new.replace(
        "<bpmn:incoming>f9</bpmn:incoming>", "<bpmn:incoming>f9</bpmn:incoming><bpmn:incoming>f99</bpmn:incoming>"
    )
    (found,) = (each for each in file_differences("leave.bpmn", MAIN.encode(), new.encode()) if not each.group)
    assert (found.element, found.change, found.name) == ("f99", "added", "Are the dates fine? → Told")
    assert Detail("Condition", "${x = 1}") in found.details


def test_a_way_out_that_is_in_no_flow_is_told_where_it_stands() -> None:
    new = MAIN.replace("<bpmn:outgoing>f6</bpmn:outgoing>", "<bpmn:outgoing>f77</bpmn:outgoing>")
    assert {each.element for each in file_differences("leave.bpmn", MAIN.encode(), new.encode())} == {"fine"}


def test_the_order_of_ways_out_of_a_gateway_says_something() -> None:
    flows = [f'<sequenceFlow id="f{n}" sourceRef="g" targetRef="e"/>' for n in range(3)]
    whole = f'<definitions xmlns="{BPMN}"><process id="p"><exclusiveGateway id="g"/>{{}}</process></definitions>'
    found = file_differences(
        "p.bpmn", whole.format("".join(flows)).encode(), whole.format("".join(flows[::-1])).encode()
    )
    assert [(each.element, each.what) for each in found if not each.group] == [
        ("g", "Order in which the ways out are looked at")
    ]
    assert {each.element for each in found if each.group} <= {"f0", "f1", "f2"}


def test_what_is_only_drawn_otherwise_is_one_difference_an_element() -> None:
    drawn = f"""<definitions xmlns="{BPMN}" xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"
      xmlns:c="http://www.omg.org/spec/DD/20100524/DC"><process id="p"><task id="t" name="T"/></process>
      <d:BPMNDiagram><d:BPMNPlane><d:BPMNShape bpmnElement="t"><c:Bounds x="1" y="2" width="3" height="4"/>
      </d:BPMNShape></d:BPMNPlane></d:BPMNDiagram></definitions>"""
    found = one("p.bpmn", drawn, drawn.replace('x="1" y="2"', 'x="10" y="20"'))
    assert (found.group, found.element, found.change) == ("picture", "t", "moved")
    assert (found.before, found.after) == ("x 1, y 2", "x 10, y 20")


def test_a_cell_is_named_by_its_column_and_row() -> None:
    found = one("p.dmn", TABLE, TABLE.replace("<text>7<", "<text>8<"))
    assert (found.kind, found.element, found.name, found.what) == ("cell", "r2", "row 2", "Days")
    assert (found.before, found.after) == ("7", "8")


def test_a_row_that_came_shifts_no_other() -> None:
    cells = [f'<{kind} id="{kind}{text}"><text>{text}</text></{kind}>' for kind, text in ROW]
    row = f'<rule id="r0">{"".join(cells)}</rule>'
    found = one("p.dmn", TABLE, TABLE.replace('<rule id="r1">', row + '<rule id="r1">'))
    assert (found.kind, found.element, found.change, found.name) == ("decision row", "r0", "added", "row 1")
    assert found.details == (Detail("Employer", "7.5"), Detail("Days", "9"), Detail("Weeks", "3"))


def test_rows_with_new_ids_are_known_by_their_content() -> None:
    assert told("p.dmn", TABLE, TABLE.replace('"r1"', '"s1"')) == [("decision row", "s1", "changed", "Id")]


def test_a_column_in_the_middle_is_one_difference() -> None:
    new = TABLE.replace('<output id="o2"', '<output id="o9" label="Hours" name="hours"/><output id="o2"')
    for cell, following in (("c3", "8"), ("c6", "9")):
        new = new.replace(
            f'<outputEntry id="{cell}"',
            f'<outputEntry id="n{cell}"><text>{following}</text></outputEntry><outputEntry id="{cell}"',
        )
    found = one("p.dmn", TABLE, new)
    assert (found.kind, found.element, found.change, found.name) == ("output column", "o9", "added", "Hours")
    assert found.details[-2:] == (Detail("row 1", "8"), Detail("row 2", "9"))
    (twin,) = twins("p.dmn", TABLE.encode(), new.encode())
    assert twin.after
    assert [column.mark for column in twin.after.columns] == [None, None, "added", None]
    assert [[cell.mark for cell in row.cells] for row in twin.after.rows] == [[None, None, "added", None]] * 2


def test_the_order_of_rows_says_something_where_the_first_counts() -> None:
    first, second = TABLE.index('<rule id="r1"'), TABLE.index('<rule id="r2"')
    end = TABLE.index("</decisionTable>")
    swapped = TABLE[:first] + TABLE[second:end] + TABLE[first:second] + TABLE[end:]
    assert one("p.dmn", TABLE, swapped).group == ""
    unique = (text.replace("FIRST", "UNIQUE") for text in (TABLE, swapped))
    assert one("p.dmn", *unique).group == "order"


def test_a_hit_policy_that_is_usual_and_left_out() -> None:
    found = one("p.dmn", TABLE, TABLE.replace(' hitPolicy="FIRST"', ""))
    assert (found.what, found.before, found.after) == ("Hit policy", "FIRST", "UNIQUE")


def test_a_table_of_another_version_of_dmn_is_the_same_table() -> None:
    assert told(
        "p.dmn", TABLE, TABLE.replace("20191111/MODEL/", "20180521/MODEL/").replace("https://www.omg", "http://www.omg")
    ) == [("file", "d", "changed", "Version of DMN")]


def changed_form(**parts: Any) -> str:
    first, second = FORM["components"]
    return json.dumps({**FORM, "components": [{**first, **parts}, second]})


@pytest.mark.parametrize(
    ("parts", "what", "values"),
    [
        ({"label": "Full name"}, "Label", ("Name", "Full name")),
        ({"validate": {"required": False}}, "Required", ("true", "false")),
        ({"validate": {"required": "true"}}, "Required", ("true", '"true"')),
        ({"conditional": {"hide": "=a"}}, "Hidden if", (None, "=a")),
        ({"properties": {"class": "clinical"}}, "Who sees it (class)", (None, "clinical")),
        ({"strange": [1]}, "“strange” › “[1]”", (None, "1")),
    ],
)
def test_a_form_in_words(parts: dict[str, Any], what: str, values: tuple[str | None, str]) -> None:
    found = one("ask.form", json.dumps(FORM), changed_form(**parts))
    assert (found.element, found.what, found.before, found.after) == ("a", what, *values)


def test_fields_and_options_in_another_order() -> None:
    turned = {**FORM, "components": FORM["components"][::-1]}
    found = one("ask.form", json.dumps(FORM), json.dumps(turned))
    assert (found.change, found.what, found.group) == ("moved", "Order", "")
    options = {**FORM["components"][1], "values": FORM["components"][1]["values"][::-1]}
    found = one("ask.form", json.dumps(FORM), json.dumps({**FORM, "components": [FORM["components"][0], options]}))
    assert (found.element, found.what, found.group) == ("b", "Order of the options", "")


def bundle(**files: str) -> Bundle:
    return Bundle("leave", {name.replace("_", "."): text.encode() for name, text in files.items()})


def test_a_file_that_came_is_one_difference_with_all_that_it_holds() -> None:
    (found,) = differences(bundle(leave_bpmn=MAIN), bundle(leave_bpmn=MAIN, p_dmn=TABLE))
    assert (found.kind, found.change, found.file) == ("decision table", "added", "p.dmn")
    assert any("decision row" in what and "Days: 5" in said for what, said, _ in found.details)


def test_what_two_changed_at_once() -> None:
    base = bundle(leave_bpmn=MAIN, ask_form=json.dumps(FORM), p_dmn=TABLE)
    mine = bundle(leave_bpmn=MAIN.replace("P2D<", "P3D<"), ask_form=changed_form(label="A"), p_dmn=TABLE)
    theirs = bundle(leave_bpmn=MAIN.replace("P2D<", "P4D<").replace(">hr employee<", ">hr<"), ask_form=json.dumps(FORM))
    (found,) = conflicts(base, mine, theirs)
    assert (found.file, found.element, found.alike) == ("leave.bpmn", "soon", False)
    assert [each.after for each in (*found.mine, *found.theirs)] == ["P3D", "P4D"]
    assert [each.element for each in conflicts(base, mine, mine)] == ["a", "soon"]
    assert all(each.alike for each in conflicts(base, mine, mine))
    assert conflicts(base, mine, base) == ()


def test_a_file_that_one_took_out_and_the_other_changed() -> None:
    base, gone = bundle(p_dmn=TABLE), bundle()
    changed = bundle(p_dmn=TABLE.replace("<text>7<", "<text>8<"))
    for mine, theirs in ((gone, changed), (changed, gone)):
        (found,) = conflicts(base, mine, theirs)
        assert found.file == "p.dmn"
        assert {each.change for each in (*found.mine, *found.theirs)} == {"removed", "changed"}
