"""`serve`, `worker`, `run`, `db upgrade`: starting the machine."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from app import db
from app.cli import supervising
from app.settings import ROOT, Settings


@click.group(name="db")
def database() -> None:
    """The database's schema."""


@database.command()
def upgrade() -> None:
    """Bring the database to the newest schema; create the embedded one if there is none."""
    settings = Settings.from_env()
    db.upgrade(settings)
    engine = db.open_engine(settings)
    with db.reading(engine) as conn:
        click.echo(f"The database is at revision {db.current_revision(conn)}.")
    engine.dispose()


def server_command(host: str, port: int, workers: int) -> list[str]:
    """gunicorn with sync workers: one request at a time for each core, which is what the database likes best."""
    shared_memory = Path("/dev/shm")  # noqa: S108 -- a folder that gunicorn makes its own heartbeat files in
    beats = ["--worker-tmp-dir", str(shared_memory)] if os.access(shared_memory, os.W_OK) else []
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT)),
        *("--bind", f"{host}:{port}", "--workers", str(workers), "--worker-class", "sync"),
        *("--timeout", "60", "--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"),
        *beats,
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "app.worker"]


def cores() -> int:
    return max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=cores, show_default="as many as cores")
def serve(host: str, workers: int) -> None:
    """Serve the pages and the API. PORT changes the port (8000)."""
    port = Settings.from_env().port
    require_free(host, port)
    _become(server_command(host, port, workers))


@click.command()
def worker() -> None:
    """Fire timers, try failed steps again and send messages, until stopped. Any number may run."""
    _become(worker_command())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=cores, show_default="as many as cores")
@click.option("--prepare", is_flag=True, help="First upgrade the database, deploy processes/ and, in a demo, fill it.")
def run(host: str, workers: int, prepare: bool) -> None:
    """Serve and run a worker beside it. Ctrl-C stops both."""
    settings = Settings.from_env()
    require_free(host, settings.port)
    if prepare:
        from app.cli import preparing

        preparing.prepare(settings)
    click.echo(f"Waymark is at http://{host}:{settings.port}  (Ctrl-C stops it)", err=True)
    sys.exit(supervising.supervise([server_command(host, settings.port, workers), worker_command()]))


def require_free(host: str, port: int) -> None:
    """Refuses in one sentence what gunicorn would say in a page of trace."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server itself does: a port whose last connections are closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} of {host} cannot be used ({error.strerror}). Choose another one: PORT=8001"
            ) from error


def _become(command: list[str]) -> None:
    """Replace this process, so that signals reach the server or worker itself."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 -- our own interpreter with our own arguments


COMMANDS: dict[str, click.Command] = {"serve": serve, "worker": worker, "run": run, "db": database}
