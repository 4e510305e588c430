"""Which rules are carried by which elements, and by which tests."""

from app.definitions.ledger.carried import carried
from app.definitions.ledger.marks import KINDS, marked

__all__ = ["KINDS", "carried", "marked"]
