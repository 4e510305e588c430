"""`history`, `demo seed`."""

from __future__ import annotations

import click

from app.cases import Waymark
from app.cases import demo as demo_house
from app.cli import checkpointing, common, packing
from app.cli.rerunning import replay
from app.errors import NotAllowed


@click.group()
def history() -> None:
    """The chained log of every case."""


for one in (replay, packing.pack, *checkpointing.COMMANDS):
    history.add_command(one)


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
