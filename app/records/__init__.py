"""Records: what people entered, by field, sealed per person; drafts; consents."""

from app.records import attachments
from app.records.attachments import attachment
from app.records.keys import RecordUnreadable, person_key_for, read_person_key, unwrap
from app.records.sealing import Sealed, commitment, seal, unseal
from app.records.tables import consent, draft, person_key, submission

__all__ = [
    "RecordUnreadable",
    "Sealed",
    "attachment",
    "attachments",
    "commitment",
    "consent",
    "draft",
    "person_key",
    "person_key_for",
    "read_person_key",
    "seal",
    "submission",
    "unseal",
    "unwrap",
]
