"""Records: what people entered, by field, sealed per person; drafts; consents."""

from app.records.keys import RecordUnreadable, person_key_for, read_person_key, unwrap
from app.records.sealing import Sealed, commitment, seal, unseal
from app.records.tables import consent, draft, person_key, submission

__all__ = [
    "RecordUnreadable",
    "Sealed",
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
