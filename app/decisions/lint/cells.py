"""What an input cell compares with, if that is all it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from app.expressions import Environment, Expression, ExpressionError
from app.expressions.compiler import compile_tree
from app.expressions.nodes import (
    Between,
    Call,
    Comparison,
    Const,
    In,
    Interval,
    List,
    Logic,
    Negative,
    Node,
    Test,
    Tested,
    Tests,
)
from app.expressions.parsing import parse_expression, parse_unary_tests
from app.expressions.run import Run
from app.expressions.values import Range, Value
from app.workdays import Calendar

#: No cell that is worked out here looks at the time.
ENVIRONMENT = Environment(datetime(2026, 1, 5, 12, tzinfo=UTC), Calendar())

#: What may stand around the constants: the tested value is only compared with them.
_COMPARING = (Tests, Test, Tested, Comparison, Logic, In, Between, List, Interval)
_CONSTANT_CALLS = frozenset(("date", "time", "date and time", "duration"))


@lru_cache(maxsize=4096)
def constants(source: str) -> tuple[Value, ...] | None:
    """The constants that a cell compares its input with, in order, the ends of ranges among them. None if the cell
    does anything else: its truth may then change between two of them."""
    try:
        tree = parse_unary_tests(source)
        found = [_value(node) for node in _constants(tree)]
    except (ExpressionError, _MoreThanConstants):
        return None
    return tuple(value for value in found if not isinstance(value, Range | list | dict))


def fits(cell: Expression | None, value: Value) -> bool:
    """Whether a cell that compares with constants fits the value."""
    try:
        return cell is None or cell.value({}, ENVIRONMENT, value) is True
    except ExpressionError:
        return False


def constant(expression: Expression | None) -> tuple[Value] | None:
    """The value of an output cell that is one constant, as a tuple of one; None if it is worked out from facts."""
    try:
        tree = parse_expression(expression.source) if expression else None
        return (_value(tree),) if tree is not None and _is_constant(tree) else None
    except ExpressionError:
        return None


class _MoreThanConstants(Exception):
    """The cell does more than compare."""


def _constants(node: Node) -> Iterator[Node]:
    if _is_constant(node):
        yield node
    elif isinstance(node, _COMPARING) or (isinstance(node, Call) and node.function == "not"):
        for child in node.children():
            yield from _constants(child)
    else:
        raise _MoreThanConstants


def _is_constant(node: Node) -> bool:
    if isinstance(node, Negative):
        return _is_constant(node.operand)
    if isinstance(node, Call):
        return node.function in _CONSTANT_CALLS and all(_is_constant(argument) for argument in node.arguments)
    return isinstance(node, Const)


def _value(node: Node) -> Value:
    compiled = compile_tree(node)
    return compiled.closure(Run({}, ENVIRONMENT, compiled.places, None))
