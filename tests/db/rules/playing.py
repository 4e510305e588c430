"""A referral as its people live it: each does their own tasks by commands, and looks by queries, on a moved clock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import db, records
from app.cases import Waymark, commands, queries
from app.cases.tables import case, task
from app.cases.views import CaseView, Notice, TaskRow, TaskView
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import actor_of_person

#: Monday 2 March 2026, nine o'clock in London
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHARED = "Standing for long is hard"
PRIVATE = "A thing told in confidence"
NOTES = "Seen, examined and written down"
REPORT = "Shorter shifts for four weeks"
ITEMS = [{"item": SHARED, "share": "yes"}, {"item": PRIVATE, "share": "no"}]
#: element to the role that does it, and its ordinary answers
STEPS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "give_consent": ("employee", {"consent": "given", "channel": "online"}),
    "decide_consent_silence": ("manager", {"after_silence": "ask_again", "decision_reason": "On leave until today"}),
    "triage": ("office", {"triage": "accept", "practitioner": "samuel.okoro"}),
    "give_information": ("manager", {"information": "Early shifts since January"}),
    "offer_appointment": ("office", {"appointment_kind": "telephone", "place": "We call you"}),
    "answer_offer": ("employee", {"appointment_reply": "accept"}),
    "keep_or_move": ("employee", {"appointment_reply": "another_time"}),
    "record_attendance": ("practitioner", {"attendance": "attended"}),
    "decide_after_missed": ("manager", {"after_missed": "another", "decision_reason": "The bus did not come"}),
    "assess": ("practitioner", {"notes": NOTES, "items": ITEMS, "gp_report_needed": "no"}),
    "confirm_sharing": ("employee", {"items": ITEMS}),
    "decide_sharing_silence": ("practitioner", {"after_silence": "close", "decision_reason": "No word"}),
    "write_report": (
        "practitioner",
        {"fitness": "fit_adjusted", "answers": REPORT, "review": "no", "only_shared": True},
    ),
    "read_first": ("employee", {"employee_word": "agree"}),
    "answer_correction": ("practitioner", {"correction": "change", "reply": "Thank you, corrected"}),
    "decide_report_silence": ("practitioner", {"after_silence": "ask_again", "decision_reason": "Was away"}),
    "release_report": ("practitioner", {"checked": True}),
    "read_report": ("manager", {"read": True}),
    "give_gp_consent": (
        "employee",
        {
            "gp_consent": "given",
            "doctor": "Dr Hall",
            "surgery": "Mill Lane Surgery",
            "gp_see_first": "yes",
            "channel": "online",
        },
    ),
    "send_gp_request": ("office", {"sent_on": "2026-03-10", "sent_by": "post", "told_see_first": True}),
    "see_gp_report": ("employee", {"gp_access": "agree"}),
    "receive_gp_report": ("office", {"received_on": "2026-03-20", "kept_at": "Record 7"}),
    "read_gp_report": ("practitioner", {"notes": NOTES, "items": ITEMS, "gp_report_needed": "no"}),
    "decide_gp_late": ("practitioner", {"after_silence": "close", "decision_reason": "Enough is known"}),
}
GOOD_PATH = (
    "give_consent",
    "triage",
    "offer_appointment",
    "answer_offer",
    "record_attendance",
    "assess",
    "confirm_sharing",
    "write_report",
    "read_first",
    "release_report",
    "read_report",
)
NORTHFIELD = {
    "employee": "grace.obi",
    "manager": "amir.shah",
    "line_manager": "helen.ward",
    "hr": "ruth.bell",
    "office": "olivia.hart",
    "practitioner": "samuel.okoro",
}
HARBOUR = {**NORTHFIELD, "employee": "callum.reid", "manager": "fiona.mackay", "line_manager": "fiona.mackay"}
GP = {"gp_report_needed": "yes", "gp_report_reason": "What the scan of January says"}


@dataclass
class Play:
    """One case and its people. `now` moves on by an hour with each step."""

    waymark: Waymark
    people: Mapping[str, str] = field(default_factory=lambda: NORTHFIELD)
    now: datetime = MONDAY
    case_id: str = ""

    def start(self, *, by: str = "manager", previous: str | None = None, **changes: Any) -> Play:
        """Send the referral; a change to None leaves that answer out."""
        asked = {
            "employee": self.people["employee"],
            "line_manager": self.people["line_manager"],
            "job_title": "Staff nurse",
            "job_demands": "Twelve-hour shifts on the ward",
            "absence": "absent",
            "absent_since": "2026-02-02",
            "ground": "long_absence",
            "reason": "Four weeks away, and we would like to plan a return",
            "questions": "What would help with a return?",
            "discussed": True,
        }
        answers = _changed(asked, changes)
        started = commands.start(self.waymark, self.actor(by), "referral", answers, self.now, previous_case=previous)
        self.case_id = started.case_id
        return self

    def do(self, element: str, *, by: str = "", **changes: Any) -> Play:
        """Complete the open task `element` as the person whose task it is (or `by`), an hour later."""
        role, answers = STEPS[element]
        if element == "offer_appointment":
            answers = {**answers, "appointment_at": (self.now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")}
        self.now += timedelta(hours=1)
        commands.complete(
            self.waymark, self.actor(by or role), self.task_id(element), _changed(answers, changes), None, self.now
        )
        return self

    def through(self, *elements: str) -> Play:
        """The ordinary answers to each in turn; before attendance is recorded the appointment comes."""
        for element in elements:
            if element == "record_attendance":
                self.to_appointment()
            self.do(element)
        return self

    def to(self, element: str) -> Play:
        """From the start along the good path, until `element` is open."""
        if not self.case_id:
            self.start()
        steps = GOOD_PATH[: GOOD_PATH.index(element)]
        self.through(*steps)
        return self.to_appointment() if element == "record_attendance" else self

    def to_appointment(self) -> Play:
        with db.reading(self.waymark.engine) as connection:
            at = connection.execute(
                sa.select(task.c.due_at).where(
                    task.c.case_id == self.case_id, task.c.element_id == "keep_or_move", task.c.state == "open"
                )
            ).scalar_one()
        return self.until(at)

    def days(self, number: int) -> Play:
        return self.until(self.now + timedelta(days=number))

    def until(self, moment: datetime) -> Play:
        """Let the clock run, each timer firing when it is due."""
        while (due := self.row.next_due_at) is not None and due <= moment:
            assert commands.fire_due(self.waymark, due)
        self.now = max(self.now, moment)
        return self

    def withdraw(self, by: str = "employee") -> Play:
        self.now += timedelta(minutes=5)
        commands.withdraw_consent(self.waymark, self.actor(by), self.case_id, self.now)
        return self

    def gp_asked(self) -> Play:
        return self.to("assess").do("assess", **GP)

    # -- looking ------------------------------------------------------------------------------------------------

    def actor(self, who: str) -> Actor:
        """Somebody by their part in the case ("manager") or by their username."""
        with db.reading(self.waymark.engine) as connection:
            return actor_of_person(connection, self.people.get(who, who))

    @property
    def row(self) -> sa.Row[Any]:
        with db.reading(self.waymark.engine) as connection:
            return connection.execute(sa.select(case).where(case.c.id == self.case_id)).one()

    def task_id(self, element: str) -> str:
        """Id of the open task of this element."""
        with db.reading(self.waymark.engine) as connection:
            found = connection.execute(
                sa.select(task.c.id).where(
                    task.c.case_id == self.case_id, task.c.element_id == element, task.c.state == "open"
                )
            ).scalar()
        assert found is not None, f"{element} is not open; open: {self.open}"
        return str(found)

    @property
    def open(self) -> list[str]:
        """Element ids of the open tasks."""
        with db.reading(self.waymark.engine) as connection:
            found = connection.execute(
                sa.select(task.c.element_id).where(task.c.case_id == self.case_id, task.c.state == "open")
            )
            return sorted(found.scalars())

    @property
    def ended(self) -> bool:
        row = self.row
        return bool(row.status != "running" and not self.open and row.next_due_at is None)

    def case(self, who: str) -> CaseView:
        return queries.case(self.waymark, self.actor(who), self.case_id, self.now)

    def task(self, who: str, element: str) -> TaskView:
        return queries.task(self.waymark, self.actor(who), self.task_id(element), self.now)

    def inbox(self, who: str, scope: Any = "mine") -> list[TaskRow]:
        return queries.inbox(self.waymark, self.actor(who), scope, now=self.now).items

    def history(self, who: str) -> list[dict[str, Any]]:
        return queries.history(self.waymark, self.actor(who), self.case_id, limit=1000, now=self.now)

    def notices(self, who: str) -> list[str]:
        """Texts of the notices of this case, newest first."""
        return [notice.text for notice in self._notices(who)]

    def told(self, who: str) -> list[str]:
        """Their subjects, without the reference."""
        return [notice.subject.split(": ", 1)[1] for notice in self._notices(who)]

    def _notices(self, who: str) -> list[Notice]:
        return [one for one in queries.notices(self.waymark, self.actor(who)) if one.case_id == self.case_id]

    def consents(self) -> list[tuple[str, str, str]]:
        """The ledger, oldest first: (scope, decision, channel)."""
        table = records.consent
        with db.reading(self.waymark.engine) as connection:
            rows = connection.execute(sa.select(table).where(table.c.case_id == self.case_id).order_by(table.c.at))
            return [(row.scope, row.decision, row.channel) for row in rows]

    def rules_beside(self, who: str, words: str) -> tuple[str, ...]:
        """Rule ids beside the newest step of the timeline that says `words`."""
        return next(entry.rules for entry in reversed(self.case(who).timeline) if words in entry.what)

    def everything(self, who: str) -> str:
        """All that this person can be shown of the case, in any way, as one text."""
        return "\n".join(self._shown(who))

    def _shown(self, who: str) -> Iterator[str]:
        actor = self.actor(who)
        yield str(self.notices(who))
        yield str(queries.cases(self.waymark, actor))
        rows = [row for scope in ("mine", "groups", "done") for row in self.inbox(who, scope)]
        yield str(rows)
        with contextlib.suppress(NotFound):
            yield str(queries.start_form(self.waymark, actor, "referral", previous_case=self.case_id, now=self.now))
        with contextlib.suppress(NotFound):
            view = self.case(who)
            yield str(view)
            # the employer's own policy names every step that there can be, whether it is taken or not
            yield str([entry for entry in self.history(who) if entry["kind"] != "engine.decided"])
            rows += view.tasks
        for row in {row.id: row for row in rows}.values():
            with contextlib.suppress(NotFound):
                found = queries.task(self.waymark, actor, row.id, self.now)
                facts = {name: value for name, value in found.form.facts.items() if name != "policy"}
                yield str(replace(found, form=replace(found.form, form=None, schema={}, facts=facts)))


def _changed(answers: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**answers, **changes}.items() if value is not None}
