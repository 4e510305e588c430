"""`history verify`, `demo seed`."""

from __future__ import annotations

import sys

import click

from app.cases import Waymark
from app.cases import demo as demo_house
from app.cases.queries import verify_history
from app.cli import common
from app.errors import NotAllowed


@click.group()
def history() -> None:
    """The chained log of every case."""


@history.command()
@common.formatted
def verify(form: str) -> None:
    """Check that nobody altered a case's history. Exit code 1 when it does not hold."""
    with common.opened() as house:
        result = verify_history(Waymark(house.engine, house.settings))
    if form == "json":
        faults = [{"case": fault.case_id, "entry": fault.seq, "what": fault.what} for fault in result.faults]
        common.as_json({"cases": result.cases, "faults": faults})
    else:
        for fault in result.faults:
            click.echo(f"case {fault.case_id}, entry {fault.seq}: {fault.what}", err=True)
        click.echo(f"{result.cases} cases checked, {len(result.faults)} with a fault")
    sys.exit(1 if result.faults else 0)


@click.group()
def demo() -> None:
    """The demo's people and cases."""


@demo.command()
def seed() -> None:
    """Fill an empty database with two employers, their provider, people for every role and a few cases."""
    with common.opened() as house:
        if not house.settings.demo:
            raise NotAllowed("Demo people have a password that everybody knows: set WAYMARK_DEMO=1 to allow them.")
        made = demo_house.seed(Waymark(house.engine, house.settings), house.moment().now)
    click.echo("The demo is ready." if made else "There are organisations already; nothing was changed.")


COMMANDS: dict[str, click.Command] = {"history": history, "demo": demo}
