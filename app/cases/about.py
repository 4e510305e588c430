"""What an employee is shown of themselves: plain values, for pages and for the copy that they may take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.cases.views import CaseRow


@dataclass(frozen=True)
class Agreed:
    """One entry of the ledger of consents, in words."""

    id: str
    case_id: str
    reference: str
    scope: str
    #: "The referral to occupational health"
    what: str
    #: the item of a list that it is about; empty outside lists, and when it cannot be read any more
    item: str
    #: "given", "refused" or "withdrawn"
    decision: str
    #: it is the newest word on this
    counts: bool
    at: datetime
    #: "online", "by telephone" …
    channel: str
    #: who entered it, and whether that was the employee
    entered_by: str
    by_self: bool
    recipient: str
    #: the text that was shown: its id, the version that it states, the SHA-256 of its file
    text_id: str
    text_version: str
    text_sha: str
    #: class of the field in which it was said
    data_class: str = "employer"
    can_withdraw: bool = False
    can_share: bool = False


@dataclass(frozen=True)
class Text:
    """What was shown when a consent was asked for: paragraphs as Markdown, the question, and the answer given."""

    paragraphs: Sequence[str]
    question: str
    answer: str


@dataclass(frozen=True)
class Held:
    """One answer that is held. `purpose`: in words."""

    label: str
    words: str
    data_class: str
    purpose: str


@dataclass(frozen=True)
class HeldForm:
    """One submitted form. `replaced`: a newer one took its place."""

    title: str
    at: datetime
    who: str
    replaced: bool
    answers: Sequence[Held]


@dataclass(frozen=True)
class HeldCase:
    case: CaseRow
    forms: Sequence[HeldForm]


@dataclass(frozen=True)
class ReportState:
    """How far the report of a case has come. `state`: "none", "draft", "shown", "checked", "released" or "withheld";
    `since`: of released and withheld. `task_id`: where the employee reads it first, while that is theirs to do."""

    case: CaseRow
    state: str
    since: datetime | None = None
    task_id: str | None = None


@dataclass(frozen=True)
class Correction:
    """What was to be corrected, and what became of it. `outcome`: "", "change" or "explain"."""

    case: CaseRow
    asked_at: datetime
    request: str
    outcome: str = ""
    reply: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
