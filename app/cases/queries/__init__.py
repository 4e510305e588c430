"""Everything that leaves a case passes here, and is redacted here for the person who asks."""

from app.cases.queries.admin import deployments, incidents, people
from app.cases.queries.casefile import case, cases, diagram
from app.cases.queries.emergency import emergencies, emergencies_about_me, emergency_to_review, my_emergencies
from app.cases.queries.history import history
from app.cases.queries.inbox import inbox
from app.cases.queries.looks import audit, looks, looks_of_case, require_auditor, verify_looks
from app.cases.queries.moves import case_called, move, moves
from app.cases.queries.notices import mark_read, notices
from app.cases.queries.proof import verify_history
from app.cases.queries.sharing import onlookers, seen_by, who_may_see
from app.cases.queries.starts import start_form, startable
from app.cases.queries.tasks import task, task_form

__all__ = [
    "audit",
    "case",
    "case_called",
    "cases",
    "deployments",
    "diagram",
    "emergencies",
    "emergencies_about_me",
    "emergency_to_review",
    "history",
    "inbox",
    "incidents",
    "looks",
    "looks_of_case",
    "mark_read",
    "move",
    "moves",
    "my_emergencies",
    "notices",
    "onlookers",
    "people",
    "require_auditor",
    "seen_by",
    "start_form",
    "startable",
    "task",
    "task_form",
    "verify_history",
    "verify_looks",
    "who_may_see",
]
