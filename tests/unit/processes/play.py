"""Plays the shipped referral process as people would: through its forms and the engine, with a clock that is moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app import engine, forms, privacy
from app.engine import Bundle, Complete, FireDue, Message, Start, Step, Task
from app.expressions import Environment
from app.forms import Option
from app.workdays import Calendar

ROOT = Path(__file__).parents[3]
#: Monday 2 March 2026, ten o'clock in London
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
CALENDAR = Calendar()
OPTIONS = {
    "employees": [Option("sam", "Sam Okoro")],
    "managers": [Option("alex", "Alex Reid"), Option("kim", "Kim Lowe")],
    "practitioners": [Option("dr-lind", "Dr Eva Lind"), Option("noor", "Noor Aziz")],
    "hr_people": [Option("hana", "Hana West")],
}
REFERRAL = {
    "employee": "sam",
    "line_manager": "alex",
    "job_title": "Ward clerk",
    "job_demands": "Desk work and some lifting",
    "absence": "absent",
    "absent_since": "2026-02-02",
    "ground": "long_absence",
    "reason": "Four weeks away, we would like to plan a return",
    "questions": "What would help with a return?",
    "discussed": True,
}
ITEMS = [
    {"item": "Pain on lifting more than 5 kg", "share": "yes"},
    {"item": "A condition that Sam keeps private", "share": "no"},
]
REPORT = {
    "fitness": "fit_adjusted",
    "answers": "A phased return over four weeks",
    "review": "no",
    "only_shared": True,
}
#: the ordinary answers to each task of the good path, by element id
ANSWERS: dict[str, dict[str, Any]] = {
    "give_consent": {"consent": "given", "channel": "online"},
    "triage": {"triage": "accept", "practitioner": "dr-lind"},
    "offer_appointment": {
        "appointment_kind": "telephone",
        "appointment_at": "2026-03-12T09:30",
        "place": "We call you",
    },
    "answer_offer": {"appointment_reply": "accept"},
    "record_attendance": {"attendance": "attended"},
    "assess": {"notes": "Seen and examined", "items": ITEMS, "gp_report_needed": "no"},
    "confirm_sharing": {"items": ITEMS},
    "write_report": REPORT,
    "read_first": {"employee_word": "agree"},
    "release_report": {"checked": True},
    "read_report": {"read": True},
    "give_gp_consent": {
        "gp_consent": "given",
        "doctor": "Dr Hall",
        "surgery": "1 High Street",
        "gp_see_first": "yes",
        "channel": "online",
    },
    "send_gp_request": {"sent_on": "2026-03-12", "sent_by": "post", "told_see_first": True},
    "see_gp_report": {"gp_access": "agree"},
    "receive_gp_report": {"received_on": "2026-04-01", "kept_at": "Record 7"},
    "read_gp_report": {"notes": "Read with the GP report", "items": ITEMS, "gp_report_needed": "no"},
}


def bundle() -> Bundle:
    """The process as it is deployed: its diagrams, its policy table, its forms."""
    files = [*(ROOT / "processes/referral").glob("*.bpmn"), *(ROOT / "processes/referral").glob("*.dmn")]
    files += (ROOT / "forms").glob("*.form")
    return Bundle("referral", {path.name: path.read_bytes() for path in files})


BUNDLE = bundle()


@dataclass
class Play:
    """One case. `answered`: (form id, clean answers) in order; `told`: (role, template) in order."""

    employer: str = "northfield"
    now: datetime = MONDAY
    follow_up: bool = False
    step: Step = field(init=False)
    answered: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    parties: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    #: every task that was ever open: element id to role
    opened: dict[str, str] = field(default_factory=dict)

    def start(self, **changes: Any) -> Play:
        """Fill the start form and start. A change to None leaves that answer out."""
        facts = self._answer("referral", _changed(REFERRAL, changes), {})
        facts |= {"employer": self.employer, "follow_up": self.follow_up}
        self._advance(Start("case-1", facts, CALENDAR.as_dict()), first=True)
        return self

    def do(self, element: str, **changes: Any) -> Play:
        """Complete the open task `element` with its ordinary answers, changed as said."""
        task = self.task(element)
        form = task.form
        assert form is not None
        facts = self._answer(form, _changed(ANSWERS.get(element, {}), changes), task.facts)
        self._advance(Complete(task.id, facts))
        return self

    def through(self, *elements: str) -> Play:
        for element in elements:
            self.do(element)
        return self

    def to_the_report(self) -> Play:
        """From the referral to a written report that the employee may read."""
        self.start().through("give_consent", "triage", "offer_appointment", "answer_offer")
        return self.to_appointment().through("record_attendance", "assess", "confirm_sharing", "write_report")

    def to_the_assessment(self) -> Play:
        self.start().through("give_consent", "triage", "offer_appointment", "answer_offer")
        return self.to_appointment().do("record_attendance")

    def to_appointment(self) -> Play:
        """Let time go on until the appointment has come."""
        due = next(timer.due.at for timer in self.step.timers if timer.element_id == "appointment_time")
        return self.until(due)

    def days(self, number: int) -> Play:
        return self.until(self.now + timedelta(days=number))

    def until(self, moment: datetime) -> Play:
        """Let the clock run to `moment`, each timer firing when it is due."""
        while True:
            running = (timer.due.at for timer in self.step.timers if not timer.due.paused)
            due = min(running, default=moment)
            if due >= moment:
                break
            self.now = max(self.now, due) + timedelta(seconds=1)
            self._advance(FireDue())
        self.now = moment + timedelta(seconds=1)
        self._advance(FireDue())
        return self

    def withdraw(self) -> Play:
        self._advance(Message("consentWithdrawn"))
        return self

    @property
    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.step.tasks)

    @property
    def ended(self) -> bool:
        return self.step.status == "completed" and not self.step.tasks and not self.step.timers

    def task(self, element: str) -> Task:
        return next(task for task in self.step.tasks if task.element_id == element)

    def events(self, kind: str) -> list[str]:
        """Elements of the last step's events of a kind."""
        return [event.element_id for event in self.step.events if event.kind == kind]

    def seen_by(self, *roles: str, subject: bool = False) -> dict[str, dict[str, Any]]:
        """Form id to what somebody in these roles sees of its newest answers; forms that show nothing are left out."""
        viewer = privacy.Viewer(frozenset(roles), subject, self.step.facts)
        seen = {}
        for form_id, answers in self.answered:
            shown = privacy.redact(form_of(form_id), answers, viewer)
            if shown:
                seen[form_id] = shown
        return seen

    def _answer(self, form_id: str, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        form = form_of(form_id)
        cleaned = form.validate(answers, facts, OPTIONS, Environment(self.now, CALENDAR))
        self.answered.append((form_id, cleaned))
        self.parties |= form.parties(cleaned)
        return form.routing(cleaned)

    def _advance(self, command: engine.Command, *, first: bool = False) -> None:
        self.step = engine.advance(engine.load(BUNDLE), None if first else self.step.state, command, self.now)
        assert not self.step.incidents, self.step.incidents
        self.opened |= {task.element_id: task.role for task in self.step.tasks}
        for effect in self.step.effects:
            self.told += [(role, effect.params["template"]) for role in effect.params["to"].split()]


def form_of(form_id: str) -> forms.Form:
    return forms.load(BUNDLE.files[f"{form_id}.form"])


def _changed(answers: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**answers, **changes}.items() if value is not None}
