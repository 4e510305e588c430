"""Cases, their parties, open tasks, running timers, incidents and the answers already given to a command."""

import sqlalchemy as sa

# beside what they are for; whoever needs the whole schema imports this module
import app.cases.audits.tables
import app.cases.checkpoints.tables
import app.cases.emergency.tables
import app.cases.looks.tables
import app.cases.rerun.tables
import app.cases.voices.tables  # noqa: F401
from app.db.schema import metadata
from app.db.types import Json, UTCTime

#: `case` is a word of SQL: the table is named in the plural.
case = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    # what people call it: "R-2026-7KQM4X", see newcase.py
    sa.Column("reference", sa.String(20), nullable=False, unique=True),
    sa.Column("process_key", sa.String(80), nullable=False),
    sa.Column("process_name", sa.String(200), nullable=False),
    sa.Column("definition_sha", sa.String(64), nullable=False),
    sa.Column("definition_version", sa.Integer, nullable=False),
    # SHA-256 of every other version that it has run on: what was hidden then stays hidden
    sa.Column("earlier_shas", Json, nullable=False, server_default="[]"),
    # counts every step; a writer that saw an older one has lost
    sa.Column("version", sa.Integer, nullable=False),
    # "running", "completed" or "cancelled"
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    # what opens the answers of each class: {class: data key, wrapped by the person's, hex}; see `records.keys`
    sa.Column("data_keys", Json, nullable=False, server_default="{}"),
    # what was erased: {class: {"at": when, "under": the rule in words}}
    sa.Column("erased", Json, nullable=False, server_default="{}"),
    sa.Column("employer_id", sa.String(64), nullable=False),
    sa.Column("provider_id", sa.String(64), nullable=False),
    sa.Column("previous_case_id", sa.String(36)),
    # where its deadlines are counted: workdays.Calendar.as_dict()
    sa.Column("calendar", Json, nullable=False),
    # zstd(orjson), written and read by the engine alone
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("facts", Json, nullable=False),
    # where tokens rest: [[process, element id], …]
    sa.Column("marks", Json, nullable=False),
    # names of messages that the case waits for
    sa.Column("messages", Json, nullable=False),
    # who it concerns, as the party table has it: {role: [person id …]}
    sa.Column("parties", Json, nullable=False),
    # what is open, so that a step need not read it:
    # {"tasks": [id …], "timers": {id: due}, "incidents": {token id: incident id}, "subscriptions": [id …]}, and while
    # clocks stand still "paused": {"tasks": {id: since when and for what}, "timers": {…}}; "timers" are those that run
    sa.Column("open", Json, nullable=False),
    sa.Column("history_seq", sa.Integer, nullable=False),
    sa.Column("history_hash", sa.String(64), nullable=False),
    # earliest due timer, or the next try of a failed step: what the worker looks for
    sa.Column("next_due_at", UTCTime),
    # failed attempts to fire what is due; parked (no more tries) when `parked_at` is set
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("parked_at", UTCTime),
    sa.Column("opened_at", UTCTime, nullable=False),
    sa.Column("changed_at", UTCTime, nullable=False),
    sa.Column("ended_at", UTCTime),
)
sa.Index(
    "ix_cases_next_due_at",
    case.c.next_due_at,
    postgresql_where=case.c.next_due_at.isnot(None),
    sqlite_where=case.c.next_due_at.isnot(None),
)
sa.Index("ix_cases_subject_id", case.c.subject_id)
sa.Index("ix_cases_employer_id_opened_at", case.c.employer_id, case.c.opened_at)
sa.Index("ix_cases_provider_id_opened_at", case.c.provider_id, case.c.opened_at)

#: Who a case concerns, in which role, now. Rights come from here.
party = sa.Table(
    "party",
    metadata,
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("role", sa.String(40), primary_key=True),
    sa.Column("person_id", sa.String(64), primary_key=True),
    sa.Column("since", UTCTime, nullable=False),
    # who brought them in (None: not known, from before this was kept), and the kind of reason (`parties.reasons`);
    # None or "" where a form named them
    sa.Column("added_by", sa.String(64)),
    sa.Column("why", sa.String(20)),
)
sa.Index("ix_party_person_id", party.c.person_id)

#: Who was in a case and is no more. No right comes from here; only ever added to.
former_party = sa.Table(
    "former_party",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("person_id", sa.String(64), nullable=False),
    sa.Column("since", UTCTime, nullable=False),
    sa.Column("until", UTCTime, nullable=False),
    sa.Column("added_by", sa.String(64)),
    sa.Column("why", sa.String(20)),
    sa.Column("ended_by", sa.String(64), nullable=False),
    sa.Column("ended_why", sa.String(20), nullable=False),
)
sa.Index("ix_former_party_case_id", former_party.c.case_id)

#: Somebody outside of Waymark whom a case has to reach, such as the treating physician. No person, no right.
contact = sa.Table(
    "contact",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    # {"name", "address"}, sealed with the employee's key and bound to `id`
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("since", UTCTime, nullable=False),
    sa.Column("added_by", sa.String(64), nullable=False),
    # None: still the one to reach
    sa.Column("until", UTCTime),
    sa.Column("ended_by", sa.String(64)),
)
sa.Index("ix_contact_case_id", contact.c.case_id)

task = sa.Table(
    "task",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("process", sa.String(80), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    # the organisation whose team's queue it stands in
    sa.Column("org_id", sa.String(64), nullable=False),
    sa.Column("assignee_id", sa.String(64)),
    # set when somebody took it from a queue; a task given to a party by the case has none
    sa.Column("claimed_at", UTCTime),
    sa.Column("form_id", sa.String(80)),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("rules", Json, nullable=False),
    sa.Column("facts", Json, nullable=False),
    # none while its clock stands still: nothing is due then
    sa.Column("due_at", UTCTime),
    sa.Column("due_how", sa.Text, nullable=False),
    # while the clock stands still: {"since", "for" (words), "process", "element", "due" (when it would have been)}
    sa.Column("paused", Json),
    # "open", "done" or "cancelled"
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("warned_at", UTCTime),
    sa.Column("opened_at", UTCTime, nullable=False),
    sa.Column("closed_at", UTCTime),
    sa.Column("closed_by", sa.String(64)),
)
sa.Index("ix_task_case_id", task.c.case_id)
sa.Index("ix_task_assignee_id_state", task.c.assignee_id, task.c.state)
sa.Index("ix_task_org_id_role_state", task.c.org_id, task.c.role, task.c.state)
sa.Index("ix_task_closed_by_closed_at", task.c.closed_by, task.c.closed_at)

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("id", sa.String(120), primary_key=True),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("task_id", sa.String(36)),
    sa.Column("due_at", UTCTime, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    # "warn", "escalate", "remind" or ""
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("interrupting", sa.Boolean, nullable=False),
    sa.Column("rules", Json, nullable=False),
    # while the clock stands still: {"since", "for" (words), "process", "element", "due" (when it would have been)}
    sa.Column("paused", Json),
)

incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    # the engine's token that failed; None: a message, or firing what is due failed as a whole
    sa.Column("token_id", sa.String(36)),
    # the message that nobody took, or that could not be taken in
    sa.Column("message_id", sa.String(36)),
    sa.Column("process", sa.String(80), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("element_name", sa.String(200), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    # "retrying", "parked" or "resolved"
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try_at", UTCTime),
    sa.Column("opened_at", UTCTime, nullable=False),
    sa.Column("resolved_at", UTCTime),
    sa.Column("resolved_by", sa.String(64)),
)
sa.Index("ix_incident_case_id", incident.c.case_id)
sa.Index("ix_incident_state_next_try_at", incident.c.state, incident.c.next_try_at)

#: Each move of a case to another version, with what it takes to go back.
migration = sa.Table(
    "migration",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("from_sha", sa.String(64), nullable=False),
    sa.Column("from_version", sa.Integer, nullable=False),
    sa.Column("to_sha", sa.String(64), nullable=False),
    sa.Column("to_version", sa.Integer, nullable=False),
    # the engine's state before the move
    sa.Column("state", sa.LargeBinary, nullable=False),
    # whom tasks were taken from because the role changed: {task id: [role, person or null, queue's organisation,
    # moment of the claim or null]}
    sa.Column("holders", Json, nullable=False),
    # the case's version (the count of its steps) right after the move
    sa.Column("case_version", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor_id", sa.String(64), nullable=False),
    sa.Column("at", UTCTime, nullable=False),
    sa.Column("undone_at", UTCTime),
)
sa.Index("ix_migration_case_id_at", migration.c.case_id, migration.c.at)

#: Messages that cases wait for. Employer, provider and employee are those of the case: a message finds only cases of
#: the same three. A withdrawal of consent (`definitions.is_withdrawal`) is not in here.
subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("employer_id", sa.String(64), nullable=False),
    sa.Column("provider_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    # None: any message of the name
    sa.Column("key", sa.String(200)),
    sa.Column("process", sa.String(80), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("since", UTCTime, nullable=False),
    # people say it (property `saidBy`); what a case sends never finds it
    sa.Column("said", sa.Boolean, nullable=False, server_default=sa.false()),
    # of what people say: the open user task that it sits on, if any
    sa.Column("task_id", sa.String(36)),
)
sa.Index("ix_subscription_subject_id_name", subscription.c.subject_id, subscription.c.name)

#: Messages from case to case, kept when they are over. `payload`: routing facts.
message = sa.Table(
    "message",
    metadata,
    # follows from the sending case and `number`
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("from_case", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    # of its entry in the sending case's history: what a case sends is numbered in the order in which it was sent
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("process", sa.String(80), nullable=False),
    sa.Column("element_id", sa.String(80), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("employer_id", sa.String(64), nullable=False),
    sa.Column("provider_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("key", sa.String(200)),
    sa.Column("payload", Json, nullable=False),
    # ids of the submissions in the sending case that go along (property `encloses`)
    sa.Column("encloses", Json, nullable=False, server_default="[]"),
    # what the sender's element says of a message that nobody takes: process to start, "wait" or "tell", until when it
    # waits, and the name of the message by which the sender is told
    sa.Column("starts", sa.String(80)),
    sa.Column("unmatched", sa.String(8), nullable=False),
    sa.Column("keep_until", UTCTime),
    sa.Column("told", sa.String(200)),
    # "waiting"; "parked" (no more tries); "delivered", "started", "told" or "given_up": over
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # after a failure: not before
    sa.Column("next_try_at", UTCTime),
    sa.Column("sent_at", UTCTime, nullable=False),
    sa.Column("closed_at", UTCTime),
    # the case that took it or was started by it, and the element there
    sa.Column("to_case", sa.String(36)),
    sa.Column("taken_process", sa.String(80)),
    sa.Column("taken_element", sa.String(80)),
)
sa.Index("ix_message_from_case_number", message.c.from_case, message.c.number, unique=True)
sa.Index(
    "ix_message_subject_id_name",
    message.c.subject_id,
    message.c.name,
    postgresql_where=message.c.state == "waiting",
    sqlite_where=message.c.state == "waiting",
)

#: The first answer to a command that came with an idempotency key.
receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("actor_id", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(80), primary_key=True),
    # digest of what was asked: the same key for another request is refused
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("answer", Json, nullable=False),
    sa.Column("at", UTCTime, nullable=False),
)
