"""Written cases: TOML files of steps, played as commands on a moved clock. Format: docs/owners.md, "Try a story"."""

from app.cases.scenario.doing import meant
from app.cases.scenario.errors import ScenarioFailed, ScenarioRefused, ScenarioStuck
from app.cases.scenario.model import Expect, Line, Scenario, length
from app.cases.scenario.playing import Playing, play, play_through
from app.cases.scenario.reading import read

__all__ = [
    "Expect",
    "Line",
    "Playing",
    "Scenario",
    "ScenarioFailed",
    "ScenarioRefused",
    "ScenarioStuck",
    "length",
    "meant",
    "play",
    "play_through",
    "read",
]
