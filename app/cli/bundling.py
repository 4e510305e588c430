"""`bundle`: a process with all that it needs as a zip, out of the database and into a draft."""

from __future__ import annotations

from pathlib import Path

import click

from app import db
from app.cases import Waymark, commands
from app.cases.workshop.bundles import version_as_zip
from app.cli import common
from app.definitions.zipped import LARGEST
from app.identity import people
from app.identity.people import actor_of_person


@click.group()
def bundle() -> None:
    """A process as a zip file: its diagrams, tables and forms as they are."""


@bundle.command("out")
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--version", type=click.IntRange(1), help="Which version; without it, the one in force.")
def out(key: str, file: Path, version: int | None) -> None:
    """Write a version of the process KEY to FILE. A file that is there already is replaced."""
    with common.opened() as house, db.reading(house.engine) as conn:
        name, data = version_as_zip(conn, key, version)
    file.write_bytes(data)
    click.echo(f"{name.removesuffix('.zip')}: {file}")


@bundle.command("in")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help="The process owner whose drafts they become.")
@common.formatted
def into(file: Path, username: str, form: str) -> None:
    """Make drafts of the processes in FILE. Nothing is deployed: that is done in the workshop."""
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    with common.opened() as house:
        waymark, now = Waymark(house.engine, house.settings), house.moment().now
        with db.reading(house.engine) as conn:
            actor = actor_of_person(conn, people.person_of(conn, username))
        made = commands.import_bundle(waymark, actor, data, now, file.name)
    addresses = [f"{house.settings.base_url}/workshop/drafts/{one}" for one in made]
    if form == "json":
        common.as_json([{"draft": one, "address": address} for one, address in zip(made, addresses, strict=True)])
        return
    for address in addresses:
        click.echo(address)


COMMANDS: dict[str, click.Command] = {"bundle": bundle}
