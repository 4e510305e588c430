"""Functions: calls of the built-in ones by name, definitions, and calls of functions that are values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.expressions import functions, nodes
from app.expressions.errors import ExpressionError
from app.expressions.lexer import Token
from app.expressions.names import KEYWORDS, did_you_mean, spelled
from app.expressions.nodes import Node
from app.expressions.parsing import literals, types
from app.expressions.parsing.naming import new_name
from app.expressions.types import ANY, Type

if TYPE_CHECKING:
    from app.expressions.parsing.grammar import Parser

#: What can be a function when it is worked out.
_CALLABLE = (nodes.Name, nodes.Path, nodes.Invocation, nodes.Lambda, nodes.Filter, nodes.If)


def is_value(parser: Parser, name: str) -> bool:
    """Whether `name(…)` calls a value: what the expression itself named, or a known name that no function has."""
    return name in parser.bound or (name in parser.known and name not in functions.NAMES)


def builtin(parser: Parser, token: Token, function: str) -> Node:
    if function not in functions.NAMES:
        raise _unknown(parser, token, function)
    parser.next()
    names, arguments = _arguments(parser)
    fault = functions.misfit(function, len(arguments), names)
    if fault:
        raise parser.fault(fault, token)
    return nodes.Call(token.position, function, _with_functions(function, arguments), names)


def misspelt(parser: Parser) -> ExpressionError | None:
    """What to say where an expression ends in the middle of `string lenght(…)`; None if it does not."""
    first = last = parser.at
    while first and _is_word(parser.tokens[first - 1]):
        first -= 1
    while _is_word(parser.tokens[last]):
        last += 1
    if first == parser.at or last == parser.at or parser.tokens[last].text != "(":
        return None
    row = parser.tokens[first:last]
    return _unknown(parser, row[0], spelled(row))


def _is_word(token: Token) -> bool:
    return token.kind == "name" and token.text not in KEYWORDS


def _unknown(parser: Parser, token: Token, function: str) -> ExpressionError:
    hint = did_you_mean(function, [*functions.NAMES, *parser.bound])
    return parser.fault(f"There is no function “{function}”.{hint}", token)


def invocation(parser: Parser, target: Node, token: Token) -> Node:
    """`target(…)`, the bracket already read."""
    if isinstance(target, nodes.Path) and target.name not in parser.bound | parser.known:
        raise parser.fault(f"There is no function “{target.name}” that could be called with a dot.", token)
    if not isinstance(target, _CALLABLE):
        raise parser.fault("What stands before this bracket is not a function.", token)
    names, arguments = _arguments(parser)
    return nodes.Invocation(token.position, target, tuple(map(_as_function, arguments)), names)


def _with_functions(function: str, arguments: tuple[Node, ...]) -> tuple[Node, ...]:
    """`sort(xs, before)`: where a function is expected, a name may be that of a built-in one."""
    return tuple(map(_as_function, arguments)) if function in functions.TAKE_FUNCTIONS else arguments


def _as_function(argument: Node) -> Node:
    if isinstance(argument, nodes.Name) and argument.name in functions.NAMES:
        return nodes.Builtin(argument.position, argument.name)
    return argument


def _arguments(parser: Parser) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    outer, parser.closing = parser.closing, False
    names: list[str] = []
    arguments: list[Node] = []
    named = _is_named(parser)
    while not parser.take(")"):
        if arguments:
            parser.expect(",", "a comma or the closing bracket")
        if named:
            names.append(literals.key_before_colon(parser))
        arguments.append(parser.expression())
    parser.closing = outer
    return tuple(names), tuple(arguments)


def _is_named(parser: Parser) -> bool:
    at = parser.at
    while parser.tokens[at].kind == "name":
        at += 1
    return at > parser.at and parser.tokens[at].text == ":"


def definition(parser: Parser) -> Node:
    """`function(a, b: number) a + b`."""
    token = parser.next()
    parser.expect("(", "the list of parameters in brackets")
    names: list[str] = []
    kinds: list[Type] = []
    while not parser.take(")"):
        if names:
            parser.expect(",", "a comma or the closing bracket")
        names.append(_parameter(parser, names))
        kinds.append(types.named(parser) if parser.take(":") else ANY)
    for name in names:
        parser.bind(name)
    if parser.sees("external"):
        raise parser.fault("Functions of Java or other programs cannot be called.")
    outer, parser.closing = parser.closing, False
    body = parser.expression()
    parser.closing = outer
    return nodes.Lambda(token.position, tuple(names), tuple(kinds), body)


def _parameter(parser: Parser, names: list[str]) -> str:
    start = parser.token
    name = new_name(parser, "Here the name of a parameter is missing.", ":", ",", ")")
    if name in names:
        raise parser.fault(f"The parameter “{name}” is there twice.", start)
    return name
