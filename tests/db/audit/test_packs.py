"""A pack of a case: made by an auditor, taken away, and checked where there is no Waymark (XX-3)."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.cases import Waymark, commands, queries
from app.cases.checkpoints.writing import signing_key
from app.cases.looks.tables import look
from app.cases.tables import case
from app.cli import main
from app.errors import NotFound
from app.history import history_event
from app.history.chain import link
from app.settings import ROOT
from tests.chaos.world import ADMINISTRATOR, EMPLOYEE, MANAGER, OWNER, PRACTITIONER, World
from tests.db.test_history_tampering import as_owner, at, entry

AUDITOR = "irene.vale"


@pytest.fixture
def w(world: World) -> Waymark:
    """The world's, with a folder for checkpoints."""
    settings = replace(world.waymark.settings, checkpoints=world.waymark.settings.var / "log")
    return replace(world.waymark, settings=settings)


def made(world: World, w: Waymark, case_id: str, now: datetime) -> bytes:
    name, content = commands.make_pack(w, world.actors[AUDITOR], case_id, now)
    assert name == f"{world.row(case_id).reference}.zip"
    with content:
        return content.read()


def checked(folder: Path, data: bytes, *more: str) -> tuple[int, str]:
    """By the checker alone, in a folder of its own, by a Python that does not know the project."""
    folder.mkdir(exist_ok=True)
    (folder / "pack.zip").write_bytes(data)
    shutil.copy(ROOT / "app" / "verify.py", folder / "verify.py")
    command = [sys.executable, "-I", "verify.py", "pack.zip", *more]
    # nothing of the project's environment; -I keeps its folder off the path
    done = subprocess.run(  # noqa: S603 -- our own interpreter and file
        command, cwd=folder, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.mark.rule("XX-3", "follows")
def test_a_pack_is_made_taken_away_and_checked(world: World, w: Waymark, tmp_path: Path) -> None:
    case_id, now = world.case_at("record_attendance")
    commands.write_checkpoint(w, now)
    key = signing_key(w.settings).public.vkey
    data = made(world, w, case_id, now)
    files = files_of(data)

    code, told = checked(tmp_path / "away", data, "--key", key)
    assert (code, told.splitlines()[-1]) == (0, "SOUND, as far as it was checked"), told
    last = world.row(case_id).history_seq
    assert f"signed with the key that you gave, holds entries 1 to {last}" in told
    entries = json.loads(files["history.json"])["entries"]
    # somebody agreed: that is an entry of class restricted, and stands there by number, time and hash alone
    withheld = [one for one in entries if "withheld" in one]
    assert withheld
    assert all(one.keys() == {"seq", "at", "hash", "withheld"} for one in withheld)
    assert all("salt" not in json.dumps(one["part"]) for one in entries if "part" in one)
    assert f"what {len(withheld)} entries say that are withheld" in told
    drawn = files["diagrams/appointment.svg"].decode()
    assert "Marked “the case is here”: Record attendance" in drawn

    # it was noted, and the employee is told
    row = world.rows(sa.select(look).where(look.c.case_id == case_id).order_by(look.c.seq.desc()))[0]
    assert (row.actor_id, row.kind, row.ground) == (AUDITOR, "look.export", "auditor")
    seen = queries.looks(w, world.actors[EMPLOYEE]).looks[0]
    assert seen.what == ["A pack of the case’s history, to take along"]

    # the same history gives the same pack, but for when it was made
    again = files_of(made(world, w, case_id, now + timedelta(hours=1)))
    assert [name for name in files if files[name] != again[name]] == ["pack.json"]
    assert {**json.loads(again["pack.json"]), "made": ""} == {**json.loads(files["pack.json"]), "made": ""}

    # whoever owns the database alters it: the pack made then says so
    rewritten(world, case_id)
    code, told = checked(tmp_path / "away", made(world, w, case_id, now + timedelta(hours=2)), "--key", key)
    assert (code, f"entry {last}: it is not the one that the checkpoint holds" in told) == (1, True), told


def rewritten(world: World, case_id: str) -> None:
    """Somebody else did the last step, with its hash and the case's own put right."""
    last = world.row(case_id).history_seq
    with as_owner(world) as connection:
        row, before = (entry(connection, case_id, seq) for seq in (last, last - 1))
        assert row["actor_id"] != MANAGER
        body = row["body"].replace(row["actor_id"], MANAGER)
        new = {"body": body, "hash": link(before["hash"], body.encode()), "actor_id": MANAGER}
        connection.execute(history_event.update().where(at(case_id, last)).values(**new))
        connection.execute(case.update().where(case.c.id == case_id).values(history_hash=new["hash"]))


def test_withheld_entries_without_a_salt_are_told_of(sqlite_world: World) -> None:
    """They were written by an earlier release, and can be guessed."""
    w, auditor = sqlite_world.waymark, sqlite_world.actors[AUDITOR]
    case_id, now = sqlite_world.case_at("triage")
    assert queries.pack_inside(w, auditor, case_id, now)[1].bare == 0
    assert b"salted entries" not in files_of(made(sqlite_world, w, case_id, now))["README.txt"]
    with as_owner(sqlite_world) as connection:
        for row in connection.execute(sa.select(history_event)).all():
            body = orjson.dumps({name: one for name, one in orjson.loads(row.body).items() if name != "salt"})
            connection.execute(history_event.update().where(at(case_id, row.seq)).values(body=body.decode()))
    inside = queries.pack_inside(w, auditor, case_id, now)[1]
    assert inside.bare == inside.withheld + inside.part > 0
    told = files_of(made(sqlite_world, w, case_id, now))["README.txt"].decode()
    assert f"{inside.bare} of the entries that are withheld or in part were written before" in told


def test_a_log_that_cannot_be_used_is_told_of(sqlite_world: World, tmp_path: Path) -> None:
    """Whoever has a doubt needs a pack all the more: it is made, without proofs, and says so."""
    settings = replace(sqlite_world.waymark.settings, checkpoints=tmp_path / "log")
    w = replace(sqlite_world.waymark, settings=settings)
    case_id, now = sqlite_world.case_at("triage")
    commands.write_checkpoint(w, now)
    commands.write_checkpoint(w, now)
    (tmp_path / "log" / "000002.checkpoint").unlink()
    inside = queries.pack_inside(w, sqlite_world.actors[AUDITOR], case_id, now)[1]
    assert (inside.signed, "Checkpoint 2 was in" in inside.trouble) == (0, True)
    files = files_of(made(sqlite_world, w, case_id, now))
    assert "log of checkpoints could not be used" in files["README.txt"].decode()
    assert not [name for name in files if name.startswith("proofs/")]


def test_a_case_that_was_moved_brings_both_versions(sqlite_world: World, tmp_path: Path) -> None:
    w, people = sqlite_world.waymark, sqlite_world.actors
    case_id, now = sqlite_world.case_at("triage")
    before = sqlite_world.row(case_id).definition_sha
    sqlite_world.deploy_next()
    commands.migrate(w, people[OWNER], case_id, "A better name", now)
    after = sqlite_world.row(case_id).definition_sha
    data = made(sqlite_world, w, case_id, now)
    files = files_of(data)
    said = json.loads(files["pack.json"])["definitions"]
    assert [one["sha256"] for one in said] == [before, after]
    assert files["diagrams/assessment.bpmn"] == files[f"definitions/{after}/assessment.bpmn"]
    assert files["diagrams/assessment.bpmn"] != files[f"definitions/{before}/assessment.bpmn"]
    assert checked(tmp_path / "away", data)[0] == 0


def test_only_an_auditor_of_the_provider_makes_one(sqlite_world: World) -> None:
    case_id = sqlite_world.start().case_id
    now = sqlite_world.row(case_id).opened_at
    for name in (EMPLOYEE, MANAGER, PRACTITIONER, OWNER, ADMINISTRATOR):
        with pytest.raises(NotFound):
            commands.make_pack(sqlite_world.waymark, sqlite_world.actors[name], case_id, now)
        with pytest.raises(NotFound):
            queries.pack_inside(sqlite_world.waymark, sqlite_world.actors[name], case_id, now)
    with pytest.raises(NotFound):
        commands.make_pack(sqlite_world.waymark, sqlite_world.actors[AUDITOR], "none", now)


def test_in_the_shell(sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By reference; into a new file that nobody else may read; noted as by the command line."""
    case_id = sqlite_world.start().case_id
    reference, settings = sqlite_world.row(case_id).reference, sqlite_world.waymark.settings
    monkeypatch.setenv("WAYMARK_VAR", str(settings.var))
    monkeypatch.setenv("WAYMARK_DATABASE_URL", settings.database_url)
    file = tmp_path / "taken.zip"
    done = CliRunner().invoke(main, ["history", "pack", reference.lower(), str(file)])
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    code, told = checked(tmp_path / "away", file.read_bytes())
    assert (code, "there is no checkpoint" in told) == (0, True), told
    row = sqlite_world.rows(sa.select(look).where(look.c.case_id == case_id))[0]
    assert (row.actor_id, row.kind) == ("system", "look.shell")
    before = file.read_bytes()
    again = CliRunner().invoke(main, ["history", "pack", case_id, str(file)])
    assert (again.exit_code != 0, file.read_bytes()) == (True, before)
    assert CliRunner().invoke(main, ["history", "pack", "R-0000-NONE", str(tmp_path / "x.zip")]).exit_code != 0
