"""What has a shape of its own: if, for, some, every, names, paths, filters, instance of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.expressions import functions, nodes
from app.expressions.names import KEYWORDS, PROPERTIES, Names
from app.expressions.nodes import Node
from app.expressions.parsing import calls, types, unary
from app.expressions.parsing.naming import new_name

if TYPE_CHECKING:
    from app.expressions.parsing.grammar import Parser

_FUNCTIONS = Names(functions.NAMES)
_PROPERTIES = Names(PROPERTIES)
_CONSTANTS = {"true": True, "false": False, "null": None}


def constant(parser: Parser) -> Node:
    token = parser.next()
    return nodes.Const(token.position, _CONSTANTS[token.text])


def if_then_else(parser: Parser) -> Node:
    token = parser.next()
    condition = parser.expression()
    parser.expect("then", "the answer for yes")
    then = parser.expression()
    parser.expect("else", "the answer for no")
    return nodes.If(token.position, condition, then, parser.expression())


def for_return(parser: Parser) -> Node:
    token = parser.next()
    iterators = _iterators(parser, "return")
    parser.bind("partial")
    return nodes.For(token.position, iterators, parser.expression())


def quantified(parser: Parser) -> Node:
    token = parser.next()
    iterators = _iterators(parser, "satisfies")
    return nodes.Quantified(token.position, token.text, iterators, parser.expression())


def _iterators(parser: Parser, last: str) -> tuple[nodes.Loop, ...]:
    found: list[nodes.Loop] = []
    while not found or not parser.take(last):
        if found and not parser.take(","):
            raise parser.fault(f"Here “{last}” is missing.")
        position = parser.token.position
        name = new_name(parser, "Here a name and “in” are missing, as in: for day in days return …", "in")
        parser.next()
        source = parser.expression()
        end = parser.expression() if parser.take("..") else None
        parser.bind(name)
        found.append(nodes.Loop(position, name, source, end))
    return tuple(found)


def name(parser: Parser) -> Node:
    """A variable, or a function call if a bracket follows."""
    token = parser.token
    variable = parser.variables.longest(parser.tokens, parser.at)
    function = _FUNCTIONS.longest(parser.tokens, parser.at)
    if function and parser.peek(function[1]) == "(" and (variable is None or variable[1] <= function[1]):
        parser.at += function[1]
        return calls.builtin(parser, token, function[0])
    if variable:
        parser.at += variable[1]
        return nodes.Name(token.position, variable[0])
    if token.text in KEYWORDS:
        raise parser.fault(f"“{token.text}” cannot stand here.")
    parser.next()
    if parser.sees("(") and not calls.is_value(parser, token.text):
        return calls.builtin(parser, token, token.text)
    return nodes.Name(token.position, token.text)


def postfix(parser: Parser, left: Node) -> Node:
    token = parser.next()
    if token.text == ".":
        return nodes.Path(token.position, left, _property(parser))
    if token.text == "(":
        return calls.invocation(parser, left, token)
    outer, parser.closing = parser.closing, False
    predicate = parser.expression()
    parser.closing = outer
    parser.expect("]", "the closing bracket")
    return nodes.Filter(token.position, left, predicate)


def _property(parser: Parser) -> str:
    if parser.token.kind != "name":
        raise parser.fault("Here a name is missing after the dot.")
    found = parser.variables.longest(parser.tokens, parser.at) or _PROPERTIES.longest(parser.tokens, parser.at)
    if found is None:
        return parser.next().text
    parser.at += found[1]
    return found[0]


def between(parser: Parser, left: Node) -> Node:
    position = parser.token.position
    low = parser.operand()
    parser.expect("and", "the upper end of “between”")
    return nodes.Between(position, left, low, parser.operand())


def instance_of(parser: Parser, left: Node) -> Node:
    position = parser.expect("of", "“of” after “instance”").position
    return nodes.InstanceOf(position, left, types.named(parser))


def choice(parser: Parser, left: Node) -> Node:
    """`a ? b : c`, as `${…}` allows it."""
    then = parser.expression()
    parser.expect(":", "the answer for no, after a colon")
    return nodes.If(left.position, left, then, parser.expression())


PREFIXES: dict[str, Callable[[Parser], Node]] = {
    "if": if_then_else,
    "for": for_return,
    "some": quantified,
    "every": quantified,
    "function": calls.definition,
    **dict.fromkeys(_CONSTANTS, constant),
}
INFIXES: dict[str, Callable[[Parser, Node], Node]] = {
    "between": between,
    "in": unary.in_list,
    "instance": instance_of,
    "?": choice,
}
