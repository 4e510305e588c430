"""Asks one address as one person, and says in words what came back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from app.api import PREFIX
from tests.web.safety.matrix.cast import STAGES, Column, Part
from tests.web.safety.matrix.town import Town
from tests.web.safety.routes import rules
from tests.web.safety.site import Site, csrf

YES = "yes"
NOT_ALLOWED = "not allowed"
NOT_THERE = "as if it were not there"
LOG_IN = "log in first"
#: where the case stands that is asked about when the address names no task
USUAL = "assess"
#: what stands for each <name> of a rule, for a kind of case and a stage: one line a name
IDS: Mapping[str, Callable[[Town, Column, str], str]] = {
    "case_id": lambda town, column, stage: town.cases[column, stage],
    "task_id": lambda town, column, stage: town.tasks[column, stage],
    "incident_id": lambda town, column, stage: f"incident-{column}",
    "process": lambda town, column, stage: "assessment",
    "key": lambda town, column, stage: "referral",
    "name": lambda town, column, stage: "waymark.css",
    "file_id": lambda town, column, stage: town.files[column, stage],
    "role": lambda town, column, stage: "practitioner",
    "contact_id": lambda town, column, stage: "none",
    "wait_id": lambda town, column, stage: "none",
    "emergency_id": lambda town, column, stage: town.more[column, "emergency"],
    "hold_id": lambda town, column, stage: town.more[column, "hold"],
    "request_id": lambda town, column, stage: town.more[column, "request"],
    "consent_id": lambda town, column, stage: town.more[column, "consent"],
    "person_id": lambda town, column, stage: town.more[column, "person"],
    "issuer_id": lambda town, column, stage: "none",
    "token": lambda town, column, stage: "none",
    "token_id": lambda town, column, stage: "none",
    "audit_id": lambda town, column, stage: "none",
    "survey_id": lambda town, column, stage: "none",
    "number": lambda town, column, stage: "1",
    "version": lambda town, column, stage: "1",
    "draft_id": lambda town, column, stage: town.draft,
}
#: names that say nothing of a case
PLAIN = frozenset({"audit_id", "survey_id", "number", "version", "draft_id"}) | frozenset(
    {"process", "key", "name", "role", "contact_id", "wait_id", "issuer_id", "token", "token_id"}
)
#: what an operation of the API takes, by the end of its rule; what is wrong in it is found after the right to ask
BODIES: Mapping[str, Any] = {
    "/draft": {"answers": {}},
    "/complete": {"version": 1, "answers": {}},
    "/cases": {"answers": {}},
    "/migration": {"reason": "because", "seen": 1},
    "/undo": {"reason": "because"},
    "/people": {"role": "practitioner", "person": "nobody", "why": "absence"},
    "/leave": {"role": "practitioner", "person": "nobody", "why": "absence"},
    "/pass-on": {"person": "nobody"},
    "/say/none": {"answers": {}},
}
STALE = "This page was open for too long"


@dataclass(frozen=True)
class Question:
    """`rule`: "GET /cases/<case_id>". `stage`: at which the case stands. `of_case`: the answer depends on a case."""

    rule: str
    api: bool
    stage: str
    of_case: bool

    @property
    def words(self) -> str:
        """As the page writes it."""
        method, path = self.rule.split()
        said = f"`{method} {PREFIX if self.api else ''}{path}`"
        return f"{said} ({STAGES[self.stage]})" if "<task_id>" in path else said


def questions(site: Site) -> Iterator[Question]:
    """Every rule with each method; those about a task for each kind of task."""
    for rule, found, api in rules(site):
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", found.rule))
        unknown = names - IDS.keys()
        assert not unknown, f"{rule}: say what stands for {unknown} in IDS of tests/web/safety/matrix/asking.py"
        for stage in STAGES if "task_id" in names else (USUAL,):
            yield Question(rule, api, stage, bool(names - PLAIN))


def ask(site: Site, town: Town, part: Part, question: Question, column: Column) -> tuple[str, bool]:
    """What is answered, in words; and whether that may have changed something."""
    method = question.rule.split()[0]
    answer = send(site, town, part, question, column)
    return outcome(question, part, method, answer), method not in {"GET", "HEAD"} and answer.status_code < 400


def send(site: Site, town: Town, part: Part, question: Question, column: Column) -> TestResponse:
    method, rule = question.rule.split()
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: IDS[found[1]](town, column, question.stage), rule)
    if question.api:
        body = next((one for end, one in BODIES.items() if path.endswith(end)), None)
        more: dict[str, Any] = {"json": body} if body and method != "GET" else {}
        if path.endswith("/files"):
            more = {"data": {"field": "none", "file": (BytesIO(b"a"), "a.txt")}}
        if not part.username:
            return site.stranger.open(PREFIX + path, method=method, **more)
        return site.send(part.username, method, PREFIX + path, **more)
    client = site.browser(part.username) if part.username else site.app.test_client()
    data = {"_csrf": _token(part, client, path)} if method == "POST" else None
    return client.open(path, method=method, data=data)


def _token(part: Part, client: Any, path: str) -> str:
    """Of the session; a visitor has one of the login page."""
    if part.username:
        return csrf(part.username)
    found = re.search(r'name="_csrf" value="([^"]+)"', client.get("/login").text)
    assert found
    return found[1]


def outcome(question: Question, part: Part, method: str, answer: TestResponse) -> str:
    """A refusal of what was sent (400, 409, 415, 422) comes after the right to send it: it counts as yes."""
    status, to = answer.status_code, answer.headers.get("Location", "")
    assert status < 500, (question.rule, part.username, answer.text)
    assert STALE.encode() not in answer.data, (question.rule, part.username, "the form's token was refused")
    if status == 401 or (method == "GET" and status == 303 and to.startswith("/login")):
        return LOG_IN
    return {403: NOT_ALLOWED, 404: NOT_THERE}.get(status, YES)
