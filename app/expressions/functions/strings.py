"""Text (DMN 1.3, 10.3.4.3). Patterns run in RE2: linear time, no look-around, no back references."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from app.expressions.functions.registry import MISSING, builtin
from app.expressions.run import Run
from app.expressions.values import Value

#: Parts of a pattern: an escaped sign, a class in brackets, a dot, white space.
_PARTS = re.compile(r"\\\S|\[(?:\\.|[^\]\\])*\]|\.|\s+", re.DOTALL)
#: `\0`, which XPath does not know.
_OCTAL = re.compile(r"(?:^|[^\\])(?:\\\\)*\\0")

#: Memory of one compiled pattern, bytes.
_PATTERN_MEMORY = 1 << 20


@builtin("string length", "string: string")
def length(_: Run, string: str) -> int:
    return len(string)


@builtin("substring", "string: string, start position: number, length?: number")
def substring(_: Run, string: str, start: Value, count: Value = MISSING) -> str | None:
    begin = int(start)
    if begin == 0 or abs(begin) > len(string) or (count is not MISSING and count < 1):
        return None
    begin = begin - 1 if begin > 0 else len(string) + begin
    return string[begin:] if count is MISSING else string[begin : begin + int(count)]


@builtin("upper case", "string: string")
def upper(run: Run, string: str) -> str:
    return run.text(string.upper())


@builtin("lower case", "string: string")
def lower(run: Run, string: str) -> str:
    return run.text(string.lower())


@builtin("substring before", "string: string, match: string")
def before(_: Run, string: str, match: str) -> str:
    head, found, _tail = string.partition(match) if match else ("", "", "")
    return head if found else ""


@builtin("substring after", "string: string, match: string")
def after(_: Run, string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string")
def contains(_: Run, string: str, match: str) -> bool:
    return match in string


@builtin("starts with", "string: string, match: string")
def starts(_: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends(_: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string | null")
def matches(run: Run, string: str, pattern: str, flags: Value = None) -> bool | None:
    compiled = _compiled(pattern, flags)
    run.text(string)
    return None if compiled is None else compiled.search(string) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string | null")
def replace(run: Run, string: str, pattern: str, replacement: str, flags: Value = None) -> str | None:
    compiled = _compiled(pattern, flags)
    if compiled is None or compiled.search("") is not None:
        return None
    parts, end = [], 0
    for match in compiled.finditer(run.text(string)):
        parts += [string[end : match.start()], run.text(_filled(replacement, match))]
        end = match.end()
    return run.text("".join([*parts, string[end:]]))


@builtin("split", "string: string, delimiter: string")
def split(run: Run, string: str, delimiter: str) -> list[str] | None:
    compiled = _compiled(delimiter, None)
    if compiled is None:
        return None
    parts, end = [], 0
    for match in compiled.finditer(run.text(string)):
        if match.end() > match.start():
            parts.append(string[end : match.start()])
            end = match.end()
    return run.items([*parts, string[end:]])


@builtin("string join", "list: list, delimiter?: string | null")
def join(run: Run, items: list[Value], delimiter: Value = None) -> str | None:
    texts = [item for item in run.items(items) if item is not None]
    if any(type(item) is not str for item in texts):
        return None
    glue = delimiter if isinstance(delimiter, str) else ""
    run.spend(sum(len(text) + len(glue) for text in texts) // 64)
    return run.text(glue.join(texts))


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str | None) -> Any:
    """The pattern, or None if it or its flags (XPath's s, m, i, x) are not understood."""
    wanted = set(flags or "")
    if not wanted <= set("smix") or len(pattern) > 1000 or _OCTAL.search(pattern):
        return None
    pattern = _PARTS.sub(lambda found: _as_re2(found.group(), wanted), pattern)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    inline = "".join(sorted(wanted - {"x"}))
    try:
        return re2.compile(f"(?{inline}){pattern}" if inline else pattern, options)
    except re2.error:
        return None


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
