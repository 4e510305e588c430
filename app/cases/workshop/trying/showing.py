"""What is open in a trial, for a page: tasks by role, what may be said or come, clocks, what failed, the diagrams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import engine
from app.cases.queries.answers import at_path
from app.cases.queries.course import course
from app.cases.queries.facts import facts
from app.cases.queries.form_views import form_view
from app.cases.views import ClockLine, DiagramView, FormView
from app.cases.workshop.trying import made_up
from app.cases.workshop.trying.moves import At
from app.cases.workshop.trying.playing import NotOpen, Trial, form_named, next_due
from app.cases.workshop.trying.telling import in_words, roles
from app.definitions import is_withdrawal
from app.definitions.sources import in_role, sources
from app.engine import Element, Subscription, Task, Timer
from app.forms import Form
from app.identity.roles import label


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is open. `process`: name of the called process in which it is, "" in the main one; `many`: how
    many are open at this element."""

    at: At
    name: str
    process: str
    many: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenTask:
    place: Place
    role: str
    why: str
    due: datetime | None
    how: str
    #: for what the case waits while the clock of this task stands still
    paused: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class OpenWait:
    """`who`: who says it, or whence it comes. `said`: people say it. `asks`: there is a form. `key`: which one, where
    several are told apart."""

    place: Place
    message: str
    who: str
    why: str
    said: bool
    asks: bool
    withdrawal: bool
    key: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """An element that failed. `again`: a worker would try it again by itself."""

    place: Place
    detail: str
    again: bool


@dataclass(frozen=True)
class Standing:
    """Where a trial stands. `roles`: (role in words, its tasks); `next`: the timer that rings first."""

    roles: list[tuple[str, list[OpenTask]]]
    waits: list[OpenWait]
    clocks: list[ClockLine]
    next: ClockLine | None
    stuck: list[Stuck]
    diagrams: list[DiagramView]
    #: name and value in words, by name
    facts: list[tuple[str, str]]


def standing(trial: Trial) -> Standing:
    """All of it; empty lists before the case has begun and after it has ended."""
    step = trial.step
    if step is None:
        return Standing([], [], [], None, [], [], [])
    places = _Places(trial)
    tasks = [_task(trial, place, one) for one, place in places.of(step.tasks)]
    # a case that has ended hears nothing any more
    waits = [] if trial.over else [_wait(trial, place, one) for one, place in places.of(step.subscriptions)]
    clocks = sorted((_clock(one) for one in step.timers), key=lambda one: (one.paused_since is not None, one.at))
    stuck = [Stuck(place, one.detail, one.again) for one, place in places.of(step.incidents)]
    due = next_due(step)
    first = next((one for one in clocks if one.at == due and one.paused_since is None), None)
    by_role = {role: [one for one in tasks if one.role == role] for role in dict.fromkeys(one.role for one in tasks)}
    return Standing(list(by_role.items()), waits, clocks, first, stuck, _diagrams(trial), _known(step.facts))


def _known(values: engine.Facts) -> list[tuple[str, str]]:
    """By name; what a table gave under several names stands behind, each on its own line."""
    given = {name: value for name, value in sorted(values.items()) if isinstance(value, Mapping) and value}
    single = [(name, in_words(value)) for name, value in sorted(values.items()) if name not in given]
    return single + [(f"{name}.{part}", in_words(one)) for name, parts in given.items() for part, one in parts.items()]


class _Places:
    def __init__(self, trial: Trial) -> None:
        self.outline = trial.outline

    def of(self, found: Sequence[Any]) -> Iterator[tuple[Any, Place]]:
        """Each with its place; tasks, waits and incidents are counted each for themselves, as moves name them."""
        said = [(one.process, one.element_id, getattr(one, "said", None)) for one in found]
        many, seen = Counter(said), Counter[Any]()
        for one, key in zip(found, said, strict=True):
            yield one, self._place(one, seen[key], many[key])
            seen[key] += 1

    def _place(self, one: Any, nth: int, many: int) -> Place:
        element = self.outline.element(one.process, one.element_id)
        called = next((p.name or p.id for p in self.outline.processes[1:] if p.id == one.process), "")
        name, rules = (element.label, element.rules) if element is not None else (one.element_id, ())
        return Place(At(one.process, one.element_id, nth), name, called, many, rules)


def _task(trial: Trial, place: Place, one: Task) -> OpenTask:
    due, paused = one.due, one.due.paused if one.due else None
    return OpenTask(
        place,
        label(one.role),
        one.documentation,
        due.at if due and paused is None else None,
        due.how if due else "",
        paused.waiting_for if paused else "",
        bool(due and paused is None and due.at < trial.now),
    )


def _wait(trial: Trial, place: Place, one: Subscription) -> OpenWait:
    element = trial.outline.element(one.process, one.element_id)
    withdrawal = is_withdrawal(one.name)
    who = roles(element.said_by) if element is not None and one.said else "Another case"
    return OpenWait(
        place,
        one.name,
        "Employee" if withdrawal else who,
        element.documentation if element is not None else "",
        one.said,
        bool(one.said and element is not None and element.form),
        withdrawal,
        one.key or "",
    )


def _clock(one: Timer) -> ClockLine:
    paused = one.due.paused
    stopped = (paused.since, paused.waiting_for) if paused is not None else (None, "")
    return ClockLine(one.name, one.due.at, one.due.how, one.kind or "timer", one.interrupting, *stopped)


def _diagrams(trial: Trial) -> list[DiagramView]:
    """The main diagram first, then each called one."""
    step = trial.step
    marks = step.marks if step is not None else ()
    events = [event for played in trial.played for _at, one in played.steps for event in one.events]
    passed = dict.fromkeys((one.process, one.element_id) for one in events if one.kind == "completed")
    return [_diagram(part.id, part.name or part.id, part.elements, marks, passed) for part in trial.outline.processes]


def _diagram(
    process: str,
    name: str,
    elements: Sequence[Element],
    marks: Sequence[tuple[str, str]],
    passed: dict[tuple[str, str], None],
) -> DiagramView:
    names = {one.id: one.label for one in elements}
    here = [element for part, element in marks if part == process]
    done = [element for part, element in passed if part == process and element in names]
    told = [one.name for one in elements if one.name and one.id in done and "Gateway" not in one.kind]
    return DiagramView(process, name, here, done, [names.get(one, one) for one in here], told)


@dataclass(frozen=True)
class Asked:
    """A form that somebody fills in at this point of a trial. `role`: who, in words; `read`: the facts that the form's
    own conditions may read."""

    name: str
    role: str
    why: str
    rules: tuple[str, ...]
    view: FormView
    due: datetime | None = None
    how: str = ""

    @property
    def form(self) -> Form:
        return self.view.form


def asked_at_start(trial: Trial) -> Asked:
    """The start form. Raises `NotOpen`."""
    form = form_named(trial.definition.bundle, trial.outline.start_form)
    given = trial.situation.given()
    read = {name: value for name, value in given.items() if name in form.reads | {"follow_up"}}
    view = form_view(form, made_up.PEOPLE, _begun(trial, form), read, trial.env)
    role = roles(trial.outline.beginning.started_as)
    return Asked(trial.outline.name, role, trial.outline.documentation, (), view)


def asked_in_task(trial: Trial, at: At) -> Asked:
    """The form of an open task, with no more facts than the role may know. Raises `NotOpen`."""
    tasks = [one for one in (trial.step.tasks if trial.step else ()) if (one.process, one.element_id) == _key(at)]
    if at.nth >= len(tasks):
        raise NotOpen
    one = tasks[at.nth]
    form = form_named(trial.definition.bundle, one.form)
    view = form_view(form, made_up.PEOPLE, _begun(trial, form), _read(trial, form, one.role, one.facts), trial.env)
    due = one.due.at if one.due and one.due.paused is None else None
    how = one.due.how if one.due else ""
    return Asked(one.name, label(one.role), one.documentation, one.rules, view, due, how)


def asked_when_said(trial: Trial, at: At) -> Asked:
    """The form on which somebody says what the case waits for. Raises `NotOpen`."""
    step, element = trial.step, trial.outline.element(at.process, at.element)
    waits = [one for one in (step.subscriptions if step else ()) if (one.process, one.element_id) == _key(at)]
    waits = [one for one in waits if one.said]
    if step is None or element is None or at.nth >= len(waits):
        raise NotOpen
    form = form_named(trial.definition.bundle, element.form)
    known = engine.facts_at(trial.definition, step.state, waits[at.nth].id, trial.now)
    read = _read(trial, form, element.said_by[0], known)
    view = form_view(form, made_up.PEOPLE, _begun(trial, form), read, trial.env)
    return Asked(element.label, roles(element.said_by), element.documentation, element.rules, view)


def _key(at: At) -> tuple[str, str]:
    return at.process, at.element


def _read(trial: Trial, form: Form, role: str, known: engine.Facts) -> dict[str, Any]:
    if not form.reads:
        return {}
    all_of = (sources(trial.definition.bundle),)
    viewer = in_role(all_of, role)
    return facts(all_of, viewer, course(trial.outline, viewer)).shown(known, form.reads)


def _begun(trial: Trial, form: Form) -> dict[str, Any]:
    """Start values: each field's property `from` names the earlier answer that it begins with ("form-id.path")."""
    found = {}
    for one in form.fields:
        source, _, path = (one.prefill or "").partition(".")
        value = at_path(trial.answered.get(source, {}), path) if source else None
        if value is not None:
            found[one.key] = value
    return found
