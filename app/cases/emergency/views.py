"""What pages show of emergency accesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.cases.looks.views import LookView


@dataclass(frozen=True)
class EmergencyView:
    """One access. `justified`: None until somebody has looked at it; `reason`, `words`: "" where they are not shown."""

    id: str
    case_id: str
    reference: str
    who: str
    at: datetime
    until: datetime
    over: bool
    justified: bool | None
    reviewer: str
    reviewed_at: datetime | None
    reason: str = ""
    words: str = ""
    #: what was looked at meanwhile, the newest first
    looks: tuple[LookView, ...] = ()
