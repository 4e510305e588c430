"""The tokens of a source, read one by one, and how faults in them are told."""

from __future__ import annotations

from collections.abc import Iterable

from app.expressions.errors import ExpressionError
from app.expressions.lexer import Token, tokens
from app.expressions.names import Names
from app.expressions.types import SIMPLE, Types

#: What only `${…}` may say, and what FEEL calls it.
MODELER = {
    "&&": "and",
    "||": "or",
    "==": "=",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
}


class TokenReader:
    """The tokens and the place in them."""

    def __init__(
        self, source: str, names: Iterable[str] = (), *, modeler: bool = False, types: Types = frozenset()
    ) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.depth = 0
        self.modeler = modeler
        self.known = frozenset(names)
        self.variables = Names(self.known)
        #: names that the expression itself gives to something
        self.bound: set[str] = set()
        self.types = dict(types)
        self.type_names = Names((*SIMPLE, *self.types))
        #: inside the end of a range, where `[` closes it
        self.closing = False
        #: `?` seen so far
        self.asked = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> str:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)].text

    def next(self) -> Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def sees(self, *texts: str) -> bool:
        return self.token.kind in ("op", "name") and self.token.text in texts

    def take(self, *texts: str) -> bool:
        """Steps over the token if it is one of `texts`."""
        if self.sees(*texts):
            self.at += 1
            return True
        return False

    def expect(self, text: str, what: str) -> Token:
        if not self.sees(text):
            raise self.fault(f"Here {what} is missing: “{text}”.")
        return self.next()

    def fault(self, message: str, token: Token | None = None) -> ExpressionError:
        return ExpressionError(message, (token or self.token).position, self.source)

    def bind(self, name: str) -> None:
        """From here on, `name` is a name with its spaces and signs, and may be called."""
        self.variables.add(name)
        self.bound.add(name)

    def operator(self) -> str:
        """The token as FEEL's own operator, "" if it is none."""
        if self.token.kind not in ("op", "name"):
            return ""
        text = self.token.text
        return MODELER.get(text, text) if self.modeler else text
