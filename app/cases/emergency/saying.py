"""What both commands write: words that are sealed, an entry in the case's history, notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import outbox, records
from app.cases.answers import submission_row
from app.cases.locking import Locked
from app.cases.step import actor_id
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.db import Batch
from app.errors import InvalidAnswers
from app.history import Entry, extend, history_event
from app.identity import Actor
from app.privacy import RESTRICTED

#: fewest words, and most characters, of a reason
FEWEST_WORDS = 3
LONGEST = 2000


def require_words(text: str, path: str, missing: str) -> None:
    """`InvalidAnswers` for what is no reason: nothing, a word or two, or too much."""
    if not text.strip():
        raise InvalidAnswers({path: missing})
    if len(text.split()) < FEWEST_WORDS:
        raise InvalidAnswers({path: f"{missing}, in at least {FEWEST_WORDS} words"})
    if len(text) > LONGEST:
        raise InvalidAnswers({path: f"Write {LONGEST:,} characters or fewer"})


def write(
    batch: Batch,
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    kind: str,
    data: Mapping[str, Any],
    text: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Seal the words and chain the entry; the id of the words. Only who may know of restricted things is told of it."""
    row = held.row
    keys = held.keys(connection, waymark.master_key, now)
    sealed, words = submission_row(keys, None, row.subject_id, row.definition_sha, None, {"reason": text}, actor, now)
    batch.insert(records.submission, [words])
    told = {**data, "class": RESTRICTED, "rules": ["XX-1"], "commitments": sealed.commitments}
    head, rows = extend(held.head, held.id, actor_id(actor), now, [Entry(kind, told)])
    batch.insert(history_event, rows)
    batch.update(case, ["id"], [{"id": held.id, "history_seq": head.seq, "history_hash": head.hash}], strict=True)
    return str(words["id"])


def tell(
    batch: Batch, held: Locked, people: Iterable[str], template: str, now: datetime, until: datetime | None = None
) -> None:
    """Notices without a reason and without health data."""
    params = {"reference": held.row.reference, "due": until.isoformat() if until else ""}
    common = {"case_id": held.id, "task_id": None, "template": template, "params": params}
    outbox.put(batch, [{**common, "recipient_id": one} for one in people], now)
