"""`history replay`: run recorded cases again and hold what comes out to what was recorded."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from app import db
from app.cases import Waymark
from app.cases.rerun.nightly import run_one
from app.cases.rerun.running import case_ids
from app.cases.rerun.views import Difference, Rerun
from app.cli import common


@click.command()
@click.argument("case", required=False)
@click.option("--all", "every", is_flag=True, help="Every case, one after the other.")
@common.formatted
def replay(case: str | None, every: bool, form: str) -> None:
    """Run CASE (reference or id) again from its history, over the versions that it ran on, and name the first step that
    does not come out as it was recorded. Writes nothing. Exit code 1 when a case does not, or cannot be run again."""
    if bool(case) == every:
        raise click.UsageError("Say which case, or --all.")
    outcomes: Counter[str] = Counter()
    with common.opened() as house:
        waymark = Waymark(house.engine, house.settings, "shell")
        for reference, result in _results(waymark, case):
            outcomes[result.outcome] += 1
            if form == "json":
                common.as_json(_plain(reference, result))
            elif not every or result.outcome != "met":
                click.echo("\n".join(_lines(reference, result)))
    if every and form == "text":
        click.echo(
            f"{outcomes.total()} cases run again: {outcomes['met']} as recorded, {outcomes['differs']} otherwise, "
            f"{outcomes['cannot']} not to the end"
        )
    sys.exit(1 if outcomes.keys() - {"met"} else 0)


def _results(waymark: Waymark, case: str | None) -> Iterator[tuple[str, Rerun]]:
    with db.reading(waymark.engine) as connection:
        found = case_ids(connection, case)
    for case_id, reference in found:
        yield reference, run_one(waymark, case_id)


def _lines(reference: str, result: Rerun) -> Iterator[str]:
    if result.difference is not None:
        yield f"{reference}, entry {result.difference.seq}: not as recorded ({result.steps} steps before it were)"
        yield from _parts(result.difference)
    elif result.unable is not None:
        yield (
            f"{reference}: cannot be run again from entry {result.unable.seq} on, because {result.unable.why} "
            f"({result.steps} steps before it came out as recorded)"
        )
    else:
        yield f"{reference}: {result.steps} steps, all as recorded"


def _parts(difference: Difference) -> Iterator[str]:
    for part in difference.parts:
        yield f"  entry {part.seq}, {part.what}: recorded {part.recorded.text}; came out: {part.found.text}"
    if difference.release:
        yield f"  recorded by release {difference.release}"


def _plain(reference: str, result: Rerun) -> dict[str, Any]:
    parts = result.difference.parts if result.difference is not None else ()
    return {
        "case": result.case_id,
        "reference": reference,
        "outcome": result.outcome,
        "steps": result.steps,
        "cannot": {"entry": result.unable.seq, "because": result.unable.why} if result.unable is not None else None,
        "differences": [
            {"entry": one.seq, "what": one.what, "recorded": one.recorded.text, "found": one.found.text}
            for one in parts
        ],
    }
