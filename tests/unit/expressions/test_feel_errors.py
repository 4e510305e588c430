"""What a person reads when an expression is wrong: a sentence, and the character at fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.expressions import ExpressionError, did_you_mean, parse

Feel = Callable[..., Any]

#: the expression with “→” before the character at fault, and the sentence
MISTAKES: list[tuple[str, str]] = [
    ("if consent then 1→", "Here the answer for no is missing: “else”."),
    ("if consent → 1 else 2", "Here the answer for yes is missing: “then”."),
    ("1 + →", "Here a value is missing."),
    ("(1 + 2→", "Here the closing bracket is missing: “)”."),
    ("[1, 2→", "Here the end of the list is missing: “]”."),
    ("[1..2→", "Here the end of the range is missing: “]” with its last value, “)” without it."),
    ("for day in days →day", "Here “return” is missing."),
    ("some day →of days satisfies true", "Here a name and “in” are missing, as in: for day in days return …"),
    ("for →0.5 in days return 1", "Here a name and “in” are missing, as in: for day in days return …"),
    ("every →every in days satisfies true", "Here a name and “in” are missing, as in: for day in days return …"),
    ("{a →{: 1}", "Here a name with a colon is missing, as in {days: 5}."),
    ("{→: 1}", "Here a name with a colon is missing, as in {days: 5}."),
    ("function(→if) 1", "Here the name of a parameter is missing."),
    ("a →b", "After the expression there is more: “b”. Is an operator missing?"),
    ("n →== 5", "Write “=”. Only inside ${…} “==” is understood."),
    ("→“given”", 'Write straight quotation marks: "…".'),
    ('consent = →"given', "This text has no closing quotation mark."),
    ("a →&& b", "Write “and”. Only inside ${…} “&&” is understood."),
    ("a and →consnt given(1)", "There is no function “consnt given”."),
    ("→workday(5)", "There is no function “workday”. Did you mean “workdays”?"),
    ("→string lenght(a)", "There is no function “string lenght”. Did you mean “string length”?"),
    ("→abs(1, 2)", "“abs” is not written like this. It takes abs(n)."),
    ('→@"2026-02-30"', "“2026-02-30” is not a date, time or duration."),
    ("x instance of →nmber", "There is no type “nmber”. Did you mean “number”?"),
    ("{days: 1, →days: 2}", "“days” is given twice."),
    ("a →; b", "One expression only: there is no “;” here."),
    ("a →% b", "The character “%” has no meaning here."),
    ("1 between 0 →or 2", "Here the upper end of “between” is missing: “and”."),
]


@pytest.mark.parametrize(("marked", "sentence"), MISTAKES, ids=[marked for marked, _ in MISTAKES])
def test_a_mistake_is_told_at_its_character(marked: str, sentence: str) -> None:
    position, source = marked.index("→"), marked.replace("→", "")
    with pytest.raises(ExpressionError) as refused:
        parse(source)
    assert refused.value.message == sentence
    assert refused.value.position == position + len(source[position:]) - len(source[position:].lstrip())
    assert refused.value.shown() == f"{sentence}\n{source}\n{' ' * refused.value.position}^"


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("1 + count(→for i in 1..9999 return i)", "too long"),
        ("1 + xs→[item in xs]", "too many steps"),
        ("1 + count(→many)", "at most 5,000 elements"),
        ("a = 1 or →workdays(2.5) = null", "must be whole"),
        ("[1, →some i in 1..99999 satisfies false]", "too many steps"),
        ("[upper case(→long + long)]", "too long"),
    ],
)
def test_a_spent_budget_is_told_where_it_was_spent(feel: Feel, marked: str, words: str) -> None:
    source = marked.replace("→", "")
    with pytest.raises(ExpressionError, match=words) as refused:
        feel(source, a=0, xs=list(range(900)), many=list(range(9_000)), long="x" * 19_000)
    assert source[refused.value.position :].startswith(marked.split("→")[1][:4])


def test_a_place_in_a_long_text_is_shown_with_what_stands_around_it() -> None:
    with pytest.raises(ExpressionError) as refused:
        parse("n = 1 and\n" + "n = 2 and " * 40 + "n ~ 3" + " and true" * 20)
    line, caret = refused.value.pointer().split("\n")
    assert line[caret.index("^")] == "~"
    assert line.startswith("…")
    assert line.endswith("…")
    assert len(line) < 130


def test_the_place_in_an_attribute_is_that_of_the_whole_text() -> None:
    with pytest.raises(ExpressionError) as refused:
        parse("  ${consent =}")
    assert refused.value.source[refused.value.position :] == "}"


def test_a_name_that_is_nearly_known_is_offered() -> None:
    assert did_you_mean("consnt", {"consent", "content", "x"}) == " Did you mean “consent”?"
    assert did_you_mean("zzz", {"consent"}) == ""
