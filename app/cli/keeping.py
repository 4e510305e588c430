"""`retention`, `hold`, `erase`, `erasure`, `keys`: how long things are kept, and how they go."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TextIO

import click

from app import db
from app.cases import Waymark, commands, queries
from app.cases.keeping import journal as journals
from app.cases.keeping import loose_keys, rotating
from app.cases.queries.keeping import RetentionLine
from app.cli import common
from app.identity import Actor
from app.identity.people import actor_of_person, person_of

by = click.option("--by", required=True, metavar="USERNAME", help="Who does this.")


def _actor(house: common.House, username: str) -> Actor:
    with db.reading(house.engine) as connection:
        return actor_of_person(connection, person_of(connection, username))


@click.group()
def retention() -> None:
    """How long what was entered is kept."""


@retention.command()
@common.formatted
def preview(form: str) -> None:
    """What is announced to be erased and when, what stays for now and why. References and counts, no content."""
    with common.opened() as house:
        found = queries.retention(Waymark(house.engine, house.settings), None, house.moment().now)
    if form == "json":
        common.as_json(
            {
                "policy": found.version,
                "effective": found.effective.isoformat(),
                "last_night": found.last_night.isoformat() if found.last_night else None,
                "waits_for_leaving": found.waits_for_leaving,
                "unconfirmed_orders": [order for order, _at in found.unconfirmed],
                "lines": [_line(line) for line in found.lines],
            }
        )
        return
    shown = [
        _line(line) | {"not before": _day(line.due_at), "classes": " ".join(line.classes), "stays": line.stays or "no"}
        for line in found.lines
    ]
    common.as_table(["reference", "not before", "classes", "kind", "stays", "rule"], shown)
    click.echo(f"{len(shown)} announced; {found.waits_for_leaving} ended cases wait for a leaving date.")


def _line(line: RetentionLine) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "not_before": line.due_at,
        "classes": list(line.classes),
        "kind": line.kind,
        "rule": line.rule,
        "announced": line.announced_at,
        "stays": line.stays,
    }


def _day(at: datetime) -> str:
    return at.date().isoformat()


@retention.command()
@click.argument("username")
@click.argument("day")
@by
def leaving(username: str, day: str, by: str) -> None:
    """Enter the DAY on which a person left (2026-03-31), or "none" for somebody who has come back."""
    with common.opened() as house:
        with db.reading(house.engine) as connection:
            person = person_of(connection, username)
        left_on = None if day == "none" else day
        commands.set_leaving(
            Waymark(house.engine, house.settings), _actor(house, by), person, left_on, house.moment().now
        )


@click.group()
def hold() -> None:
    """Legal holds: while one stands, nothing is erased."""


@hold.command("set")
@click.argument("reference")
@by
@click.option("--reason", required=True, help="Kept sealed, for those who may set and lift holds.")
@click.option("--whole-person", is_flag=True, help="Everything about the employee, later cases as well.")
def hold_set(reference: str, by: str, reason: str, whole_person: bool) -> None:
    """Hold the case with this REFERENCE; answers with the hold's id."""
    with common.opened() as house:
        waymark, now = Waymark(house.engine, house.settings), house.moment().now
        click.echo(commands.set_hold(waymark, _actor(house, by), reference, reason, now, whole_person=whole_person))


@hold.command("lift")
@click.argument("hold_id")
@by
def hold_lift(hold_id: str, by: str) -> None:
    """End a hold."""
    with common.opened() as house:
        commands.lift_hold(Waymark(house.engine, house.settings), _actor(house, by), hold_id, house.moment().now)


@click.group()
def erase() -> None:
    """Erase everything about a person: two people, then the notice, then the night."""


@erase.command()
@click.argument("username")
@by
@click.option("--reason", required=True, help="Why; no health information, please: it is kept as it is.")
@click.option("--name-too", is_flag=True, help="Also name, addresses and login; for people who have left.")
def order(username: str, by: str, reason: str, name_too: bool) -> None:
    """Order it; answers with the order's id, for the second person."""
    with common.opened() as house:
        with db.reading(house.engine) as connection:
            person = person_of(connection, username)
        waymark, now = Waymark(house.engine, house.settings), house.moment().now
        click.echo(commands.order_erasure(waymark, _actor(house, by), person, reason, now, name_too=name_too))


@erase.command()
@click.argument("order_id")
@by
def confirm(order_id: str, by: str) -> None:
    """Confirm an order as the second person."""
    with common.opened() as house:
        waymark, now = Waymark(house.engine, house.settings), house.moment().now
        due = commands.confirm_erasure(waymark, _actor(house, by), order_id, now)
    click.echo(f"It will be erased in the night after {_day(due)}.")


@erase.command()
@click.argument("order_id")
@by
def stop(order_id: str, by: str) -> None:
    """Stop an order before it is carried out."""
    with common.opened() as house:
        commands.stop_order(Waymark(house.engine, house.settings), _actor(house, by), order_id, house.moment().now)


@click.group()
def erasure() -> None:
    """The journal of erasures, for a backup that is restored."""


@erasure.command()
def journal() -> None:
    """Write the journal: a line of JSON an erasure, ids only. Keep it apart from the backups, after every night."""
    with common.opened() as house:
        for line in journals.journal(Waymark(house.engine, house.settings)):
            common.as_json(line)


@erasure.command()
@click.argument("file", type=click.File(encoding="utf-8"))
def replay(file: TextIO) -> None:
    """Erase again, in a restored database, what the journal in FILE names."""
    with common.opened() as house:
        waymark = Waymark(house.engine, house.settings)
        cases, people = journals.replay(waymark, file, house.moment().now)
    click.echo(f"{cases} cases and {people} people erased again.")


@click.group()
def keys() -> None:
    """Master keys, and the keys that they wrap."""


@keys.command()
@common.formatted
def status(form: str) -> None:
    """Which master keys there are, and what they wrap. No key is shown."""
    with common.opened() as house:
        found = rotating.status(Waymark(house.engine, house.settings))
    if form == "json":
        common.as_json(
            {
                "masters": list(found.masters),
                "wrapped": dict(found.wrapped),
                "second_steps": dict(found.secrets),
                "waiting_files": dict(found.files),
                "removable": list(found.removable),
                "people_with_older_keys": found.older,
                "sealed_whole": found.whole,
            }
        )
        return
    for name in dict.fromkeys((*found.masters, *found.wrapped, *found.secrets, *found.files)):
        note = "wraps new keys" if name == found.masters[0] else "may be taken out" if name in found.removable else ""
        note = note if name in found.masters else "not named" if not name else "NOT IN THE SETTINGS"
        held = f"{found.wrapped.get(name, 0):6} people's keys {found.secrets.get(name, 0):6} second steps"
        click.echo(f"{name or '(0.2.0)':20} {held} {found.files.get(name, 0):6} waiting files  {note}".rstrip())
    click.echo(f"{found.older} people with earlier keys; {found.whole} submissions sealed as a whole (see keys reseal)")


@keys.command()
@click.option("--person", metavar="USERNAME", help="Give this person a new key instead, and wrap their cases by it.")
@click.option("--everybody", is_flag=True, help="Give everybody a new key.")
def rotate(person: str | None, everybody: bool) -> None:
    """Wrap by the newest master what others wrap: people's keys, second steps, files that are not sent yet.

    The service goes on; the command can be broken off and given again.
    """
    with common.opened() as house:
        waymark = Waymark(house.engine, house.settings)
        if not person and not everybody:
            people, (secrets, files) = rotating.rotate_master(waymark), loose_keys.rotate(waymark)
            click.echo(f"Wrapped anew: {people} people's keys, {secrets} second steps, {files} waiting files.")
            return
        chosen = rotating.people_with_keys(waymark)
        if person:
            with db.reading(house.engine) as connection:
                chosen = [person_of(connection, person)]
        click.echo(f"{sum(rotating.rotate_person(waymark, one) for one in chosen)} cases wrapped anew.")


@keys.command()
def reseal() -> None:
    """Put what 0.2.0 sealed as a whole into parts by class. On PostgreSQL as the owner of the schema."""
    with common.opened() as house:
        click.echo(f"{rotating.reseal(Waymark(house.engine, house.settings))} submissions sealed by class.")


COMMANDS: dict[str, click.Command] = {
    "retention": retention,
    "hold": hold,
    "erase": erase,
    "erasure": erasure,
    "keys": keys,
}
