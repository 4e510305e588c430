"""What taking back a consent writes: the ledger, the history, and the reason, sealed like an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, outbox, records
from app.cases.answers import Said, Wording, record_consents, submission_row
from app.cases.locking import Locked
from app.cases.step import actor_id
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.history import Entry, extend, history_event
from app.identity import Actor

#: scope of the consent that everything hangs on (XX-A2)
REFERRAL = "referral"
#: classes of which the history says nothing: everybody in the case may know
OPEN = frozenset({"public", "employer"})
GONE = "This can no longer be changed here: the case has gone on. Look again at what you agreed to."
#: notice for the practitioner when the word on a row changes
CHANGED = "sharing-changed"


def record_withdrawal(
    batch: db.Batch,
    held: Locked,
    scope: str,
    entry: sa.Row[Any] | None,
    channel: str,
    actor: Actor,
    now: datetime,
) -> list[Entry]:
    """Put into the ledger that `entry` is taken back; the entries for the history."""
    text = Wording(entry.text_id, entry.text_sha, entry.text_version) if entry else Wording("", "")
    said = Said(scope, "withdrawn", channel, previous=None)
    if entry is not None:
        rules = _RULES.get(scope, ("XX-A2",))
        said = Said(scope, "withdrawn", channel, entry.recipient, entry.data_class, entry.item, str(entry.id), rules)
    of = (held.id, str(held.row.subject_id))
    return record_consents(batch, {}, of, text, [said], entry.submission_id if entry else None, actor, now)


_RULES = {"gp-report": ("XX-A9",), "gp-supply": ("XX-A9",), "release": ("XX-A7",), "sharing": ("XX-A6",)}
_RULES |= {"recovery-support": ("JE-10",)}


def change_row(
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    entry: sa.Row[Any],
    decision: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Another word on a row of a list, which counts from now on (XX-A6). The case stays where it is, ended or not."""
    batch = db.Batch()
    text = Wording(entry.text_id, entry.text_sha, entry.text_version)
    said = Said(entry.scope, decision, "web", entry.recipient, entry.data_class, entry.item, str(entry.id), ("XX-A6",))
    of = (held.id, str(held.row.subject_id))
    entries = record_consents(batch, {}, of, text, [said], entry.submission_id, actor, now)
    commitments = keep_reason(batch, connection, waymark, held, reason, actor, now)
    about = {"scope": entry.scope, "class": entry.data_class, "rules": ["XX-A6"], "commitments": commitments}
    command = Entry("command.withdraw" if decision == "withdrawn" else "command.share", about)
    head, rows = extend(held.head, held.id, actor_id(actor), now, [command, *entries])
    batch.insert(history_event, rows)
    columns = {"id": held.id, "history_seq": head.seq, "history_hash": head.hash}
    batch.update(case, ["id"], [columns], strict=True)
    outbox.put(batch, _notices(held), now)
    batch.run(connection)


def _notices(held: Locked) -> list[dict[str, Any]]:
    """For the practitioner of the case, while it runs: what may go into the report has changed."""
    people = held.parties.get("practitioner", ()) if held.row.status == "running" else ()
    params = {"reference": held.row.reference, "due": ""}
    rest = {"case_id": held.id, "task_id": None, "template": CHANGED, "params": params}
    return [{**rest, "recipient_id": person} for person in people]


def keep_reason(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    reason: str,
    actor: Actor,
    now: datetime,
) -> dict[str, str]:
    """Seal a reason with the employee's key; its commitments for the history."""
    if not reason.strip():
        return {}
    keys = held.keys(connection, waymark.master_key, now)
    row, sha = held.row, held.row.definition_sha
    sealed, made = submission_row(keys, None, row.subject_id, sha, None, {"reason": reason}, actor, now)
    batch.insert(records.submission, [made])
    return sealed.commitments
