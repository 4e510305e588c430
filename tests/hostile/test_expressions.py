"""Nothing that is written into a diagram gets out of the expression, or keeps the machine busy."""

from __future__ import annotations

import gc
import os
import random
import resource
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from app.expressions import Environment, ExpressionError, from_modeler, parse, timer, to_json
from app.expressions.functions import NAMES
from app.workdays import Calendar
from tests.hostile.expression_payloads import BOMBS, ESCAPES, built

ENVIRONMENT = Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())
FACTS: dict[str, Any] = {
    "a": True,
    "n": 5,
    "s": "text",
    "xs": list(range(100)),
    "m": {"k": [1, {"z": None}]},
    "f": 0.1,
    "many": list(range(4_900)),
    "fractions": [number / 7 for number in range(4_900)],
    "long": "a" * 19_000,
    "day": "2026-03-15",
}

_PIECES = [
    *"()[]{},.:?@+-*/=<>!\"'\\&|#$%^~`; \n\t",
    *(
        "**",
        "..",
        "<=",
        ">=",
        "!=",
        "==",
        "&&",
        "||",
        "${",
        "}",
        "//",
        "/*",
        "*/",
        "'",
        "\\u",
        "\x00",
        "é",
        "😀",
        "\u200b",
    ),
    *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "not", "between", "of"),
    *("instance", "true", "false", "null", "item", "partial", "empty", "eq", "function", "external", "of number"),
    *(
        "a",
        "n",
        "s",
        "xs",
        "m",
        "f",
        "m.k",
        "xs[1]",
        "__class__",
        "1",
        "0",
        "-1",
        "1e9",
        "1e6144",
        "0.5",
        "1..5",
        "[1..5]",
    ),
    *('"x"', '"2026-03-15"', '@"P1D"', '@"2026-03-15"', '@"10:00:00Z"', "[1, 2]", "{a: 1}", "date(", "(1)", "()", "( "),
    *(f"{name}(" for name in sorted(NAMES)),
]


def settle(source: str, *, unary: bool = False) -> Any:
    """The value of a hostile source, or None if it was refused. Anything but `ExpressionError` is a failure."""
    try:
        if not unary:
            from_modeler(source)
            timer(source)
        return to_json(parse(source, unary=unary).evaluate(FACTS, ENVIRONMENT, FACTS["n"]))
    except ExpressionError as refused:
        return None if refused.detail and refused.pointer() else refused


def safe(value: Any) -> bool:
    """JSON only: nothing of Python's machinery came out."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and safe(item) for key, item in value.items())
    if isinstance(value, list):
        return all(safe(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


PAYLOADS = [*ESCAPES, *BOMBS, *built()]
#: how many expressions the dice make; the nightly run asks for more
GENERATED = int(os.environ.get("WAYMARK_HOSTILE", "10000"))


@pytest.mark.parametrize("source", PAYLOADS, ids=range(len(PAYLOADS)))
def test_payloads_give_a_value_or_a_refusal(source: str) -> None:
    largest, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    # to clear away what other tests have left behind is no cost of an expression, nor is what their threads still do
    gc.disable()
    try:
        for text in (source, f"${{{source}}}", f"={source}"):
            assert safe(settle(text))
        assert safe(settle(source, unary=True))
        spent = time.thread_time() - begun
    finally:
        gc.enable()
    assert spent < 2, "a budget does not hold"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - largest < 64_000, "a budget does not hold"


def test_python_is_out_of_reach() -> None:
    """What the payloads try to read is null, not just unprintable."""
    for source in ESCAPES:
        if "__" in source or ".tzinfo" in source:
            assert settle(source) in (None, [], [None] * 100, {"__class__": 1, "k": [1, {"z": None}]}, 1), source


@pytest.mark.parametrize("seed", range(GENERATED // 1000))
def test_generated_nonsense_gives_a_value_or_a_refusal(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 # a seed for tests, no secret
    understood = 0
    for _ in range(1000):
        source = " ".join(dice.choices(_PIECES, k=dice.randint(1, 14)))
        source = source + ")" * source.count("(") if dice.random() < 0.5 else source
        value = settle(source, unary=dice.random() < 0.3)
        assert safe(value), source
        understood += value is not None
    assert understood > 5, "the generator should also hit what is understood"


@pytest.mark.parametrize("seed", range(5))
def test_generated_calls_of_every_function_hold(seed: int) -> None:
    """Each function with arguments of every type, by position, in every wrong combination."""
    dice = random.Random(seed)  # noqa: S311 # a seed for tests, no secret
    values = [
        "null", "true", "0", "-1", "1", "2.5", "1e6144", "1e-6143", '""', '"a"', '"["', '"2026-03-15"', '@"2026-03-15"',
        '@"10:00:00"', '@"10:00:00@Europe/London"', '@"2026-03-15T10:00:00"', '@"2026-03-15T10:00:00Z"', '@"P1D"',
        '@"-P999999999D"', '@"P999999999Y"', "[]", "[1, null]", '["a"]', "xs", "{}", "m", "[1..5]", '(@"P1D"..@"P2D")',
        "[[xs, xs], [xs]]", '{key: "a", value: 1}',
    ]  # fmt: skip
    for name in sorted(NAMES):
        for _ in range(20):
            arguments = ", ".join(dice.choices(values, k=dice.randint(0, 4)))
            assert safe(settle(f"{name}({arguments})"))
            operator = dice.choice(("+", "-", "*", "/", "**", "<", "=", "!=", "in", "and"))
            assert safe(settle(f"{dice.choice(values)} {operator} {dice.choice(values)}"))


def test_a_hostile_file_of_facts_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    for value in (circle, object(), print, b"bytes", {1: 2, "x": circle}, float("inf"), 10**400):
        try:
            result = parse("[x, x = x, string(x)]").evaluate({"x": value}, ENVIRONMENT)
        except ExpressionError:
            continue
        assert safe(to_json(result))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("some i in 1..30000 satisfies i < 0", "too many steps"),
        ('{x: for i in 1..9 return matches("a", "[a-z]{900}" + string(i)), y: count(x)}.y', "too many steps"),
        ("count(for i in 1..100 return log(i))", "too many steps"),
    ],
)
def test_without_its_budget_the_same_would_go_on(source: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: it is the fuel that stops these, and nothing else."""
    with monkeypatch.context() as small:
        small.setattr("app.expressions.limits.FUEL", 2_000)
        with pytest.raises(ExpressionError, match=words):
            parse(source).evaluate(FACTS, ENVIRONMENT)
    monkeypatch.setattr("app.expressions.limits.FUEL", 10_000_000)
    assert parse(source).evaluate(FACTS, ENVIRONMENT) in (False, 9, 100)
