"""Every address of the pages and of the API, made from their own tables of rules. One that is not known here fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from werkzeug.routing import Rule

from tests.web.safety.site import Site

#: whose business an address is: anybody's, a logged-in person's, those who stand to the case or task, administrators',
#: administrators' and process owners', those who own the case's process; those of the case who may know when and where
#: they meet; the case's practitioner and employee ("lookers"); the office's of a provider; of those who may set holds;
#: practitioners' (of the case, where there is one), of those responsible for an emergency access, auditors', those of
#: the case's provider ("case_auditor"), overseers' (the oversight group and auditors), of the oversight group alone, of
#: HR and that group ("auditing"); nobody's who logs in; process owners' of a provider ("workshop"; "mover" where a case
#: is named)
Whose = Literal[
    "anybody",
    "person",
    "case",
    "task",
    "appointment",
    "lookers",
    "office",
    "holders",
    "practitioner",
    "reviewer",
    "auditor",
    "case_auditor",
    "overseer",
    "oversight",
    "auditing",
    "nobody",
    "administrator",
    "deployer",
    "owner",
    "workshop",
    "mover",
]

PAGES: Mapping[str, Whose] = {
    "GET /": "anybody",
    "GET /login": "anybody",
    "POST /login": "anybody",
    "POST /logout": "person",
    "GET /login/code": "anybody",
    "POST /login/code": "anybody",
    "GET /login/set-up": "anybody",
    "POST /login/set-up": "anybody",
    "GET /login/again": "person",
    "POST /login/again": "person",
    "GET /login/with/<issuer_id>": "anybody",
    "GET /login/with/<issuer_id>/back": "anybody",
    "GET /login/with/<issuer_id>/out": "anybody",
    "GET /reset/<token>": "anybody",
    "POST /reset/<token>": "anybody",
    "GET /account": "person",
    "GET /account/password": "person",
    "POST /account/password": "person",
    "GET /account/second-step": "person",
    "POST /account/second-step": "person",
    "POST /account/second-step/off": "person",
    "POST /account/second-step/codes": "person",
    "POST /account/sessions/end": "person",
    "GET /account/tokens/new": "person",
    "POST /account/tokens/new": "person",
    "POST /account/tokens/<token_id>/revoke": "person",
    "GET /people/<person_id>": "administrator",
    "POST /people/<person_id>": "administrator",
    "GET /assets/<name>": "anybody",
    "GET /metrics": "nobody",
    "GET /inbox": "person",
    "GET /inbox.csv": "person",
    "GET /inbox.ics": "person",
    "GET /cases": "person",
    "GET /cases.csv": "person",
    "POST /find": "person",
    "GET /notices": "person",
    "GET /start": "person",
    "GET /start/<key>": "person",
    "POST /start/<key>": "person",
    "POST /clock": "person",
    "GET /cases/<case_id>": "case",
    "GET /cases/<case_id>/appointment.ics": "appointment",
    "GET /cases/<case_id>/meeting": "appointment",
    "GET /cases/<case_id>/meeting.ics": "appointment",
    "GET /cases/<case_id>/files/<file_id>": "case",
    "GET /cases/<case_id>/as-seen-by": "lookers",
    "GET /cases/<case_id>/sent": "person",
    "GET /cases/<case_id>/withdraw": "case",
    "POST /cases/<case_id>/withdraw": "case",
    "GET /cases/<case_id>/cancel": "case",
    "POST /cases/<case_id>/cancel": "case",
    "GET /cases/<case_id>/say/<wait_id>": "case",
    "POST /cases/<case_id>/say/<wait_id>": "case",
    "GET /cases/<case_id>/people": "case",
    "GET /cases/<case_id>/people/<role>/add": "case",
    "POST /cases/<case_id>/people/<role>/add": "case",
    "GET /cases/<case_id>/people/<role>/remove": "case",
    "POST /cases/<case_id>/people/<role>/remove": "case",
    "GET /cases/<case_id>/contacts/add": "case",
    "POST /cases/<case_id>/contacts/add": "case",
    "POST /cases/<case_id>/contacts/<contact_id>/remove": "case",
    "GET /cases/<case_id>/diagrams/<process>.bpmn": "case",
    "GET /tasks/<task_id>": "task",
    "POST /tasks/<task_id>": "task",
    "POST /tasks/<task_id>/claim": "task",
    "POST /tasks/<task_id>/unclaim": "task",
    "GET /tasks/<task_id>/pass-on": "task",
    "POST /tasks/<task_id>/pass-on": "task",
    "GET /people": "administrator",
    "GET /incidents": "administrator",
    "GET /incidents/<incident_id>": "administrator",
    "POST /incidents/<incident_id>/resume": "administrator",
    "GET /deployments": "administrator",
    "GET /me": "person",
    "GET /me/cases": "person",
    "GET /me/held": "person",
    "GET /me/held/<case_id>": "case",
    "GET /me/consents": "person",
    "GET /me/consents/<consent_id>": "case",
    "GET /me/consents/<consent_id>/withdraw": "case",
    "POST /me/consents/<consent_id>/withdraw": "case",
    "GET /me/consents/<consent_id>/share": "case",
    "POST /me/consents/<consent_id>/share": "case",
    "GET /me/report": "person",
    "GET /me/corrections": "person",
    "GET /me/copy": "person",
    "POST /me/copy": "person",
    "POST /me/copy/<request_id>/pack": "case",
    "GET /requests": "office",
    "GET /requests/new": "office",
    "POST /requests/new": "office",
    "GET /requests/<request_id>": "office",
    "POST /requests/<request_id>": "office",
    "POST /requests/<request_id>/pack": "office",
    "GET /retention": "administrator",
    "GET /holds": "holders",
    "POST /holds": "holders",
    "GET /holds/<hold_id>/lift": "person",
    "POST /holds/<hold_id>/lift": "person",
    "GET /me/erasure": "person",
    "GET /me/erasure/confirm": "person",
    "POST /me/erasure/confirm": "person",
    "POST /me/erasure/take-back": "person",
    "GET /me/looks": "person",
    "GET /cases/<case_id>/looks": "practitioner",
    "GET /emergency": "practitioner",
    "POST /emergency": "practitioner",
    "GET /emergency/reviews": "reviewer",
    "GET /emergency/reviews/<emergency_id>": "reviewer",
    "POST /emergency/reviews/<emergency_id>": "reviewer",
    "GET /workshop": "workshop",
    "GET /workshop/drafts/<draft_id>": "workshop",
    "GET /workshop/drafts/<draft_id>/bundle.zip": "workshop",
    "GET /workshop/drafts/<draft_id>/compare": "workshop",
    "GET /workshop/drafts/<draft_id>/deploy": "workshop",
    "POST /workshop/drafts/<draft_id>/deploy": "workshop",
    "GET /workshop/drafts/<draft_id>/drop": "workshop",
    "POST /workshop/drafts/<draft_id>/drop": "workshop",
    "GET /workshop/drafts/<draft_id>/files/<name>": "workshop",
    "POST /workshop/drafts/<draft_id>/files/<name>": "workshop",
    "POST /workshop/drafts/<draft_id>/files/<name>/put-back": "workshop",
    "GET /workshop/drafts/<draft_id>/files/<name>/raw": "workshop",
    "GET /workshop/drafts/<draft_id>/files/<name>/remove": "workshop",
    "POST /workshop/drafts/<draft_id>/files/<name>/remove": "workshop",
    "GET /workshop/drafts/<draft_id>/lint.json": "workshop",
    "GET /workshop/drafts/<draft_id>/new": "workshop",
    "POST /workshop/drafts/<draft_id>/new": "workshop",
    "GET /workshop/drafts/<draft_id>/preview/<name>": "workshop",
    "POST /workshop/drafts/<draft_id>/preview/<name>": "workshop",
    "GET /workshop/drafts/<draft_id>/rebase": "workshop",
    "POST /workshop/drafts/<draft_id>/rebase": "workshop",
    "POST /workshop/drafts/<draft_id>/title": "workshop",
    "GET /workshop/drafts/<draft_id>/try": "workshop",
    "POST /workshop/drafts/<draft_id>/try": "workshop",
    "GET /workshop/import": "workshop",
    "POST /workshop/import": "workshop",
    "GET /workshop/processes/<key>": "workshop",
    "GET /workshop/processes/<key>/compare": "workshop",
    "POST /workshop/processes/<key>/drafts": "workshop",
    "GET /workshop/processes/<key>/move": "workshop",
    "POST /workshop/processes/<key>/move": "workshop",
    "GET /workshop/processes/<key>/move/<case_id>": "mover",
    "POST /workshop/processes/<key>/move/<case_id>": "mover",
    "GET /workshop/processes/<key>/roll-back": "workshop",
    "POST /workshop/processes/<key>/roll-back": "workshop",
    "GET /workshop/processes/<key>/versions/<int:version>": "workshop",
    "GET /workshop/processes/<key>/versions/<int:version>/bundle.zip": "workshop",
    "GET /workshop/processes/<key>/versions/<int:version>/files/<name>": "workshop",
    "GET /workshop/processes/<key>/versions/<int:version>/try": "workshop",
    "POST /workshop/processes/<key>/versions/<int:version>/try": "workshop",
    "GET /audit": "auditor",
    "POST /audit": "auditor",
    "GET /audit/cases/<case_id>": "case_auditor",
    "GET /audit/cases/<case_id>/pack": "case_auditor",
    "POST /audit/cases/<case_id>/pack": "case_auditor",
    "GET /audit/verify": "auditor",
    "POST /audit/verify": "auditor",
    "GET /audit/cases/<case_id>/verify": "case_auditor",
    "GET /audit/cases/<case_id>/verify/proof": "case_auditor",
    "GET /audit/cases/<case_id>/diagrams/<process>.bpmn": "case_auditor",
    "GET /audit/cases/<case_id>/rerun": "case_auditor",
    "POST /audit/cases/<case_id>/rerun": "case_auditor",
    "GET /audit/deadlines": "auditor",
    "GET /audit/deadlines/<key>/<int:version>": "auditor",
    "GET /audit/reruns": "auditor",
    "GET /audit/looks": "auditor",
    "POST /audit/looks": "auditor",
    "GET /measures": "overseer",
    "GET /measures/feedback": "oversight",
    "POST /measures/feedback": "oversight",
    "GET /audits": "auditing",
    "POST /audits": "auditing",
    "GET /audits/<audit_id>/<number>": "auditing",
    "POST /audits/<audit_id>/<number>": "auditing",
    "GET /feedback/<survey_id>": "anybody",
    "POST /feedback/<survey_id>": "anybody",
}
API: Mapping[str, Whose] = {
    "GET /openapi.json": "anybody",
    "GET /processes": "person",
    "GET /processes/<key>/form": "person",
    "POST /processes/<key>/cases": "person",
    "GET /cases": "person",
    "GET /cases/<case_id>": "case",
    "GET /cases/<case_id>/history": "case",
    "GET /cases/<case_id>/say/<wait_id>": "case",
    "POST /cases/<case_id>/say/<wait_id>": "case",
    "GET /cases/<case_id>/meetings": "appointment",
    "GET /cases/<case_id>/people": "case",
    "POST /cases/<case_id>/people": "case",
    "POST /cases/<case_id>/people/leave": "case",
    "GET /processes/<key>/migrations": "owner",
    "GET /cases/<case_id>/migration": "owner",
    "POST /cases/<case_id>/migration": "owner",
    "POST /cases/<case_id>/migration/undo": "owner",
    "GET /tasks": "person",
    "GET /tasks/<task_id>": "task",
    "POST /tasks/<task_id>/claim": "task",
    "POST /tasks/<task_id>/unclaim": "task",
    "POST /tasks/<task_id>/pass-on": "task",
    "PUT /tasks/<task_id>/draft": "task",
    "POST /tasks/<task_id>/complete": "task",
    "POST /tasks/<task_id>/files": "task",
    "POST /processes/<key>/files": "person",
    "GET /cases/<case_id>/files/<file_id>": "case",
}
#: rules whose answers do not depend on any case
STILL = frozenset(
    {"GET /", "GET /login", "GET /assets/<name>", "GET /people", "GET /deployments", "GET /openapi.json"}
    | {"GET /start", "GET /start/<key>", "GET /processes", "GET /incidents/<incident_id>", "GET /holds/<hold_id>/lift"}
) | frozenset(
    name
    for name, whose in PAGES.items()
    if (whose == "workshop" and not name.endswith("/move")) or name.split()[1].startswith(("/account", "/login"))
)
#: an address with these questions, besides the plain one
QUERIES: Mapping[str, Sequence[str]] = {
    "/inbox": ("scope=groups", "scope=done"),
    "/inbox.csv": ("scope=groups",),
    "/api/tasks": ("scope=groups", "scope=done"),
    "/cases/<case_id>": ("view=diagram", "view=timeline", "view=answers"),
    "/audit/cases/<case_id>": ("step=1", "step=20&process=assessment", "step=60"),
    "/audit/cases/<case_id>/diagrams/<process>.bpmn": ("version=1",),
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
    site: Site,
    method: str,
    case_id: str,
    tasks: Sequence[str],
    process: str = "assessment",
    files: Sequence[str] = ("none",),
) -> list[Address]:
    """All addresses of one method, filled with a case and tasks."""
    ids = {"case_id": [case_id], "task_id": list(tasks), "process": [process], "key": ["referral"]}
    ids |= {
        "incident_id": ["none"],
        "name": ["waymark.css"],
        "consent_id": ["none"],
        "request_id": ["none"],
        "role": ["companion", "practitioner"],
        "contact_id": ["none"],
        "wait_id": ["none"],
        "hold_id": ["none"],
        "emergency_id": ["none"],
        "issuer_id": ["none"],
        "token": ["none"],
        "token_id": ["none"],
        "audit_id": ["none"],
        "survey_id": ["none"],
        "number": ["1"],
        "person_id": ["callum.reid"],
        "file_id": list(files),
        "draft_id": ["none"],
        "int:version": ["1"],
    }
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
