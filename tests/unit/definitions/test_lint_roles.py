"""Lint of a task whose role each case works out: it is looked at for every role that it may come to be for."""

from __future__ import annotations

import pytest

from tests.unit.definitions.sample import MAIN, YES_NO, bundle, field, form, looked_at
from tests.unit.definitions.spoiling import GRAVE, asked_by_table

EITHER = '${if policy.days > 3 then "hr" else "employee"}'
_PLACE = (
    '<camunda:property name="rules" value="XX-1" />\n      </camunda:properties></bpmn:extensionElements>\n'
    "      <bpmn:incoming>f3"
)


def found(expression: str, may_be: str, *more: str, **files: str) -> list[tuple[str, str]]:
    """(rule, element) of what lint says where “Check the dates” is for whom the expression says."""
    own = "".join(f"<camunda:property {one} />" for one in more)
    roles = f'<camunda:property name="roles" value="{may_be}" />' if may_be else ""
    text = MAIN.replace('camunda:candidateGroups="hr"', f"camunda:candidateGroups='{expression}'")
    assert _PLACE in text
    text = text.replace(_PLACE, own + roles + _PLACE)
    return [(one.rule, one.element) for one in looked_at(bundle({"leave.bpmn": text, **files}))]


def test_a_role_that_is_worked_out_is_sound() -> None:
    assert found(EITHER, "hr employee") == []


@pytest.mark.parametrize(
    ("expression", "may_be", "expected"),
    [
        (EITHER, "", [("role-expression", "check")]),
        (EITHER, "hr chef", [("role-unknown", "check")]),
        ("${nobody_sets_this}", "hr employee", [("fact-unset", "check")]),
        ("${policy.name}", "hr employee", [("fact-unset", "check")]),
        ("${if}", "hr employee", [("expression", "check")]),
        ("hr${policy.days}", "", [("expression", "check"), ("role-unknown", "check")]),
        ("hr", "hr employee", [("role-fixed", "check")]),
    ],
)
def test_what_is_wrong_with_it_is_said(expression: str, may_be: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(found(expression, may_be)) == expected


@pytest.mark.parametrize(("apart", "expected"), [("hr", []), ("hr employee", ["apart-nobody"] * 2)])
def test_somebody_must_be_left_who_may_do_it(apart: str, expected: list[str]) -> None:
    told = found(EITHER, "hr employee", f'name="notHeldBy" value="{apart}"')
    assert [rule for rule, _ in told] == expected


def test_a_table_gives_only_roles_that_the_task_says() -> None:
    def errors(may_be: str) -> list[str]:
        return [one.rule for one in looked_at(asked_by_table(may_be)()) if one.severity == "error"]

    assert errors("employee hr") == []
    assert errors("employee") == ["role-unlisted"]


def test_each_of_them_must_be_allowed_to_know_what_the_form_reads() -> None:
    """The fact “grave” is restricted: the employee may know it, and HR may not."""
    answer = field("radio", "answer", values=YES_NO, validate={"required": True}, properties={"routes": "true"})
    more = field("textfield", "more", conditional={"hide": "=grave != true"})
    files = {
        "ask.form": form("ask", field("textfield", "reason"), GRAVE),
        "check.form": form("check", answer, more),
    }
    whom = ("fact-class", "check")
    assert whom in found(EITHER, "hr employee", **files)
    assert whom not in found('${"employee"}', "employee", **files)
    refused = field("textfield", "more", properties={"refuse": "=grave", "refuseText": "Not now"})
    assert whom in found(EITHER, "hr employee", **{**files, "check.form": form("check", answer, refused)})
