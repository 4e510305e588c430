"""The shipped processes hang together: rules, forms, notices and facts named in one place exist in the other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from lxml import etree

from app import decisions, engine, forms
from app.cases.consenting import CHANGED
from tests.unit.processes.play import BUNDLE, ROOT, form_of

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DIAGRAMS = sorted((ROOT / "processes").glob("*/*.bpmn"))
FORMS = sorted((ROOT / "forms").glob("*.form"))
RULES = tomllib.loads((ROOT / "processes/rules.toml").read_text())
NODES = re.compile(r"(Event|Task|Gateway|callActivity)$")


def nodes() -> Iterator[tuple[str, etree._Element]]:
    for path in DIAGRAMS:
        for element in etree.parse(path).iter():
            if isinstance(element.tag, str) and element.tag.startswith(BPMN) and NODES.search(element.tag):
                yield path.name, element


def rules_of(element: etree._Element) -> list[str]:
    found = element.find(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property[@name='rules']")
    return [] if found is None else str(found.get("value")).split()


def test_the_engine_finds_nothing_to_object_to() -> None:
    assert engine.check(BUNDLE) == []


def test_no_form_has_a_finding() -> None:
    assert [finding for path in FORMS for finding in forms.check(path.read_bytes(), path.name)] == []


def test_no_decision_table_has_a_finding() -> None:
    tables = sorted((ROOT / "processes").glob("*/*.dmn"))
    assert tables
    assert [finding for path in tables for finding in decisions.check(path.read_bytes(), path.name)] == []


def test_every_element_cites_rules_that_exist() -> None:
    cited = {(file, str(element.get("id"))): rules_of(element) for file, element in nodes()}
    assert [where for where, rules in cited.items() if not rules] == []
    assert {rule for rules in cited.values() for rule in rules} <= RULES["rules"].keys()


def test_every_rule_of_a_referral_is_cited() -> None:
    cited = {rule for _, element in nodes() for rule in rules_of(element)}
    assert {f"XX-A{number}" for number in range(1, 11)} <= cited


def test_every_field_cites_rules_that_exist() -> None:
    for path in FORMS:
        for field in form_of(path.stem).fields:
            assert field.rules, (path.name, field.path)
            assert set(field.rules) <= RULES["rules"].keys(), (path.name, field.path)


def test_every_rule_has_a_source_a_kind_and_a_sentence() -> None:
    for rule_id, rule in RULES["rules"].items():
        assert rule.keys() - {"timed"} == {"source", "clause", "kind", "sentence"}, rule_id
        assert rule["source"] in RULES["sources"], rule_id
        assert rule_id.startswith(f"{rule['source']}-"), rule_id
        assert rule["kind"] in {"must", "typical"}, rule_id
        assert rule["sentence"].endswith("."), rule_id


def test_every_person_is_told_why_they_are_asked_and_has_a_form_and_a_date() -> None:
    for file, element in nodes():
        if element.tag == f"{BPMN}userTask":
            where = (file, element.get("id"))
            assert element.findtext(f"{BPMN}documentation"), where
            assert f"{element.get(f'{CAMUNDA}formRef')}.form" in BUNDLE.files, where
            assert element.get(f"{CAMUNDA}candidateGroups"), where
            assert element.get(f"{CAMUNDA}dueDate"), where


def test_notices_are_written_and_used() -> None:
    written = tomllib.loads((ROOT / "processes/referral/notices.toml").read_text())
    used = {
        str(parameter.text)
        for _, element in nodes()
        for parameter in element.iter(f"{CAMUNDA}inputParameter")
        if parameter.get("name") == "template"
    }
    # what no diagram sends: the employee's word on a list may change at any time, whatever the case is doing
    assert written.keys() == used | {CHANGED}
    for key, notice in written.items():
        assert set(re.findall(r"\{(\w+)\}", notice["subject"] + notice["text"])) <= {
            "person",
            "reference",
            "link",
            "due",
        }, key


@pytest.mark.rule("XX-1", "follows")
def test_xx_1_follows_no_notice_speaks_of_health() -> None:
    text = (ROOT / "processes/referral/notices.toml").read_text().split("[consent-reminder]")[1].lower()
    for word in ("health", "medical", "doctor", "gp ", "illness", "condition", "diagnos", "treatment", "clinic"):
        assert word not in text, word


def test_every_routing_fact_is_read_somewhere() -> None:
    """A form steers by few facts, and each of them is used."""
    read = " ".join(path.read_text() for path in DIAGRAMS)
    for path in FORMS:
        for field in form_of(path.stem).fields:
            if field.routes:
                assert re.search(rf"\b{field.key}\b", read), (path.name, field.key)


def test_every_start_value_names_a_field_that_exists() -> None:
    for path in FORMS:
        for field in form_of(path.stem).fields:
            if field.prefill:
                form_id, key = field.prefill.split(".")
                assert key in {other.key for other in form_of(form_id).fields}, (path.name, field.path)


def test_only_computed_numbers_stand_in_the_diagrams() -> None:
    """Days are the employer's policy, so no timer and no due date holds a number of its own."""
    for path in DIAGRAMS:
        text = path.read_text()
        times = re.findall(r"<bpmn:time\w+ [^>]*>([^<]*)<|dueDate=\"([^\"]*)\"", text)
        assert times
        assert [time for pair in times for time in pair if re.search(r"\(\d|P\d", time)] == []


#: steps that tell the employer nothing even when they are open, or have been taken (XX-1, XX-A6, XX-A7, XX-A9)
PRIVATE = {"report.bpmn": {"answer_correction", "decide_report_silence", "report_withheld"}}
PRIVATE |= {"assessment.bpmn": {"gp_report_question", "get_gp_report", "decide_sharing_silence"}}


@pytest.mark.rule("XX-1", "follows")
def test_xx_1_follows_steps_that_would_tell_are_marked_as_not_for_the_employer() -> None:
    marked: dict[str, set[str]] = {}
    every: dict[str, set[str]] = {}
    for file, element in nodes():
        every.setdefault(file, set()).add(str(element.get("id")))
        said = element.find(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property[@name='class']")
        if said is not None:
            assert said.get("value") == "restricted"
            marked.setdefault(file, set()).add(str(element.get("id")))
    assert marked["gp_report.bpmn"] == every["gp_report.bpmn"]
    for file, private in PRIVATE.items():
        assert private <= marked[file]


def test_whoever_is_ill_reads_where_to_find_help_at_once() -> None:
    """Hazard H09: a form looks like a way to reach a clinician, and is none."""
    tasks = [one for _, one in nodes() if one.get(f"{CAMUNDA}candidateGroups") == "employee"]
    assert tasks
    for task in tasks:
        texts = [field.text for field in form_of(str(task.get(f"{CAMUNDA}formRef"))).walk()]
        assert any("not for emergencies" in text and "999" in text for text in texts), task.get("id")
