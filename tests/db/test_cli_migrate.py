"""`waymark migrate` over a real database: preview, moving one and all, back again, and what scripts read."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from app.cases import demo as seeding
from app.settings import ROOT
from tests.db.test_cli import Shell, refused, shell  # noqa: F401 # a fixture

REASON = ("--reason", "As agreed in the autumn review")
OWNER = ("--by", "owen.pike")


@pytest.fixture
def demo(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:  # noqa: F811 # the fixture
    """The demo's referrals, with a second version deployed behind them. The other families would take long."""
    stories = [one for one in seeding.stories() if one.process == "referral"]
    monkeypatch.setattr(seeding, "stories", lambda: stories)
    shell.good("deploy", str(ROOT / "processes" / "referral"), str(ROOT / "forms"))
    shell.good("demo", "seed")
    for folder in ("processes/referral", "forms"):
        shutil.copytree(ROOT / folder, tmp_path / "new" / folder)
    for file in ("purposes.toml", "rules.toml"):
        shutil.copy(ROOT / "processes" / file, tmp_path / "new" / "processes")
    diagram = tmp_path / "new" / "processes" / "referral" / "assessment.bpmn"
    diagram.write_text(diagram.read_text().replace("Triage the referral", "Look at the referral"))
    shell.good("deploy", str(tmp_path / "new" / "processes"), str(tmp_path / "new" / "forms"))
    return shell


def references(demo: Shell) -> list[str]:
    found = orjson.loads(demo.good("migrate", "referral", "--preview", *OWNER, "--format", "json"))
    assert all(one["possible"] for one in found)
    return [one["reference"] for one in found]


def test_a_preview_reads_like_a_letter_and_changes_nothing(demo: Shell) -> None:
    said = demo.good("migrate", "referral", "--preview", *OWNER)
    assert "version 1 to 2" in said
    assert "“Triage the referral” is called “Look at the referral”." in said
    assert said.splitlines()[-1].endswith("can be moved, 0 cannot as yet")
    assert references(demo) == references(demo)
    (one,) = orjson.loads(
        demo.good("migrate", "referral", "--preview", "--case", references(demo)[0], *OWNER, "--format", "json")
    )
    assert (one["from_version"], one["to_version"]) == (1, 2)


def test_all_are_moved_with_progress_and_one_goes_back(demo: Shell) -> None:
    there = references(demo)
    said = demo.good("migrate", "referral", *OWNER, *REASON).splitlines()
    assert said[:-1] == [f"{number}. {one}: moved" for number, one in enumerate(there, 1)]
    assert said[-1] == f"{len(there)} moved"
    assert demo.good("migrate", "referral", *OWNER, *REASON) == "no case to move\n"
    assert demo.good("migrate", "referral", "--undo", there[0], *OWNER, *REASON) == f"{there[0]}: back on version 1\n"
    assert references(demo) == [there[0]]
    assert demo.good("migrate", "referral", "--case", there[0], *OWNER, *REASON) == f"{there[0]}: on version 2\n"
    assert orjson.loads(demo.good("history", "verify", "--format", "json"))["faults"] == []


def test_what_is_refused_is_said_in_words(demo: Shell) -> None:
    (first, *_) = references(demo)
    refused(demo("migrate", "referral", *OWNER), "reason")
    refused(demo("migrate", "referral", "--by", "amir.shah", *REASON), "Only process owners")
    refused(demo("migrate", "referral", "--by", "nobody", *REASON), "no user")
    refused(demo("migrate", "referral", "--to", "7", *OWNER, *REASON), "no such version")
    refused(demo("migrate", "nothing", *OWNER, *REASON), "no such version")
    refused(demo("migrate", "referral", "--case", "R-1999-00001", *OWNER, *REASON), "no case R-1999-00001")
    refused(demo("migrate", "nothing", "--case", first, *OWNER, *REASON), f"no case {first}")
    refused(demo("migrate", "referral", "--undo", first, *OWNER, *REASON), "was not moved")
    assert demo("migrate", "referral", "--undo", first, "--preview", *OWNER).exit_code == 2


def test_a_case_that_cannot_go_says_why_and_the_others_go(demo: Shell, tmp_path: Path) -> None:
    there = references(demo)
    diagram = tmp_path / "new" / "processes" / "referral" / "referral.bpmn"
    text = diagram.read_text()
    for place in ('id="{}"', 'Ref="{}"', 'Element="{}"', "<bpmn:flowNodeRef>{}<"):
        text = text.replace(place.format("give_consent"), place.format("give_consent_2"))
    diagram.write_text(text)
    demo.good("deploy", str(tmp_path / "new" / "processes"), str(tmp_path / "new" / "forms"))
    shown = demo("migrate", "referral", "--preview", *OWNER)
    assert shown.exit_code == 1
    assert "give_consent_2" in shown.stdout
    result = demo("migrate", "referral", *OWNER, *REASON, "--format", "json")
    done = orjson.loads(result.stdout)
    assert result.exit_code == 1
    assert {one["outcome"] for one in done} == {"moved", "refused"}
    left = [one["reference"] for one in done if one["outcome"] == "refused"]
    assert set(left) < set(there)
    refused(demo("migrate", "referral", "--case", left[0], *OWNER, *REASON), "give_consent_2")
