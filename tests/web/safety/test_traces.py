"""That a GP is asked for a report is health data itself: the employer's side finds no trace of it (XX-1, XX-A9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.settings import ROOT
from tests.web.safety.routes import addresses
from tests.web.safety.script import LINE_MANAGER, REFERRER, WAY
from tests.web.safety.site import PEOPLE, elements_of
from tests.web.safety.story import Case

At = Callable[[str], Case]
FOLDER = ROOT / "processes" / "referral"
#: steps between the question of a GP report and the end
SINCE = [one.name for one in WAY][[one.name for one in WAY].index("assessed") :]
KNOW = frozenset({"grace.obi", "olivia.hart", "oscar.lind", "samuel.okoro"})
#: what differs from case to case and from hour to hour
FLEETING = frozenset(
    {"at", "hash", "salt", "task", "due", "how", "state", "case", "commitments", "due_at", "opened_at", "id"}
)


def names_of_the_gp_step() -> set[str]:
    """Ids and names that only its diagram has, and the diagram's own."""
    text = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.bpmn")}
    theirs = "".join(one for name, one in text.items() if name != "gp_report.bpmn")
    names = set(re.findall(r'<bpmn:(?:userTask|boundaryEvent)[^>]* name="([^"]+)"', text["gp_report.bpmn"]))
    own = {one for one in (*elements_of(text["gp_report.bpmn"]), *names) if f'"{one}"' not in theirs and len(one) > 4}
    assert len(own) > 20
    return own | {"gp-report", "gp_report", "gp_consent", "get_gp_report", "GP or specialist", "withheld"}


@pytest.mark.parametrize("step", [*SINCE, "withdrawn", "cancelled"])
def test_no_word_of_it_stands_on_any_page_of_the_employers_side(at: At, step: str) -> None:
    case, words = at(step), names_of_the_gp_step()
    tasks = [one.id for one in case.site.tasks(case.id) if one.state == "open" or one.process == "gp-report"]
    for name in (REFERRER, LINE_MANAGER):
        for one in addresses(case.site, "GET", case.id, tasks, "gp-report"):
            if one.whose in {"case", "person"}:
                answer = case.site.get(name, one.url)
                text = _without_the_policy(answer.text) if one.url.endswith("/history") else answer.text
                assert [word for word in words if word in text.replace("/gp-report.bpmn", "")] == [], (name, one.url)
                assert answer.status_code == 404 or "gp-report" not in one.url


def _without_the_policy(text: str) -> str:
    """The employer's own table of numbers is the same for every case."""
    return re.sub(r'"result":\{[^}]*\}', "", text)


@pytest.mark.parametrize("step", ["gp-consent", "gp-read"])
def test_its_diagram_and_tasks_are_there_for_those_who_take_part(at: At, step: str) -> None:
    case = at(step)
    for name in PEOPLE:
        known = case.site.get(name, f"/cases/{case.id}/diagrams/gp-report.bpmn").status_code == 200
        assert known == (name in KNOW), name
    assert "Consent to a GP report" in case.site.get("grace.obi", f"/cases/{case.id}?view=timeline").text


@pytest.mark.parametrize("name", [REFERRER, LINE_MANAGER])
def test_a_case_with_it_reads_like_a_case_without(at: At, name: str) -> None:
    views = []
    for step in ("shared", "shared-alone"):
        case = at(step)
        told = [case.site.get(name, f"/api/v1/cases/{case.id}{more}").get_json() for more in ("", "/history")]
        views.append([list(_lasting(one)) for one in told])
    assert views[0][0] == views[1][0]
    assert views[0][1] == views[1][1]
    assert len(views[0][1]) > 100


def _lasting(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key in sorted(value.keys() - FLEETING):
            yield from _lasting(value[key], f"{path}.{key}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _lasting(one, f"{path}.{number}")
    else:
        yield path, re.sub(r"zq[0-9a-f]{12}", "canary", value) if isinstance(value, str) else value


def test_the_log_says_to_the_manager_nothing_that_routes_by_a_hidden_field(at: At) -> None:
    case = at("read")
    log = case.site.get(REFERRER, f"/api/v1/cases/{case.id}/history").get_json()["items"]
    facts = {key for one in log for key in one["data"].get("facts", {})}
    assert facts >= {"consent", "triage"}
    assert facts & {"gp_report_needed", "employee_word", "correction", "gp_consent"} == set()
    mine = case.site.get("grace.obi", f"/api/v1/cases/{case.id}/history").get_json()["items"]
    assert {key for one in mine for key in one["data"].get("facts", {})} >= {"gp_report_needed", "employee_word"}


def test_the_log_is_read_page_by_page_without_gaps(at: At) -> None:
    case = at("read")
    url = f"/api/v1/cases/{case.id}/history"
    log = case.site.get(REFERRER, url).get_json()["items"]
    assert [one["seq"] for one in log] == list(range(1, len(log) + 1))
    assert case.site.get(REFERRER, f"{url}?after=20").get_json()["items"] == log[20:]
