"""Lists (DMN 1.3, 10.3.4.4)."""

from __future__ import annotations

from functools import cmp_to_key, reduce
from itertools import chain

from app.expressions import arithmetic, limits
from app.expressions.compare import equal, ordered
from app.expressions.functions.applying import applied
from app.expressions.functions.registry import MISSING, builtin
from app.expressions.run import Run
from app.expressions.values import DECIMAL, KINDS, Value

Items = list[Value]


@builtin("list contains", "list: list, element: any")
def contains(run: Run, items: Items, element: Value) -> bool:
    return _holds(run, items, element)


def _holds(run: Run, items: Items, element: Value) -> bool:
    run.spend(len(items))
    return any(equal(run, item, element) is True for item in items)


@builtin("count", "list: list*")
def count(_: Run, items: Items) -> int:
    return len(items)


@builtin("min", "list: list*")
def least(run: Run, items: Items) -> Value:
    return _extreme(run, items, "<")


@builtin("max", "list: list*")
def most(run: Run, items: Items) -> Value:
    return _extreme(run, items, ">")


def _extreme(run: Run, items: Items, op: str) -> Value:
    run.spend(len(items))
    if not items:
        return None
    best = items[0]
    if ordered(run, op, best, best) is None:
        return None
    for item in items[1:]:
        better = ordered(run, op, item, best)
        if better is None:
            return None
        best = item if better else best
    return best


@builtin("sum", "list: list*")
def total(run: Run, items: Items) -> Value:
    run.spend(len(items))
    return reduce(lambda a, b: arithmetic.add(run, a, b), items) if items and _alike(items) else None


@builtin("product", "list: list*")
def product(run: Run, items: Items) -> Value:
    run.spend(len(items))
    return reduce(lambda a, b: arithmetic.multiply(run, a, b), items) if items and _numbers(items) else None


@builtin("mean", "list: list*")
def mean(run: Run, items: Items) -> Value:
    return arithmetic.divide(run, total(run, items), len(items)) if items and _alike(items) else None


@builtin("median", "list: list*")
def median(run: Run, items: Items) -> Value:
    if not items or not _numbers(items):
        return None
    run.spend(len(items))
    row, middle = sorted(items), len(items) // 2
    if len(row) % 2:
        return row[middle]
    return arithmetic.divide(run, arithmetic.add(run, row[middle - 1], row[middle]), 2)


@builtin("stddev", "list: list*")
def deviation(run: Run, items: Items) -> Value:
    """Of a sample."""
    if len(items) < 2 or not _numbers(items):
        return None
    run.spend(3 * len(items))
    average = mean(run, items)
    squares = [arithmetic.power(run, arithmetic.subtract(run, item, average), 2) for item in items]
    variance = arithmetic.divide(run, total(run, squares), len(items) - 1)
    return None if variance is None else DECIMAL.sqrt(arithmetic.decimal(variance))


@builtin("mode", "list: list*")
def mode(run: Run, items: Items) -> Items | None:
    if not _numbers(items):
        return None
    run.spend(len(items))
    counts: dict[Value, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most_often = max(counts.values(), default=0)
    return sorted(item for item, times in counts.items() if times == most_often)


def _numbers(items: Items) -> bool:
    return all(KINDS[type(item)] == "number" for item in items)


def _alike(items: Items) -> bool:
    """Numbers, or durations of one type: what can be summed."""
    kinds = {KINDS[type(item)] for item in items}
    return len(kinds) == 1 and kinds <= {"number", "days and time duration", "years and months duration"}


@builtin("sublist", "list: list, start position: number, length?: number")
def sublist(run: Run, items: Items, start: Value, length: Value = MISSING) -> Items | None:
    begin = int(start)
    if begin == 0 or abs(begin) > len(items) or (length is not MISSING and length < 0):
        return None
    begin = begin - 1 if begin > 0 else len(items) + begin
    if length is MISSING:
        return run.items(items[begin:])
    return run.items(items[begin : begin + int(length)]) if begin + int(length) <= len(items) else None


@builtin("append", "list: list, item...: any")
def append(run: Run, items: Items, *more: Value) -> Items:
    return run.items([*items, *more])


@builtin("concatenate", "list...: list")
def concatenate(run: Run, *lists: Items) -> Items:
    return run.items(_chained(run, lists))


def _chained(run: Run, lists: tuple[Items, ...]) -> Items:
    run.spend(sum(map(len, lists)))
    return list(chain.from_iterable(lists))


@builtin("insert before", "list: list, position: number, newItem: any")
def insert(run: Run, items: Items, position: Value, new: Value) -> Items | None:
    place = _place(items, position)
    return None if place is None else run.items([*items[:place], new, *items[place:]])


@builtin("remove", "list: list, position: number")
def remove(run: Run, items: Items, position: Value) -> Items | None:
    place = _place(items, position)
    return None if place is None else run.items([*items[:place], *items[place + 1 :]])


@builtin("list replace", "list: list, match: function, newItem: any")
def put_where(run: Run, items: Items, match: Value, new: Value) -> Items | None:
    """`new` for each item of which `match(item, new)` is true; null if it ever says neither yes nor no."""
    answers: list[object] = [applied(run, match, [item, new]) for item in run.items(items)]
    if not all(type(answer) is bool for answer in answers):
        return None
    return [new if answer else item for item, answer in zip(items, answers, strict=True)]


@builtin("list replace", "list: list, position: number, newItem: any")
def put(run: Run, items: Items, position: Value, new: Value) -> Items | None:
    place = _place(items, position)
    return None if place is None else run.items([*items[:place], new, *items[place + 1 :]])


def _place(items: Items, position: Value) -> int | None:
    place = int(position)
    if not 1 <= abs(place) <= len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@builtin("reverse", "list: list")
def reverse(run: Run, items: Items) -> Items:
    return run.items(items[::-1])


@builtin("index of", "list: list, match: any")
def indexes(run: Run, items: Items, match: Value) -> Items:
    run.spend(len(items))
    return [place for place, item in enumerate(items, 1) if equal(run, item, match) is True]


@builtin("union", "list...: list")
def union(run: Run, *lists: Items) -> Items:
    return _distinct(run, _chained(run, lists))


@builtin("distinct values", "list: list")
def distinct(run: Run, items: Items) -> Items:
    return _distinct(run, items)


def _distinct(run: Run, items: Items) -> Items:
    found: Items = []
    for item in items:
        if not _holds(run, found, item):
            found.append(item)
    return run.items(found)


@builtin("flatten", "list: list")
def flatten(run: Run, items: Items) -> Items:
    return run.items(list(_flat(run, items, 0)))


def _flat(run: Run, items: Items, depth: int) -> Items:
    run.spend(len(items) + 1)
    if depth > limits.VALUE_DEPTH:
        return []
    return [leaf for item in items for leaf in (_flat(run, item, depth + 1) if type(item) is list else [item])]


@builtin("sort", "list: list")
def sort(run: Run, items: Items) -> Items | None:
    """In rising order; null if some elements have no order between them."""
    run.spend(len(items) * max(1, len(items).bit_length()))
    if any(ordered(run, "<", items[0], item) is None for item in items):
        return None
    return sorted(
        items, key=cmp_to_key(lambda a, b: -1 if ordered(run, "<", a, b) else int(ordered(run, ">", a, b) or 0))
    )


@builtin("sort", "list: list, precedes: function")
def sort_by(run: Run, items: Items, precedes: Value) -> Items:
    """So that `precedes(a, b)` holds for neighbours; elements between which it says nothing stay as they stand."""
    run.items(items)

    def order(a: Value, b: Value) -> int:
        if applied(run, precedes, [a, b]) is True:
            return -1
        return int(applied(run, precedes, [b, a]) is True)

    return sorted(items, key=cmp_to_key(order))
