"""“What would they see?”: the case's practitioner and the employee look over somebody's shoulder, and see no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from app import privacy
from app.cases import queries
from app.cases.queries import sharing
from app.cases.queries.reason import REASON_FORM
from app.cases.views import CaseView, Sharing
from app.errors import NotFound
from tests.web.safety.expected import readers
from tests.web.safety.script import CLERK, LINE_MANAGER, NAMED, REFERRER, SUBJECT
from tests.web.safety.site import PEOPLE
from tests.web.safety.story import CANARY, Case, Played
from tests.web.safety.test_rights import NO_TASK, same_as_missing

At = Callable[[str], Case]
LOOKED_AT = (REFERRER, LINE_MANAGER, CLERK, SUBJECT)


def own_case(case: Case, name: str) -> CaseView:
    return queries.case(case.site.w, case.site.world.actors[name], case.id, case.site.now)


def through(case: Case, name: str, other: str, *, released: bool = False) -> CaseView:
    actor = case.site.world.actors[name]
    return queries.seen_by(case.site.w, actor, case.id, other, case.site.now, once_released=released).case


def inside(view: CaseView) -> tuple[object, ...]:
    """All that a page tells of a case."""
    return (view.submissions, view.timeline, view.diagrams, view.clocks, view.tasks, view.previous_case)


@pytest.mark.parametrize("step", ["gp-read", "corrected", "agreed", "released", "withdrawn"])
def test_it_is_exactly_what_they_get(at: At, step: str) -> None:
    case = at(step)
    for other in LOOKED_AT:
        own = own_case(case, other)
        if other == SUBJECT:  # why they stopped is theirs alone, whoever looks over their shoulder
            own = replace(own, submissions=[one for one in own.submissions if one.title != REASON_FORM.title])
        assert inside(through(case, NAMED, other)) == inside(own), other
        if other != SUBJECT:
            assert inside(through(case, SUBJECT, other)) == inside(own_case(case, other)), other


def test_before_the_release_it_is_what_they_will_get_after_it(at: At, story: Played) -> None:
    foretold = through(at("agreed"), NAMED, REFERRER, released=True).submissions
    told = own_case(at("released"), REFERRER).submissions
    assert foretold == told
    assert own_case(at("agreed"), REFERRER).submissions != foretold


def test_what_the_release_adds_stands_on_the_page(at: At, story: Played) -> None:
    case = at("agreed")
    page = unescape(case.site.get(NAMED, f"/cases/{case.id}/as-seen-by?person={REFERRER}&when=released").text)
    added = set(
        CANARY.findall(page.partition("What is added by the release")[2].partition(">Where the case stands</h2>")[0])
    )
    after = (*case.steps, "released")
    expected = {
        text
        for text, plant in story.planted("agreed").items()
        if REFERRER in readers(plant, after) and REFERRER not in readers(plant, case.steps)
    }
    assert added == expected != set()


def test_once_released_there_is_no_second_view(at: At) -> None:
    case = at("released")
    page = case.site.get(NAMED, f"/cases/{case.id}/as-seen-by?person={REFERRER}&when=released").text
    assert "Once it is released" not in page
    assert "What Amir Shah sees" in unescape(page)


def test_a_withdrawn_consent_leaves_nothing_to_release(at: At) -> None:
    case = at("withdrawn")
    assert "Once it is released" not in case.site.get(NAMED, f"/cases/{case.id}/as-seen-by?person={REFERRER}").text


@pytest.mark.parametrize("step", ["assessed", "agreed", "withdrawn"])
def test_it_is_for_the_practitioner_of_the_case_and_its_employee_alone(at: At, step: str) -> None:
    case = at(step)
    for name in PEOPLE:
        if name in {NAMED, SUBJECT}:
            assert case.site.get(name, f"/cases/{case.id}/as-seen-by").status_code == 200, name
        else:
            same_as_missing(case.site, name, case.id, NO_TASK, frozenset({"lookers"}))


@pytest.mark.parametrize(
    "who", [*sorted(set(PEOPLE) - {REFERRER, LINE_MANAGER, SUBJECT, NAMED, CLERK, "oscar.lind"}), "x"]
)
def test_nobody_who_has_no_part_in_the_case_can_be_looked_at(at: At, who: str) -> None:
    case = at("agreed")
    assert case.site.get(NAMED, f"/cases/{case.id}/as-seen-by?person={who}").status_code == 404


def test_the_practitioner_is_not_shown_what_they_may_not_see(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were there a class that only the employee sees, looking at their case would not open it."""
    case = at("agreed")
    decide = privacy.ground

    def stricter(cls: str, viewer: privacy.Viewer, **more: object) -> privacy.Ground | None:
        return None if cls == "clinical" and not viewer.subject else decide(cls, viewer, **more)  # type: ignore[arg-type]

    before = texts(through(case, NAMED, SUBJECT))
    monkeypatch.setattr(privacy, "ground", stricter)
    assert texts(own_case(case, SUBJECT)) == before
    assert texts(through(case, NAMED, SUBJECT)) == texts(own_case(case, NAMED)) < before


def texts(view: CaseView) -> set[str]:
    return set(CANARY.findall(repr(view.submissions)))


def test_it_is_linked_from_the_case_and_from_the_tasks_about_the_report(at: At) -> None:
    for step, element in (("shared", "write_report"), ("agreed", "release_report")):
        case = at(step)
        link = f"/cases/{case.id}/as-seen-by"
        assert link in case.site.get(NAMED, f"/cases/{case.id}").text
        assert link in case.site.get(NAMED, f"/tasks/{case.site.open_task(case.id, element).id}").text
        assert link not in case.site.get(REFERRER, f"/cases/{case.id}").text
    early = at("attended")
    assert "as-seen-by" not in early.site.get(NAMED, f"/tasks/{early.open_tasks()[0]}").text


def shares(case: Case, name: str) -> list[Sharing]:
    return queries.who_may_see(case.site.w, case.site.world.actors[name], case.id, case.site.now)


def people_of(found: list[Sharing], what: str) -> dict[str, tuple[str, ...]]:
    """Ground in words to the people, for what was asked in these words."""
    return {one.ground: one.people for one in found if what in one.what}


def test_who_may_see_what_is_told_with_the_reason(at: At) -> None:
    found = shares(at("agreed"), SUBJECT)
    words = privacy.GROUND_WORDS
    assert people_of(found, "Clinical notes") == {words[privacy.Ground.PRACTITIONER]: ("Dr Samuel Okoro",)}
    before = people_of(found, "Answers to the manager’s questions")
    after = people_of(shares(at("released"), SUBJECT), "Answers to the manager’s questions")
    assert set(after) - set(before) == {words[privacy.Ground.RELEASED]}
    assert after[words[privacy.Ground.RELEASED]] == ("Amir Shah", "Helen Ward")
    stopped = shares(at("withdrawn"), SUBJECT)
    assert words[privacy.Ground.PROVIDER] not in people_of(stopped, "Place or how to join")


def test_who_may_see_is_what_they_do_see(at: At) -> None:
    """Every question that the list names for somebody stands among their answers, and no other."""
    for step in ("agreed", "released", "withdrawn"):
        case = at(step)
        found = shares(case, SUBJECT)
        for name in (REFERRER, LINE_MANAGER, CLERK, NAMED):
            person = case.site.world.actors[name].name
            told = {what for one in found if person in one.people for what in one.what}
            seen = {re.sub(r" \d+$", "", label) for one in own_case(case, name).submissions for label, _ in one.fields}
            assert {one for one in told if one in seen} == {
                one for one in seen if one in {w for s in found for w in s.what}
            }


def test_who_may_see_is_for_the_same_two(at: At) -> None:
    case = at("agreed")
    assert shares(case, NAMED)
    for name in sorted(set(PEOPLE) - {NAMED, SUBJECT}):
        with pytest.raises(NotFound):
            shares(case, name)
    assert sharing.who_may_see is queries.who_may_see
