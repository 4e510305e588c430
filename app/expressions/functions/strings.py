"""Text (DMN 1.3, 10.3.4.3)."""

from __future__ import annotations

from app.expressions import limits
from app.expressions.functions.registry import MISSING, builtin
from app.expressions.run import Run
from app.expressions.values import Value


@builtin("string length", "string: string")
def length(_: Run, string: str) -> int:
    return len(string)


@builtin("substring", "string: string, start position: number, length?: number")
def substring(run: Run, string: str, start: Value, count: Value = MISSING) -> str | None:
    begin = int(start)
    if begin == 0 or abs(begin) > len(string) or (count is not MISSING and count < 1):
        return None
    begin = begin - 1 if begin > 0 else len(string) + begin
    return run.text(string[begin:] if count is MISSING else string[begin : begin + int(count)])


@builtin("upper case", "string: string")
def upper(run: Run, string: str) -> str:
    return run.text(string.upper())


@builtin("lower case", "string: string")
def lower(run: Run, string: str) -> str:
    return run.text(string.lower())


@builtin("substring before", "string: string, match: string")
def before(run: Run, string: str, match: str) -> str:
    _searched(run, string)
    head, found, _tail = string.partition(match) if match else ("", "", "")
    return head if found else ""


@builtin("substring after", "string: string, match: string")
def after(run: Run, string: str, match: str) -> str:
    _searched(run, string)
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string, match: string")
def contains(run: Run, string: str, match: str) -> bool:
    _searched(run, string)
    return match in string


@builtin("starts with", "string: string, match: string")
def starts(_: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends(_: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("string join", "list: list, delimiter?: string | null")
def join(run: Run, items: list[Value], delimiter: Value = None) -> str | None:
    texts = [item for item in run.items(items) if item is not None]
    if any(type(item) is not str for item in texts):
        return None
    glue = delimiter if isinstance(delimiter, str) else ""
    run.spend(sum(len(text) + len(glue) for text in texts) // limits.STRING_STEP)
    return run.text(glue.join(texts))


def _searched(run: Run, string: str) -> None:
    run.spend(len(string) // limits.STRING_STEP)
