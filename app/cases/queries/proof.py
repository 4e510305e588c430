"""Checking every case's history against itself, the case, and the log outside of the database (XX-3)."""

from app.cases.checkpoints.verifying import Verified, verify_history, verify_looks

__all__ = ["Verified", "verify_history", "verify_looks"]
