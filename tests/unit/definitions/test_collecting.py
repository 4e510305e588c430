"""Folders to bundles: what a process needs goes with it, and nothing else."""

from __future__ import annotations

import pytest

from app import definitions
from app.definitions import rules
from app.definitions.lint import lint_paths
from app.errors import DefinitionRefused
from tests.unit.definitions.sample import CALLED, KNOWN, MAIN, bundle, drawn, files


@pytest.fixture
def home(tmp_path):
    """processes/leave/… and forms/… with the sample, and a form that nobody needs."""
    (tmp_path / "processes" / "leave").mkdir(parents=True)
    (tmp_path / "forms").mkdir()
    for name, text in {**files(), "spare.form": files()["ask.form"].replace('"ask"', '"spare"')}.items():
        folder = tmp_path / ("forms" if name.endswith(".form") else "processes/leave")
        (folder / name).write_text(text)
    return tmp_path


def collect(home):
    return definitions.collect(home / "processes", home / "forms")


def found(home, *paths):
    named = [home / path for path in paths]
    findings = lint_paths(named, KNOWN)
    return [(one.file.removeprefix(f"{home}/"), one.rule) for one in findings]


def test_a_main_process_takes_along_what_it_calls_decides_by_and_asks_on(home):
    (only,) = collect(home)
    assert only.key == "leave"
    assert only.files == bundle().files
    assert only.sha256 == bundle().sha256


def test_the_folders_do_not_matter_and_a_change_anywhere_does(home):
    before = collect(home)[0].sha256
    (home / "processes/leave/cover.bpmn").rename(home / "processes/cover.bpmn")
    assert collect(home)[0].sha256 == before
    (home / "processes/cover.bpmn").write_text(CALLED.replace("Find somebody", "Find a colleague"))
    assert collect(home)[0].sha256 != before


def test_what_is_missing_is_left_to_lint(home):
    (home / "forms/check.form").unlink()
    assert "check.form" not in collect(home)[0].files
    assert found(home, "processes") == [
        ("processes/leave/cover.bpmn", "no-such-form"),
        ("processes/leave/leave.bpmn", "no-such-form"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("processes/bad.bpmn", "<not xml", "well-formed"),
        ("processes/bad.bpmn", "<html/>", "not a BPMN diagram"),
        ("processes/bad.dmn", "", "empty"),
        ("processes/again.bpmn", MAIN, "defined twice"),
        ("processes/leave.bpmn", MAIN, "two files named leave.bpmn"),
    ],
)
def test_files_that_cannot_be_told_apart_or_read_refuse_the_whole(home, name, content, word):
    (home / name).write_text(content)
    with pytest.raises(DefinitionRefused) as refused:
        collect(home)
    assert word in refused.value.findings[0].message
    assert "file" in {rule for _, rule in found(home, "processes")}


def test_lint_of_a_sound_folder_finds_nothing(home):
    assert found(home, "processes", "forms") == []
    assert found(home, ".") == []


@pytest.mark.parametrize("path", ["leave/leave.bpmn", "leave/cover.bpmn", "leave/policy.dmn", "../forms/check.form"])
def test_a_file_alone_is_read_with_what_lies_around_it(home, path):
    assert found(home / "processes", path) == []


def test_only_the_named_file_is_spoken_of(home):
    main = home / "processes/leave/leave.bpmn"
    main.write_text(drawn(MAIN.replace("Ask for leave.", "")))
    assert found(home, "processes/leave/cover.bpmn") == []
    assert found(home, "processes/leave/leave.bpmn") == [("processes/leave/leave.bpmn", "process-documentation")]


def test_a_process_that_nobody_calls_is_looked_at_by_itself(home):
    (home / "processes/leave/leave.bpmn").unlink()
    cover = home / "processes/leave/cover.bpmn"
    cover.write_text(drawn(CALLED.replace("The dates are fine; somebody has to stand in.", "")))
    assert found(home, "processes") == [("processes/leave/cover.bpmn", "documentation")]


def test_a_file_of_another_kind_is_said_to_be_one(home):
    (home / "notes.txt").write_text("x")
    assert found(home, "notes.txt") == [("notes.txt", "file")]


LEDGER = """
[sources]
XX = "The field"
[rules]
"XX-1" = { source = "XX", clause = "1", kind = "must", timed = true, sentence = "Nobody else sees it." }
"""


def test_the_ledger_of_rules(tmp_path):
    (tmp_path / "rules.toml").write_text(LEDGER)
    rule = rules.load(tmp_path)["XX-1"]
    assert (rule.source, rule.clause, rule.sentence) == ("The field", "1", "Nobody else sees it.")
    assert (rule.kind, rule.timed) == ("must", True)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('kind = "must"', 'kind = "maybe"', "neither must nor typical"),
        ('source = "XX"', 'source = "YY"', "not in [sources]"),
        ('clause = "1", ', "", "has no clause"),
        ("[rules]", "[clauses]", "[sources] and [rules]"),
        ("[sources]", "[sources", "cannot be read"),
    ],
)
def test_a_ledger_that_is_wrong_is_refused_in_words(tmp_path, old, new, word):
    (tmp_path / "rules.toml").write_text(LEDGER.replace(old, new))
    with pytest.raises(DefinitionRefused) as refused:
        rules.load(tmp_path)
    assert word in refused.value.findings[0].message


def test_a_ledger_that_is_not_there(tmp_path):
    with pytest.raises(DefinitionRefused):
        rules.load(tmp_path)
