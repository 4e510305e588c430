"""`waymark run`: a server and a worker beside it, ready from nothing, and both gone when it ends."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.settings import ROOT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "WAYMARK_VAR": str(tmp_path), "WAYMARK_DEMO": "1", "PORT": str(free_port())}


@pytest.fixture
def running(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run", "--prepare"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def answers(port: str, path: str = "/login") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
        text: str = response.read().decode()
        return text


def wait_until_up(process: subprocess.Popen[Any], port: str) -> str:
    for _ in range(240):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            return answers(port)
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server did not come up")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at children in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_makes_all_ready_and_a_signal_stops_both(
    running: subprocess.Popen[str], env: dict[str, str], number: signal.Signals
) -> None:
    assert "Amir Shah" in wait_until_up(running, env["PORT"])
    assert '"openapi":"3.1.0"' in answers(env["PORT"], "/api/v1/openapi.json")
    children = children_of(running.pid)
    commands = [Path(f"/proc/{pid}/cmdline").read_text() for pid in children]
    assert sorted("gunicorn" in command for command in commands) == [False, True]
    running.send_signal(number)
    assert running.wait(30) == 0
    assert all(gone(pid) for pid in children)
    with pytest.raises(OSError, match="refused"):
        answers(env["PORT"])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at children in /proc")
def test_when_one_dies_the_other_is_stopped_and_run_says_so(
    running: subprocess.Popen[str], env: dict[str, str]
) -> None:
    wait_until_up(running, env["PORT"])
    children = children_of(running.pid)
    (worker,) = [pid for pid in children if "app.worker" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(worker, signal.SIGKILL)
    assert running.wait(30) == 1
    assert all(gone(pid) for pid in children)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_ctrl_c_at_the_terminal_ends_make_without_an_error(env: dict[str, str], tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@{sys.executable} -m app.cli run --prepare\n")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 -- make, as a person would type it
        ["make", "-f", str(makefile), "run"],  # noqa: S607 -- whichever make there is
        cwd=ROOT,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        # The first terminal that a session opens becomes its own: the one to which Ctrl-C is typed.
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # noqa: PLW1509 -- one call, no lock
    )
    os.close(theirs)
    try:
        wait_until_up(process, env["PORT"])
        os.write(ours, b"\x03")
        assert process.wait(30) == 0
    finally:
        process.kill()
        os.close(ours)
    with pytest.raises(OSError, match="refused"):
        answers(env["PORT"])


def test_a_port_that_is_taken_is_said_in_a_sentence(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(env["PORT"]))):
        result = subprocess.run(
            [sys.executable, "-m", "app.cli", "run"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    assert result.returncode == 1
    assert "PORT=8001" in result.stderr
    assert "Traceback" not in result.stderr
