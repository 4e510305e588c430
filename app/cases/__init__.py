"""The one front door to cases: `commands` change them, `queries` show them, redacted for who asks."""

from app.cases import commands, queries
from app.cases.waymark import Waymark

__all__ = ["Waymark", "commands", "queries"]
