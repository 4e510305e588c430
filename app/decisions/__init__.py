"""Decision tables (DMN 1.1 to 1.5): policy numbers and choices as data."""

from app.decisions.deciding import Decision, Decisions
from app.decisions.errors import (
    DecisionError,
    DecisionsRefused,
    NoRuleMatched,
    NothingToCollect,
    OutputsMissing,
    RulesDisagree,
    SeveralRulesMatched,
    ValueNotAllowed,
    WrongType,
)
from app.decisions.reader import check, load
from app.decisions.result import DecisionResult

__all__ = [
    "Decision",
    "DecisionError",
    "DecisionResult",
    "Decisions",
    "DecisionsRefused",
    "NoRuleMatched",
    "NothingToCollect",
    "OutputsMissing",
    "RulesDisagree",
    "SeveralRulesMatched",
    "ValueNotAllowed",
    "WrongType",
    "check",
    "load",
]
