"""Expressions made by dice: each of a type, over the facts of judging.py, in the part of FEEL that both speak."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from tests.contracts.feelin.judging import Row

_TEXTS = ('"a"', '"bb"', '"Ann"', '"text"', '""', "s", "full name", "m.deep.er")
_NUMBERS = ("0", "1", "2", "3", "7", "10", "2.5", "0.25", "n", "xs[2]", "count(xs)", "people[1].age", "-n")
_DATES = ("2026-03-15", "2026-02-28", "2024-02-29", "2026-12-31", "2025-10-26")
_RISING = ("-n", "0", "0.25", "1", "2.5", "n", "7", "people[1].age", "100")
_RISING_DATES = tuple(f'@"{day}"' for day in sorted(_DATES))
_RISING_TEXTS = ('""', '"Ann"', "full name", '"a"', '"bb"', "s", "m.deep.er")
_SHAPES = ("{0}", "< {0}", ">= {0}", "[{1}..{2}]", "({1}..{2})", "? > {0}", "? != {0}", "? = {0} or ? > {0}")
_DAYS = ("P1D", "P7D", "P30D")
_MONTHS = ("P1M", "P1Y", "P14M")


class Maker:
    """Makes expressions of bounded depth."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice

    def one(self, *makers: Callable[[int], str]) -> Callable[[int], str]:
        return self.dice.choice(makers)

    def any(self, depth: int) -> str:
        return self.one(self.number, self.truth, self.truth, self.text, self.date, self.numbers, self.texts)(depth)

    def number(self, depth: int) -> str:
        if depth < 1:
            return self.dice.choice(_NUMBERS)
        makers = (self.number, self.sum, self.sum, self.choice_of_numbers, self.reduced, self.rounded, self.part)
        return self.one(*makers)(depth - 1)

    def sum(self, depth: int) -> str:
        left, right = self.number(depth), self.number(depth)
        return f"({left} {self.dice.choice('+-*')} {right})"

    def choice_of_numbers(self, depth: int) -> str:
        return f"(if {self.truth(depth)} then {self.number(depth)} else {self.number(depth)})"

    def reduced(self, depth: int) -> str:
        return f"{self.dice.choice(('sum', 'min', 'max', 'count', 'mean'))}({self.numbers(depth)})"

    def rounded(self, depth: int) -> str:
        name = self.dice.choice(("floor", "ceiling", "abs"))
        return f"{name}({self.number(depth)})"

    def part(self, depth: int) -> str:
        part = self.dice.choice(("year", "month", "day", "weekday"))
        return f"{self.date(depth)}.{part}"

    def truth(self, depth: int) -> str:
        if depth < 1:
            return self.dice.choice(("true", "false", "a", "null", "n > 3", 's = "text"'))
        makers = (self.compared, self.compared, self.joined, self.negated, self.lies, self.quantified, self.found)
        return self.one(*makers)(depth - 1)

    def compared(self, depth: int) -> str:
        maker = self.one(self.number, self.text, self.date)
        return f"({maker(depth)} {self.dice.choice(('=', '!=', '<', '<=', '>', '>='))} {maker(depth)})"

    def joined(self, depth: int) -> str:
        return f"({self.truth(depth)} {self.dice.choice(('and', 'or'))} {self.truth(depth)})"

    def negated(self, depth: int) -> str:
        return f"not({self.truth(depth)})"

    def lies(self, depth: int) -> str:
        """Both ends are constants in their order: feelin turns a range round that runs downwards."""
        maker, ends = self.dice.choice(((self.number, _RISING), (self.date, _RISING_DATES)))
        value, (low, high) = maker(depth), self.pair(ends)
        shape = self.dice.choice(("{v} between {l} and {h}", "{v} in [{l}..{h}]", "{v} in ({l}..{h})"))
        return f"({shape.format(v=value, l=low, h=high)})"

    def pair(self, ends: tuple[str, ...]) -> tuple[str, str]:
        low, high = sorted(self.dice.choices(range(len(ends)), k=2))
        return ends[low], ends[high]

    def quantified(self, _: int) -> str:
        """Without null: feelin says no where nothing can be said."""
        word, op = self.dice.choice(("some", "every")), self.dice.choice(("<", ">", "="))
        return f"({word} x in {self.numbers(0)} satisfies x {op} {self.number(0)})"

    def found(self, depth: int) -> str:
        if self.dice.random() < 0.5:
            return f"list contains({self.numbers(depth)}, {self.number(0)})"
        name = self.dice.choice(("contains", "starts with", "ends with"))
        return f"{name}({self.text(depth)}, {self.text(0)})"

    def text(self, depth: int) -> str:
        if depth < 1:
            return self.dice.choice(_TEXTS)
        return self.one(self.text, self.glued, self.cased, self.cut, self.named)(depth - 1)

    def glued(self, depth: int) -> str:
        return f"({self.text(depth)} + {self.text(depth)})"

    def cased(self, depth: int) -> str:
        name = self.dice.choice(("upper case", "lower case"))
        return f"{name}({self.text(depth)})"

    def cut(self, depth: int) -> str:
        name = self.dice.choice(("substring before", "substring after"))
        return f"{name}({self.text(depth)}, {self.text(0)})"

    def named(self, depth: int) -> str:
        name = self.dice.choice(("day of week", "month of year", "string"))
        return f"{name}({self.date(depth)})"

    def date(self, depth: int) -> str:
        day = f'@"{self.dice.choice(_DATES)}"'
        if depth < 1:
            return day
        length = self.dice.choice((*_DAYS, *_MONTHS))
        return f'({self.date(depth - 1)} {self.dice.choice("+-")} @"{length}")'

    def numbers(self, depth: int) -> str:
        if depth < 1:
            return self.dice.choice(("xs", "[]", "[1]", "[3, 1, 2]", "people.age", "[n, 2]"))
        return self.one(self.filtered, self.mapped, self.listed, self.reordered)(depth - 1)

    def filtered(self, depth: int) -> str:
        return f"{self.numbers(depth)}[item {self.dice.choice('<>')} {self.number(0)}]"

    def mapped(self, depth: int) -> str:
        return f"(for x in {self.numbers(depth)} return x {self.dice.choice('+-*')} {self.number(0)})"

    def listed(self, depth: int) -> str:
        return f"[{', '.join(self.number(depth) for _ in range(self.dice.randint(1, 3)))}]"

    def reordered(self, depth: int) -> str:
        name = self.dice.choice(("reverse", "distinct values", "flatten", "concatenate"))
        return f"{name}({self.numbers(depth)})"

    def texts(self, depth: int) -> str:
        return f"for p in people return p.name + {self.text(depth)}"

    def cell(self) -> Row:
        """Unary tests of a number or a text; null is not asked about with `?`, for feelin takes it to be any answer
        that is null."""
        tested: float | str | None
        if self.dice.random() < 0.5:
            tested, maker, ends = self.dice.choice((0, 1, 5, 2.5, -3, None)), self.number, _RISING
        else:
            tested, maker, ends = self.dice.choice(("a", "text", "", None)), self.text, _RISING_TEXTS
        shapes = _SHAPES[: 5 if tested is None else None]
        tests = ", ".join(
            self.dice.choice(shapes).format(maker(0), *self.pair(ends)) for _ in range(self.dice.randint(1, 3))
        )
        return Row(f"not({tests})" if self.dice.random() < 0.2 else tests, json.dumps(tested))


def rows(seed: int, count: int) -> list[Row]:
    """`count` expressions, a quarter of them cells; the same for the same seed."""
    maker = Maker(Random(seed))  # noqa: S311 # a seed for tests, no secret
    return [maker.cell() if at % 4 == 3 else Row(maker.any(1 + at % 4)) for at in range(count)]
