"""docs/authorisation.md says who gets what: every address is asked as every role about every kind of case.

`WAYMARK_WRITE=1 pytest tests/web/safety/test_matrix.py` writes the tables anew."""

from __future__ import annotations

import difflib
import os
import re

import pytest

from app.cases.standing import Standing
from app.identity.roles import MEMBERSHIPS, ROLES
from app.settings import ROOT, Settings
from tests.web.safety.matrix.asking import LOG_IN, NOT_THERE, YES, Question, ask, questions
from tests.web.safety.matrix.cast import CAST, COLUMNS, Column, Part
from tests.web.safety.matrix.furnished import town_of
from tests.web.safety.matrix.page import Answers, rendered
from tests.web.safety.matrix.town import Town
from tests.web.safety.postgres import PostgresSite, real_now
from tests.web.safety.site import Site

PAGE = ROOT / "docs" / "authorisation.md"
BEGIN, END = "<!-- from tests/web/safety/test_matrix.py -->\n", "<!-- end -->\n"
TOLD = (
    "docs/authorisation.md does not say what Waymark does. Look at each line below: may these people really do this, "
    "and nobody else? If so, write the page anew with "
    "WAYMARK_WRITE=1 python -m pytest tests/web/safety/test_matrix.py, and read it again before you commit it.\n"
)


@pytest.fixture(scope="module")
def answers(matrix_site: tuple[Site, bytes, Town]) -> Answers:
    site, data, town = matrix_site
    found: dict[tuple[Question, Column, Part], str] = {}
    for question in questions(site.put(data)):
        for column in COLUMNS if question.of_case else ("own",):
            for part in CAST:
                found[question, column, part], changed = ask(site, town, part, question, column)
                if changed:
                    site.put(data)
    return found


def test_the_page_says_who_gets_what(answers: Answers) -> None:
    page = PAGE.read_text()
    assert BEGIN in page
    written = re.sub(
        f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: BEGIN + rendered(answers) + END, page, flags=re.DOTALL
    )
    if os.environ.get("WAYMARK_WRITE"):
        PAGE.write_text(written)
        return
    lines = difflib.unified_diff(page.splitlines(), written.splitlines(), "the page", "Waymark", lineterm="", n=0)
    differs = "\n".join(lines)
    assert not differs, TOLD + differs


def test_every_role_is_asked() -> None:
    covered = {name for one in CAST for name in one.covers}
    missing = (ROLES.keys() | MEMBERSHIPS.keys()) - covered
    assert not missing, f"Nobody asks as {missing}: add a line to CAST in tests/web/safety/matrix/cast.py."


def test_postgresql_says_the_same(answers: Answers, postgres_settings: Settings) -> None:
    """Every address once as each class of role. A post that is taken may change what is asked next: none is sent."""
    site = PostgresSite(postgres_settings)
    town = town_of(postgres_settings, real_now())
    classes = [one for one in CAST if one.words in CLASSES]
    wrong = {}
    for question in questions(site):
        for part in classes:
            expected = answers[question, "own", part]
            if question.rule.startswith("GET ") or expected != YES:
                found, _changed = ask(site, town, part, question, "own")
                if found != expected:
                    wrong[question.words, part.words] = (found, expected)
    site.close()
    assert wrong == {}


CLASSES = frozenset(
    {"anybody without a login", "the employee", "another employee", "referring manager", "OH administrator"}
    | {"the case’s practitioner", "system administrator", "process owner"}
)


@pytest.mark.rule("XX-1", "breaks")
def test_walls_stand_whatever_the_page_says(answers: Answers) -> None:
    """What no edition of the page may ever say."""
    for (question, column, part), answer in answers.items():
        where = (question.words, column, part.words)
        if column == "other":
            assert answer in _closed(question, part), where
        if part.words in SEES_NO_CASE and question.rule.endswith(("/cases/<case_id>", "/history", "/tasks/<task_id>")):
            # an auditor has a room of their own, where what tells is withheld
            in_room = part.words == "auditor" and question.rule.split()[1].startswith("/audit/")
            assert in_room or answer == NOT_THERE, where


def test_control_a_wall_with_a_hole_is_seen(
    matrix_site: tuple[Site, bytes, Town], answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, data, town = matrix_site
    site.put(data)
    monkeypatch.setattr("app.cases.queries.sight.standing", lambda *_: Standing(frozenset({"hr"}), frozenset()))
    stranger = next(one for one in CAST if one.words == "another employee")
    asked = next(one for one, _column, _part in answers if one.rule == "GET /cases/<case_id>" and not one.api)
    found, _changed = ask(site, town, stranger, asked, "other")
    assert (found, answers[asked, "other", stranger]) == (YES, NOT_THERE)
    assert rendered({**answers, (asked, "other", stranger): found}) != rendered(answers)


def test_control_an_address_that_is_not_listed_is_seen(answers: Answers) -> None:
    new = Question("GET /everything", False, "assess", False)
    more = {(new, "own", part): YES for part in CAST}
    assert "`GET /everything`" in rendered({**answers, **more})
    assert "`GET /everything`" not in PAGE.read_text()


SEES_NO_CASE = frozenset({"system administrator", "process owner", "auditor", "another employee"})
#: says the same of every case, also of one that is not there
SAME_FOR_ALL = frozenset({"GET /cases/<case_id>/sent"})


def _closed(question: Question, part: Part) -> set[str]:
    if not part.username:
        return {LOG_IN}
    return {YES} if question.rule in SAME_FOR_ALL else {NOT_THERE, "not allowed"}
