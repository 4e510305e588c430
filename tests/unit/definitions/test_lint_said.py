"""What lint says of messages that people say, and of what goes along with a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.definitions import WITHDRAWN
from app.definitions.collecting import library
from app.definitions.lint import lint
from app.engine.bundle import Bundle
from tests.unit.definitions.sample import KNOWN, field, form
from tests.unit.engine.diagrams import Diagram, message, message_definition

TOPS = "".join(message(name) for name in ("stop", "word", "reply", WITHDRAWN))
SAID = {"saidBy": "employee hr", "form": "note", "rules": "XX-1"}
DOC = "<bpmn:documentation>It stops.</bpmn:documentation>"
NOTE = field("textfield", "note")


def offering(
    changes: Mapping[str, str] | None = None,
    *,
    on: str = "stop",
    name: str = "Stop here",
    doc: str = DOC,
    note: Any = NOTE,
    kind: str = "stop",
    sent: Mapping[str, str] | None = None,
    says: str = "word",
) -> Bundle:
    """Somebody works, may be stopped by a word of the employee's or HR's, and a message goes out with the answer.

    `on`: the element that `changes` are made to; nothing is wrong with it as it is.
    """
    own = {"stop": {**SAID}, "write": {"rules": "XX-1"}}
    own[on] = {key: value for key, value in {**own.get(on, {}), **(changes or {})}.items() if value is not None}
    diagram = Diagram("talk").start(props={"starters": "manager", "rules": "XX-1"}, camunda__formRef="ask")
    diagram.add("userTask", "write", DOC, props=own["write"], camunda__candidateGroups="hr", camunda__formRef="note")
    diagram.boundary("stop", "write", doc + message_definition(kind), props=own["stop"], name=name)
    props = {"key": "${case}", "unmatched": "wait", "encloses": "note", **(sent or {})}
    diagram.add("sendTask", "say", messageRef=says, props=props).end("end", "stopped")
    diagram.chain("start", "write", "say", "end").chain("stop", "stopped")
    files = {"ask.form": form("ask", field("textfield", "why")), "note.form": form("note", note)}
    return Bundle("talk", {"talk.bpmn": diagram.xml(TOPS)} | {key: text.encode() for key, text in files.items()})


def found(made: Bundle, **known: Any) -> list[tuple[str, str, str]]:
    """(severity, rule, element) of what is said of these two."""
    told = lint(made, replace(KNOWN, **known))
    return [(one.severity, one.rule, one.element) for one in told if one.rule.startswith(("said-", "encloses-"))]


CLINICAL = field("textfield", "note", properties={"class": "clinical"})
UNDER = field("textfield", "note", properties={"underConsent": "gp-report"})
FILES = {
    "type": "filepicker",
    "key": "note",
    "label": "Note",
    "properties": {"class": "employer", "purpose": "to plan"},
}


def shared(**more: str) -> dict[str, Any]:
    rows = [
        {"type": "textfield", "key": "item", "label": "Item"},
        {"type": "radio", "key": "share", "label": "Share", "values": [{"value": "yes", "label": "Yes"}]},
    ]
    inside = {"class": "clinical", "purpose": "to assess"}
    rows = [{**row, "properties": inside} for row in rows]
    said = {"class": "clinical", "purpose": "to assess", "sharedBy": "share", **more}
    return {"type": "dynamiclist", "path": "rows", "label": "Rows", "properties": said, "components": rows}


def test_a_sound_one_is_sound() -> None:
    assert found(offering()) == []
    assert [one for one in lint(offering(), KNOWN) if one.rule in {"message-key", "fact-unset", "rule-missing"}] == []


WRONG: list[tuple[tuple[str, str], dict[str, Any]]] = [
    (("said-by", "stop"), {"changes": {"saidBy": "nobody"}}),
    (("said-by", "stop"), {"changes": {"saidBy": " "}}),
    (("said-class", "stop"), {"changes": {"class": "clinical"}}),
    (("said-files", "stop"), {"note": FILES, "sent": {"encloses": ""}}),
    (("said-form", "stop"), {"changes": {"form": "nowhere"}}),
    (("said-place", "write"), {"changes": {"saidBy": "hr"}, "on": "write"}),
    (("said-place", "stop"), {"kind": WITHDRAWN}),
    (("said-result", "stop"), {"changes": {"result": "said"}}),
    (("said-sent", "say"), {"says": "stop"}),
    (("said-sent", "say"), {"sent": {"told": "stop"}}),
    (("said-words", "stop"), {"name": "", "doc": ""}),
    (("encloses-class", "say"), {"note": CLINICAL}),
    (("encloses-class", "say"), {"note": UNDER}),
    (("encloses-class", "say"), {"note": shared(underConsent="gp-report")}),
    (("encloses-files", "say"), {"note": FILES, "changes": {"form": "ask"}}),
    (("encloses-form", "say"), {"sent": {"encloses": "nowhere"}}),
]


@pytest.mark.parametrize(("rule", "how"), WRONG)
def test_each_slip_is_said_at_its_element(rule: tuple[str, str], how: dict[str, Any]) -> None:
    assert {(one, element) for _severity, one, element in found(offering(**how))} == {rule}


def test_rows_that_the_employee_shares_may_go_along() -> None:
    assert found(offering(note=shared())) == []


def test_a_form_that_nobody_asks_here_is_nothing_to_send_unless_a_message_brings_it() -> None:
    made = offering(sent={"encloses": "other"})
    made = Bundle("talk", {**made.files, "other.form": form("other", NOTE).encode()})
    assert found(made, enclosed={}) == [("error", "encloses-form", "say")]
    heard = made.files["talk.bpmn"].replace(b'messageRef="word"', b'messageRef="reply"')
    waits = b'<bpmn:receiveTask id="hear" name="Hear" messageRef="word"/>'
    heard = heard.replace(b'<bpmn:endEvent id="end"', waits + b'<bpmn:endEvent id="end"')
    assert found(Bundle("talk", {**made.files, "talk.bpmn": heard}), enclosed={"word": {"other"}}) == []


def test_a_message_that_people_say_in_another_process_is_not_sent() -> None:
    assert found(offering(), said={"word"}) == [("error", "said-sent", "say")]
    assert found(offering(), said={"reply"}) == []


def test_a_form_beside_a_message_of_another_case_is_not_asked() -> None:
    assert found(offering({"saidBy": None})) == [("warning", "said-form", "stop")]  # type: ignore[dict-item]


def test_a_form_may_not_read_what_its_people_may_not_know() -> None:
    hidden = field(
        "radio", "risk", values=[{"value": "a", "label": "A"}], properties={"class": "restricted", "routes": "true"}
    )
    asks = {**NOTE, "conditional": {"hide": '=risk = "a"'}}
    made = offering(note=asks)
    files = {**made.files, "ask.form": form("ask", hidden).encode()}
    told = lint(Bundle("talk", files), KNOWN)
    assert ("fact-class", "stop") in {(one.rule, one.element) for one in told}


def test_forms_that_are_said_or_come_along_belong_to_the_bundle(tmp_path: Any) -> None:
    made = offering({"form": "said"})
    (tmp_path / "said.form").write_bytes(form("said", NOTE).encode())
    for name, data in made.files.items():
        (tmp_path / name).write_bytes(data)
    hears = Diagram("hears").start(props={"starters": "manager"}, camunda__formRef="ask")
    hears.add("receiveTask", "hear", messageRef="word").end().chain("start", "hear", "end")
    (tmp_path / "hears.bpmn").write_bytes(hears.xml(TOPS))
    lib = library([tmp_path])
    assert set(lib.bundle("talk").files) == {"talk.bpmn", "ask.form", "note.form", "said.form"}
    assert set(lib.bundle("hears").files) == {"hears.bpmn", "ask.form", "note.form"}
    assert (lib.said, lib.enclosed) == ({"stop"}, {"word": {"note"}})
