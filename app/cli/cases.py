"""`history verify|replay`, `demo seed`."""

from __future__ import annotations

import sys

import click

from app.cases import Waymark
from app.cases import demo as demo_house
from app.cases.queries import verify_history, verify_looks
from app.cli import common, packing
from app.cli.rerunning import replay
from app.errors import NotAllowed


@click.group()
def history() -> None:
    """The chained log of every case."""


history.add_command(replay)


@history.command()
@common.formatted
def verify(form: str) -> None:
    """Check that nobody altered a case's history or the looks at it. Exit code 1 when they do not hold."""
    with common.opened() as house:
        waymark = Waymark(house.engine, house.settings, "shell")
        result = verify_history(waymark)
        looks, missing = verify_looks(waymark)
    faults = [(what, fault) for what, found in (("case", result.faults), ("looks at", missing)) for fault in found]
    if form == "json":
        told = [{"case": one.case_id, "entry": one.seq, "what": one.what, "of": what} for what, one in faults]
        common.as_json({"cases": result.cases, "looks": looks, "faults": told})
    else:
        for what, fault in faults:
            click.echo(f"{what} {fault.case_id}, entry {fault.seq}: {fault.what}", err=True)
        click.echo(f"{result.cases} cases checked, {len(result.faults)} with a fault")
        click.echo(f"{looks} looks checked, {len(missing)} chains with a fault")
    sys.exit(1 if faults else 0)


history.add_command(packing.pack)


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
