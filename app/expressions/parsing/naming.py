"""Names that an expression gives: to a loop's element, a parameter, an entry of a context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.expressions.lexer import Token
from app.expressions.names import KEYWORDS, spelled

if TYPE_CHECKING:
    from app.expressions.parsing.grammar import Parser

#: Signs that FEEL allows inside a name.
_SIGNS = ("-", "+", "/", "*", "'", ".")


def new_name(parser: Parser, missing: str, *ends: str, keywords: bool = False) -> str:
    """A name of one or more words, up to one of `ends`, which is not read. `missing`: what to say where there is
    none. `keywords`: whether it may begin with a word such as “if”."""
    parts: list[Token] = []
    while not (parts and parser.sees(*ends)):
        if not _goes_on(parser, parts) or (not keywords and not parts and parser.token.text in KEYWORDS):
            raise parser.fault(missing, parts[1] if len(parts) > 1 else None)
        parts.append(parser.next())
    return spelled(parts)


def _goes_on(parser: Parser, parts: list[Token]) -> bool:
    if parser.token.kind == "name":
        return True
    return bool(parts) and (parser.token.kind == "number" or parser.sees(*_SIGNS))
