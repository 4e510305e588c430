"""Why somebody joins or leaves: a kind, told in the history, and words, kept sealed like an answer."""

from __future__ import annotations

from collections.abc import Mapping

from app.cases.ending import REASON_LENGTH
from app.errors import InvalidAnswers

#: kinds of reason, with the words shown to people
WHY: Mapping[str, str] = {
    "absence": "Absence",
    "left": "Left the organisation",
    "conflict": "Conflict of interest",
    "wish": "The employee’s wish",
    "handover": "Handover",
    "other": "Another reason",
}
#: kinds with which what somebody had begun to write goes on to the named person who follows
DRAFT_GOES_ON = frozenset({"absence", "left", "handover"})
#: a role that rests on a reason, which must be on record (WW-1.3d)
REASON_NEEDED = frozenset({"representative"})


def require(why: str, reason: str, role: str, joining: bool) -> None:
    """Raises `InvalidAnswers` with fields `why` and `reason`."""
    problems = {}
    if why not in WHY:
        problems["why"] = "Choose a kind of reason"
    needed = why == "other" or (joining and role in REASON_NEEDED)
    if needed and not reason.strip():
        problems["reason"] = "Enter the reason"
    if len(reason) > REASON_LENGTH:
        problems["reason"] = f"Reason must be {REASON_LENGTH:,} characters or fewer"
    if problems:
        raise InvalidAnswers(problems)
