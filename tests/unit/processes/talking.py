"""Two cases that talk: recovery support and its committee, played through the engine, with a post between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app import engine
from app.engine import Bundle, Command, Complete, FireDue, Message, Start, Step, Subscription, Task
from app.workdays import Calendar
from tests.unit.processes.play import ROOT

#: Monday 2 March 2026, nine o'clock in Vancouver
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)
VANCOUVER = Calendar("CA", "BC", "America/Vancouver")
#: facts that the ordinary answers to a task give, by element
GIVES: Mapping[str, Mapping[str, Any]] = {
    "call_member": {"offer_answer": "yes"},
    "write_plan": {"interventions": 2},
    "discuss_plan": {"plan_decision": "go_on"},
    "arrange_intervention": {"intervention_end": "2026-04-30"},
    "receive_report": {"report_state": "came"},
    "discuss_report": {"more_reports": "no"},
    "contact_member": {"reached": "yes", "progress": "as_expected"},
    "adjust_plan": {"interventions": 0},
    "plan_arrangement": {"return_now": "now", "return_planned_on": "2026-05-04"},
    "record_return": {"returned_on": "2026-05-04"},
    "look_after_return": {"return_lasts": "yes"},
    "review_updates": {"finding": "nothing"},
    "check_notes": {"notes": "stand"},
    "give_advice": {"agreement_conflict": "no"},
    "decide_conflict": {"approval": "approve"},
}


def bundle(key: str) -> Bundle:
    """A process of the family with all that lies beside it."""
    files = [*(ROOT / "processes/recovery").glob("*.bpmn"), *(ROOT / "processes/recovery").glob("*.dmn")]
    files += (ROOT / "forms").glob("*.form")
    return Bundle(key, {path.name: path.read_bytes() for path in files})


@dataclass
class Talking:
    """Cases by process. `sent`: every message as it left, with the process that sent it; `told`: (role, template)."""

    now: datetime = MONDAY
    employer: str = "coastline"
    steps: dict[str, Step] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)
    sent: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    waiting: list[Mapping[str, Any]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def start(self, key: str = "recovery_support", **payload: Any) -> Talking:
        self.bundles[key] = bundle(key)
        facts = {"employer": self.employer, "follow_up": False}
        self._advance(key, Start(key, facts, VANCOUVER.as_dict(), payload))
        return self

    def do(self, element: str, **facts: Any) -> Talking:
        """Complete the open task `element`, whichever case it is in, with its ordinary facts changed as said."""
        key, task = next(self._tasks(element))
        self._advance(key, Complete(task.id, {**GIVES.get(element, {}), **facts}))
        return self

    def through(self, *elements: str) -> Talking:
        for element in elements:
            self.do(element)
        return self

    def to_support(self) -> Talking:
        """From the first call to the day on which all runs side by side."""
        return self.start().through("call_member", "name_people", "record_basis", "write_plan", "discuss_plan")

    def say(self, name: str) -> Talking:
        """Somebody says what the case waits for."""
        waits = ((key, wait) for key, step in self.steps.items() for wait in step.subscriptions)
        key, wait = next((key, wait) for key, wait in waits if wait.name == name)
        self._advance(key, Message(name, wait=wait.id if wait.said else None))
        return self

    def days(self, number: int) -> Talking:
        """Let the clock run, each timer firing when it is due."""
        until = self.now + timedelta(days=number)
        while (due := min(self._due(), default=until)) < until:
            self.now = max(self.now, due) + timedelta(seconds=1)
            for key in list(self.steps):
                self._advance(key, FireDue())
        self.now = until
        return self

    def open(self, key: str = "recovery_support") -> list[str]:
        return sorted(task.element_id for task in self.steps[key].tasks)

    def task(self, element: str) -> Task:
        found: Task = next(self._tasks(element))[1]
        return found

    def ended(self, key: str = "recovery_support") -> bool:
        return self.steps[key].status == "completed"

    def waits(self, key: str = "recovery_support") -> list[str]:
        return sorted(one.name for one in self.steps[key].subscriptions)

    def size(self, key: str = "recovery_support") -> int:
        """Bytes of the state."""
        return len(self.steps[key].state)

    def _tasks(self, element: str) -> Any:
        return ((key, task) for key, step in self.steps.items() for task in step.tasks if task.element_id == element)

    def _due(self) -> list[datetime]:
        return [timer.due.at for step in self.steps.values() if step.status == "running" for timer in step.timers]

    def _advance(self, key: str, command: Command) -> None:
        before = self.steps.get(key)
        if before is not None and before.status != "running":
            return
        step = engine.advance(engine.load(self.bundles[key]), before.state if before else None, command, self.now)
        assert not step.incidents, step.incidents
        self.steps[key] = step
        for effect in step.effects:
            if effect.topic == "notify":
                self.told += [(role, effect.params["template"]) for role in effect.params["to"].split()]
            elif effect.topic == "message":
                self.sent.append((key, effect.params))
                self.waiting.append(effect.params)
        self._deliver()

    def _deliver(self) -> None:
        """Hand on the first that somebody waits for, or that starts a case; after the step that follows, the next."""
        for letter in self.waiting:
            found = next((key for key in self.steps if self._takes(key, letter)), None)
            if found is not None:
                self.waiting.remove(letter)
                self._advance(found, Message(letter["name"], letter["payload"], letter["key"]))
                return
            if letter.get("to") == "committee" and "committee" not in self.steps:
                self.waiting.remove(letter)
                self.start("committee", **letter["payload"])
                return

    def _takes(self, key: str, letter: Mapping[str, Any]) -> bool:
        step = self.steps[key]
        return step.status == "running" and any(_fits(wait, letter) for wait in step.subscriptions)


def _fits(wait: Subscription, letter: Mapping[str, Any]) -> bool:
    return wait.name == letter["name"] and wait.key in (None, letter["key"])
