"""Checking every case's history against itself, the case, and the log outside of the database (XX-3)."""

from app.cases.checkpoints.verifying import LogState, Verified, verify_history, verify_looks
from app.cases.checkpoints.writing import signing_key

__all__ = ["LogState", "Verified", "signing_key", "verify_history", "verify_looks"]
