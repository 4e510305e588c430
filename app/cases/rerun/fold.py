"""A case as a fold over its history: each command anew, each event and each state met or not.

Pure: entries and definitions come in, the time of each step is that of its entry. One step is in memory at a time, so a
case may be as long as it likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from app import engine
from app.cases.entries import names_state
from app.cases.rerun import comparing, recorded
from app.cases.rerun.recorded import Entry, Missing, Recorded
from app.cases.rerun.views import Difference, Part, Rerun, Said, Unable
from app.engine import Definition, Step
from app.errors import WaymarkError

#: a definition by its digest; raises a `WaymarkError` where it is not known or damaged
Definitions = Callable[[str], Definition]
#: commands that count as a step and that the engine never sees: people who come into a case, and who leave it
STILL = frozenset({"command.join", "command.leave"})


@dataclass(frozen=True, slots=True)
class End:
    """What the case itself remembers: how many entries it has, the version that it runs on, its state and status."""

    entries: int
    definition_sha: str
    state: bytes
    status: str


class Before(NamedTuple):
    """Where a case stood before it was moved to another version."""

    sha: str
    step: Step


class Fold:
    """One case on its way through its history."""

    def __init__(self, case_id: str, definitions: Definitions) -> None:
        self.case_id, self.definitions = case_id, definitions
        self.step: Step | None = None
        self.sha = ""
        self.moved: Before | None = None
        self.steps = 0
        self.seq = 0

    def take(self, step: Recorded) -> Difference | None:
        """The next step; what differs in it. Raises `Missing`."""
        self.seq = step.command.seq
        told = step.command.data
        pinned = self._pinned(step.command)
        if pinned is not None:
            return _difference(step, [pinned])
        try:
            made = self._made(step.command)
        except Missing:
            raise
        except WaymarkError as refused:
            found = Part(self.seq, "whether the step can be made", Said("it was made"), Said(refused.detail))
            return _difference(step, [found])
        made = _as_kept(step.command, made)
        parts = list(self._compared(step, made))
        if parts:
            return _difference(step, parts)
        self._go_on(step.command, made, str(told["definition"]))
        return None

    def _pinned(self, entry: Entry) -> Part | None:
        """A case stays on its version until it is moved."""
        named = entry.data.get("from_definition", entry.data.get("definition"))
        if self.step is None or named == self.sha:
            return None
        return Part(entry.seq, "the version of the process", comparing.short(str(named)), comparing.short(self.sha))

    def _made(self, entry: Entry) -> Step:
        if entry.kind in STILL and self.step is not None:
            return replace(self.step, events=())
        definition = self.definitions(str(entry.data["definition"]))
        if entry.kind == "command.migrate" and self.step is not None:
            return engine.migrate(self.definitions(self.sha), definition, self.step.state, entry.at)
        if entry.kind == "command.migrate_back":
            return self._back(definition, entry)
        command = recorded.command(entry, self.case_id, self.step)
        return engine.advance(definition, self.step.state if self.step else None, command, entry.at)

    def _back(self, definition: Definition, entry: Entry) -> Step:
        """Only right after a move; the state is the one of before it."""
        if self.moved is None or self.moved.sha != definition.sha256:
            raise engine.MigrationRefused(())
        return engine.restore(definition, self.moved.step.state, entry.at)

    def _compared(self, step: Recorded, made: Step) -> Iterator[Part]:
        entry = step.command
        if not names_state(entry.data, made.state):
            yield comparing.state(entry, made)
        if entry.kind == "command.complete":
            yield from comparing.work(entry, self.step)
        yield from comparing.moment(step)
        yield from comparing.events(step, made)

    def _go_on(self, entry: Entry, made: Step, sha: str) -> None:
        if entry.kind == "command.migrate" and self.step is not None:
            self.moved = Before(self.sha, self.step)
        else:
            self.moved = None
        self.step, self.sha = made, sha
        self.steps += 1

    def ended(self, end: End) -> Difference | None:
        """Does the case itself stand where its history ends?"""
        if self.step is None:
            return Difference((Part(1, "how the case began", comparing.NOTHING, Said("a case")),))
        pairs = (
            ("the version that the case runs on", comparing.short(end.definition_sha), comparing.short(self.sha)),
            ("the status of the case", Said(end.status), Said(self.step.status)),
            ("the state that the case stands on", _digest(end.state), _digest(self.step.state)),
        )
        found = [Part(self.seq, what, was, now) for what, was, now in pairs if was != now]
        return Difference(tuple(found)) if found else None


def _digest(state: bytes) -> Said:
    try:
        return comparing.short(engine.digest(state))
    except Exception:  # torn bytes fail in any way that they like
        return Said("bytes that cannot be read")


def run_again(case_id: str, entries: Iterable[Entry], definitions: Definitions, end: End | None = None) -> Rerun:
    """`entries`: the whole history in order; reading one may raise `Missing`. `end`: what the case remembers of itself,
    None where nobody does."""
    fold, counted = Fold(case_id, definitions), _Counted(entries, end)
    difference, unable = None, None
    try:
        for step in recorded.steps(counted):
            difference = fold.take(step)
            if difference is not None:
                break
        if difference is None and end is not None:
            difference = fold.ended(end)
    except Missing as missing:
        unable = Unable(fold.seq if counted.whole else counted.number + 1, missing.detail)
    return Rerun(case_id, counted.number, fold.steps, difference, unable)


class _Counted:
    """Counts entries as they are read. `whole`: none of them was unreadable or missing."""

    def __init__(self, entries: Iterable[Entry], end: End | None) -> None:
        self.entries, self.end, self.number, self.whole = iter(entries), end, 0, True

    def __iter__(self) -> Iterator[Entry]:
        return self

    def __next__(self) -> Entry:
        self.whole = False
        entry = next(self.entries, None)
        if entry is None and self.end is not None and self.number < self.end.entries:
            raise Missing("it is missing")
        if entry is not None and entry.seq != self.number + 1:
            raise Missing("it is missing")
        self.whole = True
        if entry is None:
            raise StopIteration
        self.number += 1
        return entry


def _as_kept(entry: Entry, made: Step) -> Step:
    """The step with its state as the release kept it that recorded the entry: what follows stands on that."""
    if "release" in entry.data or names_state(entry.data, made.state):
        return made
    kept = next((state for state in engine.earlier(made.state) if names_state(entry.data, state)), made.state)
    return replace(made, state=kept)


def _difference(step: Recorded, parts: list[Part]) -> Difference:
    found = sorted(parts, key=lambda one: one.seq)
    return Difference(tuple(found), str(step.command.data.get("release", "")))
