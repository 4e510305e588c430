"""Searching: only among cases that one may look into, only by reference and name, and the words stay where they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import queries
from app.cases.queries.reach import reachable
from app.cases.queries.sight import see
from app.cases.tables import case as case_table
from app.cases.tables import task
from app.cases.views import CaseFilter, TaskFilter
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import actor_of_person
from tests.web.safety.expected import CLINICAL
from tests.web.safety.matrix.cast import MORE, Column
from tests.web.safety.matrix.town import Town
from tests.web.safety.script import CLERK, REFERRER, SUBJECT
from tests.web.safety.site import PEOPLE, Site
from tests.web.safety.story import CANARY, Case, Played, logs

At = Callable[[str], Case]
EVERYBODY = (*PEOPLE, *(one[0] for one in MORE))
#: what a database, a pattern or a page might take for more than letters
HOSTILE = (
    "' OR 1=1 --",
    "'; DROP TABLE cases; --",
    '" OR ""="',
    "') UNION SELECT id FROM person --",
    "1 OR 1=1",
    "\\",
    "\\' OR 1=1 --",
    "%",
    "_",
    "R-____-____",
    "%%%",
    "[a-z]*",
    ".*",
    "(?i)grace",
    "${7*7}",
    "{{7*7}}",
    "<script>xq()</script>",
    "R-2026' AND (SELECT count(*) FROM cases) > 0 --",
    "x' || (SELECT name FROM person LIMIT 1) || '",
    "\u202eecarg",
    "grace\u00a0obi",
    "\x00grace",
    "a" * 5000,
    "grace " * 200,
    "🙂",
    "İ",
)


def rows(page: str) -> list[str]:
    """The links to what was found."""
    return re.findall(r'class="wm-row__name" href="([^"]+)"', page)


@pytest.mark.rule("XX-1", "follows")
def test_the_list_holds_the_cases_that_one_may_look_into_and_no_other(matrix_site: tuple[Site, bytes, Town]) -> None:
    site, data, town = matrix_site
    site.put(data)
    seen = 0
    with db.reading(site.w.engine) as connection:
        for name in EVERYBODY:
            actor = actor_of_person(connection, name)
            listed = set(connection.execute(sa.select(case_table.c.id).where(reachable(actor))).scalars())
            assert listed == {case_id for case_id in town.cases.values() if _sees(connection, actor, case_id)}, name
            seen += len(listed)
    assert seen > 30


def _sees(connection: sa.Connection, actor: Actor, case_id: str) -> bool:
    try:
        see(connection, actor, case_id)
    except NotFound:
        return False
    return True


def test_a_case_is_found_by_reference_and_by_name(matrix_site: tuple[Site, bytes, Town]) -> None:
    site, data, town = matrix_site
    site.put(data)
    reference = site.world.row(town.cases["own", "assess"]).reference
    for text in (reference, reference.lower(), "grace obi", "OBI", f"grace {reference}"):
        assert f"/cases/{town.cases['own', 'assess']}" in rows(site.get(CLERK, f"/cases?q={text}").text), text
    assert len(rows(site.get(CLERK, "/cases?q=grace").text)) == 2
    # those of another employer, those of colleagues, and what is no name
    for text in ("callum", "fiona", "field tom samuel", "Okoro", "Nurse"):
        assert rows(site.get(CLERK, f"/cases?q={text}").text) == [], text
    assert rows(site.get(REFERRER, "/cases?q=tom").text) == []
    assert len(rows(site.get(CLERK, "/cases?q=tom").text)) == 2
    page = site.get(CLERK, "/inbox?scope=groups&q=tom").text
    assert rows(page) == [f"/tasks/{town.tasks['team', 'triage']}"]


def test_filters_narrow_and_an_unknown_one_shows_all(matrix_site: tuple[Site, bytes, Town]) -> None:
    site, data, town = matrix_site
    site.put(data)
    everything = len(rows(site.get(SUBJECT, "/cases").text))
    assert everything == 3
    for query, expected in (
        ("going=yes", 3),
        ("going=no", 0),
        ("process=referral", 3),
        ("process=other", 0),
        ("going=x", 3),
    ):
        assert len(rows(site.get(SUBJECT, f"/cases?{query}").text)) == expected, query
    assert rows(site.get(CLERK, "/inbox?scope=groups&due=none").text) == []
    columns: list[Column] = ["own", "team"]
    late = [one for one in columns if site.world.rows(_overdue(site, town, one))]
    assert len(rows(site.get(CLERK, "/inbox?scope=groups&due=overdue").text)) == len(late)


def _overdue(site: Site, town: Town, column: Column) -> sa.Select[Any]:
    return sa.select(task).where(task.c.id == town.tasks[column, "triage"], task.c.due_at < site.now)


def test_a_long_list_has_pages(matrix_site: tuple[Site, bytes, Town], monkeypatch: pytest.MonkeyPatch) -> None:
    site, data, _town = matrix_site
    site.put(data)
    monkeypatch.setattr("app.cases.queries.caselist.PAGE", 2)
    first = site.get(SUBJECT, "/cases?q=grace&going=yes").text
    assert len(rows(first)) == 2
    assert "page=2&amp;q=grace&amp;going=yes" in first
    second = site.get(SUBJECT, "/cases?q=grace&going=yes&page=2").text
    assert len(rows(second)) == 1
    assert set(rows(first)).isdisjoint(rows(second))
    assert site.get(SUBJECT, "/cases?page=3").status_code == 200
    for page in ("0", "-1", "1001"):
        assert site.get(SUBJECT, f"/cases?page={page}").status_code == 404


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_word_is_a_word(matrix_site: tuple[Site, bytes, Town], text: str) -> None:
    site, data, _town = matrix_site
    site.put(data)
    found = 3 if text.strip("\x00").startswith("grace") else 0
    for part in ("q", "process", "going", "due", "scope", "cursor", "page"):
        for path in ("/cases", "/inbox", "/cases.csv", "/inbox.csv"):
            answer = site.browser(SUBJECT).get(path, query_string={part: text})
            expected = 404 if part != "q" and not text.isprintable() else 200
            expected = 400 if part == "cursor" and path == "/inbox" and expected == 200 else expected
            assert answer.status_code == expected, (path, part)
            if expected != 200:
                continue
            if part in {"q", "process"} and path == "/cases":
                assert len(rows(answer.text)) == (found if part == "q" else 0)


def test_the_api_finds_the_same(matrix_site: tuple[Site, bytes, Town]) -> None:
    site, data, town = matrix_site
    site.put(data)
    for name, query in (
        (SUBJECT, "q=grace"),
        (CLERK, "q=tom"),
        (CLERK, "going=no"),
        (REFERRER, "process=referral&q=R-"),
    ):
        page = rows(site.get(name, f"/cases?{query}").text)
        found = site.get(name, f"/api/v1/cases?{query}").get_json(force=True)
        assert [f"/cases/{one['id']}" for one in found["items"]] == page
        assert (found["page"], found["more"]) == (1, False)
    (found,) = site.get(CLERK, "/api/v1/tasks?scope=groups&q=tom").get_json(force=True)["items"]
    assert found["id"] == town.tasks["team", "triage"]
    for query in ("going=x", "page=0", "page=x", "q=" + "a" * 101):
        assert site.get(CLERK, f"/api/v1/cases?{query}").status_code == 400, query
    for text in HOSTILE[:18]:
        answer = site.send(CLERK, "GET", "/api/v1/cases", query_string={"q": text, "process": text})
        assert (answer.status_code, answer.get_json(force=True)["items"]) == (200, [])


def test_a_word_that_is_asked_for_twice_counts_once(matrix_site: tuple[Site, bytes, Town]) -> None:
    site, data, _town = matrix_site
    site.put(data)
    assert rows(site.get(SUBJECT, "/cases?q=nobody&q=grace").text) == []
    assert len(rows(site.get(SUBJECT, "/cases?q=grace&q=nobody").text)) == 3


@pytest.mark.rule("XX-1", "breaks")
def test_nothing_that_was_entered_can_be_searched(at: At, story: Played) -> None:
    """Neither by those who may read it: what is found by a word tells that the word is there."""
    case = at("read")
    told: list[str] = []
    words = list(story.planted("read"))
    assert len(words) > 30
    with logs(told), db.reading(case.site.w.engine) as connection:
        actors = {name: actor_of_person(connection, name) for name in ("amir.shah", *CLINICAL, CLERK)}
        for actor in actors.values():
            assert queries.cases(case.site.w, actor).items
            for word in words:
                assert queries.cases(case.site.w, actor, CaseFilter(text=word)).items == []
                assert (
                    queries.all_tasks(case.site.w, actor, "done", now=case.site.now, wanted=TaskFilter(text=word)) == []
                )
        answer = case.site.get(SUBJECT, f"/cases?q={words[0]}")
        case.site.get(SUBJECT, f"/inbox?q={words[0]}&cursor={words[0]}")
    # it stands in the box where it was typed (and, in a demo, in the address to come back to)
    assert set(CANARY.findall(answer.text)) == {words[0]}
    assert words[0] not in str(answer.headers)
    assert any("SELECT" in line for line in told)
    assert [line for line in told if CANARY.search(line)] == []


def test_control_a_search_of_answers_would_be_seen(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    case = at("read")
    monkeypatch.setattr("app.cases.queries.caselist.called", lambda text: sa.true())
    assert queries.cases(case.site.w, case.site.world.actors[SUBJECT], CaseFilter(text="zq")).items


def test_the_words_stand_in_no_address_in_the_clear(at: At) -> None:
    """A name is posted, and what follows carries it sealed: for whoever looked, and for nobody else."""
    site = at("read").site
    answer = site.post(REFERRER, "/find", {"list": "cases", "q": "Grace Obi", "going": "no"})
    address = answer.headers["Location"]
    assert answer.status_code == 303
    assert not re.search("(?i)grace|obi", address)
    page = site.get(REFERRER, address).text
    assert page.count('class="wm-row__name"') == 1
    assert 'value="Grace Obi"' in page
    followed = re.findall(r'href="([^"]*[?&]q=[^"]*)"', page)
    assert followed
    assert not [one for one in followed if re.search("(?i)grace|obi", one)]
    assert "No case fits" not in page
    # somebody else who is given the address, and one that was changed, look for nothing
    assert 'value="Grace Obi"' not in site.get(CLERK, address).text
    assert 'value="Grace Obi"' not in site.get(REFERRER, address.replace("q=~", "q=~A")).text


def test_the_inbox_is_searched_the_same_way(at: At) -> None:
    site = at("informed").site
    answer = site.post(CLERK, "/find", {"list": "inbox", "scope": "groups", "q": "grace"})
    assert "grace" not in answer.headers["Location"]
    assert "Triage the referral" in site.get(CLERK, answer.headers["Location"]).text
    assert site.post(CLERK, "/find", {"list": "elsewhere", "q": ""}).headers["Location"] == "/cases"
