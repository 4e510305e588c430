"""Everything that leaves a case passes here, and is redacted here for the person who asks."""

from app.cases.audit.finding import find_cases
from app.cases.audit.packing.inside import pack_inside
from app.cases.audit.replaying import replay, replay_diagram
from app.cases.checkpoints.onecase import case_proof, newest_proof
from app.cases.checkpoints.showing import history_checks
from app.cases.deadlines.asking import deadlines, version_deadlines
from app.cases.queries.admin import deployments, incidents, people
from app.cases.queries.agreed import consent, consents
from app.cases.queries.appointment import appointment
from app.cases.queries.audits import audit_case, audited_processes, audits
from app.cases.queries.casefile import case, diagram
from app.cases.queries.caselist import all_cases, cases
from app.cases.queries.copies import askers, own_requests, request, requests
from app.cases.queries.emergency import emergencies, emergencies_about_me, emergency_to_review, my_emergencies
from app.cases.queries.figures import figures
from app.cases.queries.files import attachment, uploads
from app.cases.queries.held import held
from app.cases.queries.history import history
from app.cases.queries.inbox import all_tasks, inbox
from app.cases.queries.keeping import hold_of, holds, my_erasure, retention
from app.cases.queries.looks import audit, looks, looks_of_case, require_auditor
from app.cases.queries.measures import measures
from app.cases.queries.meetings import meeting_time, meetings
from app.cases.queries.moves import case_called, left_to_move, move, moves, undoable
from app.cases.queries.notices import mark_read, notices
from app.cases.queries.own import own_cases
from app.cases.queries.parties import case_people, choices, colleagues, guest
from app.cases.queries.proof import verify_history, verify_looks
from app.cases.queries.reports import corrections, reports
from app.cases.queries.said import say, say_form, say_gone
from app.cases.queries.sharing import onlookers, seen_by, who_may_see
from app.cases.queries.starts import deployed_keys, start_form, start_places, startable, starters
from app.cases.queries.tasks import task, task_form
from app.cases.queries.voices import question, surveys
from app.cases.rerun.shown import page as rerun
from app.cases.rerun.shown import runs as reruns
from app.cases.workshop.bundles import export_draft, export_version
from app.cases.workshop.comparing import compare_draft, compare_drafts, compare_versions
from app.cases.workshop.deploying import deploy_preview
from app.cases.workshop.families import version_bundle, workshop, workshop_process
from app.cases.workshop.looking import draft, draft_choices, draft_files, version_files
from app.cases.workshop.owners import may_enter
from app.cases.workshop.previewing import form_preview
from app.cases.workshop.rebasing import rebase_preview
from app.cases.workshop.trying import sent_along, trial_employers

__all__ = [
    "all_cases",
    "all_tasks",
    "appointment",
    "askers",
    "attachment",
    "audit",
    "audit_case",
    "audited_processes",
    "audits",
    "case",
    "case_called",
    "case_people",
    "case_proof",
    "cases",
    "choices",
    "colleagues",
    "compare_draft",
    "compare_drafts",
    "compare_versions",
    "consent",
    "consents",
    "corrections",
    "deadlines",
    "deploy_preview",
    "deployed_keys",
    "deployments",
    "diagram",
    "draft",
    "draft_choices",
    "draft_files",
    "emergencies",
    "emergencies_about_me",
    "emergency_to_review",
    "export_draft",
    "export_version",
    "figures",
    "find_cases",
    "form_preview",
    "guest",
    "held",
    "history",
    "history_checks",
    "hold_of",
    "holds",
    "inbox",
    "incidents",
    "left_to_move",
    "looks",
    "looks_of_case",
    "mark_read",
    "may_enter",
    "measures",
    "meeting_time",
    "meetings",
    "move",
    "moves",
    "my_emergencies",
    "my_erasure",
    "newest_proof",
    "notices",
    "onlookers",
    "own_cases",
    "own_requests",
    "pack_inside",
    "people",
    "question",
    "rebase_preview",
    "replay",
    "replay_diagram",
    "reports",
    "request",
    "requests",
    "require_auditor",
    "rerun",
    "reruns",
    "retention",
    "say",
    "say_form",
    "say_gone",
    "seen_by",
    "sent_along",
    "start_form",
    "start_places",
    "startable",
    "starters",
    "surveys",
    "task",
    "task_form",
    "trial_employers",
    "undoable",
    "uploads",
    "verify_history",
    "verify_looks",
    "version_bundle",
    "version_deadlines",
    "version_files",
    "who_may_see",
    "workshop",
    "workshop_process",
]
