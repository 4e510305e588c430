"""`waymark simulate`: a timeline in plain words, exit codes, and the number of the step that went otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings import ROOT

STORIES = ROOT / "processes" / "referral" / "scenarios"


def simulate(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, words)])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A story of which the second step is expected to end otherwise."""
    file = tmp_path / "otherwise.toml"
    text = (STORIES / "consent-asked.toml").read_text()
    file.write_text(text + '\n[[step]]\nafter = "1d"\n[step.expect]\nopen = ["triage"]\n')
    return file


def test_a_timeline_says_who_what_when_until_when_and_by_which_rule() -> None:
    found = simulate("referral", "--scenario", STORIES / "no-reply.toml")
    assert found.exit_code == 0, found.output
    lines = found.stdout.splitlines()
    assert "Monday 2 March 2026" in lines
    assert "  09:00  Amir Shah started the case  [XX-A1, XX-A10]" in lines
    assert "  09:00  waits for Daniel Price: “Consent to the referral”, until Monday 9 March 2026  [XX-A2]" in lines
    assert any(line.startswith("  17:00  clock: ") for line in lines)
    assert any("told Daniel Price: R-2026-" in line for line in lines)


def test_as_json_every_step_has_its_news() -> None:
    found = simulate("referral", "--scenario", STORIES / "refusal.toml", "--format", "json")
    told = json.loads(found.stdout)
    assert (told["process"], told["fault"]) == ("referral", "")
    assert [step["step"] for step in told["steps"]] == list(range(1, len(told["steps"]) + 1))
    assert {news["kind"] for step in told["steps"] for news in step["news"]} >= {"did", "opened", "told"}


def test_a_story_that_goes_otherwise_names_the_step_and_tells_what_there_was(changed: Path) -> None:
    found = simulate("referral", "--scenario", changed)
    assert found.exit_code == 1
    assert found.stderr == "Error: Step 2 (time passes): open should be triage; open: give_consent.\n"
    assert "Amir Shah started the case" in found.stdout


def test_what_cannot_be_played_is_said_with_another_code(tmp_path: Path) -> None:
    other = simulate("conference", "--scenario", STORIES / "refusal.toml")
    assert (other.exit_code, "is a story of referral" in other.stderr) == (2, True)
    empty = simulate("referral", "--scenario", STORIES / "refusal.toml", "--processes", tmp_path)
    assert (empty.exit_code, "There is no process referral" in empty.stderr) == (2, True)
    (tmp_path / "x.toml").write_text("title = 1")
    wrong = simulate("referral", "--scenario", tmp_path / "x.toml")
    assert (wrong.exit_code, "has no title" in wrong.stderr) == (2, True)


def test_a_folder_that_is_not_deployed_can_be_played(tmp_path: Path) -> None:
    """Another policy in a copy of the folder, and the dates are other."""
    folder = tmp_path / "processes" / "referral"
    folder.mkdir(parents=True)
    for file in (ROOT / "processes" / "referral").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    table = folder / "referral-policy.dmn"
    found = simulate("referral", "--scenario", STORIES / "no-reply.toml", "--processes", folder.parent)
    assert "until Monday 9 March 2026" in found.stdout
    text = table.read_text()
    assert "<text>5</text>" in text
    table.write_text(text.replace("<text>5</text>", "<text>6</text>"))
    found = simulate("referral", "--scenario", STORIES / "no-reply.toml", "--processes", folder.parent)
    assert "until Tuesday 10 March 2026" in found.stdout
