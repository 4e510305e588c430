"""All that a person or the clock can do to a case. Each is one transaction that locks the case row first."""

from app.cases.completing import complete
from app.cases.ending import cancel, share_again, withdraw, withdraw_consent
from app.cases.firing import fire_due, retry
from app.cases.messages.catching_up import catch_up
from app.cases.messages.delivering import deliver
from app.cases.migrating import migrate, migrate_all, migrate_back
from app.cases.starting import start
from app.cases.working import claim, save_draft, unclaim

__all__ = [
    "cancel",
    "catch_up",
    "claim",
    "complete",
    "deliver",
    "fire_due",
    "migrate",
    "migrate_all",
    "migrate_back",
    "retry",
    "save_draft",
    "share_again",
    "start",
    "unclaim",
    "withdraw",
    "withdraw_consent",
]
