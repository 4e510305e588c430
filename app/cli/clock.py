"""`clock`: the time by which cases run; in a demo it can be moved on."""

from __future__ import annotations

import click

from app import db
from app.cases import commands
from app.cli import common
from app.identity import clock as clocks


@click.group()
def clock() -> None:
    """The time by which cases run."""


@clock.command()
@common.formatted
def show(form: str) -> None:
    """Show the time, and how far a demo's clock was moved on."""
    with common.opened() as waymark:
        now = common.moment(waymark)
    moved = now.now - now.real
    if form == "json":
        common.as_json({"now": now.now, "moved_seconds": int(moved.total_seconds())})
    else:
        click.echo(now.now.isoformat(timespec="seconds") + (f"  (moved on by {moved.days} days)" if moved.days else ""))


@clock.command()
@click.argument("how_far", metavar="3d|2w|12h")
@common.formatted
def advance(how_far: str, form: str) -> None:
    """Move a demo's clock on, and do at once what is then due."""
    by = clocks.parse_step(how_far)
    with common.opened() as waymark:
        with db.transaction(waymark.engine) as conn:
            clocks.advance(conn, by, demo=waymark.settings.demo)
        fired = 0
        while served := commands.fire_due(waymark):
            fired += served
        now = common.moment(waymark).now
    if form == "json":
        common.as_json({"now": now, "cases_served": fired})
    else:
        click.echo(f"{now.isoformat(timespec='seconds')}  (timers fired in {fired} cases)")


COMMANDS: tuple[click.Command, ...] = (clock,)
