"""What happens outside of the browser: the database's owner rewrites it, somebody checks a pack on another machine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson
import sqlalchemy as sa
from click.testing import CliRunner

from app import db
from app.cases import queries
from app.cases.tables import case
from app.cli import main
from app.history.chain import GENESIS, canonical, link
from app.identity import clock
from app.identity.tables import demo_clock
from app.settings import ROOT
from tests.browser.visitor import Live


def set_clock(live: Live, now: datetime) -> None:
    """The demo's clock shows this time, which may lie before today."""
    with db.transaction(live.waymark.engine) as connection:
        seconds = int((now - clock.read(connection, demo=True).real).total_seconds())
        connection.execute(demo_clock.insert().values(id=1, offset_seconds=seconds))


def reference(live: Live, case_page: str) -> str:
    query = sa.select(case.c.reference).where(case.c.id == _id(case_page))
    with db.reading(live.waymark.engine) as connection:
        return str(connection.execute(query).scalar_one())


def rewrite(live: Live, case_page: str, task: str, facts: Mapping[str, str]) -> int:
    """Let a completed task have steered its case otherwise, and chain all that follows anew up to what the case
    remembers. The number of the entry that was changed; by itself the database is whole."""
    case_id = _id(case_page)
    path = live.waymark.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as mine, mine:
        for (trigger,) in mine.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            mine.execute(f"DROP TRIGGER {trigger}")
        query = "SELECT seq, body FROM history_event WHERE case_id = ? ORDER BY seq"
        texts = {seq: orjson.loads(body) for seq, body in mine.execute(query, (case_id,))}
        changed = next(seq for seq, one in texts.items() if _completes(one, task))
        texts[changed]["data"]["facts"] |= facts
        last = GENESIS
        for seq, text in texts.items():
            body = canonical(text)
            last = link(last, body)
            row = (body.decode(), last, case_id, seq)
            mine.execute("UPDATE history_event SET body = ?, hash = ? WHERE case_id = ? AND seq = ?", row)
        mine.execute("UPDATE cases SET history_hash = ? WHERE id = ?", (last, case_id))
    alone = replace(live.waymark, settings=replace(live.waymark.settings, checkpoints=None))
    assert queries.verify_history(alone).faults == ()
    return int(changed)


def key(live: Live) -> str:
    """The public key of the checkpoints, as the provider prints it."""
    settings = live.waymark.settings
    env = {
        "WAYMARK_DATABASE_URL": settings.database_url,
        "WAYMARK_VAR": str(settings.var),
        "WAYMARK_CHECKPOINTS": str(settings.checkpoints),
        "WAYMARK_DEMO": "1",
    }
    done = CliRunner().invoke(main, ["history", "key"], env=env)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def change_a_byte(pack: Path, to: Path) -> int:
    """A copy of a pack in which one byte of an entry's text is another. The number of that entry."""
    with zipfile.ZipFile(pack) as good, zipfile.ZipFile(to, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, _changed(data) if name == "history.json" else data)
        entries = orjson.loads(good.read("history.json"))["entries"]
    return next(one["seq"] for one in entries if "completed" in one.get("body", ""))


def _changed(history: bytes) -> bytes:
    found = history.replace(b"completed", b"compleded", 1)
    assert sum(one != other for one, other in zip(history, found, strict=True)) == 1
    return found


def check_elsewhere(folder: Path, pack: bytes, vkey: str) -> tuple[int, str]:
    """Exit code and words of the checker, alone with a pack, by a Python that does not know the project."""
    (folder / "pack.zip").write_bytes(pack)
    shutil.copy(ROOT / "app" / "verify.py", folder / "verify.py")
    assert "No module named 'app'" in _python(folder, "-c", "import app").stderr
    done = _python(folder, "verify.py", "pack.zip", "--key", vkey)
    assert done.stderr == ""
    return done.returncode, done.stdout


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # -S: packages are there, and not what is installed as a link to the project
    env = {"PATH": os.defpath, "PYTHONPATH": sysconfig.get_path("platlib")}
    return subprocess.run(  # noqa: S603 -- our own interpreter and file
        [sys.executable, "-S", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def _completes(entry: Mapping[str, object], task: str) -> bool:
    data = entry["data"]
    return entry["kind"] == "command.complete" and isinstance(data, dict) and data.get("name") == task


def _id(case_page: str) -> str:
    return case_page.removeprefix("/cases/")
