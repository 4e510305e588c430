"""`waymark lint`, which needs no database: answers and exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from app.cli import COMMANDS, GROUPS, main, processes
from app.settings import ROOT


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped processes and forms, to be broken."""
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_what_is_shipped_has_no_error() -> None:
    result = run("lint", "--format", "json")
    told = orjson.loads(result.stdout)
    assert (result.exit_code, told["errors"]) == (0, 0)


def test_a_broken_list_of_conditions_is_named(copy: Path) -> None:
    (copy / "processes" / "diagnoses.toml").write_text('[conditions.all]\nwords = ["stress"]')
    result = run("lint", str(copy / "processes"))
    assert result.exit_code == 1
    assert "diagnoses.toml:all: error: “stress” alone is no diagnosis" in result.stdout


def test_a_broken_diagram_is_named(copy: Path) -> None:
    (copy / "processes" / "referral" / "report.bpmn").write_text("<nothing")
    result = run("lint", str(copy / "processes"))
    assert result.exit_code == 1
    assert "report.bpmn: error: " in result.stdout
    again = orjson.loads(run("lint", str(copy / "processes"), "--format", "json").stdout)
    assert again["errors"] >= 1
    assert set(again["findings"][0]) == {"file", "element", "severity", "rule", "message", "advice"}


def test_a_broken_notice_is_named(copy: Path) -> None:
    (copy / "processes" / "referral" / "notices.toml").write_text("[x]\nsubject = 'x'\ntext = '{illness}'\n")
    result = run("lint", str(copy / "processes"))
    assert result.exit_code == 1
    assert "referral/notices.toml:x: error: {illness} cannot be filled in" in result.stdout


def test_forms_beside_are_found_and_forms_that_are_missing_are_told(copy: Path) -> None:
    assert run("lint", str(copy / "processes")).exit_code == 0
    shutil.rmtree(copy / "forms")
    assert run("lint", str(copy / "processes")).exit_code == 1


def test_a_folder_without_a_process_is_an_error(tmp_path: Path) -> None:
    result = run("lint", str(tmp_path))
    assert result.exit_code == 1
    assert "no process here" in result.stdout


@pytest.mark.parametrize(
    "arguments", [("lint", "/not/there"), ("deploy",), ("nonsense",), ("lint", "--format", "xml"), ("user", "create")]
)
def test_used_wrongly_is_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")


def test_a_file_alone_is_looked_at_by_itself(copy: Path) -> None:
    """A form or a table needs no process; what is wrong elsewhere is not told."""
    form = copy / "forms" / "consent.form"
    assert run("lint", str(form)).exit_code == 0
    (copy / "forms" / "triage.form").write_text("{")
    assert run("lint", str(form)).stdout == "no errors, no warnings\n"
    form.write_text("{")
    told = run("lint", str(form))
    assert told.exit_code == 1
    assert "consent.form: error: This file is not a form" in told.stdout
    assert "no process here" not in told.stdout


def test_lint_and_deploy_find_the_same(copy: Path) -> None:
    diagram = copy / "processes" / "referral" / "report.bpmn"
    diagram.write_text(diagram.read_text().replace('camunda:candidateGroups="practitioner"', "").replace("P1D", "-P1D"))
    linted = {(one.rule, one.element, one.message) for one in processes.findings_at([copy / "processes"])}
    deployed = {(one.rule, one.element, one.message) for one in processes.look([copy / "processes"]).findings}
    assert linted == deployed != set()


def test_the_help_shows_every_command_once_under_a_heading() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == sorted(COMMANDS)
    told = run("--help")
    assert told.exit_code == 0
    for title, names in GROUPS.items():
        section = told.output.partition(f"\n{title}:\n")[2].partition("\n\n")[0]
        shown = [line.split()[0] for line in section.splitlines() if not line.startswith("   ")]
        assert shown == list(names)
