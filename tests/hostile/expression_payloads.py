"""Expressions that try to get out, or to keep the machine busy. They run with the facts of test_expressions.py."""

from __future__ import annotations

#: what looks for a way to Python, to files, or into the page that shows it
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

#: what asks for more than its share: each grows with a number, a loop, a text, a pattern or itself
BOMBS = """
{x: for i in 1..190 return [partial[-1]], y: x = x}.y
{x: for i in 1..190 return [partial[-1]], y: string(x)}.y
{x: for i in 1..190 return [partial[-1]], y: flatten(x)}.y
{x: for i in 1..190 return [partial[-1]], y: x.name}.y
{x: for i in 1..190 return [partial[-1]], y: x instance of list<list<list<number>>>}.y
{x: for i in 1..190 return [partial[-1]], y: distinct values(x)}.y
{x: for i in 1..190 return [partial[-1]], y: 1 in x}.y
{x: for i in 1..190 return {a: partial[-1]}, y: x = x}.y
{x: for i in 1..190 return [partial[-1]], y: list contains(x, x[-1])}.y
for i in 1..190 return [partial[-1]]
mode(fractions)
mode(many)
stddev(fractions)
for i in 1..10 return stddev(fractions)
median(fractions)
for i in 1..4000 return 1.000001 ** (i + 0.5)
for i in 1..4000 return (i+0.5) ** 1000.5
for i in 1..4000 return exp(i / 3)
for i in 1..4000 return log(i / 3)
for i in 1..4000 return sqrt(i / 3)
for i in 1..4000 return i / 3
for i in 1..3000 return matches("a", "(x{100}){9}" + string(i))
for i in 1..3000 return matches("a", "((x{10}){10}){9}" + string(i))
for i in 1..3000 return matches("a", "[\\\\p{L}\\\\p{N}]{900}" + string(i))
for i in 1..3000 return matches(long, "(a|b|c|d)*x")
for i in 1..3000 return replace(long, "a", "bbbbbbbb")
for i in 1..3000 return split(long, "a")
for i in 1..3000 return replace("aaaaaaaaaa", "(a)(a)(a)(a)(a)(a)(a)(a)(a)", "$1$2$3$4$5$6$7$8$9$1$1")
for z in ["London", "Paris", "Berlin", "Rome", "Oslo"], i in 1..600 return time("10:00:00@Europe/" + z)
for i in 1..3000 return workdays(1)
for i in 1..3000 return days(1)
for i in 1..3000 return workdays_before(1, @"2026-03-15")
for i in 1..100 return workdays(150)
workdays(5000)
for i in 1..3000 return string(@"2026-03-15T10:00:00@Europe/London" + @"P1D")
for i in 1..3000 return @"2026-03-15T10:00:00@Europe/London" < @"2026-03-15T10:00:00@Europe/Paris"
for i in 1..3000 return now()
for i in 1..3000 return number("1" + string(i) + "e6000")
for i in 1..3000 return 1e6000 * 1e100
for i in 1..2000 return decimal(1/3, 30)
for i in 1..2000 return modulo(1e6000, 3.1)
for i in 1..2000 return odd(1e6144)
for i in 1..2000 return string(1e6144)
for i in 1..2000 return upper case(long)
for i in 1..2000 return contains(long, "aaaaaaaab")
for i in 1..2000 return ends with(long, long)
for i in 1..2000 return substring(long, 2)
for i in 1..2000 return substring before(long, "b")
for i in 1..2000 return substring after(long, "b")
for i in 1..2000 return long = long + "b"
for i in 1..2000 return long < s
for i in 1..2000 return string length(long)
for i in 1..2000 return index of(many, i)
for i in 1..2000 return sublist(many, 1)
for i in 1..2000 return append(many, 1)
for i in 1..2000 return count(many)
for i in 1..2000 return get entries(m)
for i in 1..2000 return context put(m, "a", 1)
for i in 1..2000 return m
for i in 1..2000 return many
sort(many, function(a, b) a > b)
sort(for i in 1..5000 return -i, function(a, b) a < b)
sort(for i in 1..500 return -i, function(a, b) sort(many[item < 10], function(c, d) c > d)[1] < a)
sort(many)
sort(fractions)
{f: function(n) for i in 1..n return i, x: for i in 1..500 return f(100)}.x
{f: function(f, n) if n = 0 then 1 else f(f, n - 1) + f(f, n - 1), x: f(f, 30)}.x
for a in 1..100, b in 1..100, c in 1..100 return a
every a in 1..1000000 satisfies true
some a in many satisfies a in many
for i in 1..2000 return range("[1..2]")
for i in 1..2000 return [1, 2, 3] instance of list<number>
for i in 1..2000 return function(a) a
for i in 1..2000 return week of year(@"2026-03-15")
for i in 1..2000 return overlaps([1..5], [2..3])
for i in 1..2000 return is(@"10:00:00Z", @"10:00:00+00:00")
for i in 1..2000 return years and months duration(@"2026-03-15", @"9999-03-15")
for i in @"0001-01-01"..@"9999-12-31" return i
many[item in many]
[many, many, many, many, many] = [many, many, many, many, many]
1e308 ** 1e308
9.9e6144 ** 0.5
2 ** 0.1 ** 0.1 ** 0.1
1.0000000000000000000000000000000001 ** 1e34
for i in 1..3000 return 1.0000000000000000000000000000000001 ** (1e34 - i)
for i in 1..3000 return string(1/3 + i)
for i in 1..3000 return string(@"P1DT2.5S")
""".strip().split("\n")


def built() -> list[str]:
    """What is too long to write down: depth, chains, lengths."""
    deep, long = 5_000, 1_000_000
    return [
        "(" * deep + "1" + ")" * deep,
        "[" * deep + "1" + "]" * deep,
        "{a: " * deep + "1" + "}" * deep,
        "-" * deep + "1",
        "not(" * deep + "true" + ")" * deep,
        "if a then " * deep + "1" + " else 2" * deep,
        "for i in " * deep + "xs" + " return i" * deep,
        "function(a) " * deep + "a",
        "1 instance of " + "list<" * deep + "number" + ">" * deep,
        "(function(a) a)" + "(1)" * 900,
        "f" + "(f)" * 1300,
        "a" + ".a" * 1500,
        "xs" + "[1]" * 1300,
        "1" + " + 1" * 1000,
        "true" + " and true" * 450,
        "1" + " ** 2" * 800,
        "n in (" + ", ".join(["1"] * 1200) + ")",
        "{" + ", ".join(f"k{number}: 1" for number in range(400)) + "}",
        "{" + ", ".join(f"k{number}: k{number - 1} + k{number - 1}" for number in range(1, 200)) + "}",
        "{a0: [1, 1], " + ", ".join(f"a{n}: [a{n - 1}, a{n - 1}]" for n in range(1, 90)) + "}",
        "sum(" * 35 + "xs" + ")" * 35,
        "sort(xs, function(a, b) " * 12 + "true" + ")" * 12,
        "1" * long,
        "1 " * long,
        " " * long,
        '"' + "a" * long + '"',
        "a" * long,
        "/*" * long,
        "1e" + "9" * 4000,
        "0." + "0" * 4000 + "1",
        "9" * 4000,
        "\x00" * 100,
        "a\x00b",
        '"a\x00b"',
        "\ud800",
        '"\ud800"',
        '"\\ud800" + "\\udc00"',
        "\ufeff1",
        "1\u00a0+\u20031",
        "а = a",  # a Cyrillic letter
        "ｔｒｕｅ",
        "n ＝ 5",
        "“text”",
        "n\u037e",
        "\u202e1 + 1",
        "e\u0301 = \u00e9",
        "{0.__class__}",
        "{n!r:>{width}}",
        "%(n)s %s %n",
        '"%s%s%n" + "{0}"',
        'date("' + "9" * 4000 + '-01-01")',
        'duration("P' + "9" * 4000 + 'D")',
        'time("10:00:00@' + "A" * 3000 + '")',
        'matches("a", "' + "(" * 1900 + ")" * 1900 + '")',
        'matches("a", "' + "\\\\p{L}" * 300 + '")',
        'replace("' + "a" * 3000 + '", "a", "' + "$0" * 400 + '")',
        'split("' + "a" * 3900 + '", "a")',
        'range("[' + "1" * 3900 + '..2]")',
    ]
