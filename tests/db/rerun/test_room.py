"""Running a case again in the auditors' room and in the shell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.cases import commands, queries
from app.cases.looks.tables import look
from app.cli import main
from app.errors import NotFound
from app.settings import Settings
from tests.chaos.world import MANAGER, NOW, World, days
from tests.db.rerun.small import small, tamper

AUDITOR = "irene.vale"


@pytest.fixture
def here(sqlite_settings: Settings) -> Iterator[World]:
    made = small(sqlite_settings)
    yield made
    made.engine.dispose()


def replay(world: World, *arguments: str) -> Result:
    settings = world.waymark.settings
    env = {"WAYMARK_DATABASE_URL": settings.database_url, "WAYMARK_VAR": str(settings.var), "WAYMARK_DEMO": "1"}
    return CliRunner().invoke(main, ["history", "replay", *arguments], env=env)


def test_an_auditor_runs_a_case_again_and_it_is_noted(here: World) -> None:
    case_id, now = here.case_at("triage")
    auditor = here.actors[AUDITOR]
    assert queries.rerun(here.waymark, auditor, case_id, now).last is None
    run = commands.rerun(here.waymark, auditor, case_id, now).run
    assert run is not None
    assert (run.outcome, run.steps, run.seq) == ("met", 2, None)
    last = queries.rerun(here.waymark, auditor, case_id, now).last
    assert last is not None
    assert (last.outcome, last.behind) == ("met", 0)
    here.complete(case_id, "triage", now)
    last = queries.rerun(here.waymark, auditor, case_id, now).last
    assert last is not None
    assert last.behind > 0
    noted = here.rows(sa.select(look.c.body).where(look.c.case_id == case_id, look.c.actor_id == AUDITOR))
    assert [item["what"] for row in noted for item in orjson.loads(row.body)["data"]["items"]] == ["rerun"]


def test_nobody_else_runs_it(here: World) -> None:
    case_id = here.start(NOW).case_id
    for name in (MANAGER, "olivia.hart", "owen.pike", "ada.stone"):
        for ask in (queries.rerun, commands.rerun):
            with pytest.raises(NotFound):
                ask(here.waymark, here.actors[name], case_id, NOW)
        with pytest.raises(NotFound):
            queries.reruns(here.waymark, here.actors[name], 1, NOW)


def test_the_difference_stands_at_its_step_without_the_fact_that_was_changed(here: World) -> None:
    case_id, now = here.case_at("triage")
    seq = tamper(here, case_id, "command.complete", lambda data: data["facts"].update(consent="refused"))
    run = commands.rerun(here.waymark, here.actors[AUDITOR], case_id, now).run
    assert run is not None
    assert (run.outcome, run.seq, run.withheld) == ("differs", seq, False)
    assert run.name == "Consent to the referral"
    assert run.lines[0].what == "the state of the case"
    assert {("engine", False)} == {("engine", "refused" in str(line)) for line in run.lines}
    found = queries.reruns(here.waymark, here.actors[AUDITOR], 1, now)
    assert (found.differs, [one.seq for one in found.faults]) == (1, [seq])


def test_a_difference_at_a_step_that_is_withheld_tells_its_number_time_and_hash_and_nothing_else(here: World) -> None:
    case_id, now = here.case_at("read_first")
    seq = tamper(here, case_id, "command.complete", lambda data: data["facts"].update(more="x"), "write_report")
    run = commands.rerun(here.waymark, here.actors[AUDITOR], case_id, now).run
    assert run is not None
    assert (run.outcome, run.seq, run.withheld, run.name, run.lines) == ("differs", seq, True, "", ())
    assert len(run.hash) == 64
    assert run.at is not None


def test_why_a_withheld_step_cannot_be_run_again_is_withheld_too(here: World) -> None:
    case_id, now = here.case_at("read_first")
    seq = tamper(here, case_id, "command.complete", lambda data: data.pop("facts"), "write_report")
    auditor = here.actors[AUDITOR]
    run = commands.rerun(here.waymark, auditor, case_id, now).run
    last = queries.rerun(here.waymark, auditor, case_id, now).last
    assert run is not None
    assert last is not None
    assert (run.outcome, run.seq, run.withheld, last.seq) == ("cannot", seq, True, seq)
    assert "facts" not in run.why + last.why


def test_the_shell_runs_one_case_or_all_and_its_exit_code_tells(here: World) -> None:
    good, bad = here.start(NOW), here.start(NOW + timedelta(hours=1))
    for case_id in (good.case_id, bad.case_id):
        here.complete(case_id, "give_consent", NOW + days(1))
    fine = replay(here, good.reference.lower())
    assert (fine.exit_code, fine.stdout) == (0, f"{good.reference}: 2 steps, all as recorded\n")
    assert replay(here, "--all").exit_code == 0
    seq = tamper(here, bad.case_id, "command.complete", lambda data: data["facts"].update(consent="refused"))
    found = replay(here, bad.case_id)
    assert found.exit_code == 1
    assert f"{bad.reference}, entry {seq}: not as recorded (1 steps before it were)" in found.stdout
    assert "refused" not in found.stdout
    every = replay(here, "--all")
    assert every.exit_code == 1
    assert good.reference not in every.stdout
    assert "2 cases run again: 1 as recorded, 1 otherwise, 0 not to the end" in every.stdout
    told = [orjson.loads(line) for line in replay(here, "--all", "--format", "json").stdout.splitlines()]
    assert {one["reference"]: one["outcome"] for one in told} == {good.reference: "met", bad.reference: "differs"}


def test_the_shell_never_calls_fine_what_cannot_be_run(here: World) -> None:
    case_id, reference = (made := here.start(NOW)).case_id, made.reference
    tamper(here, case_id, "command.start", lambda data: data.pop("calendar"))
    found = replay(here, reference)
    assert found.exit_code == 1
    assert "cannot be run again from entry 1 on, because it lacks “calendar”" in found.stdout
    assert replay(here, "R-0000-NOBODY").exit_code == 1
    assert replay(here).exit_code == replay(here, reference, "--all").exit_code == 2
