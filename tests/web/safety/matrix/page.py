"""What came back, as the tables of docs/authorisation.md: one line an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tests.web.safety.matrix.asking import LOG_IN, NOT_ALLOWED, NOT_THERE, YES, Question
from tests.web.safety.matrix.cast import CAST, COLUMNS, Column, Part

#: what was asked, of which kind of case, by whom: the answer
Answers = Mapping[tuple[Question, Column, Part], str]
EVERYBODY = [one for one in CAST if one.username]
NOBODY = next(one for one in CAST if not one.username)


def rendered(answers: Answers) -> str:
    """Pages and operations of the API, each about cases and not."""
    parts = []
    for api, title in ((False, "Pages"), (True, "API")):
        asked = sorted({one for one, _column, _part in answers if one.api == api}, key=_order)
        parts.append(f"## {title}: about a case\n\n{''.join(_about_cases(answers, asked))}")
        parts.append(f"## {title}: about no case\n\n{''.join(_about_none(answers, asked))}")
    return "\n" + "\n".join(parts) + "\n"


def _order(question: Question) -> tuple[str, str, str]:
    method, path = question.rule.split()
    return path, method, question.stage


def _about_cases(answers: Answers, asked: Iterable[Question]) -> Iterator[str]:
    yield _line("Address", *COLUMNS.values())
    yield f"|{'---|' * (1 + len(COLUMNS))}\n"
    for question in asked:
        if question.of_case:
            yield _line(question.words, *(_said(answers, question, column) for column in COLUMNS))


def _about_none(answers: Answers, asked: Iterable[Question]) -> Iterator[str]:
    yield _line("Address", "Answer")
    yield "|---|---|\n"
    for question in asked:
        if not question.of_case:
            yield _line(question.words, _said(answers, question, "own"))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _said(answers: Answers, question: Question, column: Column) -> str:
    """Who gets which answer: those who may first, the most frequent refusal as what everybody else gets."""
    who = {kind: [one for one in EVERYBODY if answers[question, column, one] == kind] for kind in _KINDS}
    rest = max(_KINDS, key=lambda kind: (len(who[kind]), kind != YES))
    said = [f"{_KINDS[kind]}: {_names(who[kind])}" for kind in _KINDS if who[kind] and kind != rest]
    said.append(f"{_KINDS[rest]}: {'everybody else' if said else 'everybody'}")
    without = answers[question, column, NOBODY]
    if without != LOG_IN:
        said.append(f"without a login: {without}")
    return "; ".join(said)


_KINDS = {YES: "**yes**", NOT_ALLOWED: "not allowed", NOT_THERE: "as if it were not there", LOG_IN: "log in first"}


def _names(parts: list[Part]) -> str:
    return ", ".join(one.words for one in parts)
