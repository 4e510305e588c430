"""Nothing that is written into a diagram gets out of the expression, or keeps the machine busy."""

from __future__ import annotations

import random
import resource
from datetime import UTC, datetime
from typing import Any

import pytest

from app.expressions import Environment, ExpressionError, from_modeler, parse, timer, to_json
from app.expressions.functions import NAMES
from app.workdays import Calendar

ENVIRONMENT = Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())
FACTS: dict[str, Any] = {
    "a": True,
    "n": 5,
    "s": "text",
    "xs": list(range(100)),
    "m": {"k": [1, {"z": None}]},
    "f": 0.1,
    "day": "2026-03-15",
}

ESCAPES = """
__import__('os').system('id')
__import__("os").popen("id")
().__class__.__mro__[1].__subclasses__()
"".__class__
[].__class__.__base__.__subclasses__()
s.__class__.__init__.__globals__
s.__len__
s.format(1)
xs.append(1)
xs.pop
m.keys
m.update({a: 1})
m.__dict__
a.__bool__
n.real
n.to_bytes
day.year.__class__
now().__class__
now().tzinfo
now().tzinfo.key
today().replace(year: 1)
today().strftime("%s")
@"P1D".total_seconds
[1..2].low
[1..2].__class__
{__class__: 1}.__class__
get value(m, "__class__")
context put(m, "__class__", 1)
eval("1")
exec("1")
open("/etc/passwd")
compile("1", "", "exec")
globals()
locals()
vars()
getattr(s, "upper")
setattr(s, "a", 1)
type(s)
object
print("x")
input()
breakpoint()
exit()
quit()
lambda: 1
lambda x: x
yield 1
await x
import os
from os import system
x := 5
x = y = z
del x
assert false
raise x
while true: 1
try: 1
class A: pass
def f(): pass
function() 1
function(x) x
function(x) external {java: {class: "java.lang.Runtime", method signature: "exec(java.lang.String)"}}
{f: function() 1}.f()
s%"1"
s[0:1]
xs[::2]
f"{n}"
r"raw"
b"bytes"
`id`
$(id)
${id}
${${a}}
${"".getClass().forName("java.lang.Runtime")}
${T(java.lang.Runtime).getRuntime().exec("id")}
#{execution.getVariable("x")}
${execution.setVariable('a', 1)}
{{7*7}}
{% import os %}
<script>alert(1)</script>
'; DROP TABLE cases; --
1; 2
1\\n2
\\x00
\\u0000
"\\u0000"
"\\uD800"
"unterminated
'unterminated
/* unterminated
// only a comment
@"file:///etc/passwd"
@"2026-03-15T00:00:00@../../../etc/passwd"
@"10:00:00@/etc/localtime"
time("10:00:00@Europe")
date("2026-03-15; id")
matches(s, "(?i)(?<=a)b")
matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")
matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$")
matches("x", "((((((((((x{10}){10}){10}){10}){10}){10}){10}){10}){10}){10}")
matches("x", "(?P<a>")
replace("aaaa", "a*", "b")
replace("aaaa", "(a)(a)", "$99")
split("aaa", "")
9**9**9**9
10**6144*10**6144
2**-1000000000
(-1)**0.5
0**0
1e9999
1e6144*1e6144
exp(1e6)
log(1e-6143)
sqrt(1e6143)
decimal(1/3, 6176)
round up(1e6000, -6111)
odd(1e6144)
modulo(1e6144, 1e-6143)
string(1e6144)
string(1e-6143)
duration("P999999999D") * 1e9
duration("P999999999Y") + duration("P999999999Y")
date(9999, 12, 31) + duration("P1D")
date(1e30, 1, 1)
date("0000-01-01")
time(1e30, 0, 0)
for i in 1..1e9 return i
for i in 1..1e3, j in 1..1e3, k in 1..1e3 return i
for i in 1..5000 return partial
for i in 1..200 return concatenate(partial, partial, [i])
some i in 1..1e9 satisfies false
xs[count(xs[count(xs[item > 0]) > 0]) > 0]
{a: "xxxxxxxxxxxxxxxx", b: a+a+a+a, c: b+b+b+b, d: c+c+c+c, e: d+d+d+d, f: e+e+e+e, g: f+f+f+f}
{a: [1,1,1,1,1,1,1,1], b: [a,a,a,a,a,a,a,a], c: [b,b,b,b,b,b,b,b], d: [c,c,c,c,c,c,c,c], e: [d,d,d,d,d,d,d,d]}
{a: [1,1,1,1,1,1,1,1], b: [a,a,a,a,a,a,a,a], c: [b,b,b,b,b,b,b,b], d: [c,c,c,c,c,c,c,c], e: d = d, f: [d] = [d]}
{a: [xs,xs,xs,xs], b: [a,a,a,a], c: [b,b,b,b], d: [c,c,c,c], e: string(d)}
{a: [xs,xs,xs,xs], b: [a,a,a,a], c: [b,b,b,b], d: flatten(c)}
flatten([xs, xs, xs, xs, xs, xs, xs, xs, xs, xs])
for i in 1..500 return upper case(string join(for j in 1..99 return "ßßßßßßßß"))
workdays(1e300)
workdays(5000, workdays(5000, workdays(5000)))
days(5000, date("9999-12-01"))
workdays_before(5000, date("0001-01-02"))
sort(for i in 1..5000 return -i)
distinct values(for i in 1..5000 return i)
index of(xs, xs)
list contains([[[[[[[[[[1]]]]]]]]]], [[[[[[[[[[1]]]]]]]]]])
context([{key: "a", value: 1}, {key: "a", value: 2}])
context merge([m, m, null])
context put(m, ["k", "z", "y"], 1)
string join(xs)
number("1e999999999")
number("１２３")
𝟙 + 1
été + 1
a\u200bb
\u202ea = "evil"
""".strip().split("\n")

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


@pytest.mark.parametrize("source", ESCAPES)
def test_payloads_give_a_value_or_a_refusal(source: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF)
    for text in (source, f"${{{source}}}", f"={source}"):
        assert safe(settle(text))
    assert safe(settle(source, unary=True))
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime - before.ru_utime < 2, "a budget does not hold"
    assert after.ru_maxrss - before.ru_maxrss < 64_000, "a budget does not hold"


def test_python_is_out_of_reach() -> None:
    """What the payloads try to read is null, not just unprintable."""
    for source in ESCAPES:
        if "__" in source or ".tzinfo" in source:
            assert settle(source) in (None, [], [None] * 100, {"__class__": 1, "k": [1, {"z": None}]}, 1), source


@pytest.mark.parametrize("seed", range(10))
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
