"""What pages and lint read from a definition."""

from __future__ import annotations

import pytest

from app.engine import Bundle, describe, load
from app.errors import DefinitionRefused
from tests.unit.engine.models import Diagram, bundle, message, message_definition

WHY = "<bpmn:documentation>We ask because  the policy\n says so.</bpmn:documentation>"


def referral() -> Bundle:
    called = Diagram("appointment", "Appointment").start("as").user("offer").end("ae").chain("as", "offer", "ae")
    inner = Diagram("inner").start("is").user("deep").end("ie").chain("is", "deep", "ie")
    main = Diagram("referral", "Referral to report").start(
        camunda__formRef="referral", props={"starters": "referring_manager hr"}
    )
    main.add("userTask", "consent", WHY, name="Ask for consent", camunda__formRef="consent", props={"rules": "XX-A2"})
    main.sub("phase", inner).call("meet", "appointment", "x", "x").end("e1", "e2").lanes = {
        "employee": ("consent", "phase")
    }
    main.boundary("withdrawn", "phase", message_definition("m")).chain("withdrawn", "e2")
    main.chain("start", "consent", "phase", "meet", "e1")
    return bundle(main, called, tops=message("m", "consentWithdrawn"))


def test_the_outline() -> None:
    outline = describe(load(referral()))
    assert (outline.key, outline.name) == ("referral", "Referral to report")
    assert outline.start_form == "referral"
    assert outline.starters == ("referring_manager", "hr")
    assert outline.messages == ("consentWithdrawn",)
    assert [process.id for process in outline.processes] == ["referral", "appointment"]
    assert outline.processes[0].file == "referral.bpmn"
    assert outline.processes[0].lanes == {"employee": "employee"}


def test_elements() -> None:
    outline = describe(load(referral()))
    consent = outline.element("referral", "consent")
    assert consent is not None
    assert (consent.kind, consent.label, consent.role, consent.form) == (
        "userTask",
        "Ask for consent",
        "employee",
        "consent",
    )
    assert consent.documentation == "We ask because the policy says so."
    assert consent.rules == ("XX-A2",)
    deep = outline.element("referral", "deep")
    assert deep is not None
    assert (deep.process, deep.scope) == ("referral", "phase")
    withdrawn = outline.element("referral", "withdrawn")
    assert withdrawn is not None
    assert (withdrawn.attached_to, withdrawn.interrupting, withdrawn.refers_to) == ("phase", True, "consentWithdrawn")
    meet = outline.element("referral", "meet")
    assert meet is not None
    assert meet.refers_to == "appointment"
    assert outline.element("appointment", "offer") is not None
    assert outline.element("appointment", "consent") is None


def test_an_element_without_a_name_is_called_what_it_is() -> None:
    outline = describe(load(bundle(Diagram().start(name="").end().chain("start", "end"))))
    start = outline.element("case", "start")
    assert start is not None
    assert start.label == "start start"


def test_a_definition_is_parsed_once() -> None:
    assert load(referral()) is load(referral())


def test_what_cannot_be_loaded_is_refused_in_words() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        load(Bundle("lost", {}))
    assert "lost" in refused.value.detail
    assert refused.value.findings
