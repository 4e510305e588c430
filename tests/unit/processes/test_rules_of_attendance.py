"""Rules of attendance that a story cannot show: what no file may hold, and what each of them has to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app import engine
from app.engine import Start
from app.workdays import Calendar
from tests.unit.processes import counting
from tests.unit.processes.shipped import DIAGRAMS, FORMS, PROCESSES, TABLES, bundles, form_of, nodes, notices

FAMILY = "attendance"
MAIN = ("welcome_back", "return_to_work", "adjustments", "disability_leave", "attendance_support")
MONDAY = datetime(2026, 11, 9, 9, tzinfo=UTC)
OWN = [one for one in nodes() if one.family == FAMILY]
OWN_FORMS = sorted({form for one in OWN for form in one.forms})


# NW-2: no number of absences starts anything


@pytest.mark.rule("NW-2", "follows")
def test_nw_2_follows_nothing_in_any_diagram_table_or_form_counts_absences() -> None:
    assert {path.name: found for path in (*DIAGRAMS, *TABLES) if (found := counting.in_xml(path.read_bytes()))} == {}
    assert {path.name: found for path in FORMS if (found := counting.in_form(json.loads(path.read_text())))} == {}


@pytest.mark.rule("NW-2", "breaks")
@pytest.mark.parametrize(
    "control",
    [
        "<script>absences + 1</script>",
        '<flow condition="${count(sickness_episodes) &gt; 3}"/>',
        "<conditionExpression>${bradford_score &gt;= 200}</conditionExpression>",
        "<text>absence_days &gt; 8</text>",
        '<inputExpression typeRef="number"><text>absence_count</text></inputExpression>',
    ],
)
def test_nw_2_breaks_a_count_in_a_diagram_or_a_table_would_be_found(control: str) -> None:
    assert counting.in_xml(f"<root>{control}</root>".encode())


@pytest.mark.rule("NW-2", "breaks")
@pytest.mark.parametrize(
    "control",
    [
        {"type": "number", "key": "times", "label": "How many times were they absent?"},
        {"type": "textarea", "key": "why", "conditional": {"hide": "=absences < 4"}},
        {"type": "textarea", "key": "why", "properties": {"refuse": "sick_days > 8", "refuseText": "Too many."}},
    ],
)
def test_nw_2_breaks_a_form_that_counts_would_be_found(control: dict[str, Any]) -> None:
    inside = {"components": [{"type": "group", "id": "g", "components": [control]}]}
    assert counting.in_form(inside) == [control["key"]]


@pytest.mark.rule("NW-25", "follows")
def test_nw_25_follows_only_a_person_begins_the_path_and_says_why_in_words() -> None:
    outline = engine.load(next(one for one in bundles() if one.key == "attendance_support")).outline
    assert outline.beginning.from_only
    assert outline.starters == ("manager",)
    concern = next(one for one in form_of("attendance-concern").fields if one.key == "concern")
    assert (concern.type, concern.required, concern.routes) == ("textarea", True, False)
    begun_by = [one for one in nodes() if one.said("to") == "attendance_support" or "attendance_support" in _calls(one)]
    assert begun_by == []


def _calls(node: Any) -> str:
    return str(node.element.get("calledElement", ""))


# NW-1: whoever comes back after recovery support is welcomed like anybody else


@pytest.mark.rule("NW-1", "follows")
def test_nw_1_follows_a_return_after_recovery_support_gets_its_review_in_time() -> None:
    definition = engine.load(next(one for one in bundles() if one.key == "return_to_work"))
    facts = {"employer": "coastline", "follow_up": False, "returned_on": "2026-11-09"}
    first = engine.advance(definition, None, Start("case-1", facts, Calendar().as_dict()), MONDAY)
    named = engine.advance(definition, first.state, engine.Complete(first.tasks[0].id, {}), MONDAY)
    review = next(one for one in named.tasks if one.element_id == "hold_review")
    assert review.due is not None
    assert (review.role, review.due.at.date().isoformat()) == ("line_manager", "2026-11-16")


# NW-17: HR and the crib sheet are at hand


@pytest.mark.rule("NW-17", "follows")
@pytest.mark.parametrize("key", MAIN)
def test_nw_17_follows_hr_can_be_asked_from_the_first_step_of_each_process(key: str) -> None:
    ask = [
        one for one in OWN if one.path.stem == key and one.said("saidBy") and one.said("form") == "attendance-question"
    ]
    assert [one.said("saidBy") for one in ask] == ["line_manager"]
    around = ask[0].element.getparent()
    assert around is not None
    assert around.get("triggeredByEvent") == "true"
    assert ask[0].element.get("isInterrupting") == "false"


@pytest.mark.rule("NW-17", "follows")
@pytest.mark.parametrize(
    "form_id",
    [
        "attendance-review",
        "attendance-plan",
        "attendance-adjustment-plan",
        "attendance-informal",
        "attendance-evidence",
    ],
)
def test_nw_17_follows_the_crib_sheet_stands_beside_the_task(form_id: str) -> None:
    texts = " ".join(one.text for one in form_of(form_id).walk())
    for part in ("crib sheet", "In the next weeks", "In the longer run", "adjustments", "Ask HR", "one place"):
        assert part in texts


# NW-18: words that support and do not direct

_DIRECTIVE = re.compile(
    r"\b(must|shall|failure|failed to|you are required|required to|warning|sanction|discipline|disciplinary|"
    r"unacceptable|mandatory|hereby|obliged|comply|trigger)\b",
    re.IGNORECASE,
)


def directive(text: str) -> list[str]:
    return _DIRECTIVE.findall(text)


def _words() -> Iterator[tuple[str, str]]:
    """All that people read of this family: forms, reasons why they are asked, notices."""
    for form_id in OWN_FORMS:
        for field in form_of(form_id).walk():
            yield f"{form_id}:{field.path}", f"{field.label} {field.description} {field.text} {field.refuse_text}"
    for node in OWN:
        said = node.element.find("{*}documentation")
        yield str(node), f"{node.element.get('name', '')} {said.text if said is not None else ''}"
    for key, notice in notices(FAMILY).items():
        yield key, f"{notice['subject']} {notice['text']}"


@pytest.mark.rule("NW-18", "follows")
def test_nw_18_follows_forms_tasks_and_notices_support_and_do_not_direct() -> None:
    assert {where: found for where, text in _words() if (found := directive(text))} == {}


@pytest.mark.rule("NW-18", "breaks")
@pytest.mark.parametrize(
    "letter",
    [
        "You are required to attend a formal meeting. Failure to attend may lead to sanctions.",
        "You must improve your attendance.",
        "This is a first written warning.",
    ],
)
def test_nw_18_breaks_a_letter_in_the_old_tone_would_be_found(letter: str) -> None:
    assert directive(letter)


# NW-16: by whatever channel reaches them; NW-15: guidance stands where the policy changes


@pytest.mark.rule("NW-16", "follows")
@pytest.mark.parametrize(
    "form_id", ["attendance-informal-invitation", "attendance-invitation", "attendance-appeal-arrange"]
)
def test_nw_16_follows_each_invitation_says_by_which_channel_it_came(form_id: str) -> None:
    channel = next(one for one in form_of(form_id).fields if one.key == "notice_channel")
    assert channel.required
    assert {"letter", "in_person", "telephone"} <= {value for value, _ in _options(channel)}


def _options(field: Any) -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in field.options]


@pytest.mark.rule("NW-15", "follows")
def test_nw_15_follows_old_and_new_policy_say_why_and_guide_through_the_change() -> None:
    rows = (PROCESSES / FAMILY / "attendance-policy.dmn").read_text()
    for row in ("northfield_new", "northfield_old"):
        for column in ("why", "guidance"):
            said = re.search(rf'attendance_policy_{row}_{column}"><text>"([^"]+)"', rows)
            assert said is not None, (row, column)
            assert "1 September 2026" in said[1]
