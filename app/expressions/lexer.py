"""Text to tokens. The grammar of names, numbers and strings is that of FEEL (DMN 1.3, 10.3.1.2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from app.expressions import limits
from app.expressions.errors import ExpressionError

_START = (
    "A-Za-z_À-ÖØ-öø-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = f"{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"""
      (?P<space>(?:[\s\u180e\u200b\ufeff]|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{{1,4}}(?![{_PART}]))?)
    | (?P<name>[{_START}][{_PART}]*)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<quoted>'(?:[^'\\]|\\.)*')
    | (?P<op>\*\*|\.\.|<=|>=|!=|==|&&|\|\||->|[-+*/=<>()\[\]{{}},:.?@!'])
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}

_WORDS = {
    "&": "Write “and”, or inside ${…} “&&”.",
    "|": "Write “or”, or inside ${…} “||”.",
    '"': "This text has no closing quotation mark.",
    "'": "This text has no closing quotation mark.",
    "“": 'Write straight quotation marks: "…".',
    "”": 'Write straight quotation marks: "…".',
    "‘": 'Write straight quotation marks: "…".',
    "’": 'Write straight quotation marks: "…".',
    ";": "One expression only: there is no “;” here.",
}


class Token(NamedTuple):
    #: "number", "name", "string", "quoted" (in single quotes), "op" or "end"
    kind: str
    text: str
    position: int


def tokens(source: str) -> list[Token]:
    """All tokens of `source` without the space between, then one of kind "end". Raises `ExpressionError`."""
    if len(source) > limits.SOURCE:
        raise ExpressionError(f"This expression is too long: at most {limits.SOURCE:,} characters.")
    found: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            character = source[position]
            hint = _WORDS.get(character, f"The character “{character}” has no meaning here.")
            raise ExpressionError(hint, position, source)
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup or "", match.group(), position))
        position = match.end()
    found.append(Token("end", "", len(source)))
    return found


def unquoted(token: Token) -> str:
    """The text that a string token stands for."""
    text = _ESCAPE.sub(_unescape, token.text[1:-1])
    if text.isascii():
        return text
    # Two escapes may be the halves of one character; half a character alone is none.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescape(match: re.Match[str]) -> str:
    short, long, plain = match.groups()
    if plain is not None:
        return _PLAIN_ESCAPES.get(plain, match.group())
    code = int(short or long, 16)
    return chr(code) if code <= 0x10FFFF else match.group()


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The tokens that a name with spaces or signs is made of: ("Pre", "-", "bureau", "risk")."""
    return tuple(token.text for token in tokens(name)[:-1])
