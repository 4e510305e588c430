"""Lint of one bundle: each file by itself, what the engine cannot run, and what hangs together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app import decisions, engine, forms
from app.definitions import bpmn
from app.definitions.lint import choices, expressions, facts, flow, references, timers, words
from app.definitions.lint.subject import Known, subject
from app.engine.bundle import Bundle
from app.errors import DefinitionRefused, Finding
from app.xmlsafe import UnsafeXml

CHECKS = (references.check, words.check, flow.check, choices.check, expressions.check, facts.check, timers.check)


def lint(
    bundle: Bundle,
    rules: Collection[str] | None,
    roles: Collection[str] | None,
    *,
    starters: Collection[str] | None = None,
    notices: Collection[str] | None = None,
) -> list[Finding]:
    """Everything that is wrong or doubtful in a bundle, sorted. Takes any bytes, never raises.

    `rules`: ids in the ledger; `roles`: ids that a task may be for; `starters`: ids that may start a case (default:
    `roles`); `notices`: keys of the notices. None: not checked.
    """
    looked_at = subject(bundle, Known(rules, roles, roles if starters is None else starters, notices))
    findings = _files(bundle) + list(engine.check(bundle))
    if looked_at.main is None and not any(finding.severity == "error" for finding in findings):
        findings.append(_no_main(bundle))
    for check in CHECKS:
        check(looked_at)
    return sorted(set(findings + looked_at.findings))


def _files(bundle: Bundle) -> list[Finding]:
    """Findings about each file by itself."""
    found: list[Finding] = []
    for name, data in sorted(bundle.files.items()):
        if name.endswith(".form"):
            found += forms.check(data, name)
        elif name.endswith(".dmn"):
            found += decisions.check(data, name)
        elif name.endswith(".bpmn"):
            found += _diagram(data, name)
    return found


def _diagram(data: bytes, name: str) -> list[Finding]:
    try:
        bpmn.read(data, name)
    except UnsafeXml as error:
        return [Finding(name, "", "error", "bpmn", error.detail, "Save the diagram again from the modeller.")]
    return []


def _no_main(bundle: Bundle) -> Finding:
    message = f"There is no process “{bundle.key}” in these files."
    return Finding("", bundle.key, "error", "process-missing", message, "Check the id of the process.")


def require_sound(findings: Sequence[Finding]) -> None:
    """Raises DefinitionRefused when there is an error among the findings."""
    if any(finding.severity == "error" for finding in findings):
        raise DefinitionRefused(list(findings))
