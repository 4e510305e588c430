"""Every rule of the ledger is carried by an element, followed by a test or a story, and broken by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cases.covering import covered, unknown
from app.cli import main
from app.definitions.ledger import marked
from app.settings import ROOT

#: rules that something is still to come for; nothing else may be missing
NOT_YET = frozenset({"XX-3", "XX-4"})

DIAGRAM = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<process id="p"><userTask id="ask"><extensionElements><camunda:properties>
<camunda:property name="rules" value="AA-1 AA-2"/></camunda:properties></extensionElements></userTask></process>
</definitions>"""
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d">
<description>AA-9.</description>
<decisionTable><rule id="row"><outputEntry><text>"AA-3, always"</text></outputEntry>
<annotationEntry><text>by BB-2.1a, and AA-30</text></annotationEntry></rule></decisionTable></decision></definitions>"""
FORM = {
    "id": "f",
    "type": "default",
    "components": [
        {"id": "a", "key": "a", "type": "textfield", "properties": {"class": "public", "rules": "AA-2", "purpose": "x"}}
    ],
}
TESTS = """
import pytest
BOTH, OTHER = pytest.mark.rule("AA-2", "follows"), pytest.mark.rule("AA-2", "breaks")
ID = "AA-3"
@pytest.mark.rule("AA-1", "follows")
def test_one(): ...
@BOTH
@pytest.mark.rule(ID, "breaks")
async def test_two(): ...
class TestThree:
    @pytest.mark.parametrize(
        "x", [pytest.param(1, id="low", marks=pytest.mark.rule("AA-1", "breaks")), pytest.param(2, marks=[OTHER])]
    )
    def test_four(self, x): ...
@pytest.mark.rule("AA-1", "mentions")
def test_five(): ...
def helper():
    "pytest.mark.rule('AA-1', 'follows')"
"""
STORY = """
title = "s"
process = "p"
[[step]]
who = "a"
task = "start"
[[step]]
who = "a"
task = "ask"
refused = "No"
breaks = ["BB-2.1a"]
follows = ["BB-2.1a", "ZZ-1"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small house: rules, a diagram, a table, a form, tests and a story."""
    ids = ("AA-1", "AA-2", "AA-3", "AA-4", "AA-9", "BB-2.1a")
    rule = '{ source = "AA", clause = "1", kind = "must", sentence = "So." }'
    files = {
        "processes/rules.toml": '[sources]\nAA = "A"\n[rules]\n' + "\n".join(f'"{one}" = {rule}' for one in ids),
        "processes/p/p.bpmn": DIAGRAM,
        "processes/p/t.dmn": TABLE,
        "processes/p/scenarios/s.toml": STORY,
        "forms/f.form": json.dumps(FORM),
        "tests/unit/test_it.py": TESTS,
        "tests/unit/kit.py": TESTS,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_rule_is_carried_followed_and_broken() -> None:
    missing = {one.id: one.missing for one in covered(ROOT) if one.missing and one.id not in NOT_YET}
    assert missing == {}, "`waymark rules --missing` says what there is"


def test_what_is_still_to_come_is_in_the_ledger() -> None:
    assert {one.id for one in covered(ROOT)} >= NOT_YET


def test_no_test_and_no_story_names_a_rule_that_does_not_exist() -> None:
    assert unknown(ROOT) == []


def test_what_is_missing_is_seen(folder: Path) -> None:
    """The control: a house in which only one rule has all three."""
    found = {one.id: one for one in covered(folder)}
    test = "tests/unit/test_it.py"
    assert found["AA-1"].elements == ("processes/p/p.bpmn:ask",)
    assert found["AA-1"].follows == (f"{test}::test_one",)
    assert found["AA-1"].breaks == (f"{test}::TestThree::test_four[low]",)
    assert found["AA-2"].elements == ("forms/f.form:a", "processes/p/p.bpmn:ask")
    assert (found["AA-2"].follows, found["AA-2"].breaks) == ((f"{test}::test_two",), (f"{test}::TestThree::test_four",))
    assert (found["AA-3"].elements, found["AA-3"].follows) == (("processes/p/t.dmn:row",), ())
    assert found["AA-9"].elements == ("processes/p/t.dmn:d",)
    step = "processes/p/scenarios/s.toml:step 2"
    assert (found["BB-2.1a"].elements, found["BB-2.1a"].follows) == (("processes/p/t.dmn:row",), (step,))
    assert {one: found[one].missing for one in found if found[one].missing} == {
        "AA-3": ("follows",),
        "AA-4": ("elements", "follows", "breaks"),
        "AA-9": ("follows", "breaks"),
    }
    assert [(mark.rule, mark.test) for mark in unknown(folder)] == [("ZZ-1", step)]


def test_every_mark_of_the_tests_is_read_as_it_is_meant() -> None:
    """What `rules` reads from the source is what pytest would collect: no mark of ours is built in a way not read."""
    said = sum(
        path.read_text().count(f'mark.rule("{prefix}')
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
        for prefix in ("XX-", "WW-", "IW-", "UN-", "JE-", "NW-")
    )
    assert len(marked(ROOT)) >= said > 0


def rules(*words: str) -> str:
    found = CliRunner().invoke(main, ["rules", *words])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_the_command_lists_every_rule_with_exactly_four_things() -> None:
    told = json.loads(rules("--format", "json"))
    assert [set(one) for one in told] == [{"id", "elements", "follows", "breaks"}] * len(told)
    assert [one["id"] for one in told] == [one.id for one in covered(ROOT)]
    for place in {place.partition(":")[0] for one in told for part in list(one)[1:] for place in one[part]}:
        assert (ROOT / place).is_file(), place


def test_the_command_tells_one_rule_and_what_is_missing() -> None:
    text = rules("--rule", "XX-A7")
    assert "carried by: forms/" in text
    assert "tests/unit/processes/test_rules_of_referral.py::test_xx_a7" in text
    assert text.endswith("1 rule, none with something missing\n")
    lacking = json.loads(rules("--missing", "--format", "json"))
    assert {one["id"] for one in lacking} == {one.id for one in covered(ROOT) if one.missing}
    wrong = CliRunner().invoke(main, ["rules", "--rule", "XX-A99"])
    assert (wrong.exit_code, "There is no rule XX-A99" in wrong.stderr) == (2, True)
