"""Does a case that has gone round for years cost more than one that has just begun?

    python benchmarks/growth.py [--turns 1000] [--pairs 60] [--json]

Each kind of loop is played to its 1,000th turn (months: to the first one after twenty years). A step is a pure function
of the state, so the first turn and the last can be played again and again from their states: they are timed in pairs,
one right after the other, in CPU time, and the ratio is the median over the pairs. A busy machine slows both alike.

Then the same over `cases.complete` on SQLite: what the database's own machine has to do for a completed task, and what
the pages of a young case and an old one cost. Ends with status 1 when a kind costs more than 1.2 times the first turn.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from aged import Case, measure_case
from tests.unit.engine.loops import LOOPS
from tests.unit.engine.years import MONTHS, SAME_AGAIN, years
from turning import LIMIT, Kind, measure_kind, too_much


def like_the_first(month: int) -> int:
    """The last month up to this one (the 61st at least) in which the same happens as in the first."""
    return max(1, (month - 1) // SAME_AGAIN) * SAME_AGAIN + 1


def as_json(kinds: Sequence[Kind], case: Case | None) -> dict[str, object]:
    found: dict[str, object] = {
        "limit": LIMIT,
        "ratio": "last turn to first turn",
        "loops": {kind.name: kind.as_json() for kind in kinds},
        "over_the_limit": too_much(kinds),
    }
    return found if case is None else {**found, "case": asdict(case)}


def table(kinds: Sequence[Kind]) -> str:
    """Ratios, and the last turn's own figures."""
    head = f"{'':28}{'turns':>6}{'time':>7}{'bytes':>7}{'memory':>8}{'loaded':>8}{'ms':>8}{'bytes':>7}{'KiB':>7}"
    lines = [f"{'':34}{'last turn to first':^30}{'the last turn':^22}", head]
    for kind in kinds:
        ratios, last = kind.ratios(), kind.last
        told = f"{ratios['time']:7.2f}{ratios['bytes']:7.2f}{ratios['memory']:8.2f}{ratios['loaded']:8.2f}"
        lines.append(f"{kind.name:28}{kind.turns:6}{told}{last.ms:8.2f}{last.bytes:7}{last.memory / 1024:7.0f}")
    return "\n".join(lines)


@click.command()
@click.option("--turns", default=1000, show_default=True, type=click.IntRange(min=10), help="The last turn, by kind.")
@click.option("--pairs", default=60, show_default=True, type=click.IntRange(min=3), help="How often each is timed.")
@click.option("--case/--no-case", "with_case", default=True, help="Also a whole case in a database.")
@click.option("--json", "in_json", is_flag=True, help="One JSON object instead of tables.")
def main(turns: int, pairs: int, with_case: bool, in_json: bool) -> None:
    """Compare the 1,000th turn of every kind of loop with the first."""
    kinds = [measure_kind(loop, turns, pairs) for loop in LOOPS]
    kinds.append(measure_kind(years(), like_the_first(min(turns, MONTHS + 1)), pairs))
    case = None
    if with_case:
        with tempfile.TemporaryDirectory() as var:
            case = measure_case(Path(var), turns)
    if in_json:
        click.echo(json.dumps(as_json(kinds, case)))
    else:
        click.echo(table(kinds) + ("" if case is None else f"\n\n{case.table()}"))
    found = too_much(kinds) + (case.too_much(LIMIT) if case else [])
    for one in found:
        click.echo(f"more than {LIMIT} times the first turn: {one}", err=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
