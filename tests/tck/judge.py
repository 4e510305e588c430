"""What app.decisions answers to a question, and whether that is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.decisions import DecisionError, DecisionsRefused, NoRuleMatched, RulesDisagree, SeveralRulesMatched
from app.expressions import Environment
from app.expressions.values import Value
from app.workdays import Calendar
from tests.tck.models import NOT_HELD, decision, model
from tests.tck.suite import Question
from tests.tck.values import same

_ENVIRONMENT = Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())

#: A table that does not decide gives null in DMN; here it says so, and the case waits for a person.
_UNDECIDED = (NoRuleMatched, SeveralRulesMatched, RulesDisagree)


@dataclass(frozen=True, slots=True)
class Verdict:
    question: Question
    right: bool
    #: why a table or literal expression cannot hold this decision, "" if they can
    not_held: str
    #: what came out, in words for the list of failures
    got: str
    #: the expression, "a table" for a table, "" for what is neither
    said: str = ""
    #: the null that DMN asks for was told as a fault in words
    told: bool = False


def judge(question: Question) -> Verdict:
    if question.service:
        return Verdict(question, right=False, not_held=NOT_HELD["decisionService"], got="not asked")
    drawn = model(question.model)
    key = drawn.key(question.decision)
    if key is None:
        return Verdict(question, right=False, not_held="asks for what is no decision", got="not asked")
    return _answered(question, key, drawn.why_not_held(key))


def _answered(question: Question, key: str, not_held: str) -> Verdict:
    said = "" if not_held else model(question.model).said(key)
    try:
        value: Value = decision(question.model, key).value(question.inputs, _ENVIRONMENT)
    except (DecisionsRefused, DecisionError) as error:
        fits = not not_held and question.expected is None and (question.fault or isinstance(error, _UNDECIDED))
        return Verdict(question, fits, not_held, f"{type(error).__name__}: {error.detail}", said, told=fits)
    by_chance = bool(not_held) and value is None  # what is not there gives null as well
    return Verdict(question, same(question.expected, value) and not by_chance, not_held, repr(value), said)
