"""Running several processes as one: together they start, and together they stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from app.settings import ROOT

#: seconds that each gets to finish what it does
GRACE = 20
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def supervise(commands: Sequence[Sequence[str]]) -> int:
    """Run all until SIGINT, SIGTERM or SIGHUP comes (0) or one of them ends by itself (1); then stop the others.

    Each runs in a session of its own, so that Ctrl-C reaches only us and every one is told once.
    """
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in ENDS:
        signal.signal(number, stop)
    with _own_terminal():
        children = [
            subprocess.Popen(command, cwd=ROOT, start_new_session=True)  # noqa: S603 -- our own commands, no shell
            for command in commands
        ]
        while all(child.poll() is None for child in children) and not asked.wait(0.25):
            pass
        for child in children:
            child.terminate()
        for child in children:
            _wait(child)
    return 0 if asked.is_set() else 1


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextmanager
def _own_terminal() -> Iterator[None]:
    """Take the terminal from a `make` that started us: Ctrl-C would make it fail while we stop in good order."""
    if not _in_somebodys_foreground():
        yield
        return
    terminal, before = sys.stdin.fileno(), os.getpgrp()
    # To give the terminal back from the background; and nobody would wake us after Ctrl-Z, for make is not stopped.
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, before)


def _in_somebodys_foreground() -> bool:
    """Whether a person at a terminal waits for the process group that we are in, and another process leads it."""
    try:
        group = os.tcgetpgrp(sys.stdin.fileno())
    except (OSError, ValueError):
        return False
    return group == os.getpgrp() != os.getpid()
