"""Playing a scenario: each step is a command at its own time, and is judged by what the scenario expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from app import db, outbox
from app.cases.scenario.doing import Errand, actor_named, do
from app.cases.scenario.errors import ScenarioFailed, ScenarioStuck
from app.cases.scenario.judging import Found, in_words, judge, refusal
from app.cases.scenario.model import START, Line, Scenario
from app.cases.scenario.story import Story
from app.cases.scenario.telling import News, told_since
from app.cases.waymark import Waymark
from app.errors import WaymarkError
from app.identity.people import organisation_of
from app.outbox import Template
from app.settings import ROOT

#: of a story in which nobody of an employer acts
USUAL_ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Played:
    """A step that was played. `refused`: the sentence, "" when it was taken; `news`: all that came of it."""

    line: Line
    at: datetime
    case_id: str
    refused: str
    news: tuple[News, ...]


@dataclass
class Playing:
    """A scenario on its way. `begin`: the moment of the first step; None: as the scenario says. Not `strict`: nothing
    is judged, and what would be refused is passed over, as in the demo, which plays stories at another date."""

    waymark: Waymark
    scenario: Scenario
    begin: datetime | None = None
    strict: bool = True
    processes: Path = ROOT / "processes"
    story: Story = field(init=False)
    now: datetime = field(init=False)
    #: the steps so far, also the one that went wrong
    played: list[Played] = field(default_factory=list)
    _read: dict[str, int] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.story = Story(self.waymark)
        wall = self.scenario.begin.replace(tzinfo=self.zone)
        self.now = self.begin if self.begin is not None else wall.astimezone(UTC)

    def run(self) -> None:
        """Play all steps. Raises `ScenarioStuck`, `ScenarioFailed`; each names the step."""
        for line in self.scenario.steps:
            with _naming(line):
                self._step(line)

    def _step(self, line: Line) -> None:
        refused, now = "", self.now + line.after
        try:
            self.story.pass_time(now)
            self._require_sound()
            self.now = now
            if line.refused is None or self.strict:
                refused = self._act(line)
            self._require_sound()
        finally:
            self._note(line, now, refused)
        if self.strict and line.expect is not None:
            self._judge(self.played[-1])

    def _note(self, line: Line, now: datetime, refused: str) -> None:
        if self.strict:
            news = told_since(self.waymark, self.story, self._read, self._told, self.texts)
            self.played.append(Played(line, now, self.case_of(line), refused, news))

    def case_of(self, line: Line) -> str:
        """Id of the case that a step is about."""
        starts = line.process if line.task == START else ""
        return self.story.newest(line.case or starts or self.scenario.process)

    def _act(self, line: Line) -> str:
        """Give the command. Returns the sentence by which it was refused, if it was to be."""
        if not line.task:
            return ""
        before = self.story.fingerprint() if line.refused is not None else None
        try:
            started = do(self._errand(line), line)
        except WaymarkError as error:
            if line.refused is None:
                raise ScenarioStuck(in_words(error)) from error
            self._require_refused(line, error, before)
            return in_words(error)
        if line.refused is not None:
            raise ScenarioFailed("should have been refused, and was taken.")
        if started:
            self.story.ids.append(started)
        self.story.deliver(self.now)
        return ""

    def _require_refused(self, line: Line, error: WaymarkError, before: object) -> None:
        fault = refusal(line.refused or {}, error)
        if fault:
            raise ScenarioFailed(fault) from error
        if self.story.fingerprint() != before:
            raise ScenarioFailed("was refused, and changed something all the same.") from error

    def _errand(self, line: Line) -> Errand:
        process = line.process or self.scenario.process
        if line.task != START:
            process = line.case or process
        wanted = line.follows_from if line.task == START else process
        case_id = self.story.newest(wanted) if wanted else ""
        if wanted and not case_id:
            raise ScenarioStuck(f"there is no case of {wanted} in this story yet.")
        return Errand(self.waymark, case_id, process, self.zone, self.now)

    def _require_sound(self) -> None:
        stuck = self.story.stuck() if self.story.ids else ""
        if stuck:
            raise ScenarioFailed(stuck)

    def _judge(self, played: Played) -> None:
        expect, rows = played.line.expect, self.story.rows()
        row = next((one for one in rows if one.id == played.case_id), None)
        if expect is None or row is None:
            raise ScenarioFailed("there is no such case to look at.")
        told = [(one.to, one.what) for one in played.news if one.kind == "told"]
        faults = judge(expect, Found(self.waymark, row, rows, told, self.zone, self.now))
        if faults:
            raise ScenarioFailed(f"{'; '.join(faults)}.")

    @cached_property
    def zone(self) -> ZoneInfo:
        """Of the employer: that of the first person in it who belongs to one."""
        with db.reading(self.waymark.engine) as connection:
            for who in dict.fromkeys(line.who for line in self.scenario.steps if line.who):
                with _naming(next(line for line in self.scenario.steps if line.who == who)):
                    org = organisation_of(connection, actor_named(connection, who).org_id)
                if org.kind == "employer":
                    return ZoneInfo(org.tz)
        return USUAL_ZONE

    @cached_property
    def texts(self) -> Mapping[str, Template]:
        return outbox.load(self.processes)


@contextmanager
def _naming(line: Line) -> Iterator[None]:
    """What goes wrong within is told with the step's number."""
    try:
        yield
    except (ScenarioFailed, ScenarioStuck) as error:
        raise type(error)(f"{line.place}: {error.detail}") from error
    except WaymarkError as error:
        raise ScenarioStuck(f"{line.place}: {in_words(error)}") from error


def play_through(waymark: Waymark, scenario: Scenario, begin: datetime | None = None) -> Playing:
    """Play every step and judge it."""
    playing = Playing(waymark, scenario, begin)
    playing.run()
    return playing


def play(waymark: Waymark, scenario: Scenario, begin: datetime) -> str:
    """Play every step that is taken, at another date than the scenario's own, and judge nothing. Returns the id of the
    newest case of the scenario's process. Raises `ScenarioStuck`, `ScenarioFailed`."""
    playing = Playing(waymark, scenario, begin, strict=False)
    playing.run()
    return playing.story.newest(scenario.process)
