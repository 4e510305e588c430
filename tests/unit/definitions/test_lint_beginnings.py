"""What lint says of how a case begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.definitions.lint import lint
from tests.unit.definitions.beginning import BEGINNING, SOUND, STARTERS, begun, properties
from tests.unit.definitions.sample import KNOWN, YES_NO, bundle, field, form, looked_at


@pytest.mark.parametrize("name", sorted(SOUND))
def test_what_differs_in_one_point_is_sound(name: str) -> None:
    assert looked_at(SOUND[name]()) == []


@pytest.mark.parametrize("rule", sorted(BEGINNING.keys() - {"about-nobody", "about-choice", "from-process"}))
def test_each_slip_breaks_one_rule(rule: str) -> None:
    assert [one.rule for one in looked_at(BEGINNING[rule]())] == [rule]


def test_everything_that_is_about_an_employee_is_refused_in_a_case_about_nobody() -> None:
    made = BEGINNING["about-nobody"]()
    asked = field("select", "who", valuesKey="employees", properties={"party": "employee"})
    said = {"consent": "referral", "consentMeans": "yes=given no=refused"}
    consent = field("radio", "word", values=YES_NO, properties=said)
    more = form("ask", field("textfield", "reason"), asked, consent).encode()
    made = replace(made, files={**made.files, "ask.form": more})
    found = {(one.file, one.element) for one in looked_at(made) if one.rule == "about-nobody"}
    assert found >= {("leave.bpmn", "stop"), ("leave.bpmn", "tell"), ("ask.form", "who"), ("ask.form", "word")}


def test_each_starter_must_be_able_to_be_what_the_starter_becomes() -> None:
    holders = {"hr": frozenset({"hr"}), "referring_manager": frozenset({"manager", "hr"})}
    known = replace(KNOWN, holders=holders)
    assert lint(bundle(), known) == []
    [found] = lint(begun(startedAs="hr")(), known)
    assert (found.rule, found.element) == ("started-as", "asked")
    assert "“manager”" in found.message


def test_a_process_that_begins_only_from_others_names_no_starters() -> None:
    made = begun(fromOnly="true", from_="other: hr")()
    text = made.files["leave.bpmn"].replace(b'<camunda:property name="starters" value="manager hr" />', b"")
    assert looked_at(replace(made, files={**made.files, "leave.bpmn": text})) == []


def test_a_start_form_begins_with_answers_of_the_case_before() -> None:
    def filled(prefill: str, **said: str) -> list[str]:
        made = begun(**said)()
        asks = form("ask", field("textfield", "reason", properties={"from": prefill})).encode()
        return [one.rule for one in looked_at(replace(made, files={**made.files, "ask.form": asks}))]

    assert filled("wanted.asked_for", from_="other: hr") == []
    assert filled("wanted.lost", from_="other: hr") == ["form-from"]
    assert filled("wanted.asked_for") == ["form-from"]


def test_a_fact_that_nothing_sets_in_the_case_before_is_said() -> None:
    [found] = looked_at(begun(from_="other: hr", carry="misspelt")())
    assert (found.rule, found.element) == ("fact-unset", "asked")


def test_a_case_about_nobody_takes_nothing_from_one_about_somebody() -> None:
    made = BEGINNING["about-nobody"]()

    def said(**more: str) -> set[str]:
        text = made.files["leave.bpmn"].replace(STARTERS.encode(), (STARTERS + properties(more)).encode())
        return {one.rule for one in looked_at(replace(made, files={**made.files, "leave.bpmn": text}))}

    assert "about-tied" not in said(**{"from": "other: hr; quiet: hr; *: hr"})
    assert "about-tied" in said(**{"from": "other: hr"}, carry="asked_for")
