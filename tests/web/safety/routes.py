"""Every address of the pages and of the API, made from their own tables of rules. One that is not known here fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from werkzeug.routing import Rule

from tests.web.safety.site import Site

#: whose business an address is: anybody's, a logged-in person's, those who stand to the case or task, administrators',
#: administrators' and process owners', those who own the case's process, the case's practitioner and employee;
#: practitioners' (of the case, where there is one), of those responsible for an emergency access, auditors'
Whose = Literal[
    "anybody",
    "person",
    "case",
    "task",
    "administrator",
    "deployer",
    "owner",
    "lookers",
    "practitioner",
    "reviewer",
    "auditor",
]

PAGES: Mapping[str, Whose] = {
    "GET /": "anybody",
    "GET /login": "anybody",
    "POST /login": "anybody",
    "POST /logout": "person",
    "GET /assets/<name>": "anybody",
    "GET /inbox": "person",
    "GET /cases": "person",
    "GET /notices": "person",
    "GET /start": "person",
    "GET /start/<key>": "person",
    "POST /start/<key>": "person",
    "POST /clock": "person",
    "GET /cases/<case_id>": "case",
    "GET /cases/<case_id>/as-seen-by": "lookers",
    "GET /cases/<case_id>/sent": "person",
    "GET /cases/<case_id>/withdraw": "case",
    "POST /cases/<case_id>/withdraw": "case",
    "GET /cases/<case_id>/cancel": "case",
    "POST /cases/<case_id>/cancel": "case",
    "GET /cases/<case_id>/diagrams/<process>.bpmn": "case",
    "GET /tasks/<task_id>": "task",
    "POST /tasks/<task_id>": "task",
    "POST /tasks/<task_id>/claim": "task",
    "POST /tasks/<task_id>/unclaim": "task",
    "GET /people": "administrator",
    "GET /incidents": "administrator",
    "GET /incidents/<incident_id>": "administrator",
    "POST /incidents/<incident_id>/resume": "administrator",
    "GET /deployments": "administrator",
    "GET /me/looks": "person",
    "GET /cases/<case_id>/looks": "practitioner",
    "GET /emergency": "practitioner",
    "POST /emergency": "practitioner",
    "GET /emergency/reviews": "reviewer",
    "GET /emergency/reviews/<emergency_id>": "reviewer",
    "POST /emergency/reviews/<emergency_id>": "reviewer",
    "GET /audit/looks": "auditor",
    "POST /audit/looks": "auditor",
}
API: Mapping[str, Whose] = {
    "GET /openapi.json": "anybody",
    "GET /processes": "person",
    "POST /processes/<key>/cases": "person",
    "GET /cases/<case_id>": "case",
    "GET /cases/<case_id>/history": "case",
    "GET /processes/<key>/migrations": "owner",
    "GET /cases/<case_id>/migration": "owner",
    "POST /cases/<case_id>/migration": "owner",
    "POST /cases/<case_id>/migration/undo": "owner",
    "GET /tasks": "person",
    "GET /tasks/<task_id>": "task",
    "POST /tasks/<task_id>/claim": "task",
    "POST /tasks/<task_id>/unclaim": "task",
    "PUT /tasks/<task_id>/draft": "task",
    "POST /tasks/<task_id>/complete": "task",
}
#: rules whose answers do not depend on any case
STILL = frozenset(
    {"GET /", "GET /login", "GET /assets/<name>", "GET /people", "GET /deployments", "GET /openapi.json"}
    | {"GET /start", "GET /start/<key>", "GET /processes", "GET /incidents/<incident_id>"}
)
#: an address with these questions, besides the plain one
QUERIES: Mapping[str, Sequence[str]] = {
    "/inbox": ("scope=groups", "scope=done"),
    "/api/tasks": ("scope=groups", "scope=done"),
    "/cases/<case_id>": ("view=diagram", "view=timeline", "view=answers"),
    "/cases/<case_id>/as-seen-by": ("person=amir.shah&when=released", "person=grace.obi"),
    "/start": ("from={case_id}",),
    "/start/<key>": ("from={case_id}",),
    "/login": ("next=/cases/{case_id}",),
}


@dataclass(frozen=True)
class Address:
    """`rule`: "GET /cases/<case_id>". `api`: below /api/v1."""

    rule: str
    url: str
    api: bool

    @property
    def whose(self) -> Whose:
        return (API if self.api else PAGES)[self.rule]


def rules(site: Site) -> Iterator[tuple[str, Rule, bool]]:
    """Every rule with each of its methods."""
    for app, api in ((site.app, False), (site.api_app, True)):
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield f"{method} {rule.rule}", rule, api


def addresses(
    site: Site, method: str, case_id: str, tasks: Sequence[str], process: str = "assessment"
) -> list[Address]:
    """All addresses of one method, filled with a case and tasks."""
    ids = {"case_id": [case_id], "task_id": list(tasks), "process": [process], "key": ["referral"]}
    ids |= {"incident_id": ["none"], "emergency_id": ["none"], "name": ["waymark.css"]}
    found = []
    for known, rule, api in rules(site):
        if known.startswith(f"{method} "):
            for path in _filled(rule.rule, ids):
                more = () if method != "GET" else QUERIES.get("/api" + rule.rule if api else rule.rule, ())
                urls = [path, *(f"{path}?{one.format(case_id=case_id)}" for one in more)]
                found += [Address(known, ("/api/v1" if api else "") + url, api) for url in urls]
    return found


def _filled(rule: str, ids: Mapping[str, Sequence[str]]) -> list[str]:
    paths = [rule]
    for name, values in ids.items():
        if f"<{name}>" in rule:
            paths = [path.replace(f"<{name}>", value) for path in paths for value in values]
    return paths
