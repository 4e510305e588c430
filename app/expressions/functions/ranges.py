"""How ranges and points lie to each other (DMN 1.3, 10.3.4.9; Allen's interval algebra)."""

from __future__ import annotations

from collections.abc import Callable

from app.expressions.compare import equal, ordered
from app.expressions.functions.registry import builtin
from app.expressions.run import Run
from app.expressions.values import Range, Value


def _range(value: Value) -> Range:
    """A point is a range of one."""
    return value if type(value) is Range else Range(value, value)


def _ends_before(run: Run, a: Range, b: Range) -> bool | None:
    """`a` lies wholly before `b`."""
    if a.high_closed and b.low_closed:
        return ordered(run, "<", a.high, b.low)
    return ordered(run, "<=", a.high, b.low)


def _starts_no_later(run: Run, a: Range, b: Range) -> bool | None:
    if b.low_closed and not a.low_closed:
        return ordered(run, "<", a.low, b.low)
    return ordered(run, "<=", a.low, b.low)


def _ends_no_earlier(run: Run, a: Range, b: Range) -> bool | None:
    if b.high_closed and not a.high_closed:
        return ordered(run, ">", a.high, b.high)
    return ordered(run, ">=", a.high, b.high)


def _same_start(run: Run, a: Range, b: Range) -> bool | None:
    return _both(equal(run, a.low, b.low), a.low_closed == b.low_closed)


def _same_end(run: Run, a: Range, b: Range) -> bool | None:
    return _both(equal(run, a.high, b.high), a.high_closed == b.high_closed)


def _both(*answers: bool | None) -> bool | None:
    if None in answers:
        return None
    return all(answers)


def _contains(run: Run, a: Range, b: Range) -> bool | None:
    return _both(_starts_no_later(run, a, b), _ends_no_earlier(run, a, b))


def _meets(run: Run, a: Range, b: Range) -> bool | None:
    return _both(a.high_closed and b.low_closed, equal(run, a.high, b.low))


def _overlap(run: Run, a: Range, b: Range) -> bool | None:
    first, second = _ends_before(run, a, b), _ends_before(run, b, a)
    return None if first is None or second is None else not (first or second)


def _overlap_before(run: Run, a: Range, b: Range) -> bool | None:
    """`a` starts before `b` and ends in it."""
    earlier, shorter = _starts_no_later(run, b, a), _ends_no_earlier(run, b, a)
    return _both(_overlap(run, a, b), None if earlier is None else not earlier, shorter)


def _overlap_after(run: Run, a: Range, b: Range) -> bool | None:
    """`a` starts in `b` and ends after it, or with it."""
    return _both(_overlap(run, a, b), _negated(_starts_no_later(run, a, b)), _ends_no_earlier(run, a, b))


def _negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _coincide(run: Run, a: Range, b: Range) -> bool | None:
    return _both(_same_start(run, a, b), _same_end(run, a, b))


def _starts(run: Run, a: Range, b: Range) -> bool | None:
    return _both(_same_start(run, a, b), _ends_no_earlier(run, b, a))


def _finishes(run: Run, a: Range, b: Range) -> bool | None:
    return _both(_same_end(run, a, b), _starts_no_later(run, b, a))


Relation = Callable[[Run, Range, Range], bool | None]

#: name, relation, and whether it is told the other way round
_RELATIONS: tuple[tuple[str, Relation, bool], ...] = (
    ("before", _ends_before, False),
    ("after", _ends_before, True),
    ("meets", _meets, False),
    ("met by", _meets, True),
    ("overlaps", _overlap, False),
    ("overlaps before", _overlap_before, False),
    ("overlaps after", _overlap_after, False),
    ("finishes", _finishes, False),
    ("finished by", _finishes, True),
    ("includes", _contains, False),
    ("during", _contains, True),
    ("starts", _starts, False),
    ("started by", _starts, True),
    ("coincides", _coincide, False),
)

_POINTS = "number | string | date | time | date and time | days and time duration | years and months duration | range"


def _register(name: str, relation: Relation, turned: bool) -> None:
    first, second = ("a", "b") if not turned else ("b", "a")

    @builtin(name, f"range1: {_POINTS}, range2: {_POINTS}")
    def related(run: Run, range1: Value, range2: Value) -> bool | None:
        sides = {"a": _range(range1), "b": _range(range2)}
        return relation(run, sides[first], sides[second])


for _row in _RELATIONS:
    _register(*_row)
