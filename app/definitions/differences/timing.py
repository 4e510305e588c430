"""Due dates, durations and cycles in words, to stand beside the text itself. What is not known has no words."""

from __future__ import annotations

import re

from app.expressions import temporal
from app.workdays.wording import count

_CALL = re.compile(r"([a-z][a-z_ ]*?)\s*\((.*)\)", re.DOTALL)
_SPAN = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_CYCLE = re.compile(r"R(\d*)/(?:[^/]+/)?(P[^/]+)")
_FACT = re.compile(r"[A-Za-z_][\w.]*")
_AFTER = re.compile(r"(now|today)\(\)\s*([+-])\s*duration\((.+)\)")


def in_words(text: str) -> str:
    """`${workdays(policy.days)}` → “days” of “policy” (working days); "" where nothing can be said for sure."""
    text = text.strip()
    if text.startswith("${") and text.endswith("}"):
        return _moment(text[2:-1].strip())
    if text.startswith("="):
        return _moment(text[1:].strip())
    return _cycle(text) or span(text) or _date(text)


def _cycle(text: str) -> str:
    found = _CYCLE.fullmatch(text)
    every = span(found[2]) if found else ""
    times = f", {count(int(found[1]), 'time')}" if found and found[1] else ""
    return every and f"every {every}{times}"


def span(text: str) -> str:
    """`P1DT2H` → “1 day and 2 hours”."""
    found = _SPAN.fullmatch(text.strip())
    parts = [count(int(n), unit) for n, unit in zip(found.groups(), _UNITS, strict=True) if n] if found else []
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def _moment(text: str) -> str:
    """A moment that an expression works out."""
    later = _AFTER.fullmatch(text)
    if later:
        length = span(later[3].strip().strip('"')) or _fact(later[3].strip())
        return length and f"{length} {'after' if later[2] == '+' else 'before'} {_NOW[later[1]]}"
    called = _CALL.fullmatch(text)
    if called is None:
        return _date(text) or _fact(text)
    name, arguments = called[1], _arguments(called[2])
    return _counted(name, arguments)


_NOW = {"now": "that moment", "today": "that day"}
_COUNTS = {"workdays": "working day", "days": "calendar day"}


def _counted(name: str, arguments: list[str]) -> str:
    if name in _COUNTS and 1 <= len(arguments) <= 2:
        length = _length(arguments[0], _COUNTS[name])
        start = _moment(arguments[1]) if len(arguments) == 2 else ""
        if len(arguments) == 2 and not start:
            return ""
        return length and (f"{length} after {start}" if start else length)
    if name in ("workdays_before", "workdays before") and len(arguments) == 2:
        length, end = _length(arguments[0], "working day"), _moment(arguments[1])
        end = f"the end of {end}" if end and arguments[1].startswith(tuple(_COUNTS)) else end
        return f"{length} before {end}" if length and end else ""
    if name in ("date and time", "date") and len(arguments) == 1:
        return _moment(arguments[0].strip('"'))
    return ""


def _length(text: str, unit: str) -> str:
    if text.isdigit():
        return count(int(text), unit)
    fact = _fact(text)
    return fact and f"{fact} ({unit}s)"


def _fact(text: str) -> str:
    if not _FACT.fullmatch(text):
        return ""
    head, _, tail = text.replace("_", " ").partition(".")
    return f"“{tail}” of “{head}”" if tail else f"“{head}”"


def _date(text: str) -> str:
    found = temporal.parse_date(text)
    return f"{found.day} {found:%B %Y}" if found else ""


def _arguments(text: str) -> list[str]:
    """What stands between the commas of a call, not those of calls within."""
    depth, found = 0, [""]
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return []
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]
