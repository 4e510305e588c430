"""Running diagrams: the only place that knows SpiffWorkflow.

A case is a fold: `advance(definition, state, command, now)` gives the new state and what happened, and reads no
clock, no database and no settings."""

from app.engine import patches

patches.install()

from app.engine.advance import advance  # noqa: E402 # the package is patched before a spec class is made
from app.engine.beginning import Beginning  # noqa: E402 # as above
from app.engine.bundle import Bundle  # noqa: E402 # as above
from app.engine.definition import Definition, describe, load  # noqa: E402 # as above
from app.engine.hearing import facts_at  # noqa: E402 # as above
from app.engine.lint import check  # noqa: E402 # as above
from app.engine.migration import (  # noqa: E402 # as above
    Change,
    MigrationRefused,
    Plan,
    Refusal,
    form_differences,
    form_file,
    form_of,
    migrate,
    plan,
    restore,
    work_out,
)
from app.engine.outline import Element, Key, Outline, Process  # noqa: E402 # as above
from app.engine.state import digest, earlier  # noqa: E402 # as above
from app.engine.types import (  # noqa: E402 # as above
    Cancel,
    Command,
    Complete,
    Counted,
    Effect,
    Event,
    Facts,
    FireDue,
    Incident,
    Message,
    Paused,
    Retry,
    Start,
    Step,
    Subscription,
    Task,
    Timer,
)

__all__ = [
    "Beginning",
    "Bundle",
    "Cancel",
    "Change",
    "Command",
    "Complete",
    "Counted",
    "Definition",
    "Effect",
    "Element",
    "Event",
    "Facts",
    "FireDue",
    "Incident",
    "Key",
    "Message",
    "MigrationRefused",
    "Outline",
    "Paused",
    "Plan",
    "Process",
    "Refusal",
    "Retry",
    "Start",
    "Step",
    "Subscription",
    "Task",
    "Timer",
    "advance",
    "check",
    "describe",
    "digest",
    "earlier",
    "facts_at",
    "form_differences",
    "form_file",
    "form_of",
    "load",
    "migrate",
    "plan",
    "restore",
    "work_out",
]
