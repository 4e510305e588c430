"""What breaks the rules of messages, pauses and tables: the diagrams that the rules' own tests draw, and the table of
the sample with one text replaced."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.decisions.reader import MAX_CHAIN
from app.definitions import WITHDRAWN
from app.engine.bundle import Bundle
from tests.unit.definitions.sample import TABLE, bundle
from tests.unit.definitions.test_lint_messages import talking
from tests.unit.definitions.test_lint_said import WRONG as SAID_WRONG
from tests.unit.definitions.test_lint_said import offering
from tests.unit.engine.diagrams import inputs
from tests.unit.engine.models import bundle as drawn
from tests.unit.engine.test_check_pauses import RIGHT, WRONG


def table(*changes: tuple[str, str]) -> Callable[[], Bundle]:
    text = TABLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return lambda: bundle({"policy.dmn": text})


def row(number: int, test: str, answer: str = "6") -> tuple[str, str]:
    """One row more, at the end."""
    cells = f"<inputEntry><text>{test}</text></inputEntry><outputEntry><text>{answer}</text></outputEntry>"
    return "</rule>\n    </decisionTable>", f'</rule><rule id="r{number}">{cells}</rule>\n    </decisionTable>'


def decision(key: str, text: str, needs: str = "") -> str:
    """One decision more; `needs`: the id of one whose answer it waits for."""
    arrow = f'<informationRequirement><requiredDecision href="#{needs}"/></informationRequirement>' if needs else ""
    logic = f"<literalExpression><text>{text}</text></literalExpression>"
    return f'<decision id="{key}" name="{key}"><variable name="{key}"/>{arrow}{logic}</decision>'


def beside(*decisions: str) -> tuple[str, str]:
    return "</definitions>", "".join(decisions) + "</definitions>"


def chain(length: int) -> tuple[str, str]:
    """So many decisions, each of which waits for the next."""
    waiting = (decision(f"d{number}", "1", f"d{number + 1}") for number in range(1, length))
    return beside(*waiting, decision(f"d{length}", "1"))


CELL = '<inputEntry id="c"><text>'
ONLY_NORTH = (CELL, CELL + '"north"')
ALLOWED = ("</inputExpression>", '</inputExpression><inputValues><text>"north"</text></inputValues>')
UNIQUE = ('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"')
#: the table says who has which part
ROLES = (
    ('hitPolicy="FIRST"', 'hitPolicy="RULE ORDER"'),
    ('name="days" typeRef="number"', 'name="raci" typeRef="string"'),
)
RISK = decision("risk", "5")


def days(values: str) -> tuple[str, str]:
    """The output column holds one of these."""
    column = 'name="days" typeRef="number"'
    return column + " />", f"{column}><outputValues><text>{values}</text></outputValues></output>"


TABLES: dict[str, Callable[[], Bundle]] = {
    "dmn-arrow": table(beside(RISK, decision("score", "risk + 1"))),
    "dmn-chain": table(chain(MAX_CHAIN + 1)),
    "dmn-gap": table(ONLY_NORTH),
    "dmn-never": table(ALLOWED, row(2, '"south"')),
    "dmn-output-value": table(days("1, 2")),
    "dmn-overlap": table(UNIQUE, row(2, '"north"')),
    "dmn-raci": table(*ROLES, (">5<", '>"A"<'), row(2, '"north"', '"A"')),
    "dmn-raci-unsure": table(*ROLES, (">5<", '>"A"<'), row(2, "limit * 2", '"A"')),
    "dmn-shadowed": table(row(2, '"north"')),
    "dmn-type": table((">5<", '>"five"<')),
}

BORROWED: dict[str, Callable[[], Bundle]] = {
    **{rule: partial(drawn, *diagrams) for rule, diagrams in reversed(WRONG)},
    "message-keep": partial(talking, {"keep": "P3D"}),
    "message-key": partial(talking, {"key": ""}),
    "message-name": partial(talking, name="w" * 201),
    "message-payload": partial(talking, ext=inputs(employer="x")),
    "message-place": partial(talking, {}, {"keep": "P3D"}),
    "message-reserved": partial(talking, name=WITHDRAWN),
    "message-to": partial(talking, {"unmatched": "", "to": "third"}),
    "message-told": partial(talking, {"told": "word"}),
    "message-unmatched": partial(talking, {"unmatched": "shout"}),
    **{rule: partial(offering, **how) for (rule, _element), how in reversed(SAID_WRONG)},
}

#: Next to each of these, what differs in that one point and is sound.
NEIGHBOURS: dict[str, Callable[[], Bundle]] = {
    "dmn-arrow": table(beside(RISK, decision("score", "risk + 1", "risk"))),
    "dmn-chain": table(chain(MAX_CHAIN)),
    "dmn-gap": table(ONLY_NORTH, row(2, 'not("north")')),
    "dmn-never": table(ALLOWED, ONLY_NORTH),
    "dmn-output-value": table(days("1, 5")),
    "dmn-overlap": table(UNIQUE, ONLY_NORTH, row(2, 'not("north")')),
    "dmn-raci": table(*ROLES, (">5<", '>"A"<'), row(2, '"north"', '"C"')),
    "dmn-raci-unsure": table(*ROLES, (">5<", '>"A"<'), row(2, "limit * 2", '"C"')),
    "dmn-shadowed": table(ONLY_NORTH, row(2, "")),
    "dmn-type": table((">5<", ">15<")),
    "message-keep": partial(talking, {"unmatched": "wait", "keep": "P3D"}),
    "message-key": talking,
    "message-name": partial(talking, name="w" * 200),
    "message-payload": partial(talking, ext=inputs(other="x")),
    "message-place": talking,
    "message-reserved": talking,
    "message-to": partial(talking, {"unmatched": "", "to": "other", "told": ""}),
    "message-told": talking,
    "message-unmatched": partial(talking, {"unmatched": "wait"}),
    **{rule: partial(drawn, *RIGHT[0]) for rule, _ in WRONG},
    **{rule: offering for (rule, _element), _how in SAID_WRONG},
}
