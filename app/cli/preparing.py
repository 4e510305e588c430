"""What `waymark run --prepare` does first, so that a fresh machine is ready in one step."""

from __future__ import annotations

import click

from app import db
from app.cases import Waymark
from app.cases import demo as demo_house
from app.cli import common, replacing
from app.cli.processes import SHIPPED, deploy_all, look
from app.definitions import guard
from app.definitions.lint import require_sound
from app.settings import Settings


def prepare(settings: Settings) -> None:
    """Upgrade the database, deploy what is shipped, and in a demo fill an empty database.

    What the workshop or a roll back put in force stays, and is told."""
    db.upgrade(settings)
    looked = look(SHIPPED)
    require_sound(looked.findings)
    with common.opened() as house:
        now = house.moment().now
        with db.transaction(house.engine) as conn:
            left = guard.kept_from(conn, looked.bundles)
            told = [replacing.left_in_force(conn, one) for one in left]
            done = deploy_all(conn, looked, "system", "shipped with Waymark", now, {one.key for one in left})
        told += [f"Deployed {one['key']}, version {one['version']}." for one in done if one["new"]]
        for line in told:
            click.echo(line, err=True)
        if settings.demo and demo_house.seed(Waymark(house.engine, settings), now):
            click.echo("Filled the demo.", err=True)
