"""Business knowledge models: one expression with parameters, called by its name (DMN 1.3, 6.3.9)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from dmn_builder import decision, dmn, literal, table

from app.decisions import DecisionError, check, load
from app.expressions import Environment


def needs(*models: str) -> str:
    return "".join(f'<knowledgeRequirement><requiredKnowledge href="#{key}"/></knowledgeRequirement>' for key in models)


def model(name: str, parameters: Sequence[str], logic: str, *requires: str, kinds: Sequence[str] = ()) -> str:
    types = [*kinds, *[""] * (len(parameters) - len(kinds))]
    formal = "".join(
        f'<formalParameter name="{one}"{f" typeRef={kind!r}" if kind else ""}/>'
        for one, kind in zip(parameters, types, strict=True)
    )
    return (
        f'<businessKnowledgeModel id="k-{name.replace(" ", "-")}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{needs(*requires)}</businessKnowledgeModel>"
    )


TWICE = model("twice", ["n"], literal("n * 2"))
SHARE = model("fair share", ["whole sum", "people"], literal("twice(whole sum) / people"), "k-twice")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("twice(4)", 8),
        ("twice(twice(days))", 12),
        ("fair share(6, 4)", 3),
        ("fair share(people: 4, whole sum: 6)", 3),
        ("count(for n in 1..3 return twice(n))", 3),
        ("twice(null)", None),
    ],
)
def test_a_model_is_called_by_its_name(source: str, value: object, environment: Environment) -> None:
    data = dmn(TWICE, SHARE, decision("p", needs("k-twice", "k-fair-share") + literal(source)))
    assert check(data, "p.dmn") == []
    made = load(data)["p"]
    assert made.decide({"days": 3}, environment).value == value
    assert made.names <= {"days"}


def test_a_model_in_the_cells_of_a_table(environment: Environment) -> None:
    logic = table(["n"], ["x"], [(["> twice(limit)"], ["twice(n)"]), (["<= twice(limit)"], ["0"])])
    made = load(dmn(TWICE, decision("p", needs("k-twice") + logic)))["p"]
    assert [made.decide({"n": n, "limit": 2}, environment).value for n in (4, 5)] == [0, 10]


def test_a_model_sees_its_parameters_and_nothing_of_the_case(environment: Environment) -> None:
    peeping = model("peeping", ["n"], literal("secret"))
    made = load(dmn(peeping, decision("p", needs("k-peeping") + literal("peeping(1)"))))["p"]
    assert made.decide({"secret": 5}, environment).value is None


def test_what_is_handed_over_has_the_type_of_the_parameter(environment: Environment) -> None:
    typed = model("typed", ["n"], literal("n"), kinds=["number"])
    made = load(dmn(typed, decision("p", needs("k-typed") + literal("[typed(1), typed([2])]"))))["p"]
    assert made.decide({}, environment).value == [1, 2]


def test_models_spend_the_steps_of_who_calls(environment: Environment) -> None:
    chain = [model("m0", ["n"], literal("n"))]
    for level in range(1, 12):
        calls = " + ".join([f"m{level - 1}(n)"] * 8)
        chain.append(model(f"m{level}", ["n"], literal(calls), f"k-m{level - 1}"))
    made = load(dmn(*chain, decision("p", needs("k-m11") + literal("m11(1)"))))["p"]
    with pytest.raises(DecisionError, match=r"too many steps|too deeply"):
        made.decide({}, environment)


@pytest.mark.parametrize(
    ("models", "rule", "words"),
    [
        ((), "dmn-requires", "“k-twice” is not in this file"),
        ((model("twice", ["n"], "<context/>"),), "dmn-logic", "is not one FEEL expression"),
        ((model("twice", ["n"], literal("n +")),), "dmn-expression", "The model “twice”"),
        ((model("twice", ["n"], literal("twice(n)"), "k-twice"),), "dmn-circle", "calls itself"),
        (
            (
                model("twice", ["n"], literal("again(n)"), "k-again"),
                model("again", ["n"], literal("twice(n)"), "k-twice"),
            ),
            "dmn-circle",
            "k-twice → k-again",
        ),
    ],
)
def test_models_that_cannot_be_used(models: tuple[str, ...], rule: str, words: str) -> None:
    found = check(dmn(*models, decision("p", needs("k-twice") + literal("1"))), "p.dmn")
    assert [one.rule for one in found] == [rule]
    assert words in found[0].message
    assert found[0].severity == "error"


def test_a_call_without_an_arrow_is_refused() -> None:
    [found] = check(dmn(TWICE, decision("p", literal("twice(4)"))), "p.dmn")
    assert (found.rule, found.severity, found.element) == ("dmn-arrow", "error", "p")
    assert found.message == "The decision “p” calls “twice”, and no arrow comes from that model."
