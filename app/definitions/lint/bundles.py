"""Lint of one bundle: each file by itself, what the engine cannot run, and what hangs together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app import decisions, engine, forms
from app.definitions.lint import (
    apart,
    beginnings,
    choices,
    facts,
    flow,
    knowing,
    layout,
    messages,
    nobody,
    parts,
    purposes,
    readable,
    references,
    rounds,
    said,
    timers,
    words,
)
from app.definitions.lint.catalogue import advised
from app.definitions.lint.subject import Known, Subject, subject
from app.engine.bundle import Bundle
from app.errors import DefinitionRefused, Finding

#: nothing but the bundle
NOTHING_KNOWN = Known()
CHECKS = (
    references.check,
    purposes.check,
    apart.check,
    beginnings.check,
    nobody.check,
    parts.check,
    words.check,
    flow.check,
    rounds.check,
    choices.check,
    messages.check,
    said.check,
    facts.check,
    knowing.check,
    timers.check,
    readable.check,
    layout.check,
)
#: findings of the engine that are given here with more to go on, or more strictly
_SAID_HERE = frozenset(
    {"no-default", "no-documentation", "no-form", "decision-unreadable", "several-roles", "message-key"}
)


def lint(bundle: Bundle, known: Known = NOTHING_KNOWN) -> list[Finding]:
    """Everything that is wrong or doubtful in a bundle, sorted. Takes any bytes, never raises.

    `known`: what a diagram may refer to beyond its own bundle; what is None there is not checked.
    """
    findings = _files(bundle)
    findings += [finding for finding in engine.check(bundle) if finding.rule not in _SAID_HERE]
    if any(finding.rule == "too-large" for finding in findings):
        return advised(findings)
    looked_at = subject(bundle, known)
    for check in CHECKS:
        _guarded(check, looked_at)
    return advised(findings + looked_at.findings)


def _guarded(check: Callable[[Subject], None], looked_at: Subject) -> None:
    """A check that stumbles says so; its sender gets words, and the other checks go on."""
    try:
        check(looked_at)
    except Exception as error:
        part = check.__module__.rpartition(".")[2]
        message = f"What lint asks about {part} could not be answered here ({type(error).__name__})."
        advice = "Look for what is unusual in the files, and tell who looks after Waymark."
        looked_at.error("lint-stopped", "", looked_at.bundle.key, message, advice)


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
