"""`migrate`: running cases to another version of their process, after a preview (XX-4)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from app import db
from app.cases import Waymark, commands, queries
from app.cli import common
from app.engine import MigrationRefused, Refusal
from app.identity import Actor, people
from app.identity.people import actor_of_person


@click.command()
@click.argument("process")
@click.option("--to", "version", type=click.IntRange(1), help="Version to move to; without it, the one in force.")
@click.option("--case", "reference", help="Move this case alone, by its reference.")
@click.option("--preview", is_flag=True, help="Say what would change in each case, and change nothing.")
@click.option("--undo", "undone", metavar="REFERENCE", help="Move this case back, if nothing has happened in it since.")
@click.option("--by", "username", required=True, help="The process owner who moves them.")
@click.option("--reason", default="", help="Why; those who are in the case read it.")
@common.formatted
def migrate(
    process: str,
    version: int | None,
    reference: str | None,
    preview: bool,
    undone: str | None,
    username: str,
    reason: str,
    form: str,
) -> None:
    """Move running cases of PROCESS to another version. Each case by itself: one that cannot go stays as it is, and
    says why; broken off, the command goes on where it stopped. Exit code 1 when a case could not be moved."""
    if undone and (reference or preview or version):
        raise click.UsageError("--undo takes a reference and a reason, and nothing else.")
    with common.opened() as house:
        waymark, now = Waymark(house.engine, house.settings), house.moment().now
        with db.reading(house.engine) as conn:
            actor = actor_of_person(conn, people.person_of(conn, username))
        if undone:
            case_id = queries.case_called(waymark, actor, process, undone)
            back = commands.migrate_back(waymark, actor, case_id, reason, now)
            _say(form, {"reference": undone, "version": back}, [f"{undone}: back on version {back}"])
        elif preview:
            _preview(form, _previews(waymark, actor, process, reference, version, now))
        else:
            _move(form, waymark, actor, process, reference, version, reason, now)


def _previews(
    waymark: Waymark, actor: Actor, process: str, reference: str | None, version: int | None, now: datetime
) -> Iterable[Any]:
    if reference is None:
        return queries.moves(waymark, actor, process, now, version)
    return [queries.move(waymark, actor, queries.case_called(waymark, actor, process, reference), now, version)]


def _preview(form: str, previews: Iterable[Any]) -> None:
    found = list(previews)
    if form == "json":
        common.as_json([asdict(one) for one in found])
    else:
        for one in found:
            click.echo("\n".join(_lines(one)))
        cannot = sum(not one.possible for one in found)
        click.echo(f"{len(found)} cases on other versions: {len(found) - cannot} can be moved, {cannot} cannot as yet")
    sys.exit(1 if any(not one.possible for one in found) else 0)


def _lines(one: Any) -> list[str]:
    head = f"{one.reference}: version {one.from_version} to {one.to_version}"
    if not one.possible:
        return [f"{head}: cannot be moved", _reasons(one.refusals)]
    if not one.changes:
        return [f"{head}: nothing changes where it stands"]
    return [head, *(f"  - {change.sentence}" for change in one.changes)]


def _move(
    form: str,
    waymark: Waymark,
    actor: Actor,
    process: str,
    reference: str | None,
    version: int | None,
    reason: str,
    now: datetime,
) -> None:
    if reference is not None:
        case_id = queries.case_called(waymark, actor, process, reference)
        try:
            to = commands.migrate(waymark, actor, case_id, reason, now, to=version)
        except MigrationRefused as refused:
            raise click.ClickException(f"{refused.detail}\n{_reasons(refused.refusals)}") from refused
        _say(form, {"reference": reference, "version": to}, [f"{reference}: on version {to}"])
        return
    counts: dict[str, int] = {}
    done = []
    for number, one in enumerate(commands.migrate_all(waymark, actor, process, reason, now, to=version), 1):
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
        reasons = [asdict(refusal) for refusal in one.refusals]
        done.append({"reference": one.reference, "outcome": one.outcome, "why": one.why, "refusals": reasons})
        if form == "text":
            click.echo(f"{number}. {one.reference}: {one.outcome}{f': {one.why}' if one.why else ''}")
            click.echo(_reasons(one.refusals), nl=bool(one.refusals))
    summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no case to move"
    _say(form, done, [summary])
    sys.exit(1 if counts.keys() & {"refused", "failed"} else 0)


def _reasons(refusals: Iterable[Refusal]) -> str:
    return "\n".join(f"  ! {refusal.sentence} {refusal.advice}" for refusal in refusals)


def _say(form: str, value: Any, lines: Sequence[str]) -> None:
    if form == "json":
        common.as_json(value)
    else:
        for line in lines:
            click.echo(line)


COMMANDS: dict[str, click.Command] = {"migrate": migrate}
