"""Where feelin says something else, by name, with the reason why our answer is the right one by the text of DMN 1.5.
Each line stands in expressions.txt, and a test fails as soon as the two agree on one."""

from __future__ import annotations

#: name -> (reason, expressions)
DIFFERENCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "numbers with an exponent": (
        "DMN 1.5 allows an exponent in a numeric literal; feelin stops reading at the letter and drops the rest.",
        ("1e3 + 1",),
    ),
    "order between types": (
        "Semantics of inequality: both sides are of one type, else null; feelin lets JavaScript compare.",
        ('1 < "2"',),
    ),
    "lists of different length": (
        "Semantics of equality: lists must have the same length, so the answer is false; feelin says null.",
        ("[1, 2] = [1]",),
    ),
    "nothing to be in": (
        "A test that is a value asks for equality, and null equals null alone, so it is false; feelin says null.",
        ("n in null",),
    ),
    "a list among the tests": (
        "Each element of a list on the right of “in” is a test; one that is a list is looked into as well.",
        ("1 in [[2, 3, 1]]",),
    ),
    "ranges that run downwards": (
        "x in [a..b] means x >= a and x <= b, which nothing meets if a > b; feelin turns the range round.",
        ("n between 9 and 1", "n in [9..1]", "5 ~ [9..1]"),
    ),
    "conditions that are not boolean": (
        "Rule 45: if e1 is true then e2 else e3; feelin takes whatever JavaScript holds for true.",
        ("if 1 then 1 else 2", 'if "x" then 1 else 2'),
    ),
    "a value for a list": (
        "A value is taken for the list of it (10.3.2.9.4 does so for filters and arguments); feelin says null.",
        ("for i in 5 return i",),
    ),
    "days to go through": (
        "DMN 1.5 goes through a range of dates day by day; feelin knows numbers only.",
        (
            'for d in [@"2026-03-01"..@"2026-03-03"] return d',
            'for d in @"2026-03-01"..@"2026-03-03" return d',
        ),
    ),
    "some and every with null": (
        "Rule 46: they are a row of “or” and of “and”, so null leaves it open unless another element decides.",
        ("every i in [1, null] satisfies i > 0", "some i in [1, null] satisfies i > 5"),
    ),
    "months between dates": (
        "10.3.4.1: a duration of years and months, so whole months; feelin leaves days in it, and rounds down.",
        (
            'years and months duration(@"2025-01-15", @"2026-03-14")',
            'years and months duration(@"2026-03-14", @"2025-01-15")',
            'years and months duration(@"2026-01-31", @"2026-02-28")',
        ),
    ),
    "moments in two zones": (
        "Semantics of subtraction: the time between two instants; feelin subtracts the clocks and loses an hour.",
        ('@"2026-03-15T10:00:00Z" - @"2026-03-15T10:00:00+01:00"',),
    ),
    "durations multiplied and divided": (
        "General semantics of multiplication and division have them; feelin has not.",
        (
            '@"P1D" * 2',
            '2 * @"P1D"',
            '@"P1D" / 2',
            '@"P2D" / @"P1D"',
            '@"P1Y" / @"P1M"',
            '@"P1Y" * 2',
        ),
    ),
    "the least and the greatest of what is no number": (
        "10.3.4.4: of any comparable values; feelin knows numbers only.",
        ('min(["b", "a"])', 'max([@"2026-03-15", @"2026-03-16"])'),
    ),
    "the middle of numbers of several digits": (
        "10.3.4.4: in the order of numbers; feelin sorts them as texts, where 41 comes before 7.",
        ("median([2, 41, 7])",),
    ),
    "places from the end of a list": (
        "10.3.4.4: -1 is the last position; feelin takes a place further to the front.",
        ("insert before([1, 3], -1, 2)", "remove([1, 2, 3], -1)", "list replace([1, 2, 3], -1, 9)"),
    ),
    "sort without an order": (
        "Ours: what has an order of its own needs no function.",
        ("sort([3, 1, 2])",),
    ),
    "is, of two types": (
        "10.3.4.12: they are two elements of the domain, so the answer is false; feelin says null.",
        ('is(1, "1")',),
    ),
    "relations of ranges": (
        "10.3.4.7 has them; of all these feelin has before, after, meets, met by, overlaps and includes only.",
        (
            "overlaps before([1..5], [4..10])",
            "overlaps after([4..10], [1..5])",
            "finishes(5, [1..5])",
            "finishes([3..5], [1..5])",
            "finished by([1..5], 5)",
            "during(5, [1..10])",
            "during([4..6], [1..10])",
            "starts(1, [1..5])",
            "starts([1..3], [1..5])",
            "started by([1..5], 1)",
            "coincides(5, 5)",
            "coincides([1..5], [1..5])",
            "coincides([1..5], [1..5))",
        ),
    ),
    "a question with the answer null": (
        "A test that asks with ? is met if the answer is true; feelin takes the answer null for the input null.",
        ("null ~ ? > 3",),
    ),
    "text that makes no sense": (
        "A mistake is refused; feelin reads on behind it.",
        ("x = = y",),
    ),
}
