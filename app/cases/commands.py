"""All that a person or the clock can do to a case. Each is one transaction that locks the case row first."""

from app.cases.audit.packing.making import pack as make_pack
from app.cases.audit.packing.making import pack_in_shell
from app.cases.audits.drawing import draw as draw_audit
from app.cases.audits.drawing import find as find_in_audit
from app.cases.checkpoints.checks import check_history
from app.cases.checkpoints.checks import check_nightly as check_history_nightly
from app.cases.checkpoints.writing import write_checkpoint
from app.cases.checkpoints.writing import write_when_due as checkpoint_when_due
from app.cases.completing import complete
from app.cases.emergency.granting import emergency_access
from app.cases.emergency.reviewing import review_emergency
from app.cases.ending import cancel, share_again, withdraw, withdraw_consent
from app.cases.export.pack import office_pack, own_pack
from app.cases.export.requests import ask as ask_for_copy
from app.cases.export.requests import enter as enter_request
from app.cases.export.requests import extend as extend_request
from app.cases.export.requests import note as note_request
from app.cases.files.clearing import clear_files
from app.cases.files.target import Target
from app.cases.files.uploading import Upload, drop_file, upload
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
from app.cases.migrating import migrate, migrate_all, migrate_back, migrate_these
from app.cases.moving import AlreadyThere
from app.cases.parties.contacts import drop_contact, keep_contact
from app.cases.parties.joining import join, leave
from app.cases.queries.following import NotReady
from app.cases.rerun.nightly import rerun_changed
from app.cases.rerun.shown import run as rerun
from app.cases.said.saying import say
from app.cases.starting import start
from app.cases.voices.asking import answer as answer_survey
from app.cases.voices.asking import open_survey
from app.cases.working import claim, pass_on, save_draft, unclaim
from app.cases.workshop.bundles import import_bundle
from app.cases.workshop.deploying import deploy_draft, roll_back
from app.cases.workshop.drafting import drop_draft, open_draft, put_back, remove_file, rename_draft, save_file
from app.cases.workshop.rebasing import rebase_draft

__all__ = [
    "AlreadyThere",
    "NotReady",
    "Target",
    "Upload",
    "answer_survey",
    "ask_erasure",
    "ask_for_copy",
    "cancel",
    "catch_up",
    "check_history",
    "check_history_nightly",
    "checkpoint_when_due",
    "claim",
    "clear_files",
    "complete",
    "confirm_erasure",
    "deliver",
    "deploy_draft",
    "draw_audit",
    "drop_contact",
    "drop_draft",
    "drop_file",
    "emergency_access",
    "enter_request",
    "extend_request",
    "find_in_audit",
    "fire_due",
    "import_bundle",
    "join",
    "keep_contact",
    "keep_house",
    "leave",
    "lift_hold",
    "make_pack",
    "migrate",
    "migrate_all",
    "migrate_back",
    "migrate_these",
    "note_request",
    "office_pack",
    "open_draft",
    "open_survey",
    "order_erasure",
    "own_pack",
    "pack_in_shell",
    "pass_on",
    "put_back",
    "rebase_draft",
    "remove_file",
    "rename_draft",
    "rerun",
    "rerun_changed",
    "retry",
    "review_emergency",
    "roll_back",
    "save_draft",
    "save_file",
    "say",
    "set_hold",
    "set_leaving",
    "share_again",
    "start",
    "stop_order",
    "take_back_erasure",
    "unclaim",
    "upload",
    "withdraw",
    "withdraw_consent",
    "write_checkpoint",
]
