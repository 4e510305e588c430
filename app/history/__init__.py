"""The chained log of every case: written from the first command, never changed, checked by anyone."""

from app.history.chain import Entry, Head, canonical, extend
from app.history.tables import history_event
from app.history.verify import Fault, Witness, as_written, verify, verify_case

__all__ = [
    "Entry",
    "Fault",
    "Head",
    "Witness",
    "as_written",
    "canonical",
    "extend",
    "history_event",
    "verify",
    "verify_case",
]
