"""What stands for itself: numbers, text, dates, lists, contexts, ranges."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING

from app.expressions import limits, nodes, temporal
from app.expressions.lexer import Token, unquoted
from app.expressions.nodes import Node
from app.expressions.parsing import unary
from app.expressions.parsing.naming import new_name
from app.expressions.values import DECIMAL

if TYPE_CHECKING:
    from app.expressions.parsing.grammar import Parser


def number(parser: Parser) -> Node:
    token = parser.next()
    if len(token.text) > limits.DIGITS + 10:
        raise parser.fault(f"This number is too long: at most {limits.DIGITS} digits.", token)
    try:
        return nodes.Const(token.position, number_of(token.text))
    except DecimalException as error:
        raise parser.fault("This number is too large.", token) from error


def number_of(text: str) -> int | Decimal:
    """An int if `text` is one of FEEL's digits, else a decimal. Raises DecimalException beyond FEEL's numbers."""
    if text.isdigit() and len(text) <= limits.DIGITS:
        return int(text)
    return DECIMAL.create_decimal(Decimal(text))


def string(parser: Parser) -> Node:
    token = parser.next()
    return nodes.Const(token.position, unquoted(token))


def quoted(parser: Parser) -> Node:
    if not parser.modeler:
        raise parser.fault('Single quotation marks are only understood inside ${…}. Write "…".')
    return string(parser)


def at_literal(parser: Parser) -> Node:
    token = parser.next()
    if parser.token.kind != "string":
        raise parser.fault('After “@” a date, time or duration in quotation marks is missing: @"2026-03-15".')
    text = unquoted(parser.next())
    value = temporal.parse(text)
    if value is None:
        raise parser.fault(f"“{text}” is not a date, time or duration.", token)
    return nodes.Const(token.position, value)


def asked(parser: Parser) -> Node:
    parser.asked += 1
    return nodes.Tested(parser.next().position)


def parenthesis(parser: Parser) -> Node:
    """`( expression )`, or a range that begins open."""
    token = parser.next()
    if parser.operator() in unary.COMPARISONS - {"!="}:
        return _ray(parser, token)
    inner = _inside(parser)
    if parser.take(".."):
        return _interval(parser, token, inner)
    parser.expect(")", "the closing bracket")
    return inner


def _ray(parser: Parser, start: Token) -> Node:
    """`(< 10)`: all below ten."""
    op = parser.operator()
    parser.next()
    outer, parser.closing = parser.closing, False
    end = parser.operand()
    parser.closing = outer
    parser.expect(")", "the closing bracket")
    return nodes.Ray(start.position, op, end)


def bracket(parser: Parser) -> Node:
    """`[ items ]`, or a range that begins closed."""
    token = parser.next()
    if parser.take("]"):
        return nodes.List(token.position, ())
    items = [_inside(parser)]
    if parser.take(".."):
        return _interval(parser, token, items[0])
    while parser.take(","):
        items.append(_inside(parser))
    parser.expect("]", "the end of the list")
    return nodes.List(token.position, tuple(items))


def reversed_bracket(parser: Parser) -> Node:
    """`]1..5]`, the other way to write an open beginning."""
    token = parser.next()
    low = _inside(parser)
    parser.expect("..", "the middle of the range")
    return _interval(parser, token, low)


def _inside(parser: Parser) -> Node:
    outer, parser.closing = parser.closing, False
    inner = parser.expression()
    parser.closing = outer
    return inner


def _interval(parser: Parser, start: Token, low: Node) -> Node:
    outer, parser.closing = parser.closing, True
    high = parser.operand()
    parser.closing = outer
    if not parser.sees(")", "]", "["):
        raise parser.fault("Here the end of the range is missing: “]” with its last value, “)” without it.")
    end = parser.next()
    return nodes.Interval(start.position, low, high, start.text == "[", end.text == "]")


def context(parser: Parser) -> Node:
    """`{ key: value, … }`; later entries may use earlier ones."""
    token = parser.next()
    entries: list[tuple[str, Node]] = []
    while not parser.take("}"):
        if entries:
            parser.expect(",", "a comma")
        start = parser.token
        key = key_before_colon(parser)
        if key in (name for name, _ in entries):
            raise parser.fault(f"“{key}” is given twice.", start)
        entries.append((key, _inside(parser)))
        parser.bind(key)
    return nodes.Context(token.position, tuple(entries))


def key_before_colon(parser: Parser) -> str:
    if parser.token.kind == "string":
        key = unquoted(parser.next())
        parser.expect(":", "a colon")
        return key
    missing = "Here a name with a colon is missing, as in {days: 5}."
    key = new_name(parser, missing, ":", keywords=True)
    parser.next()
    return key


SCALARS: dict[str, Callable[[Parser], Node]] = {"number": number, "string": string, "quoted": quoted}
PREFIXES: dict[str, Callable[[Parser], Node]] = {
    "@": at_literal,
    "?": asked,
    "(": parenthesis,
    "[": bracket,
    "]": reversed_bracket,
    "{": context,
}
