"""What a case is about and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass


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
