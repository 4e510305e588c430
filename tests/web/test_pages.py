"""Every page: what it says, and what it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app.cases import views
from app.cases.subject import NOBODY_NAME
from app.errors import InvalidAnswers, NotAllowed
from app.identity import Session
from tests.web.conftest import Browser, make_app
from tests.web.fakes import NOW, FakeDoors, case_view, shipped, task_row, task_view


def test_the_inbox_shows_what_is_urgent_in_words(grace: Browser, doors: FakeDoors) -> None:
    doors.queries.rows["mine"] = [
        task_row("t1", due_at=NOW - timedelta(days=2), overdue=True),
        task_row("t2", due_at=NOW + timedelta(hours=5), due_soon=True),
        task_row("t3"),
        task_row("t4", due_at=None),
    ]
    page = " ".join(grace.get("/inbox").text.split())
    assert "<strong>Overdue</strong> 2 days late" in page
    assert "<strong>Due</strong> today at 2:41pm" in page
    assert "Due in 7 days" in page
    assert "No deadline" in page
    assert "Mine (4)" in page
    assert "OH-2026-00017" in page
    assert "Grace Obi" in page


def test_a_task_of_the_group_is_taken_in_place(grace: Browser, doors: FakeDoors) -> None:
    page = grace.get("/inbox?scope=groups").text
    assert "Take this task" in page
    answer = grace.client.post("/tasks/t3/claim", data={"_csrf": "csrf of grace.obi"})
    assert answer.location == "/tasks/t3"
    grace.client.post("/tasks/t3/unclaim", data={"_csrf": "csrf of grace.obi"})
    assert [name for name, _ in doors.commands.calls] == ["claim", "unclaim"]


def test_the_inbox_has_pages(grace: Browser, doors: FakeDoors) -> None:
    doors.queries.next_cursor = "next"
    assert "cursor=next" in grace.get("/inbox").text
    doors.queries.next_cursor = None
    assert "Back to the first tasks" in grace.get("/inbox?cursor=next").text


def test_a_task_says_why_until_when_and_by_which_rule(grace: Browser) -> None:
    page = grace.get("/tasks/t1").text
    assert "Nothing about your health is passed on before you have agreed" in page
    assert "Tuesday 10 March 2026 at 4:41pm" in page
    assert "Not counted: 7 and 8 March (weekend)." in page
    assert "XX-A2" in page
    assert "consent comes first" in page
    assert "Nurse, ward 7" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("done", "This task is done"), ("cancelled", "was closed because"), ("open", "has taken this task")],
)
def test_a_task_that_is_not_mine_to_do(grace: Browser, doors: FakeDoors, state: str, words: str) -> None:
    doors.queries.tasks["t1"] = task_view("t1", shipped("consent"), state=state, can_work=False)
    page = grace.get("/tasks/t1").text
    assert words in page
    assert "_version" not in page


@pytest.mark.parametrize("view", ["now", "diagram", "timeline", "answers"])
def test_a_case_in_its_parts(grace: Browser, doors: FakeDoors, view: str) -> None:
    shown = views.DiagramView("referral", "Referral", ["consent"], ["start"], ["Consent to the referral"])
    doors.queries.cases_["c1"] = case_view(diagrams=[shown])
    page = grace.get(f"/cases/c1?view={view}")
    assert page.status_code == 200
    wanted = {
        "now": "Clocks that run",
        "diagram": "Consent to the referral",
        "timeline": "started the case",
        "answers": "2 answers are not for your role",
    }
    assert wanted[view] in page.text


@pytest.mark.parametrize("view", ["timeline", "answers"])
def test_a_long_case_is_told_in_pages(grace: Browser, doors: FakeDoors, view: str) -> None:
    doors.queries.cases_["c1"] = case_view(more_timeline=view == "timeline", more_submissions=view == "answers")
    address = f"/cases/c1?view={view}"
    first, second = grace.get(address).text, grace.get(f"{address}&page=2").text
    assert "Earlier" in first
    assert "Later" not in first
    assert f"{address}&amp;page=2" in first
    assert f"{address}&amp;page=1" in second
    assert f"{address}&amp;page=3" in second
    doors.queries.cases_["c1"] = case_view()
    assert "wm-pages" not in grace.get(address).text


@pytest.mark.parametrize("page", ["0", "-1", "1001", "99999999999999999999"])
def test_a_page_that_there_cannot_be_is_not_there(grace: Browser, page: str) -> None:
    assert grace.get(f"/cases/c1?view=timeline&page={page}").status_code == 404


def test_a_case_that_is_not_mine_is_not_there(grace: Browser) -> None:
    for url in ("/cases/c2", "/tasks/zzz", "/cases/c2/withdraw", "/cases/c1?view=secret", "/start/nothing"):
        assert grace.get(url).status_code == 404


def test_withdrawing_is_told_and_asked_on_its_own_page(grace: Browser, doors: FakeDoors) -> None:
    page = grace.get("/cases/c1/withdraw").text
    assert "This cannot be undone" in page
    assert doors.commands.calls == []
    answer = grace.post("/cases/c1/withdraw", page, {"reason": ""})
    assert answer.location == "/cases/c1/sent?what=withdrawn"
    assert doors.commands.calls == [("withdraw_consent", ("c1", ""))]


@pytest.mark.parametrize("what", ["withdraw", "cancel"])
def test_who_may_not_is_not_offered_it(grace: Browser, doors: FakeDoors, what: str) -> None:
    doors.queries.cases_["c1"] = replace(case_view(), can_withdraw=False, can_cancel=False)
    assert f"/cases/c1/{what}" not in grace.get("/cases/c1").text
    assert grace.get(f"/cases/c1/{what}").status_code == 404


def test_ending_a_case_needs_a_reason(grace: Browser, doors: FakeDoors) -> None:
    page = grace.get("/cases/c1/cancel").text
    doors.commands.error = InvalidAnswers({"reason": "Enter the reason for ending this case"})
    answer = grace.post("/cases/c1/cancel", page, {"reason": " "})
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text


def test_after_sending_the_page_says_what_happens_next(grace: Browser) -> None:
    page = grace.get("/cases/c1/sent").text
    assert "What happens next" in page
    assert "Occupational health administrator" in page
    assert "Your answers have been sent" in grace.get("/cases/gone/sent").text


def test_the_clock_of_a_demo_moves(grace: Browser, doors: FakeDoors) -> None:
    page = grace.get("/inbox?scope=done").text
    assert "Tuesday 3 March 2026 at 9:41am" in page
    answer = grace.client.post("/clock", data={"_csrf": "csrf of grace.obi", "by": "1w", "next": "/inbox?scope=done"})
    assert answer.location == "/inbox?scope=done"
    assert doors.__dict__["moved"] == [timedelta(weeks=1)]
    assert grace.client.post("/clock", data={"_csrf": "csrf of grace.obi", "by": "9w"}).status_code == 400


def test_an_incident_is_told_in_words_and_resumed(ada: Browser, doors: FakeDoors) -> None:
    doors.queries.incidents_ = [
        views.IncidentView("i1", "c1", "OH-1", "Referral", "Read the policy", "No row matches.", NOW, 5, None, "parked")
    ]
    page = ada.get("/incidents/i1").text
    assert "No row matches." in page
    assert ada.get("/incidents/i2").status_code == 404
    ada.post("/incidents/i1/resume", page)
    assert doors.commands.calls == [("retry", ("i1",))]


def test_an_incident_of_a_message_says_what_trying_again_does(ada: Browser, doors: FakeDoors) -> None:
    doors.queries.incidents_ = [
        views.IncidentView(
            "i1", "c1", "R-2026-00001", "Clarification", "Invite", "Nobody waits.", NOW, 1, None, "parked", message=True
        )
    ]
    page = ada.get("/incidents/i1").text
    assert "waits until a case takes it" in page
    assert "Send it again" in page
    assert "decision row" not in page


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("canary"), 500),
        (NotAllowed(), 403),
        (OperationalError("SELECT canary", {}, Exception("canary")), 503),
    ],
)
def test_errors_are_told_in_plain_words_without_data(
    grace: Browser, doors: FakeDoors, caplog: pytest.LogCaptureFixture, error: Exception, status: int
) -> None:
    doors.queries.failure = error
    answer = grace.get("/inbox")
    assert answer.status_code == status
    assert "canary" not in answer.text
    assert "canary" not in caplog.text
    assert "<h1" in answer.text


def test_when_even_the_login_cannot_be_looked_up_there_is_a_page(doors: FakeDoors) -> None:
    class Broken(FakeDoors):
        def session(self, token: str | None) -> Session | None:
            raise OperationalError("SELECT 1", {}, Exception())

    with make_app(Broken()).test_client() as client:
        answer = client.get("/inbox")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert "Waymark is busy" in answer.text


def test_what_is_too_long_is_refused(grace: Browser) -> None:
    answer = grace.client.post("/tasks/t1", data={"_csrf": "csrf of grace.obi", "x": "y" * 600_000})
    assert answer.status_code == 413


def test_notices_are_new_once_and_link_to_pages_here(grace: Browser, doors: FakeDoors) -> None:
    text = "Dear Grace Obi\n\nRead <it> here: https://other.example/cases/c1"
    doors.queries.notices_ = [views.Notice("n1", NOW, "OH-1: released", text, "c1", "OH-1", None, False)]
    page = grace.get("/notices").text
    assert 'Read &lt;it&gt; here: <a href="/cases/c1">open it</a>' in page
    assert "Dear" not in page
    assert "wm-new" in page
    assert "wm-new" not in grace.get("/notices").text


def test_a_case_says_under_which_policy_it_runs_and_why(grace: Browser, doors: FakeDoors) -> None:
    policy = views.PolicyView("Meetings <policy>", "1.3", date(2026, 11, 1), "It serves all of them", "Schedule 2")
    doors.queries.cases_["c1"] = case_view(policy=policy)
    page = " ".join(grace.get("/cases/c1").text.split())
    assert (
        "This case runs under Meetings &lt;policy&gt;, version 1.3, in force from Sunday 1 November 2026.</p> "
        "<p>It serves all of them.</p><p>Source: Schedule 2.</p>"
    ) in page
    doors.queries.cases_["c1"] = case_view(policy=replace(policy, effective=None, why="", source=""))
    assert "runs under Meetings &lt;policy&gt;, version 1.3.</p>" in " ".join(grace.get("/cases/c1").text.split())
    doors.queries.cases_["c1"] = case_view()
    assert "runs under" not in grace.get("/cases/c1").text


def test_a_deadline_that_is_counted_by_other_clocks_says_so(
    grace: Browser, doors: FakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "This is counted by the clock in London. All other times on this page are by your own."
    assert said not in grace.get("/tasks/t1").text
    monkeypatch.setattr(doors, "zone", lambda _org: "America/Vancouver")
    assert said in grace.get("/tasks/t1").text


def test_a_draft_was_saved_by_the_readers_own_clock(
    grace: Browser, doors: FakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.queries.tasks["t1"] = replace(doors.queries.tasks["t1"], drafted_at=NOW)
    monkeypatch.setattr(doors, "zone", lambda _org: "America/Vancouver")
    assert "Your draft was saved on Tuesday 3 March 2026 at 1:41am" in grace.get("/tasks/t1?saved=1").text


def test_a_case_about_nobody_is_called_by_what_it_is(grace: Browser, doors: FakeDoors) -> None:
    heading = '<span class="nhsuk-caption-l">{}, OH-2026-00017</span> {}</h1>'
    named = case_view()
    doors.queries.cases_["c1"] = named
    assert heading.format(named.process_name, named.subject) in grace.get("/cases/c1").text
    doors.queries.cases_["c1"] = replace(named, subject=NOBODY_NAME)
    assert heading.format(NOBODY_NAME, named.process_name) in grace.get("/cases/c1").text
