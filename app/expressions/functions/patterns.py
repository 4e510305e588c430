"""Patterns in text (DMN 1.3, 10.3.4.3). They run in RE2: linear time, no look-around, no back references.

Every search pays for the text that it may read, with more for patterns that count or name classes of characters, and
the first use of a pattern pays for its compilation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from app.expressions import limits
from app.expressions.functions.registry import builtin
from app.expressions.run import Run
from app.expressions.values import Value

#: Parts of a pattern: an escaped sign, a class in brackets, a dot, white space.
_PARTS = re.compile(r"\\\S|\[(?:\\.|[^\]\\])*\]|\.|\s+", re.DOTALL)
#: `\0`, which XPath does not know.
_OCTAL = re.compile(r"(?:^|[^\\])(?:\\\\)*\\0")

#: What makes a program large: counted repetition, classes by property.
_LARGE = re.compile(r"\{|\\[pP]")
#: How much more a search with such a pattern costs.
_LARGE_WEIGHT = 12
#: Memory of one compiled pattern, bytes.
_MEMORY = 1 << 18


@dataclass(frozen=True, slots=True)
class _Pattern:
    compiled: Any
    weight: int

    def found(self, run: Run, string: str) -> bool:
        self.pay(run, len(run.text(string)))
        return self.compiled.search(string) is not None

    def matches(self, run: Run, string: str) -> Iterator[Any]:
        """Each match, from the left, that is not empty."""
        self.pay(run, len(run.text(string)))
        for match in self.compiled.finditer(string):
            self.pay(run, len(string) - match.end())
            if match.end() > match.start():
                yield match

    def pay(self, run: Run, characters: int) -> None:
        run.spend(2 + characters * self.weight // limits.STRING_STEP)


@builtin("matches", "input: string, pattern: string, flags?: string | null")
def matches(run: Run, string: str, pattern: str, flags: Value = None) -> bool | None:
    known = _pattern(run, pattern, flags)
    return None if known is None else known.found(run, string)


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string | null")
def replace(run: Run, string: str, pattern: str, replacement: str, flags: Value = None) -> str | None:
    known = _pattern(run, pattern, flags)
    if known is None or known.found(run, ""):
        return None
    parts, end = [], 0
    for match in known.matches(run, string):
        run.spend(len(replacement) // 2)
        parts += [string[end : match.start()], run.text(_filled(replacement, match))]
        end = match.end()
    return run.text("".join([*parts, string[end:]]))


@builtin("split", "string: string, delimiter: string")
def split(run: Run, string: str, delimiter: str) -> list[str] | None:
    known = _pattern(run, delimiter, None)
    if known is None:
        return None
    parts, end = [], 0
    for match in known.matches(run, string):
        parts.append(string[end : match.start()])
        end = match.end()
    return run.items([*parts, string[end:]])


def _pattern(run: Run, pattern: str, flags: str | None) -> _Pattern | None:
    """The pattern, paid for once in an evaluation; None if it is none."""
    if run.patterns is None:
        run.patterns = set()
    if (pattern, flags) not in run.patterns:
        run.patterns.add((pattern, flags))
        price = limits.PATTERN + limits.PATTERN_CHARACTER * len(pattern)
        run.spend(3 * price if _LARGE.search(pattern) else price)
    return _compiled(pattern, flags)


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str | None) -> _Pattern | None:
    """The pattern, or None if it or its flags (XPath's s, m, i, x) are not understood."""
    wanted = set(flags or "")
    if not wanted <= set("smix") or len(pattern) > 1000 or _OCTAL.search(pattern):
        return None
    pattern = _PARTS.sub(lambda found: _as_re2(found.group(), wanted), pattern)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    inline = "".join(sorted(wanted - {"x"}))
    try:
        compiled = re2.compile(f"(?{inline}){pattern}" if inline else pattern, options)
    except re2.error:
        return None
    return _Pattern(compiled, _LARGE_WEIGHT if _LARGE.search(pattern) or len(pattern) > 100 else 1)


def _as_re2(part: str, flags: set[str]) -> str:
    """A part of XPath's pattern as RE2 says it: a dot leaves out both ends of lines unless s is given, and white
    space counts for nothing if x is."""
    if part == "." and "s" not in flags:
        return r"[^\n\r]"
    return "" if part.isspace() and "x" in flags else part


def _filled(replacement: str, match: Any) -> str:
    """The replacement with $1 to $9, $0 for the whole match, and `\\$` for the sign itself."""
    made, at = "", 0
    while at < len(replacement):
        sign, after_sign = replacement[at], replacement[at + 1 : at + 2]
        if sign == "\\" and after_sign in ("\\", "$"):
            made += after_sign
            at += 2
        elif sign == "$" and after_sign.isdigit():
            made += _group(match, int(after_sign))
            at += 2
        else:
            made += sign
            at += 1
    return made


def _group(match: Any, number: int) -> str:
    return "" if number > match.re.groups else match.group(number) or ""
