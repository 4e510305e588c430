"""Lint: what is wrong with a definition, in a process owner's words, at the element where it is.

A finding as JSON, for editors and scripts:

    {"file": "referral.bpmn", "element": "give_consent", "severity": "error", "rule": "documentation",
     "message": "The user task “Consent” has no answer to “Why am I asked?”.", "advice": "Write one or two …"}

`element` is the id of a BPMN element or flow, the path of a form field, the id of a decision, or "" for the file.
`severity` is "error" (it is not deployed) or "warning" (it is, and somebody should look).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.definitions.lint.bundles import lint, require_sound
from app.definitions.lint.paths import lint_libraries, lint_paths
from app.definitions.lint.subject import Known
from app.errors import Finding

__all__ = ["Known", "as_json", "lint", "lint_libraries", "lint_paths", "require_sound"]


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """{"findings": […], "errors": n, "warnings": n}, findings in the shape above."""
    return {
        "findings": [
            {name: getattr(one, name) for name in ("file", "element", "severity", "rule", "message", "advice")}
            for one in findings
        ],
        "errors": sum(one.severity == "error" for one in findings),
        "warnings": sum(one.severity == "warning" for one in findings),
    }
