"""What lint says of messages between cases."""

from __future__ import annotations

from typing import Any

import pytest

from app.definitions import WITHDRAWN
from app.definitions.lint import Known, lint
from app.definitions.lint.facts import GIVEN
from app.engine import check
from app.engine.bundle import Bundle
from tests.unit.definitions.sample import STARTED, field, form
from tests.unit.engine.diagrams import Diagram, inputs, message, message_definition

TOPS = "".join(message(name) for name in ("word", "reply", "nobody", WITHDRAWN))


def talking(
    sent: dict[str, str] | None = None,
    heard: dict[str, str] | None = None,
    *,
    ext: str = "",
    name: str = "word",
    **more: Any,
) -> Bundle:
    """Sends a word and waits for the reply, in which lint finds nothing of messages."""
    sent = {"key": "${case}", "unmatched": "tell", "told": "nobody", "payload": "{day: day}", **(sent or {})}
    heard = {"key": "${case}", "result": "replied", **(heard or {})}
    diagram = Diagram("talk").start(props={"starters": "manager", "rules": "R"}, camunda__formRef="ask")
    diagram.add("sendTask", "say", messageRef=name, ext=ext, props={k: v for k, v in sent.items() if v})
    diagram.add("receiveTask", "hear", messageRef="reply", props={k: v for k, v in heard.items() if v})
    diagram.boundary("unheard", "hear", message_definition("nobody"), props={"key": "${case}", "result": "x"})
    diagram.end("end", "gone").chain("start", "say", "hear", "end").chain("unheard", "gone")
    routed = field("select", "day", values=[{"value": "a", "label": "A"}], properties={"routes": "true", **more})
    tops = TOPS if f'"{name}"' in TOPS else TOPS + message(name)
    return Bundle("talk", {"talk.bpmn": diagram.xml(tops), "ask.form": form("ask", routed).encode()})


def said(made: Bundle, key: str = "message-") -> list[tuple[str, str, str]]:
    """(severity, rule, element) of what is said of messages."""
    found = lint(made, Known(processes=STARTED))
    return [(one.severity, one.rule, one.element) for one in found if one.rule.startswith(key)]


def test_nothing_is_wrong_with_a_sound_conversation() -> None:
    assert said(talking()) == []
    assert said(talking(), "fact-unset") == []
    assert said(talking(), "expression") == []


@pytest.mark.parametrize(
    ("sent", "heard", "finding"),
    [
        ({"unmatched": "shout"}, {}, ("error", "message-unmatched", "say")),
        ({"unmatched": "", "told": "", "keep": "P3D"}, {}, ("warning", "message-told", "say")),
        ({"told": ""}, {}, ("warning", "message-told", "say")),
        ({"told": "word"}, {}, ("error", "message-told", "say")),
        ({"told": WITHDRAWN}, {}, ("error", "message-reserved", "say")),
        ({"keep": "P3D"}, {}, ("warning", "message-keep", "say")),
        ({"unmatched": "", "to": "other", "keep": "P3D"}, {}, ("warning", "message-keep", "say")),
        ({"to": "other"}, {}, ("warning", "message-unmatched", "say")),
        ({"unmatched": "", "to": "nowhere"}, {}, ("warning", "message-to", "say")),
        ({"unmatched": "", "to": "third"}, {}, ("error", "message-to", "say")),
        ({"key": ""}, {}, ("warning", "message-key", "say")),
        ({}, {"key": ""}, ("warning", "message-key", "hear")),
        ({}, {"keep": "P3D"}, ("warning", "message-place", "hear")),
    ],
)
def test_each_slip_is_said_at_its_element(
    sent: dict[str, str], heard: dict[str, str], finding: tuple[str, str, str]
) -> None:
    assert said(talking(sent, heard)) == [finding]


def test_a_process_that_the_message_starts_is_fine() -> None:
    assert said(talking({"unmatched": "", "to": "other"})) == []


def test_the_employees_own_word_is_not_a_cases_to_send() -> None:
    assert ("error", "message-reserved", "say") in said(talking(name=WITHDRAWN))


@pytest.mark.parametrize(("length", "finding"), [(200, []), (201, [("error", "message-name", "say")])])
def test_a_name_has_an_end(length: int, finding: list[tuple[str, str, str]]) -> None:
    assert said(talking(name="w" * length)) == finding


def test_a_sender_without_a_key_is_told_of_it_once() -> None:
    """The engine's own check says so too, of a bundle by itself."""
    made = talking({"key": ""})
    assert [one.rule for one in check(made) if one.rule.startswith("message-")] == ["message-key"]
    assert said(made) == [("warning", "message-key", "say")]


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_a_message_does_not_bring_what_every_case_has_of_its_own(name: str) -> None:
    assert said(talking(ext=inputs(**{name: "x"}))) == [("error", "message-payload", "say")]


def test_what_a_form_keeps_from_the_employer_is_not_sent_by_a_step_that_all_may_see() -> None:
    kept = {"class": "restricted"}
    assert said(talking(**kept)) == [("warning", "message-payload", "say")]
    assert said(talking({"class": "restricted"}, **kept)) == []


def test_what_a_message_reads_must_be_set_like_any_other_fact() -> None:
    assert said(talking({"key": "${file}"}), "fact-unset") == [("warning", "fact-unset", "say")]
    assert said(talking({"payload": "{a: nothing}"}), "fact-unset") == [("warning", "fact-unset", "say")]


@pytest.mark.parametrize("keep", ["next week", "R/P3D"])
def test_a_time_that_is_none(keep: str) -> None:
    made = talking({"unmatched": "", "keep": keep})
    assert ("error", "expression", "say") in said(made, "expression")


def test_a_process_that_only_a_message_starts_needs_neither_form_nor_starters() -> None:
    diagram = Diagram("other").start(inside=message_definition("word")).end().chain("start", "end")
    made = Bundle("other", {"other.bpmn": diagram.xml(TOPS)})
    assert said(made, "start") == []


def test_control_a_plain_start_needs_both() -> None:
    made = Bundle("other", {"other.bpmn": Diagram("other").start().end().chain("start", "end").xml(TOPS)})
    assert [rule for _, rule, _ in said(made, "start")] == ["start-form", "starters"]
