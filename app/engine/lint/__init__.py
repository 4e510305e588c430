"""What in a bundle the engine cannot run as it is drawn, in a process owner's words."""

from __future__ import annotations

from app.engine.bundle import Bundle
from app.engine.definition import load
from app.errors import DefinitionRefused, Finding


def check(bundle: Bundle) -> list[Finding]:
    """Findings, worst first. Any bytes get an answer; never raises."""
    try:
        load(bundle)
    except DefinitionRefused as error:
        return error.findings
    return []
