"""What a case is about and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Subject:
    """The parts of a case that stay the same: who, where, which definition."""

    case_id: str
    reference: str
    employer_id: str
    provider_id: str
    definition_sha: str
    #: the employee whom it is about
    subject_id: str


def subject_of(row: sa.Row[Any]) -> Subject:
    """The same, from the columns of the cases table."""
    return Subject(row.id, row.reference, row.employer_id, row.provider_id, row.definition_sha, row.subject_id)
