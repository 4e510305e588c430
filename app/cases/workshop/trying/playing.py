"""A trial: a draft is stepped through, and nothing is kept. Each time all moves are played again from the beginning, by
`engine.advance` and nothing else; answers are checked by the forms as in the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from app import engine
from app.cases.locking import form_of
from app.cases.queries.form_views import NO_FORM
from app.cases.workshop.trying import made_up
from app.cases.workshop.trying.moves import (
    Again,
    Answer,
    At,
    Begin,
    End,
    Follows,
    Hear,
    Move,
    Say,
    TooLong,
    Wait,
)
from app.engine import (
    Bundle,
    Cancel,
    Command,
    Complete,
    Definition,
    FireDue,
    Incident,
    Message,
    Outline,
    Retry,
    Start,
    Step,
    Subscription,
    Task,
)
from app.errors import Conflict, EngineFailure, InvalidAnswers, WaymarkError
from app.expressions import Environment
from app.forms import Form, FormError
from app.workdays import Calendar

Found = TypeVar("Found", Task, Subscription, Incident)
#: what the case of a trial is called in its own facts, and the one that it follows
CASE, BEFORE = "trial", "trial-before"
#: engine steps of one trial: a reminder every hour for years would be played for minutes otherwise
MOST_STEPS = 600


class NotOpen(Conflict):
    """This is not open at this point of the trial: the draft may have been changed since. Take moves back."""


class NeverRests(Conflict):
    """The clock cannot be moved on: what is due here is due again as soon as it has happened."""


class CannotGoOn(Conflict):
    """The engine cannot work out what comes after this. Look at the element and at what lint says of it."""


class Backwards(Conflict):
    """The clock of a trial only moves on. Take moves back to be earlier."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the case begins with. `calendar`: the employer's."""

    employer: str
    calendar: Calendar
    begin: datetime
    follows: Follows = ""
    carried: Mapping[str, Any] = field(default_factory=dict)
    #: what the message brings that starts the case; None: a start form does
    brought: Mapping[str, Any] | None = None
    case_id: str = CASE

    def given(self) -> dict[str, Any]:
        """The facts that the case has before anybody answers: those of a real one."""
        before = BEFORE if self.follows else None
        carried = self.carried if self.follows else {}
        return {**carried, "follow_up": self.follows == "same", "employer": self.employer, "previous": before}


@dataclass(frozen=True, slots=True)
class Played:
    """One move with the engine steps that it made, each with its time. `flags`: soft rules that were gone past;
    `entered`: label and answer in words."""

    move: Move
    at: datetime
    #: the step before, None for the first
    before: Step | None
    steps: tuple[tuple[datetime, Step], ...]
    flags: tuple[str, ...] = ()
    entered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The move (1 being the first) that could not be played, and why; those after it were not looked at."""

    number: int
    error: WaymarkError

    @property
    def messages(self) -> Mapping[str, str]:
        """Field to sentence, where a form did not take the answers."""
        return self.error.messages if isinstance(self.error, InvalidAnswers) else {}


@dataclass(frozen=True)
class Trial:
    """Where a trial stands after its moves."""

    definition: Definition
    situation: Situation
    now: datetime
    #: None: it has not begun
    step: Step | None
    played: tuple[Played, ...]
    #: form id to its newest clean answers, with which later forms begin
    answered: Mapping[str, Mapping[str, Any]]
    refused: Refused | None = None

    @property
    def outline(self) -> Outline:
        return self.definition.outline

    @property
    def env(self) -> Environment:
        return Environment(now=self.now, calendar=self.situation.calendar)

    @property
    def over(self) -> bool:
        return self.step is not None and self.step.status != "running"


def play(bundle: Bundle, situation: Situation, moves: Sequence[Move]) -> Trial:
    """Play the moves, one after the other, up to the first that cannot be played. Pure: the same moves give the same
    trial. Raises `DefinitionRefused` for a bundle that cannot be run."""
    run = _Run(engine.load(bundle), situation)
    refused = run.tried(0, Begin({})) if begins_by_itself(run.definition.outline) else None
    for number, move in enumerate(moves, 1):
        if refused is not None:
            break
        refused = run.tried(number, move)
    return Trial(run.definition, situation, run.now, run.step, tuple(run.played), run.answered, refused)


def begins_by_itself(outline: Outline) -> bool:
    """Does nobody fill in a form to start it? Then a message of another case does."""
    return outline.start_form is None


def started_by(outline: Outline) -> str:
    """Name of the message that starts it, "" where none does."""
    main = outline.processes[0]
    starts = (one.refers_to for one in main.elements if one.kind == "startEvent" and one.scope == main.id)
    return next((name for name in starts if name), "")


class _Run:
    """A trial on its way. What a move that is refused has done is dropped with it."""

    def __init__(self, definition: Definition, situation: Situation) -> None:
        self.definition, self.situation = definition, situation
        self.now = situation.begin
        self.step: Step | None = None
        self.played: list[Played] = []
        self.answered: dict[str, Mapping[str, Any]] = {}
        self._left = MOST_STEPS
        self._steps: list[tuple[datetime, Step]] = []
        self._flags: tuple[str, ...] = ()
        self._entered: tuple[tuple[str, str], ...] = ()

    def tried(self, number: int, move: Move) -> Refused | None:
        """Play one move. None: it was played."""
        before, now, answered = self.step, self.now, dict(self.answered)
        self._steps, self._flags, self._entered = [], (), ()
        try:
            self._play(move)
        except (InvalidAnswers, Conflict, EngineFailure) as error:
            self.step, self.now, self.answered = before, now, answered
            return Refused(number, CannotGoOn() if isinstance(error, EngineFailure) else error)
        self.played.append(Played(move, self.now, before, tuple(self._steps), self._flags, self._entered))
        return None

    def _play(self, move: Move) -> None:
        if isinstance(move, Begin) != (self.step is None):
            raise NotOpen
        match move:
            case Begin(answers):
                self._begin(answers)
            case Answer(at, answers):
                self._answer(self._open_task(at), answers)
            case Say(at, answers):
                self._say(self._wait(at, said=True), answers)
            case Wait(to):
                self._until(to)
            case _:
                self._advance(self._command(move))

    def _command(self, move: Hear | Again | End) -> Command:
        match move:
            case Hear(at, facts):
                wait = self._wait(at, said=False)
                return Message(wait.name, facts, wait.key)
            case Again(at):
                return Retry(self._failed(at).task_id)
            case End(reason):
                return Cancel(reason)

    def _begin(self, answers: Mapping[str, Any]) -> None:
        given, form_id = self.situation.given(), self.definition.outline.start_form
        # an answer may be named like a fact that every case has from its start; as in a real case that one stays
        fixed = {name: given[name] for name in ("employer", "previous")}
        facts = {**given, **(self._checked(form_id, answers, given) if form_id else {}), **fixed}
        message = None if form_id else self.situation.brought
        self._advance(Start(self.situation.case_id, facts, self.situation.calendar.as_dict(), message))

    def _answer(self, task: Task, answers: Mapping[str, Any]) -> None:
        facts = self._checked(task.form, answers, task.facts) if task.form else {}
        self._advance(Complete(task.id, facts))

    def _say(self, wait: Subscription, answers: Mapping[str, Any]) -> None:
        element = self.definition.outline.element(wait.process, wait.element_id)
        form_id = element.form if element is not None else None
        known = engine.facts_at(self.definition, self._state, wait.id, self.now)
        facts = self._checked(form_id, answers, known) if form_id else {}
        self._advance(Message(wait.name, facts, wait=wait.id))

    def _checked(self, form_id: str, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that these answers set. Raises `InvalidAnswers`."""
        form = form_named(self.definition.bundle, form_id)
        env = Environment(now=self.now, calendar=self.situation.calendar)
        cleaned = form.validate(answers, facts, made_up.PEOPLE, env, made_up.Files(form), made_up.guard())
        self.answered[form.id] = {**self.answered.get(form.id, {}), **cleaned}
        self._flags = tuple(form.flags(cleaned))
        self._entered = tuple(form.lines(cleaned, made_up.PEOPLE))
        return form.routing(cleaned)

    def _until(self, to: datetime) -> None:
        """Each timer rings when it is due, not at the end, as if a worker had looked all the time."""
        if to < self.now:
            raise Backwards
        while (due := next_due(self.step)) is not None and due <= to:
            before = self.step.state if self.step else b""
            self.now = max(self.now, due)
            self._advance(FireDue())
            if next_due(self.step) == due and self._state == before:
                raise NeverRests
        self.now = to

    def _advance(self, command: Command) -> None:
        if self._left <= 0:
            raise TooLong
        self._left -= 1
        state = self.step.state if self.step is not None else None
        self.step = engine.advance(self.definition, state, command, self.now)
        self._steps.append((self.now, self.step))

    @property
    def _state(self) -> bytes:
        return self.step.state if self.step is not None else b""

    def _open_task(self, at: At) -> Task:
        return _nth([one for one in self._now_open.tasks if _is_at(one, at)], at.nth)

    def _wait(self, at: At, *, said: bool) -> Subscription:
        return _nth([one for one in self._now_open.subscriptions if _is_at(one, at) and one.said == said], at.nth)

    def _failed(self, at: At) -> Incident:
        return _nth([one for one in self._now_open.incidents if _is_at(one, at)], at.nth)

    @property
    def _now_open(self) -> Step:
        if self.step is None:
            raise NotOpen
        return self.step


def next_due(step: Step | None) -> datetime | None:
    """When the next timer rings that does not stand still."""
    return min((one.due.at for one in step.timers if one.due.paused is None), default=None) if step else None


def form_named(bundle: Bundle, form_id: str | None) -> Form:
    """The form of a draft. Raises `NotOpen` for one that is missing or cannot be read."""
    if not form_id:
        return NO_FORM
    try:
        return form_of(bundle, form_id)
    except (KeyError, FormError) as error:
        raise NotOpen(f"The form “{form_id}” is missing or cannot be read, so this cannot be answered.") from error


def _is_at(one: Task | Subscription | Incident, at: At) -> bool:
    return (one.process, one.element_id) == (at.process, at.element)


def _nth(found: Sequence[Found], number: int) -> Found:
    if number >= len(found):
        raise NotOpen
    return found[number]
