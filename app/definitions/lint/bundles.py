"""Lint of one bundle: each file by itself, what the engine cannot run, and what hangs together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app import decisions, engine, forms
from app.definitions.lint import choices, facts, flow, messages, references, timers, words
from app.definitions.lint.subject import Known, subject
from app.engine.bundle import Bundle
from app.errors import DefinitionRefused, Finding

CHECKS = (references.check, words.check, flow.check, choices.check, messages.check, facts.check, timers.check)
#: the most that one case can run through; more would take the checks too long
MAX_ELEMENTS, MAX_PROCESSES = 2_000, 100
#: findings of the engine that are given here with more to go on, or more strictly
_SAID_HERE = frozenset({"no-default", "no-documentation", "no-form", "decision-unreadable"})


def lint(
    bundle: Bundle,
    rules: Collection[str] | None,
    roles: Collection[str] | None,
    *,
    starters: Collection[str] | None = None,
    notices: Collection[str] | None = None,
    processes: Mapping[str, Collection[str]] | None = None,
) -> list[Finding]:
    """Everything that is wrong or doubtful in a bundle, sorted. Takes any bytes, never raises.

    `rules`: ids in the ledger; `roles`: ids that a task may be for; `starters`: ids that may start a case (default:
    `roles`); `notices`: keys of the notices; `processes`: what a message may start, by id, with the names of the
    messages that start it. None: not checked.
    """
    looked_at = subject(bundle, Known(rules, roles, roles if starters is None else starters, notices, processes))
    findings = _files(bundle)
    if len(looked_at.processes) > MAX_PROCESSES or sum(1 for _ in looked_at.nodes()) > MAX_ELEMENTS:
        return sorted([*findings, _too_large(bundle)])
    findings += [finding for finding in engine.check(bundle) if finding.rule not in _SAID_HERE]
    for check in CHECKS:
        check(looked_at)
    return sorted(set(findings + looked_at.findings))


def _too_large(bundle: Bundle) -> Finding:
    most = f"{MAX_ELEMENTS:,} elements and {MAX_PROCESSES} processes are the most"
    message = f"“{bundle.key}” and what it calls are too large: {most}."
    return Finding("", bundle.key, "error", "too-large", message, "Let it start cases of other processes instead.")


def _files(bundle: Bundle) -> list[Finding]:
    """Findings about each file by itself."""
    found: list[Finding] = []
    for name, data in sorted(bundle.files.items()):
        if name.endswith(".form"):
            found += forms.check(data, name)
        elif name.endswith(".dmn"):
            found += decisions.check(data, name)
    return found


def require_sound(findings: Sequence[Finding]) -> None:
    """Raises DefinitionRefused when there is an error among the findings."""
    if any(finding.severity == "error" for finding in findings):
        raise DefinitionRefused(list(findings))
