"""Arithmetic, comparison, logic, choice and tests."""

from __future__ import annotations

from app.expressions import arithmetic, compare, nodes
from app.expressions.compiler.core import Closure, Scope, compile_node, compiles, once
from app.expressions.errors import ExpressionError
from app.expressions.run import Run
from app.expressions.types import is_instance
from app.expressions.values import Range, Value


@compiles(nodes.Arithmetic)
def _arithmetic(node: nodes.Arithmetic, scope: Scope) -> Closure:
    first, position = compile_node(node.first, scope), node.position
    rest = [(arithmetic.OPERATIONS[op], compile_node(operand, scope)) for op, operand in node.rest]

    def work_out(run: Run) -> Value:
        value = first(run)
        try:
            for operation, operand in rest:
                value = operation(run, value, operand(run))
        except ExpressionError as error:
            error.place(position)
            raise
        return value

    return work_out


@compiles(nodes.Negative)
def _negative(node: nodes.Negative, scope: Scope) -> Closure:
    operand = compile_node(node.operand, scope)
    return lambda run: arithmetic.negative(run, operand(run))


@compiles(nodes.Empty)
def _empty(node: nodes.Empty, scope: Scope) -> Closure:
    operand = compile_node(node.operand, scope)

    def is_empty(run: Run) -> bool:
        value = operand(run)
        return value is None or (type(value) in (str, list, dict) and not value)

    return is_empty


@compiles(nodes.Logic)
def _logic(node: nodes.Logic, scope: Scope) -> Closure:
    """Three-valued: what is not boolean counts as unknown, and only decides nothing."""
    items = [compile_node(item, scope) for item in node.items]
    deciding = node.word == "or"

    def decide(run: Run) -> bool | None:
        unknown = False
        for item in items:
            value: object = item(run)
            if value is deciding:
                return deciding
            if value is not (not deciding):
                unknown = True
        return None if unknown else not deciding

    return decide


@compiles(nodes.Comparison)
def _comparison(node: nodes.Comparison, scope: Scope) -> Closure:
    left, right, op = compile_node(node.left, scope), compile_node(node.right, scope), node.op
    if op == "=":
        return _equality(left, right)
    if op == "!=":
        return lambda run: compare.compare(run, "!=", left(run), right(run))
    return lambda run: compare.ordered(run, op, left(run), right(run))


def _equality(left: Closure, right: Closure) -> Closure:
    def same(run: Run) -> bool | None:
        a, b = left(run), right(run)
        if type(a) is str and type(b) is str:
            return a == b
        return compare.equal(run, a, b)

    return same


@compiles(nodes.Between)
def _between(node: nodes.Between, scope: Scope) -> Closure:
    operand, low, high = (compile_node(part, scope) for part in (node.operand, node.low, node.high))

    def lies(run: Run) -> bool | None:
        least, most = low(run), high(run)
        if least is None or most is None:
            return None
        return compare.within(run, operand(run), Range(least, most))

    return lies


@compiles(nodes.If)
def _if(node: nodes.If, scope: Scope) -> Closure:
    condition, then, otherwise = (compile_node(part, scope) for part in (node.condition, node.then, node.otherwise))
    return lambda run: then(run) if condition(run) is True else otherwise(run)


@compiles(nodes.InstanceOf)
def _instance_of(node: nodes.InstanceOf, scope: Scope) -> Closure:
    operand, wanted = compile_node(node.operand, scope), node.type
    return lambda run: is_instance(operand(run), wanted, run.spend)


@compiles(nodes.Interval)
def _interval(node: nodes.Interval, scope: Scope) -> Closure:
    low, high = compile_node(node.low, scope), compile_node(node.high, scope)
    low_closed, high_closed = node.low_closed, node.high_closed

    def span(run: Run) -> Range | None:
        least, most = low(run), high(run)
        if least is None or most is None or compare.ordered(run, "<=", least, most) is None:
            return None
        return Range(least, most, low_closed, high_closed)

    return once(span) if isinstance(node.low, nodes.Const) and isinstance(node.high, nodes.Const) else span


@compiles(nodes.Ray)
def _ray(node: nodes.Ray, scope: Scope) -> Closure:
    operand, op = compile_node(node.operand, scope), node.op

    def span(run: Run) -> Range | None:
        end = operand(run)
        if compare.ordered(run, "<=", end, end) is None:
            return None
        if op == "=":
            return Range(end, end)
        return Range(None, end, False, op == "<=") if op in ("<", "<=") else Range(end, None, op == ">=", False)

    return span


@compiles(nodes.In)
def _in(node: nodes.In, scope: Scope) -> Closure:
    operand = compile_node(node.operand, scope)
    tests = [_test(test, scope) for test in node.tests]

    def among(run: Run) -> bool | None:
        value, outer = operand(run), run.tested
        run.tested = value
        answer = _any([test(run) for test in tests])
        run.tested = outer
        return answer

    return among


@compiles(nodes.Tests)
def _tests(node: nodes.Tests, scope: Scope) -> Closure:
    tests = [_test(test, scope) for test in node.tests]
    if not tests:
        return lambda run: True
    if not node.negated:
        return lambda run: any(test(run) is True for test in tests)
    return lambda run: not any(test(run) is True for test in tests)


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def _test(node: nodes.Test, scope: Scope) -> Closure:
    operand, op = compile_node(node.operand, scope), node.op
    if op:
        return lambda run: compare.compare(run, op, run.tested, operand(run))
    if node.asks:
        return lambda run: operand(run) is True
    if isinstance(node.operand, nodes.Interval):
        return lambda run: _lies(run, operand(run))
    if isinstance(node.operand, _STATEMENTS):
        return lambda run: _holds(run, operand(run))
    return lambda run: matches(run, run.tested, operand(run))


#: Operands that say something that is true or false, rather than name a value to compare with.
_STATEMENTS = (nodes.Comparison, nodes.Logic, nodes.Between, nodes.In, nodes.Quantified, nodes.InstanceOf, nodes.Call)


def _holds(run: Run, answer: Value) -> bool | None:
    """True if a statement about something else holds, whatever is tested; else as any value."""
    return True if answer is True and type(run.tested) is not bool else matches(run, run.tested, answer)


def _lies(run: Run, span: Range | None) -> bool | None:
    return None if span is None else compare.within(run, run.tested, span)


def matches(run: Run, value: Value, wanted: Value) -> bool | None:
    """Whether `value` is `wanted`, lies in it, or is among its elements."""
    if type(wanted) is Range:
        return compare.within(run, value, wanted)
    if type(wanted) is list:
        run.spend(len(wanted))
        run.enter()
        found = compare.equal(run, value, wanted) is True or any(matches(run, value, item) is True for item in wanted)
        run.leave()
        return found
    return compare.equal(run, value, wanted)
