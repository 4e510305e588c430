"""The database: one metadata, the column types, and the only place that commits."""

from app.db.batch import Batch, RowMissing
from app.db.connect import UNAVAILABLE, open_engine, reading, snapshot, transaction
from app.db.schema import metadata
from app.db.types import Json, UTCTime
from app.db.upgrade import current_revision, upgrade

__all__ = [
    "UNAVAILABLE",
    "Batch",
    "Json",
    "RowMissing",
    "UTCTime",
    "current_revision",
    "metadata",
    "open_engine",
    "reading",
    "snapshot",
    "transaction",
    "upgrade",
]
