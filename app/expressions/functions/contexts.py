"""Contexts (DMN 1.3, 10.3.4.10)."""

from __future__ import annotations

from app.expressions import limits
from app.expressions.errors import ExpressionError
from app.expressions.functions.registry import builtin
from app.expressions.run import Run
from app.expressions.values import Value

Entries = dict[str, Value]


@builtin("get value", "m: context, key: string")
def get(_: Run, m: Entries, key: str) -> Value:
    return m.get(key)


@builtin("get entries", "m: context")
def entries(run: Run, m: Entries) -> list[Value]:
    run.spend(len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list")
def context(run: Run, rows: list[Value]) -> Entries | None:
    run.spend(len(rows))
    made: Entries = {}
    for row in rows:
        if type(row) is not dict or type(row.get("key")) is not str or "value" not in row or row["key"] in made:
            return None
        made[row["key"]] = row["value"]
    return made


@builtin("context put", "context: context, key: string, value: any")
def put(run: Run, m: Entries, key: str, value: Value) -> Entries:
    return _bounded(run, {**m, key: value})


@builtin("context put", "context: context, keys: list, value: any")
def put_deep(run: Run, m: Entries, keys: list[Value], value: Value) -> Entries | None:
    if not keys or type(keys[0]) is not str or len(keys) > limits.VALUE_DEPTH:
        return None
    if len(keys) == 1:
        return _bounded(run, {**m, keys[0]: value})
    inner = m.get(keys[0], {})
    below = put_deep(run, inner, keys[1:], value) if type(inner) is dict else None
    return None if below is None else _bounded(run, {**m, keys[0]: below})


@builtin("context merge", "contexts: list")
def merge(run: Run, contexts: list[Value]) -> Entries | None:
    made: Entries = {}
    for m in contexts:
        if type(m) is not dict:
            return None
        made.update(m)
        run.spend(len(m))
    return _bounded(run, made)


def _bounded(run: Run, m: Entries) -> Entries:
    if len(m) > limits.NODES:
        raise ExpressionError(f"This context is too large: at most {limits.NODES:,} entries.")
    run.spend(len(m))
    return m
