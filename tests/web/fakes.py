"""A case layer in memory, of the same shape as app.cases: for pages alone, without engine and database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app import forms
from app.cases import views
from app.errors import NotFound, WaymarkError
from app.forms import Form, Option
from app.identity import Actor, Session, SignIn
from app.identity.actor import Half
from app.settings import ROOT, Settings
from app.web.doors import Doors
from app.workdays import Calendar

NOW = datetime(2026, 3, 3, 9, 41, tzinfo=UTC)
PASSWORD = "waymark demo"
PEOPLE = {
    "amir.shah": Actor("amir.shah", "Amir Shah", "northfield", frozenset({("northfield", "manager")})),
    "grace.obi": Actor("grace.obi", "Grace Obi", "northfield", frozenset({("northfield", "employee")})),
    "olivia.hart": Actor("olivia.hart", "Olivia Hart", "calder", frozenset({("calder", "oh_admin")})),
    "ada.stone": Actor("ada.stone", "Ada Stone", "calder", frozenset({("calder", "administrator")})),
}
OPTIONS = {
    "employees": [Option("grace.obi", "Grace Obi"), Option("daniel.price", "Daniel Price")],
    "managers": [Option("amir.shah", "Amir Shah"), Option("helen.ward", "Helen Ward")],
    "practitioners": [Option("samuel.okoro", "Dr Samuel Okoro"), Option("nina.kaur", "Nina Kaur")],
    "hr_people": [Option("ruth.bell", "Ruth Bell")],
}
HOW = (
    "5 working days from Tuesday 3 March 2026 (day 0), closing at 5pm on Tuesday 10 March 2026. "
    "Not counted: 7 and 8 March (weekend)."
)


def shipped(form_id: str) -> Form:
    return forms.load((ROOT / "forms" / f"{form_id}.form").read_bytes())


def form_view(form: Form, answers: dict[str, Any] | None = None, facts: dict[str, Any] | None = None) -> views.FormView:
    return views.FormView(form, form.schema, OPTIONS, answers or {}, facts or {})


def task_view(task_id: str, form: Form, **changes: Any) -> views.TaskView:
    given = views.TaskView(
        id=task_id,
        name="Decide about consent",
        why="Nothing about your health is passed on before you have agreed to the referral.",
        rules=("XX-A2",),
        role="employee",
        state="open",
        version=1,
        case_id="c1",
        reference="OH-2026-00017",
        process_name="Referral to occupational health",
        subject="Grace Obi",
        opened_at=NOW,
        due_at=NOW + timedelta(days=7, hours=7),
        due_how=HOW,
        overdue=False,
        warned_at=None,
        claimed_by=None,
        can_claim=False,
        can_unclaim=False,
        can_work=True,
        drafted_at=None,
        form=form_view(form),
        clocks=[views.ClockLine("No answer from the employee", NOW + timedelta(days=6), HOW, "warn")],
        submissions=[views.SubmissionView("Referral", NOW, "Amir Shah", [("Job title", "Nurse, ward 7")])],
    )
    return replace(given, **changes)


def task_row(task_id: str, **changes: Any) -> views.TaskRow:
    given = views.TaskRow(
        id=task_id,
        name="Decide about consent",
        case_id="c1",
        reference="OH-2026-00017",
        process_name="Referral to occupational health",
        subject="Grace Obi",
        role="employee",
        due_at=NOW + timedelta(days=7, hours=7),
        overdue=False,
        due_soon=False,
        claimed_by=None,
        can_claim=False,
        opened_at=NOW,
        done_at=None,
    )
    return replace(given, **changes)


def case_view(**changes: Any) -> views.CaseView:
    given = views.CaseView(
        id="c1",
        reference="OH-2026-00017",
        process_name="Referral to occupational health",
        version=1,
        status="running",
        status_words="Under way",
        subject="Grace Obi",
        parties=[
            views.PartyView("employee", "Employee", "Grace Obi"),
            views.PartyView("referring_manager", "Referring manager", "Amir Shah"),
        ],
        opened_at=NOW,
        ended_at=None,
        previous_case=None,
        can_withdraw=True,
        can_cancel=True,
        can_follow_up=True,
        tasks=[task_row("t1"), task_row("t2", name="Triage the referral", role="oh_admin", due_at=None)],
        clocks=[views.ClockLine("No answer from the employee", NOW + timedelta(days=6), HOW, "warn")],
        timeline=[
            views.TimelineEntry(NOW, "Amir Shah", "started the case", "", ("XX-A1",), "command.start"),
            views.TimelineEntry(NOW, "Waymark", "“Decide about consent” became open", "", ("XX-A2",), "engine.entered"),
        ],
        submissions=[
            views.SubmissionView("Referral", NOW, "Amir Shah", [("Job title", "Nurse, ward 7"), ("Why", "One\nTwo")], 2)
        ],
        diagrams=[],
    )
    return replace(given, **changes)


@dataclass
class Queries:
    tasks: dict[str, views.TaskView] = field(default_factory=dict)
    rows: dict[str, list[views.TaskRow]] = field(default_factory=dict)
    next_cursor: str | None = None
    cases_: dict[str, views.CaseView] = field(default_factory=dict)
    starts: dict[str, Form] = field(default_factory=dict)
    notices_: list[views.Notice] = field(default_factory=list)
    incidents_: list[views.IncidentView] = field(default_factory=list)
    people_: list[views.PersonView] = field(default_factory=list)
    deployments_: list[views.DeploymentView] = field(default_factory=list)
    diagram_: bytes = b""
    failure: Exception | None = None
    uploads_: dict[str, views.FileView] = field(default_factory=dict)

    def _fail(self) -> None:
        if self.failure:
            raise self.failure

    def inbox(
        self, _w: Any, _actor: Actor, scope: str, cursor: str | None = None, *, now: datetime, wanted: Any = None
    ) -> views.Page:
        self._fail()
        counts = {name: len(self.rows.get(name, ())) for name in ("mine", "groups")}
        return views.Page(self.rows.get(scope, []), self.next_cursor, counts)

    def task(self, _w: Any, _actor: Actor, task_id: str, now: datetime) -> views.TaskView:
        if task_id not in self.tasks:
            raise NotFound
        return self.tasks[task_id]

    def task_form(self, _w: Any, _actor: Actor, task_id: str) -> tuple[Form, Any, Calendar]:
        found = self.task(_w, _actor, task_id, NOW)
        return found.form.form, found.form.facts, Calendar()

    def startable(
        self, _w: Any, _actor: Actor, _previous: str | None = None, *, now: datetime | None = None
    ) -> list[views.Startable]:
        words = "Ask occupational health for advice about somebody’s health at work."
        name = "Referral to occupational health"
        return [views.Startable(key, name, words, form.id, 1) for key, form in self.starts.items()]

    def start_places(self, _w: Any, _actor: Actor, _key: str) -> list[tuple[str, str]]:
        return [("northfield", "Northfield Hospital")]

    def deployed_keys(self, _w: Any) -> frozenset[str]:
        return frozenset({"referral"})

    def starters(self, _w: Any) -> frozenset[str]:
        return frozenset({"manager", "hr"})

    def start_form(
        self,
        _w: Any,
        _actor: Actor,
        key: str,
        previous_case: str | None = None,
        employer: str | None = None,
        *,
        now: datetime,
    ) -> views.FormView:
        if key not in self.starts:
            raise NotFound
        return form_view(self.starts[key])

    def case(
        self, _w: Any, _actor: Actor, case_id: str, now: datetime, page: int = 1, parts: Any = ()
    ) -> views.CaseView:
        if case_id not in self.cases_:
            raise NotFound
        return replace(self.cases_[case_id], page=page)

    def uploads(self, _w: Any, _actor: Actor, target: Any) -> dict[str, views.FileView]:
        return self.uploads_

    def cases(self, _w: Any, _actor: Actor, wanted: Any = None, page: int = 1) -> views.CasePage:
        rows = [
            views.CaseRow(one.id, one.reference, one.process_name, one.subject, one.status_words, one.opened_at)
            for one in self.cases_.values()
        ]
        return views.CasePage(rows, page, False, [("referral", "Referral to report")] if rows else [])

    def diagram(self, _w: Any, _actor: Actor, case_id: str, process: str, *, now: datetime) -> bytes:
        return self.diagram_

    def notices(self, _w: Any, _actor: Actor) -> list[views.Notice]:
        return self.notices_

    def mark_read(self, _w: Any, _actor: Actor, notice_ids: list[str], now: datetime) -> int:
        self.notices_ = [replace(one, read=one.read or one.id in notice_ids) for one in self.notices_]
        return len(notice_ids)

    def people(self, _w: Any, _actor: Actor) -> list[views.PersonView]:
        return self.people_

    def incidents(self, _w: Any, _actor: Actor) -> list[views.IncidentView]:
        return self.incidents_

    def deployments(self, _w: Any, _actor: Actor) -> list[views.DeploymentView]:
        return self.deployments_


@dataclass
class Commands:
    """Keeps what was called, as (name, arguments); raises `error` if one is set."""

    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    error: WaymarkError | Exception | None = None
    next_tasks: tuple[views.TaskRef, ...] = ()

    def _called(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, arguments))
        if self.error:
            raise self.error

    def start(self, _w: Any, actor: Actor, process: str, answers: Any, now: datetime, **more: Any) -> views.Started:
        self._called("start", process, answers, more)
        return views.Started("c1", "OH-2026-00017", self.next_tasks)

    def complete(
        self,
        _w: Any,
        actor: Actor,
        task_id: str,
        answers: Any,
        version: int | None,
        now: datetime,
        key: str | None = None,
    ) -> views.Done:
        self._called("complete", task_id, answers, version, key)
        return views.Done("c1", "running", self.next_tasks)

    def save_draft(self, _w: Any, actor: Actor, task_id: str, answers: Any, now: datetime) -> None:
        self._called("save_draft", task_id, answers)

    def upload(self, _w: Any, actor: Actor, target: Any, given: Any, now: datetime) -> views.FileView:
        self._called("upload", target, given.path, given.name, given.spool.read())
        return views.FileView(f"f{len(self.calls)}", given.name, "pdf", given.spool.size)

    def drop_file(self, _w: Any, actor: Actor, target: Any, file_id: str) -> None:
        self._called("drop_file", target, file_id)

    def claim(self, _w: Any, actor: Actor, task_id: str, now: datetime) -> None:
        self._called("claim", task_id)

    def unclaim(self, _w: Any, actor: Actor, task_id: str, now: datetime) -> None:
        self._called("unclaim", task_id)

    def withdraw_consent(self, _w: Any, actor: Actor, case_id: str, now: datetime, reason: str = "") -> None:
        self._called("withdraw_consent", case_id, reason)

    def cancel(self, _w: Any, actor: Actor, case_id: str, reason: str, now: datetime) -> None:
        self._called("cancel", case_id, reason)

    def retry(self, _w: Any, actor: Actor, incident_id: str, now: datetime) -> None:
        self._called("retry", incident_id)


def settings(*, demo: bool = True, secure: bool = False) -> Settings:
    return Settings("sqlite://", Path("/nowhere"), b"s" * 32, b"m" * 32, demo=demo, secure_cookies=secure)


class FakeDoors(Doors):
    """Doors without a database: sessions live in a dictionary, the session's cookie is the username."""

    def __init__(self, *, demo: bool = True, secure: bool = False) -> None:
        waymark: Any = SimpleNamespace(settings=settings(demo=demo, secure=secure), engine=None)
        super().__init__(waymark, Queries(), Commands(), SimpleNamespace(now=lambda: NOW))
        self.__dict__["open_sessions"] = set()
        self.__dict__["moved"] = []

    def session(self, token: str | None) -> Session | None:
        open_sessions: set[str] = self.__dict__["open_sessions"]
        if token not in open_sessions or token not in PEOPLE:
            return None
        return Session(PEOPLE[token], f"csrf of {token}", NOW, real_now=NOW, proven_at=NOW)

    def half(self, token: str | None) -> Half | None:
        return None

    def zone(self, org_id: str) -> str:
        return "Europe/London"

    def sign_in(self, username: str, password: str, old_token: str | None, address: str = "") -> SignIn:
        if username not in PEOPLE or password != PASSWORD:
            return SignIn(None, 0)
        self.__dict__["open_sessions"].add(username)
        return SignIn(username)

    def sign_out(self, token: str) -> None:
        self.__dict__["open_sessions"].discard(token)

    def move_clock(self, by: timedelta) -> None:
        self.__dict__["moved"].append(by)
