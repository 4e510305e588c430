"""What a case is about and where it belongs.

A case is about an employee, or about nobody (property `about` of its process): then its column `subject_id` holds a
name that is nobody's, made of the case's own id. So it has a key of its own, no list of anybody's cases finds it, and
no message about anybody reaches it. Messages pass between cases about nobody of one employer and provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

#: how the name of nobody begins; no person's id holds a colon
_NOBODY = "nobody:"
#: what stands where the employee's name would
NOBODY_NAME = "No employee"


@dataclass(frozen=True)
class Subject:
    """The parts of a case that stay the same: who, where, which definition."""

    case_id: str
    reference: str
    employer_id: str
    provider_id: str
    definition_sha: str
    #: the employee whom it is about, or `nobody`
    subject_id: str


def subject_of(row: sa.Row[Any]) -> Subject:
    """The same, from the columns of the cases table."""
    return Subject(row.id, row.reference, row.employer_id, row.provider_id, row.definition_sha, row.subject_id)


def nobody(case_id: str) -> str:
    """What the column `subject_id` holds for a case about nobody."""
    return _NOBODY + case_id


def talks_about(subject_id: str) -> str:
    """Whom the messages of a case concern: its employee, or nobody at all, whichever case about nobody it is."""
    return _NOBODY if about_nobody(subject_id) else subject_id


def about_nobody(subject_id: str) -> bool:
    return subject_id.startswith(_NOBODY)
