"""`waymark history checkpoint|key|verify`: what a script reads, and the exit codes."""

from __future__ import annotations

import random
from pathlib import Path

import orjson

from tests.chaos.world import World
from tests.db.test_cli import Shell, refused
from tests.db.test_history_tampering import as_owner, truncate_with_head


def test_a_checkpoint_is_written_shown_and_checked(sqlite_world: World, tmp_path: Path) -> None:
    sqlite_world.start()
    shell = Shell({"WAYMARK_VAR": str(tmp_path), "WAYMARK_DEMO": "1"})
    assert "0 checkpoints checked, 0 faults" in shell.good("history", "verify")
    first = orjson.loads(shell.good("history", "checkpoint", "--format", "json"))
    new = first["new"]
    assert (first["number"], new > 5) == (1, True)
    assert "Checkpoint 2: 0 new entries" in shell.good("history", "checkpoint")
    vkey = shell.good("history", "key").strip()
    assert vkey.startswith("127.0.0.1:8000/history+")
    kept = tmp_path / "kept.checkpoint"
    kept.write_bytes((tmp_path / "checkpoints" / "000001.checkpoint").read_bytes())
    told = shell.good("history", "verify", "--key", vkey, "--against", str(kept))
    assert "2 checkpoints checked, the newest of" in told
    assert f"0 faults; they vouch for {new} entries, 0 were written since" in told
    (tmp_path / "checkpoints" / "000002.checkpoint").unlink()
    result = shell("history", "verify")
    assert result.exit_code == 1
    assert "the log: checkpoint 2 is missing: the database remembers one of " in result.stderr
    refused(shell("history", "checkpoint"), "Checkpoint 2 was in")
    assert "the chains alone were checked" in shell("history", "verify", WAYMARK_CHECKPOINTS="off").stdout
    refused(shell("history", "checkpoint", WAYMARK_CHECKPOINTS="off"), "switched off")
    refused(shell("history", "verify", "--key", "nonsense"), "A key for checkpoints is one line")


def test_a_case_that_was_written_anew_is_named_by_its_reference(sqlite_world: World, tmp_path: Path) -> None:
    case_id = sqlite_world.start().case_id
    shell = Shell({"WAYMARK_VAR": str(tmp_path), "WAYMARK_DEMO": "1"})
    shell.good("history", "checkpoint")
    row = sqlite_world.row(case_id)
    with as_owner(sqlite_world) as connection:
        truncate_with_head(connection, {case_id: row.history_seq}, random.Random(7))  # noqa: S311 -- any entry
    seq = sqlite_world.row(case_id).history_seq + 1
    said = shell("history", "verify").stderr
    assert said.startswith(f"case {row.reference} ({case_id}), entry {seq}: ")
    assert " missing; at the checkpoint of " in said
    assert f"the hash of entry {seq} was " in said
    (fault,) = orjson.loads(shell("history", "verify", "--format", "json").stdout)["faults"]
    assert (fault["reference"], fault["entry"]) == (row.reference, seq)
    result = shell("history", "checkpoint")
    assert result.exit_code == 1
    assert f"case {case_id}, entry {seq}: altered" in result.stderr
