"""What breaks the rules about how a case begins, and the processes that it could follow."""

# ruff: noqa: E501 # XML in one piece reads better than XML cut at the line's end

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.engine.bundle import Bundle
from tests.unit.definitions.sample import MAIN, bundle, field, form

Made = Callable[[], Bundle]
STARTERS = '<camunda:property name="starters" value="manager hr" />'
CHECK = '<camunda:property name="rules" value="XX-1" />\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f3'
DECISION = '<camunda:property name="rules" value="XX-2" />\n      </camunda:properties></bpmn:extensionElements>\n      <bpmn:incoming>f1'
DOCUMENTATION = "<bpmn:documentation>Ask for leave.</bpmn:documentation>"
FOLLOWS = {"from": "other: hr"}
NEEDS = {"needs": 'asked_for = "yes"', "needsText": "Nobody has asked for it yet."}


def begun(**said: str) -> Made:
    """The start event with these properties more."""
    return _with(STARTERS, STARTERS + properties({name.rstrip("_"): value for name, value in said.items()}))


def about(whom: str) -> str:
    own = f"<bpmn:extensionElements><camunda:properties>{properties({'about': whom})}</camunda:properties></bpmn:extensionElements>"
    return MAIN.replace(DOCUMENTATION, DOCUMENTATION + own)


def begins(key: str, at: str = CHECK) -> Made:
    """The task “Check the dates”, or another element, begins a case."""
    return _with(at, properties({"begins": key}) + at)


def _with(old: str, new: str) -> Made:
    assert old in MAIN, old
    return lambda: bundle({"leave.bpmn": MAIN.replace(old, new)})


def properties(said: Mapping[str, str]) -> str:
    return "".join(f"<camunda:property name=\"{name}\" value='{value}' />" for name, value in said.items())


def _with_a_choice() -> Bundle:
    chosen = field("select", "who", valuesKey="employees")
    return bundle({"leave.bpmn": about("nobody"), "ask.form": form("ask", field("textfield", "reason"), chosen)})


BEGINNING: dict[str, Made] = {
    "about-choice": _with_a_choice,
    "about-nobody": lambda: bundle({"leave.bpmn": about("nobody")}),
    "about-tied": begun(from_="quiet: hr"),
    "about-unknown": lambda: bundle({"leave.bpmn": about("animals")}),
    "begins-barred": begins("other"),
    "begins-place": begins("leave", DECISION),
    "begins-process": begins("lost"),
    "carry-given": begun(carry="employer"),
    "carry-hidden": begun(**FOLLOWS, carry="grave"),
    "from-only": begun(fromOnly="true"),
    "from-process": begun(from_="lost: hr"),
    "from-role": begun(from_="other: chef"),
    "needs-condition": begun(**FOLLOWS, **{**NEEDS, "needs": "asked_for +"}),
    "needs-hidden": begun(**FOLLOWS, **{**NEEDS, "needs": "grave"}),
    "needs-text": begun(**FOLLOWS, needs=NEEDS["needs"]),
    "own-case": begun(ownCase="true"),
    "started-as": begun(startedAs="chef"),
}
#: what differs in one point and is sound
SOUND: dict[str, Made] = {
    "begins": begins("open"),
    "carry": begun(**FOLLOWS, carry="asked_for"),
    "from": begun(from_="other: hr; open: employee hr; *: hr", fromOnly="true"),
    "needs": begun(**FOLLOWS, **NEEDS),
    "carry_of_one": begun(from_="other: hr; open: hr; leave: hr", carry="answer"),
    "own": begun(ownCase="true", startedAs="hr", from_="other: employee"),
    "again": begun(from_="leave: hr", carry="answer", needs='answer = "yes"', needsText="Not yet."),
}
