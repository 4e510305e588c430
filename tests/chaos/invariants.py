"""What must hold of every case at every moment, read from the tables and from the engine's own state."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app import db, definitions, engine, history
from app.cases import Waymark, queries
from app.cases.consenting import CHANGED
from app.cases.entries import names_state
from app.cases.keeping.requests import ASKED
from app.cases.rerun.running import rerun
from app.cases.subject import talks_about
from app.cases.tables import case, incident, message, party, receipt, subscription, task, timer
from app.definitions import is_withdrawal
from app.engine import FireDue, Step
from app.history import Head, history_event
from app.outbox.tables import outbox
from app.records import consent, draft, submission

#: nothing was ever due this early: firing then shows what is open and changes nothing
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def broken(waymark: Waymark, case_ids: Iterable[str] | None = None, *, again: bool = True) -> list[str]:
    """A sentence for everything that does not hold; of all cases, or of some.

    `again`: False where the test has changed what a step does, so that it cannot come out once more as it did then.
    """
    with db.snapshot(waymark.engine) as connection:
        query = sa.select(case)
        if case_ids is not None:
            query = query.where(case.c.id.in_(list(case_ids)))
        rows = connection.execute(query).all()
        found = [f"{row.reference}: {text}" for row in rows for text in _of_case(connection, row)]
        found += [f"{row.reference}: {text}" for row in rows if again for text in _run_again(connection, row)]
        found += _orphans(connection)
    if case_ids is None:
        found += [f"chain: {fault}" for fault in queries.verify_history(waymark).faults]
    return found


def _of_case(connection: sa.Connection, row: Any) -> Iterator[str]:
    seen = engine.advance(engine.load(definitions.get(connection, row.definition_sha)), row.state, FireDue(), LONG_AGO)
    events = list(
        connection.execute(
            sa.select(history_event).where(history_event.c.case_id == row.id).order_by(history_event.c.seq)
        )
    )
    fault = history.verify_case(row.id, events, Head(row.history_seq, row.history_hash))
    if fault:
        yield f"chain: {fault}"
    yield from _case_row(row, seen)
    yield from _tables(connection, row, seen)
    yield from _history(row, events)
    yield from _records(connection, row, events)
    yield from _notices(connection, row, events)
    yield from _messages(connection, row, seen, events)


def _differ(what: str, **seen: Any) -> Iterator[str]:
    values = list(seen.values())
    if any(value != values[0] for value in values[1:]):
        yield f"{what} differ: {seen}"


def _case_row(row: Any, seen: Step) -> Iterator[str]:
    yield from _differ("statuses", engine=seen.status, row=row.status)
    yield from _differ("messages", engine=list(seen.messages), row=row.messages)
    yield from _differ("marks", engine=[list(mark) for mark in seen.marks], row=row.marks)
    yield from _differ("facts", engine=dict(seen.facts), row=row.facts)
    if (row.status == "running") != (row.ended_at is None):
        yield "an ended case has an end, a running one has none"
    if row.status != "running" and (seen.tasks or seen.timers or row.next_due_at):
        yield "something is open in an ended case"


def _tables(connection: sa.Connection, row: Any, seen: Step) -> Iterator[str]:
    tasks = set(
        connection.execute(sa.select(task.c.id).where(task.c.case_id == row.id, task.c.state == "open")).scalars()
    )
    yield from _differ("open tasks", engine={one.id for one in seen.tasks}, column=set(row.open["tasks"]), table=tasks)
    rows = list(connection.execute(sa.select(timer).where(timer.c.case_id == row.id)))
    timers = {one.id: one.due_at for one in rows if not one.paused}
    column = {name: datetime.fromisoformat(at) for name, at in row.open["timers"].items()}
    running = {one.id: one.due.at for one in seen.timers if not one.due.paused}
    yield from _differ("timers", engine=running, column=column, table=timers)
    yield from _paused(connection, row, seen, {one.id: one.paused for one in rows if one.paused})
    failed = list(
        connection.execute(sa.select(incident).where(incident.c.case_id == row.id, incident.c.state != "resolved"))
    )
    tokens = {one.token_id: one.id for one in failed if one.token_id}
    yield from _differ("incidents", column=row.open["incidents"], table=tokens)
    yield from _differ("failed tokens", engine={one.task_id for one in seen.incidents}, table=set(tokens))
    parties: dict[str, list[str]] = defaultdict(list)
    for one in connection.execute(sa.select(party).where(party.c.case_id == row.id)):
        parties[one.role].append(one.person_id)
    yield from _differ("parties", table=dict(parties), column={role: who for role, who in row.parties.items() if who})
    whole = [one for one in failed if one.token_id is None and one.message_id is None]
    if bool(whole) != bool(row.failures):
        yield f"{row.failures} failures in the row, {len(whole)} open incidents of the whole case"
    if not row.failures:
        dues = list(timers.values()) + [one.next_try_at for one in failed if one.next_try_at]
        yield from _differ("next due", row=row.next_due_at, least=min(dues, default=None))


def _paused(connection: sa.Connection, row: Any, seen: Step, timers: dict[str, Any]) -> Iterator[str]:
    """Clocks that stand still, and since when."""
    open_tasks = sa.select(task).where(task.c.case_id == row.id, task.c.state == "open", task.c.paused.isnot(None))
    tasks = {one.id: one.paused for one in connection.execute(open_tasks)}
    for what, column, table, shown in (
        ("tasks", "tasks", tasks, seen.tasks),
        ("timers", "timers", timers, seen.timers),
    ):
        standing = {one.id: one.due.paused.since for one in shown if one.due and one.due.paused}
        found = {name: datetime.fromisoformat(said["since"]) for name, said in table.items()}
        marks = row.open.get("paused", {}).get(column, {})
        marked = {name: datetime.fromisoformat(mark.split()[0]) for name, mark in marks.items()}
        yield from _differ(f"paused {what}", engine=standing, table=found, column=marked)


def _history(row: Any, events: list[Any]) -> Iterator[str]:
    """One command a version, the newest names the state that is stored."""
    steps = [body for one in events if (body := orjson.loads(one.body)["data"]).get("state")]
    yield from _differ("versions", row=row.version, history=len(steps))
    if steps and not names_state(steps[-1], row.state):
        yield "the newest entry names another state than the one that is stored"


def _run_again(connection: sa.Connection, row: Any) -> Iterator[str]:
    """Its commands, given once more, lead to every event and state that is recorded."""
    found = rerun(connection, row.id)
    if found.outcome != "met":
        yield f"run again: {found.difference or found.unable}"


def _records(connection: sa.Connection, row: Any, events: list[Any]) -> Iterator[str]:
    bodies = [(one.kind, orjson.loads(one.body)["data"]) for one in events]
    completions = Counter(data["task"] for kind, data in bodies if kind == "command.complete")
    done = Counter(
        connection.execute(sa.select(task.c.id).where(task.c.case_id == row.id, task.c.state == "done")).scalars()
    )
    yield from _differ("completions", history=completions, table=done)
    sent = list(connection.execute(sa.select(submission).where(submission.c.case_id == row.id)))
    # what went along with a message is told of again in the case that sent it
    written = sum(1 for kind, data in bodies if data.get("commitments") and kind != "enclosure.sent")
    yield from _differ("submissions", history=written, table=len(sent))
    came = sum(1 for kind, _ in bodies if kind == "enclosure.received")
    yield from _differ("enclosures", history=came, table=sum(1 for one in sent if one.message_id))
    of_tasks = Counter(one.task_id for one in sent if one.task_id)
    with_form = Counter(data["task"] for kind, data in bodies if kind == "command.complete" and data["form"])
    yield from _differ("submissions of tasks", table=of_tasks, history=with_form)
    said = connection.execute(
        sa.select(sa.func.count()).select_from(consent).where(consent.c.case_id == row.id)
    ).scalar()
    # all rows of a list are one entry
    told = sum(len(body.get("items", ())) or 1 for kind, body in bodies if kind.startswith("consent."))
    yield from _differ("consents", history=told, table=said)
    leftover = connection.execute(
        sa.select(sa.func.count())
        .select_from(draft.join(task, task.c.id == draft.c.task_id))
        .where(task.c.case_id == row.id, task.c.state != "open")
    ).scalar()
    if leftover:
        yield f"{leftover} drafts of closed tasks"


def _messages(connection: sa.Connection, row: Any, seen: Step, events: list[Any]) -> Iterator[str]:
    """What it waits for stands in the table; each message that it sent is there once, and each one taken in was sent
    to it, came once, and in the order in which its sender sent it."""
    waits = connection.execute(sa.select(subscription).where(subscription.c.case_id == row.id)).all()
    engine_waits = {(one.id, one.name, one.key) for one in seen.subscriptions if not is_withdrawal(one.name)}
    yield from _differ("waits", engine=engine_waits, table={(one.id, one.name, one.key) for one in waits})
    yield from _differ("waits", column=set(row.open.get("subscriptions", [])), table={one.id for one in waits})
    place = (talks_about(row.subject_id), row.employer_id, row.provider_id)
    whose = {(one.subject_id, one.employer_id, one.provider_id) for one in waits}
    if whose - {place}:
        yield "a wait of somebody else"
    bodies = [(one.kind, one.seq, orjson.loads(one.body)["data"]) for one in events]
    sent = connection.execute(sa.select(message).where(message.c.from_case == row.id)).all()
    said = {seq: data["data"]["name"] for kind, seq, data in bodies if kind == "engine.message_sent"}
    yield from _differ("messages sent", history=said, table={one.number: one.name for one in sent})
    began = [data["message"] for kind, _, data in bodies if kind == "command.start" and "message" in data]
    taken = [data["message"] for kind, _, data in bodies if kind == "command.message"] + began
    came = connection.execute(sa.select(message).where(message.c.to_case == row.id)).all()
    yield from _differ("messages taken", history=Counter(taken), table=Counter(one.id for one in came))
    for one in came:
        if (one.subject_id, one.employer_id, one.provider_id) != place:
            yield "a message from behind a wall"
    numbers = {one.id: (one.from_case, one.name, one.key, one.number) for one in came}
    order = [numbers[one] for one in taken if one in numbers]
    for sender in {one[:3] for one in order}:
        heard = [one[3] for one in order if one[:3] == sender]
        if heard != sorted(heard):
            yield f"messages overtook one another: {heard}"


def _notices(connection: sa.Connection, row: Any, events: list[Any]) -> Iterator[str]:
    """Every message was caused by a notify that happened or by an emergency access; what the employee was to be told
    was written once."""
    told = Counter((params["template"], at) for params, at in _notified(events) if "employee" in params["to"].split())
    causes = {(params["template"], at) for params, at in _notified(events)}
    # the employee's word on a row of a list is told without a diagram
    causes |= {(CHANGED, one.at) for one in events if one.kind in {"command.withdraw", "command.share"}}
    # that somebody asks for erasure is told of each case, and is no step of any
    stepped = sa.and_(outbox.c.case_id == row.id, outbox.c.template != ASKED)
    let_in = {one.at for one in events if one.kind.startswith("command.emergency")}
    rows = [
        one
        for one in connection.execute(sa.select(outbox).where(stepped))
        if not (one.template.startswith("emergency-") and one.created_at in let_in)
    ]
    yield from _differ(
        "causes of messages", history=causes | {(one.template, one.created_at) for one in rows}, all=causes
    )
    written = Counter((one.template, one.created_at) for one in rows if one.recipient_id == row.subject_id)
    yield from _differ("messages to the employee", history=told, table=written)


def _notified(events: list[Any]) -> Iterator[tuple[dict[str, Any], datetime]]:
    for one in events:
        if one.kind == "engine.handled":
            data = orjson.loads(one.body)["data"]["data"]
            if data["topic"] == "notify":
                yield data["params"], one.at


def _orphans(connection: sa.Connection) -> Iterator[str]:
    known = sa.select(case.c.id)
    for table in (task, timer, party, submission, consent, history_event, outbox, incident):
        count = connection.execute(
            sa.select(sa.func.count()).select_from(table).where(table.c.case_id.not_in(known))
        ).scalar()
        if count:
            yield f"{count} rows of {table.name} without a case"
    cases = set(connection.execute(known).scalars())
    for answer in connection.execute(sa.select(receipt.c.answer)).scalars():
        if answer["case_id"] not in cases:
            yield f"a receipt for a case that is not there: {answer['case_id']}"
