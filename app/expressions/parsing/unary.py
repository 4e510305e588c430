"""Unary tests: the input cells of a decision table, and the right side of `in`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.expressions import nodes
from app.expressions.nodes import Node, Test

if TYPE_CHECKING:
    from app.expressions.parsing.grammar import Parser

COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))


def cell(parser: Parser) -> Node:
    """`-`, `not(tests)` or tests with commas between."""
    position = parser.token.position
    if parser.sees("-") and parser.tokens[parser.at + 1].kind == "end":
        parser.next()
        return nodes.Tests(position, (), negated=False)
    start = parser.at
    if parser.sees("not") and parser.peek() == "(":
        parser.at += 2
        negated = tests(parser)
        if parser.take(")") and parser.token.kind == "end":
            return nodes.Tests(position, negated, negated=True)
        parser.at = start
    return nodes.Tests(position, tests(parser), negated=False)


def tests(parser: Parser) -> tuple[Test, ...]:
    found = [test(parser)]
    while parser.take(","):
        found.append(test(parser))
    return tuple(found)


def test(parser: Parser) -> Test:
    """`< 3`, `[1..5]`, `"a"`, or an expression about `?`."""
    position = parser.token.position
    operator = parser.operator()
    if operator in COMPARISONS:
        parser.next()
        return Test(position, operator, parser.operand(), asks=False)
    before = parser.asked
    operand = parser.expression()
    return Test(position, "", operand, asks=parser.asked > before)


def one(parser: Parser) -> Test:
    """The right side of `in` without brackets: binds like an operand."""
    position = parser.token.position
    operator = parser.operator()
    if operator in COMPARISONS:
        parser.next()
        return Test(position, operator, parser.operand(), asks=False)
    return Test(position, "", parser.operand(), asks=False)


def in_list(parser: Parser, left: Node) -> Node:
    """What follows `in`: one test, tests in brackets, or a range that begins open."""
    position = parser.token.position
    if parser.sees("("):
        start = parser.at
        parser.next()
        outer, parser.closing = parser.closing, False
        found = tests(parser)
        parser.closing = outer
        if parser.take(")"):
            return nodes.In(position, left, found)
        parser.at = start
    return nodes.In(position, left, (one(parser),))
