"""What one completed user task costs, on PostgreSQL, in process and over HTTP.

    python benchmarks/completion.py --n 300 [--json]

Starts a PostgreSQL of its own with fsync on, unless WAYMARK_DATABASE_URL names a server; the run then makes and drops
a database there. The bare commit is measured in turn with the completions, so that a busy machine slows both alike:
compare ratios, not milliseconds, between machines.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click
import sqlalchemy as sa

from app import db
from app.cases import Waymark
from loop import Player, prepare, settings_for
from places import cpu_seconds, database, website
from posting import one_by_one, posts_a_second
from report import Result, median, p95
from wire import Traffic, counted

WARM_UP = 20
CLIENTS = 4
WORKERS = 2


@dataclass
class InProcess:
    """Milliseconds, and the traffic of one turn that was not timed."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    traffic: Traffic = field(default_factory=Traffic)


def in_process(waymark: Waymark, n: int) -> InProcess:
    """Complete `n` tasks, with a bare commit between each two."""
    player, found = Player(waymark), InProcess()
    beside = db.open_engine(waymark.settings)
    with beside.connect() as connection:
        commit = floor(connection)
        for number in range(n + WARM_UP):
            wall, cpu = timed(player.complete)
            player.go_on()
            bare, _cpu = timed(commit)
            if number >= WARM_UP:
                found.wall.append(wall)
                found.cpu.append(cpu)
                found.floor.append(bare)
    beside.dispose()
    with counted(waymark.engine) as found.traffic:
        player.complete()
    return found


def floor(connection: sa.Connection) -> Callable[[], None]:
    """The least that a durable change costs on this database: one row, by the bare driver."""
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        cursor.execute("CREATE TABLE floor (id int PRIMARY KEY, n int NOT NULL)")
        cursor.execute("INSERT INTO floor VALUES (1, 0)")
    driver.commit()

    def commit() -> None:
        with driver.cursor() as cursor:
            cursor.execute("UPDATE floor SET n = n + 1 WHERE id = 1")
        driver.commit()

    return commit


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU milliseconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def measure(url: str, var: Path, n: int) -> Result:
    waymark = prepare(settings_for(url, var))
    inside = in_process(waymark, n)
    with website(waymark.settings, WORKERS) as (port, pids):
        outside = one_by_one(waymark, port, n, WARM_UP)
        before = cpu_seconds(pids)
        rate = posts_a_second(waymark, port, n, CLIENTS)
        after = cpu_seconds(pids)
    with waymark.engine.connect() as connection:
        version = str(connection.exec_driver_sql("SHOW server_version").scalar_one())
    waymark.engine.dispose()
    return Result(
        n=n,
        database=f"PostgreSQL {version}",
        in_process_ms=median(inside.wall),
        in_process_p95_ms=p95(inside.wall),
        in_process_cpu_ms=median(inside.cpu),
        statements=inside.traffic.statements,
        round_trips=inside.traffic.round_trips,
        commits=inside.traffic.commits,
        http_ms=median(outside.posts),
        http_p95_ms=p95(outside.posts),
        http_page_ms=median(outside.pages),
        http_page_p95_ms=p95(outside.pages),
        posts_per_second=rate,
        clients=CLIENTS,
        workers=WORKERS,
        server_cpu_ms=None if before is None or after is None else (after - before) * 1000 / n,
        floor_ms=median(inside.floor),
        floor_p95_ms=p95(inside.floor),
    )


@click.command()
@click.option("--n", default=300, show_default=True, type=click.IntRange(min=20), help="Tasks completed in each part.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def main(n: int, as_json: bool) -> None:
    """Measure a completed user task on PostgreSQL, in process and over HTTP."""
    with database(os.environ.get("WAYMARK_DATABASE_URL")) as url, tempfile.TemporaryDirectory() as var:
        result = measure(url, Path(var), n)
    click.echo(json.dumps(result.as_json()) if as_json else result.table())


if __name__ == "__main__":
    main()
