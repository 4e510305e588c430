"""What a pack of a case would hold, for the page on which it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.cases.audit.entries import entries
from app.cases.audit.heads import head
from app.cases.audit.packing.gathering import signed, unsalted
from app.cases.audit.sight import auditing
from app.cases.audit.views import Head
from app.cases.waymark import Waymark
from app.identity import Actor


@dataclass(frozen=True, slots=True)
class Inside:
    """Numbers of entries. `signed`: the newest checkpoint holds those up to this number, 0 for none.
    `bare`: see `gathering.unsalted`; `trouble`: see `gathering.Signed`."""

    entries: int
    part: int
    withheld: int
    signed: int
    bare: int
    trouble: str


def pack_inside(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> tuple[Head, Inside]:
    """Raises `NotFound` to everybody but an auditor of the case's provider, `LookNotWritten`."""
    with auditing(waymark, actor, case_id, now, "history") as (connection, sight):
        above, told = head(connection, sight), entries(connection, sight)
        bare = unsalted(connection, sight, told)
    log = signed(waymark.settings, case_id)
    withheld = sum(one.withheld for one in told)
    part = sum(one.body is None for one in told) - withheld
    return above, Inside(len(told), part, withheld, min(log.last, len(told)), bare, log.trouble)
