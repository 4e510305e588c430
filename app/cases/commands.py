"""All that a person or the clock can do to a case. Each is one transaction that locks the case row first."""

from app.cases.completing import complete
from app.cases.ending import cancel, share_again, withdraw, withdraw_consent
from app.cases.export.pack import office_pack, own_pack
from app.cases.export.requests import ask as ask_for_copy
from app.cases.export.requests import enter as enter_request
from app.cases.export.requests import extend as extend_request
from app.cases.export.requests import note as note_request
from app.cases.firing import fire_due, retry
from app.cases.messages.catching_up import catch_up
from app.cases.messages.delivering import deliver
from app.cases.migrating import migrate, migrate_all, migrate_back
from app.cases.parties.contacts import drop_contact, keep_contact
from app.cases.parties.joining import join, leave
from app.cases.starting import start
from app.cases.working import claim, pass_on, save_draft, unclaim

__all__ = [
    "ask_for_copy",
    "cancel",
    "catch_up",
    "claim",
    "complete",
    "deliver",
    "drop_contact",
    "enter_request",
    "extend_request",
    "fire_due",
    "join",
    "keep_contact",
    "leave",
    "migrate",
    "migrate_all",
    "migrate_back",
    "note_request",
    "office_pack",
    "own_pack",
    "pass_on",
    "retry",
    "save_draft",
    "share_again",
    "start",
    "unclaim",
    "withdraw",
    "withdraw_consent",
]
