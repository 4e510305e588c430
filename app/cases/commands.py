"""All that a person or the clock can do to a case. Each is one transaction that locks the case row first."""

from app.cases.completing import complete
from app.cases.ending import cancel, withdraw_consent
from app.cases.firing import fire_due, retry
from app.cases.keeping.holds import lift_hold, set_hold
from app.cases.keeping.night import keep_house
from app.cases.keeping.requests import (
    ask_erasure,
    confirm_erasure,
    order_erasure,
    set_leaving,
    stop_order,
    take_back_erasure,
)
from app.cases.messages.catching_up import catch_up
from app.cases.messages.delivering import deliver
from app.cases.migrating import migrate, migrate_all, migrate_back
from app.cases.starting import start
from app.cases.working import claim, save_draft, unclaim

__all__ = [
    "ask_erasure",
    "cancel",
    "catch_up",
    "claim",
    "complete",
    "confirm_erasure",
    "deliver",
    "fire_due",
    "keep_house",
    "lift_hold",
    "migrate",
    "migrate_all",
    "migrate_back",
    "order_erasure",
    "retry",
    "save_draft",
    "set_hold",
    "set_leaving",
    "start",
    "stop_order",
    "take_back_erasure",
    "unclaim",
    "withdraw_consent",
]
