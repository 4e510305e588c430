"""What one evaluation of an expression costs: conditions, cells of decision tables, times of timers.

    python benchmarks/expressions.py [--json]

Each line is the best of several rounds, in microseconds; the floor is the same question as a Python function over the
same facts. Parsing is measured apart: it happens once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any

import click

from app.expressions import Environment, parse
from app.expressions.expression import Expression
from app.workdays import Calendar

ENVIRONMENT = Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())
FACTS: Mapping[str, Any] = {
    "consent": "given",
    "missed": 1,
    "days_absent": 31,
    "triage": "more_information",
    "report_due": "2026-03-20",
    "policy": {"max_missed": 3, "report_days": 10},
    "reasons": ["stress", "back", "other"],
    "stages": [{"stage": number, "days": number * 7} for number in range(1, 11)],
}
ROUNDS = 5

#: microseconds that an ordinary condition may cost
CONDITION = 20.0

Floor = Callable[[Mapping[str, Any]], Any]
CONDITIONS: tuple[tuple[str, str, Floor], ...] = (
    ("one fact", '${consent = "given"}', lambda f: f.get("consent") == "given"),
    ("a part of a fact", "${missed < policy.max_missed}", lambda f: f["missed"] < f["policy"]["max_missed"]),
    (
        "three facts",
        'consent = "given" and days_absent > 28 and not(triage = "decline")',
        lambda f: f["consent"] == "given" and f["days_absent"] > 28 and f["triage"] != "decline",
    ),
    ("one of several", 'triage in ("accept", "more_information")', lambda f: f["triage"] in ("accept", "no")),
    ("a list holds it", 'list contains(reasons, "stress")', lambda f: "stress" in f["reasons"]),
    ("days until a date", 'date(report_due) - today() < duration("P30D")', lambda f: f["report_due"] < "2026-04-02"),
    (
        "some of ten",
        "some s in stages satisfies s.days > days_absent",
        lambda f: any(s["days"] > f["days_absent"] for s in f["stages"]),
    ),
)
CELLS: tuple[tuple[str, str, Any, Floor], ...] = (
    ("equal", '"given"', "given", lambda f: f["consent"] == "given"),
    ("a range", "[1..10)", 5, lambda f: 1 <= f["missed"] < 10),
    ("several", '"a", "b", "given"', "given", lambda f: f["consent"] in ("a", "b", "given")),
    ("not", "not(1, 2)", 3, lambda f: f["missed"] not in (1, 2)),
)
TIMERS: tuple[tuple[str, str], ...] = (
    ("working days", "${workdays(policy.report_days)}"),
    ("a duration", '=duration("P3D")'),
    ("before a date", '=workdays_before(2, date("2026-03-20"))'),
)


@dataclass(frozen=True)
class Line:
    """Microseconds an evaluation, and how often the floor's."""

    kind: str
    what: str
    source: str
    us: float
    floor_us: float

    @property
    def ratio(self) -> float:
        return self.us / self.floor_us


def cost(work: Callable[[], object], seconds: float) -> float:
    """Microseconds of one call: the best of some rounds that together take `seconds`."""
    count = 1
    while (took := _round(work, count)) < seconds / ROUNDS / 4:
        count *= 2
    count = max(1, int(count * seconds / ROUNDS / took))
    return min(_round(work, count) / count for _ in range(ROUNDS)) * 1e6


def _round(work: Callable[[], object], count: int) -> float:
    begun = perf_counter()
    for _ in range(count):
        work()
    return perf_counter() - begun


def measured(seconds: float) -> list[Line]:
    kept = CONDITIONS[2][1]
    rows: list[tuple[str, str, str, Callable[[], object], Floor]] = [
        *(("condition", what, source, partial(parse(source).evaluate, FACTS, ENVIRONMENT), floor)
          for what, source, floor in CONDITIONS),
        *(("cell", what, source, partial(parse(source, unary=True).evaluate, FACTS, ENVIRONMENT, tested), floor)
          for what, source, tested, floor in CELLS),
        *(("timer", what, source, partial(parse(source).due, FACTS, ENVIRONMENT), _no_time) for what, source in TIMERS),
        ("parsing", "three facts, once", kept, partial(_fresh, kept), _no_time),
        ("parsing", "the same, kept", kept, partial(parse, kept), _no_time),
    ]  # fmt: skip
    return [
        Line(kind, what, source, cost(work, seconds), cost(partial(floor, FACTS), seconds))
        for kind, what, source, work, floor in rows
    ]


def _fresh(source: str) -> Expression:
    return Expression(source, unary=False, known=frozenset(), types=frozenset())


def _no_time(_: Mapping[str, Any]) -> datetime:
    return ENVIRONMENT.now


def table(lines: list[Line]) -> str:
    rows = [f"{'':10} {'':20} {'µs':>8} {'floor':>8} {'x floor':>8}"]
    rows += [
        f"{line.kind:10} {line.what:20} {line.us:8.2f} {line.floor_us:8.2f} {line.ratio:8.1f}  {line.source}"
        for line in lines
    ]
    return "\n".join(rows)


@click.command(help=__doc__)
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line, for machines")
@click.option("--seconds", default=0.2, help="for each expression")
def main(as_json: bool, seconds: float) -> None:
    lines = measured(seconds)
    slowest = max(line.us for line in lines if line.kind == "condition")
    if as_json:
        for line in lines:
            click.echo(json.dumps({**asdict(line), "ratio": line.ratio}, ensure_ascii=False))
    else:
        click.echo(f"{table(lines)}\n\nThe slowest condition: {slowest:.1f} µs of {CONDITION:.0f}.")
    sys.exit(slowest > CONDITION)


if __name__ == "__main__":
    main()
