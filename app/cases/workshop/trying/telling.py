"""What happened in a trial, in words: who did what, which way it went, what opened until when, who would be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import outbox
from app.cases.workshop.trying.moves import Again, Answer, At, Begin, End, Hear, Move, Say, Wait
from app.cases.workshop.trying.playing import Played, Trial, begins_by_itself
from app.definitions import is_withdrawal
from app.engine import Effect, Element, Event, Outline, Step
from app.identity.roles import label
from app.outbox import Template
from app.outbox.templates import render
from app.settings import ROOT

#: the reference of a trial's case, where a notice names one
REFERENCE = "R-TRIAL"
#: a longer answer of a table stands apart, in characters
LONGEST_SAID = 120
_RANG = {"warn": "Warning", "escalate": "Deadline passed", "remind": "Reminder"}
_SET = {"warn": "Warning set", "escalate": "Deadline set", "remind": "Reminder set"}
_WAITING = frozenset({"intermediateCatchEvent", "receiveTask", "eventBasedGateway"})
_TASKS = frozenset({"userTask", "manualTask"})
_SCOPES = frozenset({"callActivity", "subProcess"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that followed. `kind`: "opened", "closed", "way", "rang", "set", "told", "sent", "decided", "failed",
    "ended" or "came". `how`: how `until` was counted, or a long answer. `place`: the called process in which it was."""

    at: datetime
    kind: str
    text: str
    rules: tuple[str, ...] = ()
    until: datetime | None = None
    how: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One move in words. `who`: the role, "The clock" and the like; `until`: to when the clock was moved."""

    number: int
    at: datetime
    who: str
    what: str
    lines: tuple[Line, ...]
    until: datetime | None = None
    #: label and answer in words
    entered: tuple[tuple[str, str], ...] = ()
    #: soft rules that were gone past
    flags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def tell(trial: Trial) -> list[Told]:
    """The story so far, oldest first. A case that a message starts begins with number 0."""
    first = 0 if begins_by_itself(trial.outline) else 1
    return [_told(trial.outline, one, number) for number, one in enumerate(trial.played, first)]


def _told(outline: Outline, played: Played, number: int) -> Told:
    who, what, rules = _heading(outline, played)
    lines = tuple(line for at, step in played.steps for line in _lines(outline, played.move, at, step))
    until = played.move.to if isinstance(played.move, Wait) else None
    return Told(number, played.at, who, what, lines, until, played.entered, played.flags, rules)


def _heading(outline: Outline, played: Played) -> tuple[str, str, tuple[str, ...]]:
    """Who, what, and the rules of the element."""
    match played.move:
        case Begin():
            return _begun(outline)
        case Wait():
            return "The clock", "moved on", ()
        case End(reason):
            return "Somebody", f"ended the case{f': {reason}' if reason else ''}", ()
        case Again(at):
            return "An administrator", f"tried “{_name(outline, at)}” again", ()
        case Answer(at) | Say(at) | Hear(at):
            return _at_element(outline, played, at)


def _begun(outline: Outline) -> tuple[str, str, tuple[str, ...]]:
    if outline.start_form is None:
        return "A message", f"started “{outline.name}”", ()
    return roles(outline.beginning.started_as), f"started “{outline.name}”", ()


def _at_element(outline: Outline, played: Played, at: At) -> tuple[str, str, tuple[str, ...]]:
    element = outline.element(at.process, at.element)
    name, rules = _name(outline, at), element.rules if element is not None else ()
    if isinstance(played.move, Answer):
        return _role_of(played.before, at), f"completed “{name}”", rules
    if isinstance(played.move, Say):
        return roles(element.said_by if element is not None else ()), f"said “{name}”", rules
    if element is not None and is_withdrawal(element.refers_to):
        return "The employee", f"took back a consent: “{name}”", rules
    return "Another case", f"sent the message of “{name}”", rules


def _role_of(before: Step | None, at: At) -> str:
    tasks = before.tasks if before is not None else ()
    here = [one for one in tasks if (one.process, one.element_id) == (at.process, at.element)]
    return label(here[at.nth].role) if at.nth < len(here) else ""


def roles(ids: tuple[str, ...]) -> str:
    """“Employee or Companion”."""
    return " or ".join(map(label, ids)) or "Somebody"


def _name(outline: Outline, at: At) -> str:
    element = outline.element(at.process, at.element)
    return element.label if element is not None else at.element


@dataclass(frozen=True, slots=True)
class _Happened:
    """An event with all that its words need."""

    outline: Outline
    move: Move
    at: datetime
    step: Step
    event: Event
    element: Element | None

    @property
    def name(self) -> str:
        return self.event.name or self.event.element_id

    @property
    def kind(self) -> str:
        return self.element.kind if self.element is not None else ""

    def line(self, kind: str, text: str, until: datetime | None = None, how: str = "") -> Line:
        place = next((p.name or p.id for p in self.outline.processes[1:] if p.id == self.event.process), "")
        return Line(self.at, kind, text, self.event.rules, until, how, place)


def _lines(outline: Outline, move: Move, at: datetime, step: Step) -> Iterator[Line]:
    sent = list(step.effects)
    for event in step.events:
        happened = _Happened(outline, move, at, step, event, outline.element(event.process, event.element_id))
        words = _WORDS.get(event.kind)
        if words is not None:
            yield from words(happened)
        if event.kind in {"handled", "message_sent"}:
            yield from _effects(happened, sent)


def _entered(one: _Happened) -> Iterator[Line]:
    task = next((task for task in one.step.tasks if task.id == one.event.task_id), None)
    due = one.event.data.get("due")
    whose = f" for {label(task.role)}" if task is not None else ""
    until = datetime.fromisoformat(due) if due else None
    yield one.line("opened", f"“{one.name}” opens{whose}", until, str(one.event.data.get("how", "")))


def _started(one: _Happened) -> Iterator[Line]:
    if one.kind in _SCOPES:
        called = one.event.data.get("called")
        process = next((p for p in one.outline.processes if p.id == called), None)
        into = f": {process.name or process.id}" if process is not None and process.name != one.name else ""
        yield one.line("came", f"“{one.name}” begins{into}")


def _waiting(one: _Happened) -> Iterator[Line]:
    if one.kind in _WAITING:
        yield one.line("came", f"It waits at “{one.name}”")


def _completed(one: _Happened) -> Iterator[Line]:
    milestone, taken = one.event.data.get("milestone"), one.event.data.get("taken")
    if milestone:
        yield one.line("came", str(milestone))
    if taken and "Gateway" in one.kind:
        ways = " and ".join(f"“{_name(one.outline, At(one.event.process, element))}”" for element in taken)
        lead = f"At “{one.event.name}” it" if one.element is not None and one.element.name else "It"
        yield one.line("way", f"{lead} goes on to {ways}")
    elif one.kind == "endEvent":
        yield one.line("ended", f"It comes to the end “{one.name}”")
    elif one.kind in _SCOPES and not milestone:
        yield one.line("came", f"“{one.name}” is finished")


def _cancelled(one: _Happened) -> Iterator[Line]:
    if one.kind in _TASKS:
        yield one.line("closed", f"“{one.name}” is closed: nobody has to do it any more")
    elif one.kind in _SCOPES:
        yield one.line("closed", f"“{one.name}” is broken off")


def _failed(one: _Happened) -> Iterator[Line]:
    yield one.line("failed", f"“{one.name}” could not be carried out. {one.event.data.get('detail', '')}".strip())


def _timer_set(one: _Happened) -> Iterator[Line]:
    lead = _SET.get(one.element.properties.get("deadline", "") if one.element else "", "Clock set")
    data = one.event.data
    yield one.line("set", f"{lead}: “{one.name}”", datetime.fromisoformat(data["due"]), str(data["how"]))


def _timer_fired(one: _Happened) -> Iterator[Line]:
    timer = one.outline.element(one.event.process, str(one.event.data.get("timer", "")))
    name = timer.label if timer is not None else one.name
    lead = _RANG.get(one.event.data.get("deadline", ""), "The time has come")
    yield one.line("rang", f"{lead}: “{name}”")


def _timer_paused(one: _Happened) -> Iterator[Line]:
    yield one.line("rang", f"The clock of “{one.name}” stops, waiting for {one.event.data['for']}")


def _timer_resumed(one: _Happened) -> Iterator[Line]:
    yield one.line("rang", f"The clock of “{one.name}” runs on", None, str(one.event.data.get("how", "")))


def _caught(one: _Happened) -> Iterator[Line]:
    yield one.line("came", f"“{one.name}” takes the message “{one.event.data['name']}”")


def _decided(one: _Happened) -> Iterator[Line]:
    said = in_words(one.event.data["result"])
    short = len(said) <= LONGEST_SAID
    table = f"“{one.name}” asks the table “{one.event.data['decision']}”"
    yield one.line("decided", f"{table}: {said}" if short else table, how="" if short else said)


def _ended(one: _Happened) -> Iterator[Line]:
    ends = {"cancelled": "The case is over: it was ended before its time"}
    yield one.line("ended", ends.get(str(one.event.data.get("status")), "The case is over"))


_WORDS: Mapping[str, Callable[[_Happened], Iterator[Line]]] = {
    "entered": _entered,
    "started": _started,
    "waiting": _waiting,
    "completed": _completed,
    "cancelled": _cancelled,
    "failed": _failed,
    "timer_set": _timer_set,
    "timer_fired": _timer_fired,
    "timer_paused": _timer_paused,
    "timer_resumed": _timer_resumed,
    "message_caught": _caught,
    "decided": _decided,
    "ended": _ended,
}


def _effects(one: _Happened, sent: list[Effect]) -> Iterator[Line]:
    """What the element of this event has the world outside do; each effect is told once."""
    effect = next((effect for effect in sent if effect.element_id == one.event.element_id), None)
    if effect is None:
        return
    sent.remove(effect)
    if effect.topic == "notify":
        yield one.line("told", _notice(effect))
    elif effect.topic == "message":
        yield one.line("sent", _message(effect))


def _notice(effect: Effect) -> str:
    to = [label(role) for role in str(effect.params.get("to", "")).split()]
    template = _templates().get(str(effect.params.get("template", "")))
    if template is None:
        return f"{_and(to)} would be told, but there is no notice “{effect.params.get('template', '')}”"
    subject, _text = render(template, {"reference": REFERENCE})
    return f"{_and(to)} would be told: “{subject}”"


def _templates() -> Mapping[str, Template]:
    return outbox.load(ROOT / "processes")


def _message(effect: Effect) -> str:
    begins = effect.params.get("to")
    more = f"; if no case waits for it, it starts a case of {begins}" if begins else ""
    return f"The message “{effect.params.get('name', '')}” goes out to other cases{more}"


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])) or "Nobody"


def in_words(value: Any) -> str:
    """A fact as people read it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {in_words(inner)}" for name, inner in value.items()) or "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "nothing"
    return str(value)
