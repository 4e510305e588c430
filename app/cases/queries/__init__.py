"""Everything that leaves a case passes here, and is redacted here for the person who asks."""

from app.cases.queries.admin import deployments, incidents, people
from app.cases.queries.agreed import consent, consents
from app.cases.queries.casefile import case, cases, diagram
from app.cases.queries.copies import askers, own_requests, request, requests
from app.cases.queries.held import held
from app.cases.queries.history import history
from app.cases.queries.inbox import inbox
from app.cases.queries.moves import case_called, move, moves
from app.cases.queries.notices import mark_read, notices
from app.cases.queries.own import own_cases
from app.cases.queries.proof import verify_history
from app.cases.queries.reports import corrections, reports
from app.cases.queries.sharing import onlookers, seen_by, who_may_see
from app.cases.queries.starts import start_form, startable
from app.cases.queries.tasks import task, task_form

__all__ = [
    "askers",
    "case",
    "case_called",
    "cases",
    "consent",
    "consents",
    "corrections",
    "deployments",
    "diagram",
    "held",
    "history",
    "inbox",
    "incidents",
    "mark_read",
    "move",
    "moves",
    "notices",
    "onlookers",
    "own_cases",
    "own_requests",
    "people",
    "reports",
    "request",
    "requests",
    "seen_by",
    "start_form",
    "startable",
    "task",
    "task_form",
    "verify_history",
    "who_may_see",
]
