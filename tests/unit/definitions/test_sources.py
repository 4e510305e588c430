"""Which facts somebody may know: by the field that routes them, the element that works them out, what that reads."""

from __future__ import annotations

import pytest

from app.definitions.sources import hidden, in_role, known, sources
from app.engine.bundle import Bundle
from app.privacy import Viewer
from tests.unit.definitions.sample import MAIN, YES_NO, bundle, field, files, form
from tests.unit.processes.play import BUNDLE

HR, TEAM = Viewer(frozenset({"hr"})), Viewer(frozenset({"oh_admin"}))


def everything(process: str, element: str) -> bool:
    return True


def not_seen(made: Bundle, viewer: Viewer = HR, but: frozenset[tuple[str, str]] = frozenset()) -> frozenset[str]:
    return hidden([sources(made)], viewer, lambda process, element: (process, element) not in but)


def routed(cls: str, **properties: str) -> dict[str, str]:
    answer = field("radio", "answer", values=YES_NO, properties={"routes": "true", "class": cls, **properties})
    return {"check.form": form("check", answer)}


def test_nothing_is_hidden_where_nothing_has_a_class() -> None:
    assert not_seen(bundle()) == frozenset()


def test_a_fact_has_the_class_of_the_field_that_routes_it_and_taints_what_is_worked_out_from_it() -> None:
    """`covered` is set by a script that reads `answer`, in a called process, and mapped back."""
    made = bundle(routed("restricted"))
    assert not_seen(made) == {"answer", "covered"}
    assert not_seen(made, TEAM) == frozenset()


def test_a_fact_of_a_field_under_consent_is_hidden_until_the_consent_is_given() -> None:
    made = bundle(routed("restricted", underConsent="gp-report"))
    assert not_seen(made, TEAM) == {"answer", "covered"}
    given = Viewer(TEAM.roles, consents={"gp-report": "given"})
    assert not_seen(made, given) == frozenset()
    assert in_role([sources(made)], "oh_admin") == given


def test_what_a_table_answers_is_hidden_with_the_decision_and_with_what_it_reads() -> None:
    assert not_seen(bundle(), but=frozenset({("leave", "read_policy")})) == {"policy"}
    asks = files()["policy.dmn"].replace("<text>employer</text>", "<text>answer</text>")
    assert not_seen(bundle({**routed("restricted"), "policy.dmn": asks})) == {"answer", "covered", "policy"}


def test_what_a_hidden_call_hands_over_and_takes_back_is_hidden() -> None:
    assert not_seen(bundle(), but=frozenset({("leave", "arrange")})) == {"covered", "round"}


def test_what_a_message_brings_is_for_the_team() -> None:
    heard = MAIN.replace(
        '<bpmn:boundaryEvent id="stop" name="Withdrawn" attachedToRef="arrange">',
        '<bpmn:boundaryEvent id="stop" name="Withdrawn" attachedToRef="arrange"><bpmn:extensionElements>'
        '<camunda:properties><camunda:property name="result" value="said"/></camunda:properties>'
        "</bpmn:extensionElements>",
    )
    made = bundle({"leave.bpmn": heard})
    assert "said" in known([sources(made)])
    assert not_seen(made) == {"said"}
    assert not_seen(made, TEAM) == frozenset()


def test_a_fact_of_every_case_is_hidden_where_it_is_made_of_a_hidden_one() -> None:
    old, new = '<camunda:in source="answer" target="answer" />', '<camunda:in source="answer" target="employer" />'
    made = bundle({**routed("restricted"), "leave.bpmn": MAIN.replace(old, new)})
    assert not_seen(made) == {"answer", "covered", "employer", "policy"}
    assert known([sources(made)]) >= {"employer", "follow_up"}


@pytest.mark.rule("XX-1", "follows")
def test_in_the_shipped_process_the_employer_may_know_none_of_these() -> None:
    told = hidden([sources(BUNDLE)], Viewer(frozenset({"referring_manager"})), everything)
    assert {
        "gp_report_needed",
        "gp_consent",
        "gp_see_first",
        "gp_access",
        "employee_word",
        "correction",
        "after_silence",
    } <= told
    assert not {"consent", "triage", "attendance", "released_at", "policy", "after_missed"} & told


@pytest.mark.parametrize(("role", "may"), [("specialist", True), ("practitioner", True), ("committee_member", False)])
def test_whoever_treats_may_know_what_is_restricted(role: str, may: bool) -> None:
    """A specialist named in a case is its practitioner (JE-1)."""
    made = bundle(routed("restricted"))
    assert ("answer" not in not_seen(made, in_role([sources(made)], role))) is may
