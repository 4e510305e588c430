"""What a case said to other cases and heard from them, in words, for somebody who need not be in the other case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app import privacy
from app.cases.locking import form_of
from app.cases.queries.answers import as_brought, bundle_of
from app.cases.queries.sight import Sight
from app.cases.tables import message
from app.cases.views import TimelineEntry

WHO = "Waymark"


@dataclass
class Talk:
    """The messages of one case as its reader may know them, while its history is read from the beginning."""

    connection: sa.Connection
    sight: Sight
    #: messages that it sent, by the number of their entry in the history
    sent: Mapping[int, sa.Row[Any]]
    _from: str = field(default="", init=False)
    _said: bool = field(default=False, init=False)

    def entries(self, row: sa.Row[Any], data: Mapping[str, Any]) -> list[TimelineEntry]:
        """Lines for an entry of the history that is about a message; none for any other."""
        if row.kind.startswith("command."):
            self._from, self._said = self._sender(data), row.kind == "command.say"
        if self._said and row.kind == "engine.message_caught":
            return []  # who said it is told by the entry of their word
        what, detail = _WORDS[row.kind](self, row, data) if row.kind in _WORDS else ("", "")
        if row.kind == "command.start" and "message" in data:
            what, detail = "A message started the case", self._from
        return [TimelineEntry(row.at, WHO, what, detail, tuple(data.get("rules", ())), row.kind)] if what else []

    def _sender(self, data: Mapping[str, Any]) -> str:
        """ "From R-2026-7KQM4X", if the reader may know."""
        if "from" not in data:
            return ""
        found = self.sight.reference(self.connection, *(data["from"][part] for part in ("case", "process", "element")))
        return f"From {found}" if found else ""

    def _sent(self, row: sa.Row[Any], data: Mapping[str, Any]) -> tuple[str, str]:
        return f"“{data['name'] or data['element']}”: a message was sent", self._receiver(self.sent.get(row.seq))

    def _receiver(self, letter: sa.Row[Any] | None) -> str:
        if letter is None or letter.to_case is None:
            return ""
        at = (letter.to_case, letter.taken_process, letter.taken_element)
        found = self.sight.reference(self.connection, *at)
        words = {"delivered": "Received by", "started": "It started"}
        return f"{words[letter.state]} {found}" if found and letter.state in words else ""

    def _caught(self, row: sa.Row[Any], data: Mapping[str, Any]) -> tuple[str, str]:
        return f"“{data['name'] or data['element']}”: a message was received", self._from

    def _enclosed(self, row: sa.Row[Any], data: Mapping[str, Any]) -> tuple[str, str]:
        form = form_of(bundle_of(self.connection, self.sight, data["definition"]), data["form"])
        sent = row.kind == "enclosure.sent"
        viewer = self.sight.viewer if sent else as_brought(form, self.sight.viewer)
        if not any(privacy.grounds(form, viewer).values()):
            return "", ""  # who may see nothing of it need not know that it went
        verb = "went along" if sent else "came along"
        return f"“{data['name'] or data['element']}”: “{form.title or form.id}” {verb}", ""

    def _given_up(self, row: sa.Row[Any], data: Mapping[str, Any]) -> tuple[str, str]:
        return f"“{data['name']}”: nobody took the message", "An administrator has been told"


_WORDS = {
    "engine.message_sent": Talk._sent,
    "engine.message_caught": Talk._caught,
    "message.given_up": Talk._given_up,
    "enclosure.sent": Talk._enclosed,
    "enclosure.received": Talk._enclosed,
}


def talk(connection: sa.Connection, sight: Sight) -> Talk:
    sent = connection.execute(sa.select(message).where(message.c.from_case == sight.row.id))
    return Talk(connection, sight, {letter.number: letter for letter in sent})


def origin(connection: sa.Connection, sight: Sight) -> tuple[str, str]:
    """Process and element of the other case whose message started this one; empty when none did."""
    started = sa.select(message.c.process, message.c.element_id).where(
        message.c.from_case == sight.row.previous_case_id,
        message.c.to_case == sight.row.id,
        message.c.state == "started",
    )
    row = connection.execute(started).first()
    return ("", "") if row is None else (row.process, row.element_id)


def redacted(connection: sa.Connection, sight: Sight, data: Mapping[str, Any]) -> dict[str, Any]:
    """What replaces parts of an entry of the history about a message: the other case for those who have no part in
    it, what the message brought for those who may not see what the occupational health team may."""
    found: dict[str, Any] = {}
    if "from" in data:
        at = data["from"]
        known = sight.reference(connection, at["case"], at["process"], at["element"])
        found |= {} if known else {"from": None, "key": None, "message": None}
        if data.get("previous") is not None and not known:
            found["previous"] = None
    if "started" in data and not sight.reference(connection, data["case"]):
        found |= {"case": None, "reference": None}
    may_know = privacy.ground("restricted", sight.viewer) is not None
    if "payload" in data:
        found |= {"payload": sight.facts.shown(data["payload"]) if may_know else {}}
    if not may_know:
        found |= {"data": {**data["data"], "key": None}} if "key" in (data.get("data") or {}) else {}
    return found
