"""The frames of a case: its history played through the game, a frame after each step. Everything that happened is
played, what may not be known too; a frame shows what its reader may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.cases.audit.entries import Raw, shown
from app.cases.audit.frames import Look, Veil, looks, stack, standing, withheld
from app.cases.audit.game import Game, Token
from app.cases.audit.versions import Version
from app.cases.audit.views import CallView, FrameView
from app.cases.queries.sight import Sight
from app.engine import Key

_NOTHING: Mapping[str, Any] = {}


@dataclass
class Film:
    """Plays the steps in order. `frame` may be asked after any of them: it tells what changed since it was last asked.
    `due`: until when the task that the last step completed was due, if it was."""

    sight: Sight
    versions: Mapping[str, Version]
    veil: Veil
    sha: str = ""
    status: str = "running"
    game: Game = field(init=False)
    _shown: dict[Key, Look] = field(default_factory=dict)
    _before: Game | None = None
    _sha_before: str = ""

    def __post_init__(self) -> None:
        self.sha = self.sha or next(iter(self.versions))
        self.game = Game(self.version.shape)

    @property
    def version(self) -> Version:
        return self.versions[self.sha]

    def play(self, step: Sequence[Raw]) -> str:
        """One step. Returns what became of deadlines in it: "met", "missed" or "", of what may be known."""
        command = step[0].data or _NOTHING
        kind = step[0].row.kind
        self._turn(kind, str(command.get("definition", "")))
        verdicts = [_completed(kind, command, self.game.tokens)] if shown(self.sight, step)[0] else []
        for one, shows in zip(step, shown(self.sight, step), strict=True):
            if one.row.kind.startswith("engine.") and one.data is not None:
                verdicts += [_passed(one.data)] if shows and one.row.kind == "engine.timer_fired" else []
                self._happened(one.row.kind.removeprefix("engine."), one.data)
        return "missed" if "missed" in verdicts else "met" if "met" in verdicts else ""

    def _turn(self, kind: str, sha: str) -> None:
        """On to another version, or back to where the case was before it was moved."""
        if kind == "command.migrate":
            self._before, self._sha_before = self.game.copied(), self.sha
        elif kind == "command.migrate_back" and self._before is not None:
            self.game, self.sha = self._before, self._sha_before
        if sha in self.versions and sha != self.sha:
            self.sha = sha
            self.game.shape = self.version.shape

    def _happened(self, kind: str, data: Mapping[str, Any]) -> None:
        self.game.happened(kind, data)
        if kind == "ended":
            self.status = str((data.get("data") or _NOTHING).get("status", "completed"))

    def frame(self, seq: int) -> FrameView:
        """How the case stands after the last step. `seq`: the number of that step."""
        now = looks(self.game, self.veil)
        changes: dict[str, dict[str, dict[str, object]]] = {}
        for key in now.keys() | self._shown.keys():
            if now.get(key) != self._shown.get(key):
                changes.setdefault(key[0], {})[key[1]] = now.get(key, Look()).told()
        self._shown = now
        calls = stack(self.game, self.version.names, self.version.main, self.veil)
        told = [CallView(one.depth, one.process, one.name, one.by, one.times) for one in calls]
        words = standing(self.game, self.veil)
        # where nothing of a step is known, the diagram to see is that of the step around it
        process = min(withheld(self.game, self.veil), default=(told[-1].process, ""))[0]
        return FrameView(seq, changes, words, told, process, self.version.number, self.status)


def _completed(kind: str, data: Mapping[str, Any], tokens: Mapping[str, Token]) -> str:
    """Of the command that completes a task with a date."""
    token = tokens.get(str(data.get("task", "")))
    if kind != "command.complete" or token is None or token.clock is None:
        return ""
    return "missed" if data.get("late") else "met"


def _passed(data: Mapping[str, Any]) -> str:
    """Of a clock that says that a deadline has passed."""
    return "missed" if (data.get("data") or _NOTHING).get("deadline") == "escalate" else ""
