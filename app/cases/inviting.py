"""Sending somebody a link for a new password: the link and its mail in one transaction."""

from __future__ import annotations

from datetime import datetime

from app import db, outbox
from app.cases.waymark import Waymark
from app.identity import Actor, desk


def send_reset_link(
    waymark: Waymark, actor: Actor, person_id: str, reason: str, now: datetime, real_now: datetime
) -> None:
    """`now`: when the mail is due; `real_now`: from when its hour counts. Raises what `desk.make_link` raises."""
    with db.transaction(waymark.engine) as connection:
        link_id = desk.make_link(connection, actor, person_id, reason, real_now)
        batch = db.Batch()
        message = {"case_id": "", "task_id": None, "recipient_id": person_id, "template": outbox.RESET}
        outbox.put(batch, [{**message, "params": {"link_id": link_id}}], now)
        batch.run(connection)
