"""`clock`: the time by which cases run; in a demo it can be moved on."""

from __future__ import annotations

import click

from app import db
from app.cli import common
from app.identity import clock as clocks


@click.group()
def clock() -> None:
    """The time by which cases run."""


@clock.command()
@common.formatted
def show(form: str) -> None:
    """Show the time, and how far a demo's clock was moved on."""
    with common.opened() as house:
        now = house.moment()
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
    from app.cases import Waymark, commands

    with common.opened() as house:
        with db.transaction(house.engine) as conn:
            clocks.advance(conn, by, demo=house.settings.demo)
        fired = 0
        waymark = Waymark(house.engine, house.settings)
        while (served := commands.fire_due(waymark)) or commands.deliver(waymark):
            fired += served
        now = house.moment().now
    if form == "json":
        common.as_json({"now": now, "cases_served": fired})
    else:
        click.echo(f"{now.isoformat(timespec='seconds')}  (timers fired in {fired} cases)")


COMMANDS: dict[str, click.Command] = {"clock": clock}
