"""for, some, every."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from app.expressions import nodes
from app.expressions.compiler.core import Closure, Scope, compile_node, compiles, placed
from app.expressions.run import Run
from app.expressions.values import Range, Value

#: a place for the name, the source, and the end of a range if there is one
Row = tuple[int, Closure, Closure | None]


def _loops(iterators: tuple[nodes.Loop, ...], scope: Scope) -> tuple[list[Row], list[tuple[str | None, int]]]:
    loops: list[Row] = []
    bound: list[tuple[str | None, int]] = []
    for iterator in iterators:
        with scope.binding(*bound):
            source = compile_node(iterator.source, scope)
            end = None if iterator.end is None else compile_node(iterator.end, scope)
        place = scope.place()
        bound.append((iterator.name, place))
        loops.append((place, source, end))
    return loops, bound


@compiles(nodes.For)
def _for(node: nodes.For, scope: Scope) -> Closure:
    loops, bound = _loops(node.iterators, scope)
    partial = scope.place()
    with scope.binding(*bound, ("partial", partial)):
        body = compile_node(node.body, scope)
    price = nodes.size(node.body)

    uses_partial = _mentions(node.body, "partial")

    def collect(run: Run) -> Value:
        made: list[Value] = []
        for possible in _rounds(run, loops):
            if not possible:
                return None
            run.spend(price)
            run.places[partial] = run.items(made)[:] if uses_partial else None
            made.append(body(run))
        return run.items(made)

    return placed(node, collect)


@compiles(nodes.Quantified)
def _quantified(node: nodes.Quantified, scope: Scope) -> Closure:
    loops, bound = _loops(node.iterators, scope)
    with scope.binding(*bound):
        body = compile_node(node.body, scope)
    price, deciding = nodes.size(node.body), bool(node.word == "some")

    def decide(run: Run) -> bool | None:
        unknown = False
        for possible in _rounds(run, loops):
            if not possible:
                return None
            run.spend(price)
            answer: object = body(run)
            if answer is deciding:
                return deciding
            unknown = unknown or answer is not (not deciding)
        return None if unknown else not deciding

    return placed(node, decide)


def _mentions(node: nodes.Node, name: str) -> bool:
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, nodes.Name) and current.name == name:
            return True
        stack.extend(current.children())
    return False


def _rounds(run: Run, loops: list[Row], at: int = 0) -> Iterator[bool]:
    """Sets the local names to each combination in turn; yields False if there is nothing to go through."""
    place, source, end = loops[at]
    elements = _elements(source(run)) if end is None else _steps(source(run), end(run))
    if elements is None:
        yield False
        return
    for element in elements:
        run.spend(1)
        run.places[place] = element
        if at + 1 == len(loops):
            yield True
        else:
            yield from _rounds(run, loops, at + 1)


def _elements(value: Value) -> Iterator[Value] | None:
    if type(value) is Range:
        steps = _steps(value.low, value.high)
        return None if steps is None or value.high < value.low else _inside(value, steps)
    if value is None:
        return None
    return iter(value if type(value) is list else [value])


def _inside(span: Range, steps: Iterator[Value]) -> Iterator[Value]:
    """`steps` without the ends that do not belong to the range."""
    left_out = [end for end, closed in ((span.low, span.low_closed), (span.high, span.high_closed)) if not closed]
    return (step for step in steps if step not in left_out)


def _steps(start: Value, end: Value) -> Iterator[Value] | None:
    """Whole numbers or days from `start` to `end`, upwards or downwards, both included."""
    if type(start) is date and type(end) is date:
        days = (
            range(start.toordinal(), end.toordinal() + 1)
            if start <= end
            else range(start.toordinal(), end.toordinal() - 1, -1)
        )
        return (date.fromordinal(day) for day in days)
    if not all(type(value) in (int, Decimal) and value == int(value) for value in (start, end)):
        return None
    first, last = int(start), int(end)
    return iter(range(first, last + 1) if first <= last else range(first, last - 1, -1))
