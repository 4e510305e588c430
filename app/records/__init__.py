"""Records: what people entered, by field, sealed by class with keys of the person's own; drafts; consents."""

from app.records import attachments
from app.records.attachments import attachment
from app.records.keys import (
    CLASSES,
    MOST_PROTECTED,
    CaseKeys,
    PersonKey,
    RecordUnreadable,
    decrypt,
    encrypt,
    new_data_keys,
)
from app.records.masters import KeyService, Masters, NoMasterKey, WrongMasterKey
from app.records.people import KEY_COLUMNS, open_key, person_key_for, read_case_keys, read_person_key
from app.records.sealing import Opened, Sealed, committed, is_whole, resealed, seal, unseal
from app.records.tables import consent, draft, person_key, submission, whole

__all__ = [
    "CLASSES",
    "KEY_COLUMNS",
    "MOST_PROTECTED",
    "CaseKeys",
    "KeyService",
    "Masters",
    "NoMasterKey",
    "Opened",
    "PersonKey",
    "RecordUnreadable",
    "Sealed",
    "WrongMasterKey",
    "attachment",
    "attachments",
    "committed",
    "consent",
    "decrypt",
    "draft",
    "encrypt",
    "is_whole",
    "new_data_keys",
    "open_key",
    "person_key",
    "person_key_for",
    "read_case_keys",
    "read_person_key",
    "resealed",
    "seal",
    "submission",
    "unseal",
    "whole",
]
