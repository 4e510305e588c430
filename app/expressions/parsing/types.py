"""Types: `number`, `list<string>`, `context<name: string, age: number>`, `range<date>`, `function<number>->Any`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.expressions import limits
from app.expressions.names import did_you_mean
from app.expressions.parsing import literals
from app.expressions.types import ANY, SIMPLE, Type

if TYPE_CHECKING:
    from app.expressions.parsing.grammar import Parser


def named(parser: Parser) -> Type:
    """The type that stands here."""
    parser.depth += 1
    if parser.depth > limits.NESTING:
        raise parser.fault(f"This type is nested too deeply: at most {limits.NESTING} levels.")
    found = _named(parser)
    parser.depth -= 1
    return found


def _named(parser: Parser) -> Type:
    token = parser.token
    longest = parser.type_names.longest(parser.tokens, parser.at)
    name, width = longest or (token.text, 1)
    if name not in SIMPLE and name not in parser.types:
        hint = did_you_mean(name, [*SIMPLE, *parser.types])
        raise parser.fault(f"There is no type “{name}”.{hint}" if name else "Here a type is missing.")
    parser.at += width
    if name in _PARTS and parser.take("<"):
        return _PARTS[name](parser)
    return parser.types.get(name) or Type(name)


def _elements(parser: Parser, name: str) -> Type:
    inner = named(parser)
    _close(parser)
    return Type(name, of=inner)


def _context(parser: Parser) -> Type:
    entries: list[tuple[str, Type]] = []
    while not entries or parser.take(","):
        key = literals.key_before_colon(parser)
        entries.append((key, named(parser)))
    _close(parser)
    return Type("context", entries=tuple(entries))


def _function(parser: Parser) -> Type:
    parameters: list[Type] = []
    while not parser.sees(">"):
        if parameters:
            parser.expect(",", "a comma")
        parameters.append(named(parser))
    _close(parser)
    result = named(parser) if parser.take("->") else ANY
    return Type("function", parameters=tuple(parameters), result=result)


def _close(parser: Parser) -> None:
    parser.expect(">", "the end of the type")


_PARTS: dict[str, Callable[[Parser], Type]] = {
    "list": lambda parser: _elements(parser, "list"),
    "range": lambda parser: _elements(parser, "range"),
    "context": _context,
    "function": _function,
}
