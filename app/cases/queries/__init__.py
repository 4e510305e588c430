"""Everything that leaves a case passes here, and is redacted here for the person who asks."""

from app.cases.queries.admin import deployments, incidents, people
from app.cases.queries.appointment import appointment
from app.cases.queries.casefile import case, diagram
from app.cases.queries.caselist import all_cases, cases
from app.cases.queries.figures import figures
from app.cases.queries.files import attachment, uploads
from app.cases.queries.history import history
from app.cases.queries.inbox import all_tasks, inbox
from app.cases.queries.moves import case_called, move, moves
from app.cases.queries.notices import mark_read, notices
from app.cases.queries.proof import verify_history
from app.cases.queries.starts import start_form, startable
from app.cases.queries.tasks import task, task_form

__all__ = [
    "all_cases",
    "all_tasks",
    "appointment",
    "attachment",
    "case",
    "case_called",
    "cases",
    "deployments",
    "diagram",
    "figures",
    "history",
    "inbox",
    "incidents",
    "mark_read",
    "move",
    "moves",
    "notices",
    "people",
    "start_form",
    "startable",
    "task",
    "task_form",
    "uploads",
    "verify_history",
]
