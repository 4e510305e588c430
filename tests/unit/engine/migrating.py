"""Cases moved from one version of a diagram to another."""

from __future__ import annotations

from app.engine import Bundle, Plan, Step, load, migrate, plan
from tests.unit.engine.models import Play


def seen(play: Play, new: Bundle) -> Plan:
    """The preview of moving the case as it stands."""
    assert play.state is not None
    return plan(play.definition, load(new), play.state, play.now)


def move(play: Play, new: Bundle) -> Step:
    """Move the case; it goes on by the new version."""
    assert play.state is not None
    step = migrate(play.definition, load(new), play.state, play.now)
    play.definition, play.state = load(new), step.state
    play.steps.append(step)
    return step


def said(play: Play, new: Bundle) -> list[tuple[str, str]]:
    """The preview's changes as (kind, element)."""
    return [(change.kind, change.element) for change in seen(play, new).changes]


def refused(play: Play, new: Bundle) -> list[str]:
    """Elements for which the move is refused."""
    return [refusal.element for refusal in seen(play, new).refusals]
