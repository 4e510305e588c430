"""Patterns that are safe to run on what anybody types."""

from __future__ import annotations

import re
import warnings

_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(|\)|[*+?]|\{[0-9]*,?[0-9]*\}|\||.", re.DOTALL)
_REPEATS = re.compile(r"[*+]|\{[0-9]+,\}|\{,?[0-9]{2,}\}|\{[0-9]*,[0-9]{2,}\}")
#: A back-reference makes matching exponential too.
_BACK = re.compile(r"\\[1-9]|\(\?P=")
MAX_LENGTH = 300
#: unbounded repeats in one pattern, and the longest answer matched against one: together they bound the work
MAX_REPEATS = 3
MAX_TEXT = 200


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as JavaScript reads it: unanchored, ASCII classes. Raises re.error, also for what is ambiguous."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return re.compile(pattern, re.ASCII)
        except (Warning, OverflowError, RecursionError) as error:
            raise re.error(str(error)) from error


def may_run_away(pattern: str) -> bool:
    """Could matching take exponential time? True for a repeated group that repeats or chooses inside, (a+)+ or (a|a)*.

    It may refuse a harmless pattern. More than three unbounded repeats are refused as well (polynomial time).
    """
    if len(pattern) > MAX_LENGTH or _BACK.search(pattern):
        return True
    signs = _SIGN.findall(pattern)
    risky = [False]
    closed_risky = False
    repeats = 0
    for sign in signs:
        if _REPEATS.fullmatch(sign):
            repeats += 1
            if closed_risky:
                return True
            risky[-1] = True
        closed_risky = _step(sign, risky)
    return repeats > MAX_REPEATS


def _step(sign: str, risky: list[bool]) -> bool:
    """Keep the stack of open groups; True when `sign` closes a group that must not be repeated."""
    if sign == "(":
        risky.append(False)
    elif sign == "|":
        risky[-1] = True
    elif sign == ")" and len(risky) > 1:
        inside = risky.pop()
        risky[-1] = risky[-1] or inside
        return inside
    return False
