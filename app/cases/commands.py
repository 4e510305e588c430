"""All that a person or the clock can do to a case. Each is one transaction that locks the case row first."""

from app.cases.completing import complete
from app.cases.ending import cancel, share_again, withdraw, withdraw_consent
from app.cases.files.clearing import clear_files
from app.cases.files.target import Target
from app.cases.files.uploading import Upload, drop_file, upload
from app.cases.firing import fire_due, retry
from app.cases.messages.catching_up import catch_up
from app.cases.messages.delivering import deliver
from app.cases.migrating import migrate, migrate_all, migrate_back
from app.cases.parties.joining import join, leave
from app.cases.starting import start
from app.cases.working import claim, pass_on, save_draft, unclaim

__all__ = [
    "Target",
    "Upload",
    "cancel",
    "catch_up",
    "claim",
    "clear_files",
    "complete",
    "deliver",
    "drop_file",
    "fire_due",
    "join",
    "leave",
    "migrate",
    "migrate_all",
    "migrate_back",
    "pass_on",
    "retry",
    "save_draft",
    "share_again",
    "start",
    "unclaim",
    "upload",
    "withdraw",
    "withdraw_consent",
]
