"""What `waymark run --prepare` does first, so that a fresh machine is ready in one step."""

from __future__ import annotations

import click

from app import db
from app.cases import Waymark
from app.cases import demo as demo_house
from app.cli import common
from app.cli.processes import SHIPPED, deploy_all, look
from app.definitions.lint import require_sound
from app.settings import Settings


def prepare(settings: Settings) -> None:
    """Upgrade the database, deploy what is shipped, and in a demo fill an empty database."""
    db.upgrade(settings)
    looked = look(SHIPPED)
    require_sound(looked.findings)
    with common.opened() as house:
        now = house.moment().now
        for one in deploy_all(house.engine, looked.bundles, "system", "shipped with Waymark", now):
            if one["new"]:
                click.echo(f"Deployed {one['key']}, version {one['version']}.", err=True)
        if settings.demo and demo_house.seed(Waymark(house.engine, settings), now):
            click.echo("Filled the demo.", err=True)
