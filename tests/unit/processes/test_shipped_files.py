"""The shipped processes hang together: rules, forms, notices and facts named in one place exist in the other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from app import decisions, engine, forms
from app.cli.processes import look
from app.definitions import bpmn
from app.engine import Bundle
from app.settings import ROOT
from tests.unit.processes.shipped import (
    BPMN,
    DIAGRAMS,
    FAMILIES,
    FORMS,
    NOTICES,
    PROCESSES,
    RULES,
    TABLES,
    bundles,
    form_of,
    nodes,
    notices,
)

#: pixels; what is larger cannot be read on one screen, and wants a called process
WIDEST, HIGHEST = 2200, 1750


@pytest.mark.parametrize("bundle", bundles(), ids=lambda bundle: bundle.key)
def test_the_engine_finds_nothing_to_object_to(bundle: Bundle) -> None:
    assert engine.check(bundle) == []


def test_lint_has_nothing_to_say() -> None:
    """Neither an error nor a warning, over all that people start and all that this calls."""
    assert [str(finding) for finding in look([PROCESSES, ROOT / "forms"]).findings] == []


def test_every_diagram_belongs_to_something_that_people_start() -> None:
    used = {name for bundle in bundles() for name in bundle.files}
    assert {path.name for path in [*DIAGRAMS, *TABLES]} - used == set()


def test_no_form_has_a_finding() -> None:
    assert [finding for path in FORMS for finding in forms.check(path.read_bytes(), path.name)] == []


def test_every_form_is_asked_somewhere() -> None:
    """In a diagram, or by Waymark itself, which names it."""
    used = {form for node in nodes() for form in node.forms}
    own = {path.stem for path in FORMS if re.search(rf'"{path.stem}(\.form)?"', source())}
    assert {path.stem for path in FORMS} - used - own == set()


def test_no_decision_table_has_a_finding() -> None:
    assert TABLES
    assert [finding for path in TABLES for finding in decisions.check(path.read_bytes(), path.name)] == []


def test_every_element_cites_rules_that_exist() -> None:
    cited = {str(node): node.said("rules").split() for node in nodes()}
    assert [where for where, rules in cited.items() if not rules] == []
    assert {rule for rules in cited.values() for rule in rules} <= RULES["rules"].keys()


def test_every_field_cites_rules_that_exist() -> None:
    fields = [(path.name, field) for path in FORMS for field in form_of(path.stem).fields]
    assert [(name, field.path) for name, field in fields if not field.rules] == []
    assert [(name, field.path) for name, field in fields if not set(field.rules) <= RULES["rules"].keys()] == []


def test_every_rule_has_a_source_a_kind_and_a_sentence() -> None:
    for rule_id, rule in RULES["rules"].items():
        assert rule.keys() - {"timed"} == {"source", "clause", "kind", "sentence"}, rule_id
        assert rule["source"] in RULES["sources"], rule_id
        assert rule_id.startswith(f"{rule['source']}-"), rule_id
        assert rule["kind"] in {"must", "typical"}, rule_id
        assert rule["sentence"].endswith("."), rule_id


def test_every_person_is_told_why_they_are_asked_and_has_a_form_and_a_date() -> None:
    known = {path.stem for path in FORMS}
    lacking = [
        (str(node), part)
        for node in nodes()
        if node.kind == "userTask"
        for part, there in (
            ("why", node.element.findtext(f"{BPMN}documentation")),
            ("form", node.camunda("formRef") in known),
            ("role", node.camunda("candidateGroups")),
            # a meeting without a time frame has steps that nothing forces (UN-1)
            ("due date", node.camunda("dueDate") or "UN-1" in node.said("rules").split()),
        )
        if not there
    ]
    assert lacking == []


@pytest.mark.parametrize("family", FAMILIES)
def test_notices_are_written_by_the_family_or_one_that_it_calls_or_for_all(family: str) -> None:
    used = {key for node in nodes() if node.family == family for key in node.templates}
    at = {path.stem: path.parent.name for path in DIAGRAMS}
    called = {at.get(str(node.element.get("calledElement")), family) for node in nodes() if node.family == family}
    assert used - {key for one in {family, "common", *called} for key in notices(one)} == set()


@cache
def source() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.parent.name)
def test_every_notice_is_sent(path: Path) -> None:
    """By a diagram; or by Waymark itself, which names its key."""
    sent = {key for node in nodes() for key in node.templates}
    assert [key for key in notices(path.parent.name) if key not in sent and f'"{key}"' not in source()] == []


@pytest.mark.parametrize("family", [path.parent.name for path in NOTICES])
def test_a_notice_is_filled_with_what_it_may_know(family: str) -> None:
    for key, notice in notices(family).items():
        holes = set(re.findall(r"\{(\w+)\}", notice["subject"] + notice["text"]))
        assert holes <= {"person", "reference", "link", "due"}, key


@pytest.mark.rule("XX-1", "follows")
@pytest.mark.parametrize("family", [path.parent.name for path in NOTICES])
def test_xx_1_follows_no_notice_speaks_of_health(family: str) -> None:
    words = ("health", "medical", "doctor", "gp ", "illness", "condition", "diagnos", "treatment", "clinic")
    words += ("sickness", "disab", "terminal", "absence")
    said = {key: f"{notice['subject']} {notice['text']}".lower() for key, notice in notices(family).items()}
    assert [(key, word) for key, text in said.items() for word in words if word in text] == []


@cache
def readers() -> str:
    """Diagrams, tables and what counts cases: where facts are read."""
    return " ".join(path.read_text() for path in (*DIAGRAMS, *TABLES, *sorted(PROCESSES.glob("*.toml"))))


def test_every_routing_fact_is_read_somewhere() -> None:
    """A form steers by few facts, and each of them is used: by a diagram, a table, or another form."""
    read = {path.stem: form_of(path.stem).reads for path in FORMS}
    idle = [
        (path.name, field.key)
        for path in FORMS
        for field in form_of(path.stem).fields
        if field.routes
        and not re.search(rf"\b{field.key}\b", readers())
        and not any(field.key in names for form, names in read.items() if form != path.stem)
    ]
    assert idle == []


def test_every_start_value_names_a_field_that_exists() -> None:
    known = {path.stem: {field.path for field in form_of(path.stem).walk()} for path in FORMS}
    begins = [(path.name, field) for path in FORMS for field in form_of(path.stem).walk() if field.prefill]
    assert [
        (name, field.prefill)
        for name, field in begins
        if str(field.prefill).partition(".")[2] not in known.get(str(field.prefill).partition(".")[0], set())
    ] == []


def test_only_computed_numbers_stand_in_the_diagrams() -> None:
    """Days are the employer's policy, so no timer and no due date holds a number of its own."""
    times = [
        (path.name, time)
        for path in DIAGRAMS
        for pair in re.findall(r"<bpmn:time\w+ [^>]*>([^<]*)<|dueDate=\"([^\"]*)\"", path.read_text())
        for time in pair
    ]
    assert times
    assert [(name, time) for name, time in times if re.search(r"\((?!0\b)\d|P\d|\+ *\d", time)] == []


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_diagram_can_be_read_on_one_screen(path: Path) -> None:
    boxes = [box for box in bpmn.read(path.read_bytes(), path.name).drawing.boxes.values() if box is not None]
    assert max(box.right for box in boxes) - min(box.left for box in boxes) <= WIDEST
    assert max(box.bottom for box in boxes) - min(box.top for box in boxes) <= HIGHEST


#: steps that tell the employer nothing even when they are open, or have been taken (XX-1, XX-A6, XX-A7, XX-A9)
PRIVATE = {"report.bpmn": {"answer_correction", "decide_report_silence", "report_withheld"}}
PRIVATE |= {"assessment.bpmn": {"gp_report_question", "get_gp_report", "decide_sharing_silence"}}


@pytest.mark.rule("XX-1", "follows")
def test_xx_1_follows_steps_that_would_tell_are_marked_as_not_for_the_employer() -> None:
    marked: dict[str, set[str]] = {}
    every: dict[str, set[str]] = {}
    for node in nodes():
        every.setdefault(node.path.name, set()).add(node.id)
        if node.said("class"):
            assert node.said("class") in {"restricted", "clinical"}, str(node)
            marked.setdefault(node.path.name, set()).add(node.id)
    assert marked["gp_report.bpmn"] == every["gp_report.bpmn"]
    for file, private in PRIVATE.items():
        assert private <= marked[file]


def test_whoever_is_ill_reads_where_to_find_help_at_once() -> None:
    """Hazard H09: a form looks like a way to reach a clinician, and is none."""
    asked = {(str(node), form) for node in nodes() if "employee" in node.roles for form in node.forms}
    assert len(asked) > len(FAMILIES) / 2
    assert sorted(where for where, form in asked if not _says_where_help_is(form)) == []


def _says_where_help_is(form: str) -> bool:
    texts = [field.text for field in form_of(form).walk()]
    return any("not for emergencies" in text and ("999" in text or "911" in text) for text in texts)
