"""Keeping from a shell, by the role of the servers, and what the policy file refuses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from app.cases import commands
from app.cases.keeping import policy, rotating
from app.cli import main
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, NOW, World, days
from tests.db.keeping.conftest import SHORT
from tests.db.keeping.test_periods import ALL, ended, left
from tests.db.test_history_rights import as_app  # noqa: F401 -- a fixture


def run(world: World, *args: str, fails: bool = False, more: Mapping[str, str] | None = None) -> str:
    settings = world.waymark.settings
    env = {
        "WAYMARK_DATABASE_URL": settings.database_url,
        "WAYMARK_VAR": str(settings.var),
        "WAYMARK_MASTER_KEY": settings.master_key.hex(),
        **(more or {}),
    }
    result = CliRunner().invoke(main, list(args), env={**os.environ, **env})
    assert (result.exit_code == 1) is fails, result.output
    return result.output


@pytest.mark.usefixtures("policy_file")
def test_the_shell_previews_holds_and_orders(sqlite_world: World) -> None:
    world = sqlite_world
    case_id = ended(world)
    commands.keep_house(world.waymark, NOW + days(25))
    reference = world.row(case_id).reference

    def lines() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(run(world, "retention", "preview", "--format", "json"))["lines"]
        return found

    assert [(one["reference"], one["classes"], one["stays"]) for one in lines()] == [(reference, ["clinical"], None)]
    hold = run(world, "hold", "set", reference, "--by", "ruth.bell", "--reason", "A claim").strip()
    assert [one["stays"] for one in lines()] == ["held"]
    assert reference in run(world, "retention", "preview")
    run(world, "hold", "lift", hold, "--by", "ruth.bell")
    assert "no such case" in run(
        world, "hold", "set", reference, "--by", "fiona.mackay", "--reason", "Curious", fails=True
    )
    order = run(world, "erase", "order", EMPLOYEE, "--by", "ada.stone", "--reason", "A court says so").strip()
    assert "second person" in run(world, "erase", "confirm", order, "--by", "ada.stone", fails=True)
    assert "will be erased" in run(world, "erase", "confirm", order, "--by", "ruth.bell")
    run(world, "erase", "stop", order, "--by", "ada.stone")
    run(world, "retention", "leaving", EMPLOYEE, "2026-12-31", "--by", "ruth.bell")
    assert run(world, "erasure", "journal") == ""


def test_the_shell_rotates_and_tells_which_master_may_go(sqlite_world: World) -> None:
    world = sqlite_world
    ended(world)
    both = {"WAYMARK_MASTER_KEY": f"{'ab' * 32},{world.waymark.settings.master_key.hex()}"}
    assert "1 people's keys, 0 second steps, 0 waiting files" in run(world, "keys", "rotate", more=both)
    found = orjson.loads(run(world, "keys", "status", "--format", "json", more=both))
    assert found["removable"] == found["masters"][1:]
    told = run(world, "keys", "status", more=both)
    assert "may be taken out" in told
    assert "ab" * 32 not in told
    assert "1 cases" in run(world, "keys", "rotate", "--person", EMPLOYEE, more=both)
    assert "0 submissions" in run(world, "keys", "reseal", more=both)


@pytest.mark.usefixtures("policy_file")
def test_the_role_of_the_servers_can_do_the_nights_work(as_app: World) -> None:  # noqa: F811 -- the fixture
    case_id = ended(as_app)
    commands.set_leaving(as_app.waymark, as_app.actors["ruth.bell"], EMPLOYEE, "2026-11-03", NOW)
    commands.ask_erasure(as_app.waymark, as_app.actors[EMPLOYEE], NOW)
    commands.keep_house(as_app.waymark, NOW + days(20))
    assert left(as_app, case_id) == ALL - {"clinical", "restricted"}
    rotating.rotate_person(as_app.waymark, EMPLOYEE)
    assert broken(as_app.waymark) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('keep = "P30D"', 'keep = "30 days"', "keep must be a length"),
        ('keep = "P30D"', 'keep = "P"', "keep must be a length"),
        ('from = "end"', 'from = "birth"', "from must be"),
        ('class = "clinical"', 'class = "secret"', "There is no class"),
        ("notice_days = 10", "notice_days = 0", "nothing goes unannounced"),
        ("effective = 2026-11-02", 'effective = "soon"', "must be a date"),
        ('version = "test-1"', "", "does not say 'version'"),
        ('rule = "the clinical period"', 'rule = ""', "A rule is one line"),
        ("[request]", "[request", "cannot be read"),
    ],
)
def test_a_policy_that_is_not_understood_is_refused_in_words(old: str, new: str, sentence: str) -> None:
    with pytest.raises(policy.BadPolicy, match=sentence):
        policy.read(SHORT.replace(old, new, 1))


def test_with_a_policy_that_cannot_be_read_nothing_goes(
    sqlite_world: World, policy_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = ended(sqlite_world)
    policy_file.write_text("nonsense")
    with pytest.raises(policy.BadPolicy):
        commands.keep_house(sqlite_world.waymark, NOW + days(60))
    assert left(sqlite_world, case_id) == ALL


def test_the_shipped_policy_covers_every_class() -> None:
    found = policy.in_force()
    assert {one.cls for one in found.periods if one.process == one.employer == "*"} == ALL
    assert set(found.request_keep) == {"public", "employer"}


@pytest.mark.parametrize(
    ("length", "start", "end"),
    [("P1M", "2026-01-31", "2026-03-01"), ("P1Y", "2028-02-29", "2029-03-01"), ("P6Y", "2026-12-31", "2032-12-31")],
)
def test_a_period_never_ends_early(length: str, start: str, end: str) -> None:
    from datetime import date

    assert policy._length(length).after(date.fromisoformat(start)).isoformat() == end
