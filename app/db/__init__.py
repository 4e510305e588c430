"""The database: one metadata, the column types, and the only place that commits."""

from sqlalchemy.exc import OperationalError as _Operational
from sqlalchemy.exc import TimeoutError as _NoConnection

from app.db.batch import Batch, RowMissing
from app.db.connect import is_local, open_engine, reading, snapshot, transaction
from app.db.schema import metadata
from app.db.types import Json, UTCTime
from app.db.upgrade import current_revision, upgrade

#: The database is away or too busy: nothing was changed, and a later try may succeed.
UNAVAILABLE = (_Operational, _NoConnection)

__all__ = [
    "UNAVAILABLE",
    "Batch",
    "Json",
    "RowMissing",
    "UTCTime",
    "current_revision",
    "is_local",
    "metadata",
    "open_engine",
    "reading",
    "snapshot",
    "transaction",
    "upgrade",
]
