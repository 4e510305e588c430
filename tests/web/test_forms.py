"""Forms without JavaScript: questions that depend on others, rows, drafts, messages, and nothing typed is ever lost."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import forms
from app.cases import views
from app.errors import AlreadyDone, Conflict, InvalidAnswers
from app.expressions import Environment
from app.web.fields import Filled
from app.workdays import Calendar
from tests.web.conftest import Browser
from tests.web.fakes import FakeDoors, form_view, task_view


def make_form(*components: dict[str, object]) -> forms.Form:
    own = {"class": "employer", "purpose": "To test", "rules": "XX-A1"}
    filled = [
        {"id": f"i{number}", "properties": own, **one} if "type" in one else one
        for number, one in enumerate(components)
    ]
    schema = {"type": "default", "id": "test", "schemaVersion": 19, "components": filled}
    return forms.load(json.dumps(schema).encode())


RADIO = {
    "type": "radio",
    "key": "known",
    "label": "Do they know?",
    "values": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
    "validate": {"required": True},
}
WHEN = {
    "type": "textfield",
    "key": "why",
    "label": "Why not",
    "validate": {"required": True},
    "conditional": {"hide": '=known != "no"'},
}
DATE = {"type": "datetime", "subtype": "date", "key": "on", "dateLabel": "Since when", "validate": {"required": True}}
TEXT = {"type": "textarea", "key": "words", "label": "In your words"}


@pytest.fixture
def page(doors: FakeDoors, grace: Browser) -> str:
    doors.queries.tasks["t"] = task_view("t", make_form(RADIO, WHEN, DATE, TEXT), version=7)
    return grace.get("/tasks/t").text


def test_a_question_stays_away_until_its_condition_holds(page: str) -> None:
    assert 'name="known"' in page
    assert 'name="why"' not in page


def test_sending_asks_what_has_become_visible_before_anything_is_checked(
    page: str, grace: Browser, doors: FakeDoors
) -> None:
    answer = grace.post("/tasks/t", page, {"known": "no", "words": "One\n  two"})
    assert answer.status_code == 200
    assert doors.commands.calls == []
    assert 'name="why"' in answer.text
    assert re.search(r'id="why"[^>]*autofocus', answer.text)
    assert "nhsuk-error-message" not in answer.text
    again = grace.post("/tasks/t", answer.text, {"known": "no", "why": "New", "words": "One\n  two"})
    assert again.location == "/cases/c1/sent"
    name, (task, answers, version, key) = doors.commands.calls[0]
    assert (name, task, version) == ("complete", "t", 7)
    assert answers["why"] == "New"
    assert answers["words"] == "One\n  two"
    assert len(key) >= 16


def test_what_was_typed_comes_back_byte_for_byte(page: str, grace: Browser, doors: FakeDoors) -> None:
    typed = '  indented\n\n\tand "quoted" <b>&amp; more</b>\n    deep'
    doors.commands.error = InvalidAnswers(
        {"words": "Enter something else", "on": "Enter since when", "known": "Select"}
    )
    answer = grace.post(
        "/tasks/t", page, {"known": "yes", "words": typed, "on[day]": "31", "on[month]": "2", "on[year]": "x"}
    )
    assert answer.status_code == 422
    shown = re.search(r'<textarea[^>]*id="words"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert shown is not None
    assert html.unescape(shown[1]).removeprefix("\n") == typed
    for part, value in (("day", "31"), ("month", "2"), ("year", "x")):
        assert re.search(rf'name="on\[{part}\]"[^>]*value="{value}"', answer.text)


def test_messages_are_linked_to_their_inputs(page: str, grace: Browser, doors: FakeDoors) -> None:
    doors.commands.error = InvalidAnswers(
        {"known": "Select yes or no", "on": "Enter since when", "words": "Enter words"}
    )
    answer = grace.post("/tasks/t", page, {"known": "yes"})
    assert "<title>Error: " in answer.text
    for target in re.findall(r'<a href="#([^"]+)"', answer.text.split("nhsuk-error-summary", 1)[1].split("</ul>")[0]):
        assert f'id="{target}"' in answer.text
    assert 'href="#on-day"' in answer.text
    assert re.search(r"nhsuk-error-summary[^>]*autofocus", answer.text)


def test_the_first_button_is_the_one_that_sends(page: str) -> None:
    main = page[page.index("<main") :]
    first = re.search(r"<button[^>]*>", main)
    assert first is not None
    assert "name=" not in first[0]


def test_rows_are_added_and_removed_without_javascript(grace: Browser, doors: FakeDoors) -> None:
    page = grace.get("/tasks/t2").text
    more = grace.post("/tasks/t2", page, {"items.0.item": "Knee", "items.0.share": "no", "_add": "items"})
    assert more.status_code == 200
    assert re.search(r'id="items\.1\.item"[^>]*autofocus', more.text)
    assert "Knee" in more.text
    fewer = grace.post(
        "/tasks/t2",
        more.text,
        {"items.0.item": "Knee", "items.0.share": "no", "items.1.item": "Back", "_remove": "items.0"},
    )
    assert "Back" in fewer.text
    assert "Knee" not in fewer.text
    assert 'name="items.1.item"' not in fewer.text
    assert doors.commands.calls == []


def test_a_draft_is_kept_unchecked(page: str, grace: Browser, doors: FakeDoors) -> None:
    answer = grace.post("/tasks/t", page, {"words": "half", "_draft": "1", "on[day]": "31"})
    assert answer.location == "/tasks/t?saved=1"
    name, (task, answers) = doors.commands.calls[0]
    assert (name, task, answers["words"]) == ("save_draft", "t", "half")
    answer = grace.post("/tasks/t", page, {"_draft": "1"}, headers={"Accept": "application/json"})
    assert answer.json == {"saved": "9:41am"}


def test_a_second_completion_is_told_and_shows_what_was_typed(page: str, grace: Browser, doors: FakeDoors) -> None:
    doors.commands.error = AlreadyDone()
    answer = grace.post("/tasks/t", page, {"known": "yes", "words": "Long and <careful>"})
    assert answer.status_code == 409
    assert "already been completed" in answer.text
    assert "Long and &lt;careful&gt;" in answer.text


def test_a_task_that_changed_meanwhile_keeps_the_form(page: str, grace: Browser, doors: FakeDoors) -> None:
    doors.queries.tasks["t"] = task_view("t", make_form(RADIO, WHEN, DATE, TEXT), version=8)
    doors.commands.error = Conflict()
    answer = grace.post("/tasks/t", page, {"known": "yes", "words": "Mine"})
    assert answer.status_code == 409
    assert 'name="_version" value="8"' in answer.text
    assert "Mine</textarea>" in answer.text


def test_whatever_fails_the_entries_stay(
    page: str, grace: Browser, doors: FakeDoors, caplog: pytest.LogCaptureFixture
) -> None:
    doors.commands.error = RuntimeError("canary-of-the-message")
    answer = grace.post("/tasks/t", page, {"known": "yes", "words": "canary-of-the-answer"})
    assert answer.status_code == 500
    assert "canary-of-the-answer</textarea>" in answer.text
    assert "canary" not in caplog.text
    number = re.search(r"Number of this problem: (\w+)", answer.text)
    assert number is not None
    assert number[1] in caplog.text


def test_a_login_that_ran_out_loses_nothing(page: str, grace: Browser, doors: FakeDoors) -> None:
    doors.sign_out("grace.obi")
    answer = grace.post("/tasks/t", page, {"known": "yes", "words": "Typed for\nhalf an hour"})
    assert answer.status_code == 401
    assert doors.commands.calls == []
    carried = dict(re.findall(r'<input type="hidden" name="(kept\.[^"]+)" value="([^"]*)"', answer.text))
    again = grace.post("/login", answer.text, {**carried, "username": "grace.obi", "password": "waymark demo"})
    assert again.status_code == 200
    assert "Typed for\nhalf an hour</textarea>" in again.text
    assert "has not been sent yet" in again.text
    assert doors.commands.calls == []


def test_somebody_else_does_not_get_the_entries(page: str, grace: Browser, doors: FakeDoors) -> None:
    doors.sign_out("grace.obi")
    answer = grace.post("/tasks/t", page, {"words": "Private"})
    carried = dict(re.findall(r'<input type="hidden" name="(kept\.[^"]+)" value="([^"]*)"', answer.text))
    again = grace.post("/login", answer.text, {**carried, "username": "amir.shah", "password": "waymark demo"})
    assert again.status_code == 303
    assert "Private" not in again.text


def test_after_sending_the_next_task_of_the_case_opens(page: str, grace: Browser, doors: FakeDoors) -> None:
    doors.commands.next_tasks = (views.TaskRef("t9", "Not mine", False), views.TaskRef("t2", "Mine", True))
    assert grace.post("/tasks/t", page, {"known": "yes"}).location == "/tasks/t2"


def test_a_start_form_carries_one_key_through_its_corrections(grace: Browser, doors: FakeDoors) -> None:
    page = grace.get("/start/referral").text
    doors.commands.error = InvalidAnswers({"reason": "Enter the reason"})
    second = grace.post("/start/referral", page, {"job": "Nurse"})
    assert second.status_code == 422
    doors.commands.error = None
    third = grace.post("/start/referral", second.text, {"job": "Nurse"})
    assert third.location == "/cases/c1/sent?what=started"
    keys = {arguments[2]["key"] for _, arguments in doors.commands.calls}
    assert len(keys) == 1


@pytest.mark.parametrize("version", ["x", "-1", "9" * 20, "1.5"])
def test_a_version_that_is_no_number_is_refused(page: str, grace: Browser, doors: FakeDoors, version: str) -> None:
    answer = grace.post("/tasks/t", page, {"_version": version, "known": "yes"})
    assert answer.status_code == 400
    assert doors.commands.calls == []


ALL = [
    {"type": "textfield", "key": "a", "label": "A", "validate": {"validationType": "email"}},
    {"type": "textarea", "key": "b", "label": "B"},
    {"type": "number", "key": "c", "label": "C"},
    {"type": "datetime", "subtype": "date", "key": "d", "dateLabel": "D"},
    {"type": "datetime", "subtype": "time", "key": "e", "timeLabel": "E"},
    {"type": "datetime", "subtype": "datetime", "key": "f", "dateLabel": "F", "timeLabel": "At"},
    {"type": "checkbox", "key": "g", "label": "G"},
    {"type": "checklist", "key": "h", "label": "H", "values": [{"value": "1", "label": "One"}]},
    {"type": "radio", "key": "i", "label": "I", "values": [{"value": "1", "label": "One"}]},
    {"type": "select", "key": "j", "label": "J", "values": [{"value": "1", "label": "One"}]},
    {"type": "taglist", "key": "k", "label": "K", "values": [{"value": "1", "label": "One"}]},
    {"type": "separator"},
    {"type": "text", "text": "# Heading\n\n<script>alert(1)</script> **bold**"},
]
ANSWERS = {
    "a": "a@b.example",
    "b": "x",
    "c": 2.5,
    "d": "2026-03-15",
    "e": "14:30",
    "f": "2026-03-15T14:30",
    "g": True,
    "h": ["1"],
    "i": "1",
    "j": "1",
    "k": ["1"],
}


def test_every_component_is_drawn_and_posts_back_what_it_shows(doors: FakeDoors, grace: Browser) -> None:
    form = make_form(*ALL)
    doors.queries.tasks["all"] = replace(task_view("all", form), form=form_view(form, ANSWERS))
    page = grace.get("/tasks/all").text
    assert "<script>alert" not in page
    assert "<h2" in page
    posted = page_as_post(page)
    grace.client.post("/tasks/all", data=posted)
    _, (_, answers, _, _) = doors.commands.calls[0]
    assert answers == ANSWERS


def test_a_guard_says_above_the_field_what_to_leave_out(doors: FakeDoors, grace: Browser) -> None:
    own = {"class": "employer", "purpose": "To test", "guard": "names diagnosis"}
    guarded = {"type": "textarea", "key": "said", "label": "Your question", "properties": own}
    plain = {"type": "textfield", "key": "free", "label": "Free"}
    form = make_form(guarded, plain)
    doors.queries.tasks["all"] = replace(task_view("all", form), form=form_view(form))
    page = grace.get("/tasks/all").text
    assert page.count('class="wm-item__warning"') == 1
    assert page.index("Leave out who it is about") < page.index("Your question")
    # whoever hears the page hears it with the field
    assert 'aria-describedby="said-warning"' in page
    doors.commands.error = InvalidAnswers({"said": "Take out “Grace”"})
    again = grace.client.post("/tasks/all", data={**page_as_post(page), "said": "Grace asks"}).text
    assert re.search(r'<a href="#said">\s*Take out “Grace”\s*</a>', again)
    assert "Grace asks" in again
    assert 'aria-describedby="said-warning said-error"' in again


def test_what_is_asked_may_depend_on_the_day_of_the_case() -> None:
    """The page asks for the reason on the very days on which the check does."""
    day = {"type": "datetime", "key": "day", "label": "Day", "subtype": "date"}
    why = {**TEXT, "key": "why", "conditional": {"hide": "=(date(day) - today()).days >= 7"}}
    form = make_form(day, why)
    now = Environment(datetime(2026, 3, 2, 9, tzinfo=UTC), Calendar())

    def asked(answer: str, env: Environment | None = now) -> list[str]:
        return [item.at for item in Filled(replace(form_view(form), env=env), {"day": answer}).items()]

    assert asked("2026-03-08") == ["day", "why"]
    assert asked("2026-03-09") == ["day"]
    assert asked("2026-03-09", None) == ["day", "why"]


def page_as_post(page: str) -> dict[str, list[str]]:
    """What a browser would post from the page's main form, untouched."""
    from lxml import html as lxml_html

    tree = lxml_html.fromstring(page)
    (form,) = tree.xpath("//form[contains(@class, 'wm-form')]")
    found: dict[str, list[str]] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def test_answers_that_are_only_shown_are_not_inputs() -> None:
    shown = {"type": "textfield", "key": "job", "label": "Job", "readonly": True}
    form = make_form(shown, TEXT)
    items = Filled(form_view(form, {"job": "Nurse"}), {}).items()
    assert [(item.kind, item.value) for item in items] == [("shown", "Nurse"), ("textarea", "")]
