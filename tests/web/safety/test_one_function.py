"""Everything that leaves passes the one function: when it refuses all, no answer, hidden step or fact leaves at all."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa

from app import engine, privacy
from app.cases import commands, queries
from app.cases.audit import happened
from app.cases.audit.views import Sought
from app.cases.commands import Target
from app.cases.emergency.tables import emergency
from app.cases.export.tables import subject_request
from app.cases.looks.views import Wanted
from app.cases.queries.inbox import Scope
from app.cases.queries.sight import see
from app.cases.views import FileContent
from app.cases.waymark import Waymark
from app.db import reading
from app.definitions.sources import OPEN
from app.errors import WaymarkError
from app.identity import ROLES, Actor
from app.records import attachment, consent
from app.settings import ROOT
from tests.chaos.world import NOW, referral
from tests.web.safety.routes import STILL, addresses
from tests.web.safety.script import CLERK, COLLEAGUE, NAMED, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.site import PEOPLE
from tests.web.safety.story import CANARY, Case

At = Callable[[str], Case]
Call = Callable[[Waymark, Actor, Case], Any]
#: shaped like the free texts that the story plants
REASON = "zq0123456789ab"


def tasks(case: Case) -> list[str]:
    return [one.id for one in case.site.tasks(case.id)]


def let_in(case: Case) -> list[str]:
    """Emergency accesses to the case, one at least."""
    if not case.site.world.rows(sa.select(emergency)):
        row = case.site.world.row(case.id)
        colleague = case.site.world.actors[UNNAMED]
        commands.emergency_access(case.site.w, colleague, row.reference, f"{REASON} is why I ask", case.site.now)
    return [one.id for one in case.site.world.rows(sa.select(emergency))]


def asked(case: Case) -> list[str]:
    """Requests for a copy, of the employee's own and one by letter."""
    people, now = case.site.world.actors, case.site.now
    with suppress(WaymarkError):
        if not case.site.world.rows(sa.select(subject_request)):
            commands.enter_request(case.site.w, people[CLERK], SUBJECT, "letter", now.date(), now)
    return [one.request_id for one in case.site.world.rows(sa.select(subject_request))]


def files(case: Case) -> list[str]:
    return [one.id for one in case.site.world.rows(sa.select(attachment).where(attachment.c.case_id == case.id))]


def said(case: Case) -> list[str]:
    return [one.id for one in case.site.world.rows(sa.select(consent).where(consent.c.case_id == case.id))]


def whole(found: FileContent) -> tuple[str, bytes]:
    return found.file.name, b"".join(found.pieces)


def each(call: Callable[[str], Any], given: list[str]) -> list[Any]:
    """The answers for each of these, without those that are refused."""
    found = []
    for one in given:
        try:
            found.append(call(one))
        except WaymarkError:
            continue
    return found


def _in_workshop(name: str, *given: Any) -> Call:
    """A query of the workshop; for others than process owners there is none."""
    return lambda w, who, one: getattr(queries, name)(w, who, *given)


SCOPES: tuple[Scope, ...] = ("mine", "groups", "done")
#: every function that `app.cases.queries` exports, asked all that it can be asked about a case
QUERIES: dict[str, Call] = {
    "all_cases": lambda w, who, one: queries.all_cases(w, who),
    "all_tasks": lambda w, who, one: [
        list(queries.all_tasks(w, who, scope, now=one.site.now)) for scope in ("mine", "groups", "done")
    ],
    "appointment": lambda w, who, one: queries.appointment(w, who, one.id, one.site.now),
    "askers": lambda w, who, one: queries.askers(w, who),
    "attachment": lambda w, who, one: each(
        lambda name: whole(queries.attachment(w, who, one.id, name, one.site.now)), files(one)
    ),
    "audit": lambda w, who, one: queries.audit(w, who, Wanted(), 1, one.site.now),
    "audit_case": lambda w, who, one: each(lambda name: queries.audit_case(w, who, name, 1, one.site.now), ["none"]),
    "audited_processes": lambda w, who, one: queries.audited_processes(w, who),
    "audits": lambda w, who, one: queries.audits(w, who),
    "case": lambda w, who, one: queries.case(w, who, one.id, one.site.now),
    "case_called": lambda w, who, one: queries.case_called(w, who, "referral", "R-2026-00001"),
    "case_people": lambda w, who, one: queries.case_people(w, who, one.id, one.site.now),
    "case_proof": lambda w, who, one: queries.case_proof(w, who, one.id, one.site.now),
    "cases": lambda w, who, one: queries.cases(w, who),
    "choices": lambda w, who, one: each(lambda role: queries.choices(w, who, one.id, role), list(ROLES)),
    "colleagues": lambda w, who, one: each(lambda task: queries.colleagues(w, who, task), tasks(one)),
    "compare_draft": lambda w, who, one: each(lambda name: queries.compare_draft(w, who, name), ["none"]),
    "compare_drafts": lambda w, who, one: each(lambda name: queries.compare_drafts(w, who, name, name), ["none"]),
    "compare_versions": lambda w, who, one: queries.compare_versions(w, who, "referral", 1, 1),
    "consent": lambda w, who, one: each(lambda name: queries.consent(w, who, name), said(one)),
    "consents": lambda w, who, one: queries.consents(w, who),
    "corrections": lambda w, who, one: queries.corrections(w, who),
    # what the workshop reads are definitions and counts; each is refused to all but process owners
    **{
        name: _in_workshop(name, *given)
        for name, given in {
            "compare_draft": ["none"],
            "compare_drafts": ["none", "none"],
            "compare_versions": ["referral", 1, 1],
            "deploy_preview": ["none", NOW.date()],
            "draft": ["none", NOW.date()],
            "draft_choices": ["none"],
            "draft_files": ["none"],
            "export_draft": ["none"],
            "export_version": ["referral", 1],
            "form_preview": ["none", "read-report.form", None, NOW],
            "may_enter": [],
            "rebase_preview": ["none"],
            "version_bundle": ["referral", 1],
            "version_files": ["referral", 1],
            "workshop": [],
            "workshop_process": ["referral"],
        }.items()
    },
    "deadlines": lambda w, who, one: queries.deadlines(w, who, None, one.site.now),
    "rerun": lambda w, who, one: queries.rerun(w, who, one.id, one.site.now),
    "reruns": lambda w, who, one: queries.reruns(w, who, 1, one.site.now),
    "version_deadlines": lambda w, who, one: queries.version_deadlines(w, who, "referral", 1, None, None, one.site.now),
    "deployments": lambda w, who, one: queries.deployments(w, who),
    # the XML of a policy is public; whether a case has gone there is not
    "diagram": lambda w, who, one: b"",
    "emergencies": lambda w, who, one: queries.emergencies(w, who, one.site.now),
    "emergencies_about_me": lambda w, who, one: queries.emergencies_about_me(w, who, one.site.now),
    "emergency_to_review": lambda w, who, one: each(
        lambda name: queries.emergency_to_review(w, who, name, one.site.now), let_in(one)
    ),
    "figures": lambda w, who, one: queries.figures(w),
    "guest": lambda w, who, one: queries.guest(w, who, one.id, "companion", COLLEAGUE),
    "held": lambda w, who, one: queries.held(w, who, one.id),
    "history": lambda w, who, one: queries.history(w, who, one.id, limit=1000, now=one.site.now),
    "history_checks": lambda w, who, one: queries.history_checks(w, who, one.site.now),
    "find_cases": lambda w, who, one: queries.find_cases(w, who, Sought(), 1, one.site.now),
    "hold_of": lambda w, who, one: queries.hold_of(w, who, "none"),
    "holds": lambda w, who, one: queries.holds(w, who),
    "inbox": lambda w, who, one: [queries.inbox(w, who, scope, now=one.site.now) for scope in SCOPES],
    "incidents": lambda w, who, one: queries.incidents(w, who),
    "left_to_move": lambda w, who, one: queries.left_to_move(w, who, "referral"),
    "looks": lambda w, who, one: queries.looks(w, who),
    "looks_of_case": lambda w, who, one: queries.looks_of_case(w, who, one.id, 1, one.site.now),
    "mark_read": lambda w, who, one: 0,
    "meeting_time": lambda w, who, one: queries.meeting_time(w, who, one.id, one.site.now),
    "meetings": lambda w, who, one: queries.meetings(w, who, one.id, one.site.now),
    "move": lambda w, who, one: queries.move(w, who, one.id, one.site.now),
    "moves": lambda w, who, one: list(queries.moves(w, who, "referral", one.site.now)),
    "my_emergencies": lambda w, who, one: queries.my_emergencies(w, who, one.site.now),
    "my_erasure": lambda w, who, one: queries.my_erasure(w, who),
    "newest_proof": lambda w, who, one: queries.newest_proof(w, who, one.id, one.site.now),
    "notices": lambda w, who, one: queries.notices(w, who),
    "onlookers": lambda w, who, one: queries.onlookers(w, who, one.id),
    "own_cases": lambda w, who, one: queries.own_cases(w, who),
    "own_requests": lambda w, who, one: queries.own_requests(w, who),
    "pack_inside": lambda w, who, one: queries.pack_inside(w, who, one.id, one.site.now),
    "people": lambda w, who, one: queries.people(w, who),
    "reports": lambda w, who, one: queries.reports(w, who),
    "request": lambda w, who, one: each(lambda name: queries.request(w, who, name), asked(one)),
    "requests": lambda w, who, one: queries.requests(w, who),
    "deployed_keys": lambda w, who, one: queries.deployed_keys(w),
    "measures": lambda w, who, one: queries.measures(w, who, None, one.site.now),
    # a page for nobody in particular: it tells of no case
    "question": lambda w, who, one: each(lambda name: queries.question(w, name, one.site.now), ["none"]),
    "surveys": lambda w, who, one: queries.surveys(w, who, one.site.now),
    "replay": lambda w, who, one: queries.replay(w, who, one.id, one.site.now),
    # as above: the XML of a policy
    "replay_diagram": lambda w, who, one: b"",
    "require_auditor": lambda w, who, one: queries.require_auditor(who),
    "retention": lambda w, who, one: queries.retention(w, who, one.site.now),
    # the shipped process offers nothing of the kind; one that does is asked in `tests/db/said`
    "say": lambda w, who, one: each(lambda name: queries.say(w, who, one.id, name, one.site.now), ["none"]),
    "say_form": lambda w, who, one: each(lambda name: queries.say_form(w, who, one.id, name, one.site.now), ["none"]),
    "say_gone": lambda w, who, one: each(lambda name: queries.say_gone(w, who, one.id, "referral", name), ["none"]),
    "seen_by": lambda w, who, one: each(lambda name: queries.seen_by(w, who, one.id, name, one.site.now), list(PEOPLE)),
    "start_form": lambda w, who, one: queries.start_form(w, who, "referral", one.id, now=one.site.now).answers,
    "start_places": lambda w, who, one: each(lambda key: queries.start_places(w, who, key), ["referral"]),
    "sent_along": lambda w, who, one: queries.sent_along(w, {"conferenceOffered"}),
    "startable": lambda w, who, one: [
        queries.startable(w, who),
        each(lambda case_id: queries.startable(w, who, case_id, now=one.site.now), [one.id]),
    ],
    "starters": lambda w, who, one: queries.starters(w),
    "task": lambda w, who, one: each(lambda task: queries.task(w, who, task, one.site.now), tasks(one)),
    "task_form": lambda w, who, one: each(lambda task: queries.task_form(w, who, task)[1], tasks(one)),
    "trial_employers": lambda w, who, one: queries.trial_employers(w, who),
    "undoable": lambda w, who, one: queries.undoable(w, who, "referral"),
    "uploads": lambda w, who, one: each(lambda task: queries.uploads(w, who, Target(task_id=task)), tasks(one)),
    "verify_history": lambda w, who, one: queries.verify_history(w),
    "verify_looks": lambda w, who, one: queries.verify_looks(w),
    "who_may_see": lambda w, who, one: [share.people for share in queries.who_may_see(w, who, one.id, one.site.now)],
}
STEPS = ("gp-read", "withdrawn")


def test_every_query_is_asked() -> None:
    assert set(queries.__all__) == QUERIES.keys()


#: those whose answers could name a step
TELLING_STEPS = frozenset(
    {"case", "history", "seen_by", "move", "incidents", "looks", "looks_of_case", "audit", "replay"}
    | {"rerun", "reruns", "deadlines"}
)


def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "ground", lambda *_args, **_more: None)
    # what it said is kept for a version: not asked for here, nor left to tests that come later
    monkeypatch.setattr(happened, "_veiled", happened._veiled.__wrapped__)


def answers(case: Case) -> Iterator[tuple[str, str, Any]]:
    """(query, person, answer) of everybody."""
    for name in PEOPLE:
        for query, call in QUERIES.items():
            try:
                yield query, name, call(case.site.w, case.site.world.actors[name], case)
            except WaymarkError:
                continue


def hidden_steps() -> set[str]:
    """Names and ids of elements that have a class."""
    outline = engine.describe(engine.load(referral()))
    found = [one for process in outline.processes for one in process.elements if one.properties.get("class")]
    return {text for one in found for text in (one.id, one.name) if len(text) > 4} - {"write", "Told", "cleared"}


def own_steps(case: Case, name: str) -> str:
    """Somebody who has or had a task knows its name."""
    rows = [
        one for one in case.site.tasks(case.id) if name in {one.assignee_id, one.closed_by} or one.role == "oh_admin"
    ]
    return " ".join(f"{one.name} {one.element_id} {one.why}" for one in rows)


def facts_in(answer: Any) -> Iterator[str]:
    """Names of facts in an answer, at any depth."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            if key in {"facts", "payload"} and isinstance(value, dict):
                yield from value
            elif key in {"rows", "result"}:
                yield key
            yield from facts_in(value)
    elif isinstance(answer, list | tuple):
        for one in answer:
            yield from facts_in(one)
    elif hasattr(answer, "__dataclass_fields__"):
        yield from facts_in(vars(answer) if hasattr(answer, "__dict__") else {})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.rule("XX-1", "follows")
def test_when_it_refuses_everything_no_query_tells_anything(at: At, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    case = at(step)
    refused(monkeypatch)
    for query, name, answer in answers(case):
        text = repr(answer)
        assert not CANARY.search(text), (query, name)
        assert set(facts_in(answer)) <= OPEN, (query, name)
        if query in TELLING_STEPS:
            own = own_steps(case, name) if query == "case" else ""
            assert [one for one in hidden_steps() if one in text and one not in own] == [], (query, name)


@pytest.mark.parametrize("step", STEPS)
def test_control_as_it_is_the_same_queries_tell_all_of_it(at: At, step: str) -> None:
    case = at(step)
    found = {(query, name): answer for query, name, answer in answers(case)}
    telling = {query for (query, _name), answer in found.items() if CANARY.search(repr(answer))}
    assert {"case", "seen_by", "start_form", "emergency_to_review", "held", "attachment"} <= telling
    # by now others have looked
    looks = queries.looks(case.site.w, case.site.world.actors[SUBJECT])
    assert "GP or specialist report" in repr(looks)
    history = found["history", NAMED]
    assert {"gp_report_needed", "gp_consent", "result"} <= set(facts_in(history))
    assert [one for one in hidden_steps() if one in repr(history)]
    assert not {"gp_report_needed", "gp_consent"} & set(facts_in(found["history", REFERRER]))


@pytest.mark.rule("XX-1", "follows")
def test_when_it_refuses_everything_no_page_and_no_answer_of_the_api_tells_anything(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = at("read")
    walked = [one for one in addresses(case.site, "GET", case.id, tasks(case)[-1:]) if one.rule not in STILL]
    before = {
        (name, one.url): case.site.get(name, one.url).text
        for name in (NAMED, CLERK, REFERRER, SUBJECT)
        for one in walked
    }
    assert sum(bool(CANARY.search(text)) for text in before.values()) > 8
    refused(monkeypatch)
    for name, url in before:
        text = case.site.get(name, url).text
        assert not CANARY.search(text), (name, url)


def test_a_fact_that_a_form_reads_is_given_to_those_who_may_know_it(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrator's form asks whether the surgery was told only of an employee who wants to see the report."""
    case = at("gp-consent")
    task = case.site.open_task(case.id, "send_gp_request")
    actor = case.site.world.actors[CLERK]
    given = queries.task(case.site.w, actor, task.id, case.site.now).form.facts
    assert given == queries.task_form(case.site.w, actor, task.id)[1] == {"gp_see_first": "yes"}
    assert len(task.facts) > len(given)
    told = case.site.get(CLERK, f"/api/v1/tasks/{task.id}").get_json(force=True)
    assert set(facts_in(told)) == {"gp_see_first"}
    refused(monkeypatch)
    assert queries.task(case.site.w, actor, task.id, case.site.now).form.facts == {}
    assert queries.task_form(case.site.w, actor, task.id)[1] == {}


def test_a_draft_taken_over_from_a_colleague_shows_what_the_taker_may_see(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = at("triage-draft")
    task = case.site.open_task(case.id, "triage")
    for name, seen in ((CLERK, True), ("oscar.lind", True)):
        assert bool(CANARY.search(repr(drafted(case, name, task.id)))) is seen
    refused(monkeypatch)
    assert CANARY.search(repr(drafted(case, CLERK, task.id)))
    assert not CANARY.search(repr(drafted(case, "oscar.lind", task.id)))


def drafted(case: Case, name: str, task_id: str) -> Any:
    return queries.task(case.site.w, case.site.world.actors[name], task_id, case.site.now).form.answers


#: where the words of the classes stand outside of a call of the function, how often, and why that decides nothing
WORDS_OF_CLASSES = {
    "answers.py": (1, "what the employee says of a row is kept as clinical"),
    "contacts.py": (2, "what a contact is sealed under"),
    "course.py": (1, "asks which classes the function has refused"),
    "held.py": (2, "names the class of a row that the function let through"),
    "holds.py": (2, "what a reason is sealed under"),
    "keeping.py": (2, "classes in words"),
    "page.py": (2, "classes in words"),
    "reason.py": (1, "the class of a form's field"),
    "timeline.py": (2, "classes in words"),
}


def test_no_other_code_of_cases_decides_by_a_class() -> None:
    """The words of the classes stand nowhere but in a call of the function, and where they are only words."""
    found: Counter[str] = Counter()
    for path in sorted((ROOT / "app" / "cases").rglob("*.py")):
        tree = ast.parse(path.read_text())
        asked = {id(one.args[0]) for one in ast.walk(tree) if isinstance(one, ast.Call) and _is_ground(one.func)}
        found[path.name] += sum(
            isinstance(one, ast.Constant) and one.value in {"restricted", "clinical"} and id(one) not in asked
            for one in ast.walk(tree)
        )
    assert +found == {name: number for name, (number, _why) in WORDS_OF_CLASSES.items()}


def _is_ground(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr == "ground" and ast.unparse(called) == "privacy.ground"


def test_the_sight_of_somebody_is_what_decides(at: At) -> None:
    """What `see` makes of a person holds all that the decision asks for."""
    case = at("withdrawn")
    with reading(case.site.w.engine) as connection:
        sight = see(connection, case.site.world.actors[CLERK], case.id)
    assert sight.viewer.consents == {"referral": "withdrawn", "gp-report": "given"}
    assert sight.viewer.purposes["To assess, and to keep clinical records"] == "kept"
    assert not sight.course.shows("gp-report", "send_gp_request")
    assert list(islice(re.finditer("oh_admin", repr(sight.viewer.roles)), 1))
