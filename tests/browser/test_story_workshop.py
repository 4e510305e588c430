"""A process owner, no programmer, changes how questions about the process are answered: drawn, found wanting, mended,
tried, compared, deployed, run, moved to, taken along and taken back; all of it on the pages."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app import db, definitions
from app.cases import scenario
from app.cases.tables import case
from app.identity import clock
from tests.browser.hands import Keyboard
from tests.browser.modeller import LIBRARIES, Editor, differences, installed
from tests.browser.story import Person, Story
from tests.browser.visitor import Live
from tests.browser.workshop import (
    CLOSE,
    DIAGRAM,
    FORM,
    HINT,
    OWNER,
    PROCESS,
    TABLE,
    Owner,
    add_the_row,
    change_the_hint,
    draw_the_reminder,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.skipif(
        not all(map(installed, LIBRARIES)), reason="the editors are not installed; `make setup` does it"
    ),
]
QUESTION = {
    "I have read the process description": True,
    "I have read the instructions in the referral and consent forms": True,
    "What is it about?": "Something in the process description or a form is unclear",
}
ANSWER = {"What is your answer?": "An answer in words", "Your words": "The usual shifts."}
ASKED = """
title = "A question"
process = "clarify_process"
story = "Amir Shah asks."
[[step]]
who = "amir.shah"
task = "start"
answers = { read_process = true, read_instructions = true, question_kind = "unclear", description = "Which week?" }
"""
ANSWERED = f"""{ASKED}
[[step]]
who = "olivia.hart"
task = "answer_question"
answers = {{ answer = "explained", answer_text = "The usual one." }}
"""


@pytest.fixture
def owen(story: Story, live: Live) -> Owner:
    """Logged in, at the list of the workshop."""
    person = story.stranger().go("/login")
    person.page.locator(f'button[name="as"][value="{OWNER}"]').click()
    found = Owner(person, live)
    return found.follow("Workshop")


def play(live: Live, folder: Path, text: str) -> str:
    """A case made by commands; its reference."""
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    with db.reading(live.waymark.engine) as connection:
        now = clock.read(connection, demo=True).now
    made = scenario.play(live.waymark, scenario.read(path), now)
    with db.reading(live.waymark.engine) as connection:
        return str(connection.execute(case.select().where(case.c.id == made)).one().reference)


def test_a_process_owner_changes_a_clarification_from_a_draft_to_its_cases(
    owen: Owner, story: Story, live: Live, browser: Browser, tmp_path: Path
) -> None:
    moves, stays = play(live, tmp_path, ASKED), play(live, tmp_path, ANSWERED)
    owen.follow("Clarify the process")
    owen.page.get_by_label("What do you want to change?").fill("Remind before it is late")
    owen.person.press("Open a draft")
    draw_the_reminder(owen)
    add_the_row(owen)
    change_the_hint(owen, story)
    try_it(owen)
    compare(owen)
    deploy(owen, live)
    run_a_case(story, owen)
    assert owen.running() == {"2": "None", "1": "2"}
    move_the_cases(owen, moves, stays)
    assert owen.running() == {"2": "1", "1": "1"}
    take_it_along(owen, browser, tmp_path)
    go_back(owen)


def try_it(owen: Owner) -> None:
    """At Harbour Logistics, as each role in turn, up to the reminder."""
    owen.follow("Try it out")
    page, person = owen.page, owen.person
    page.get_by_label("Harbour Logistics").check()
    person.press("Begin")
    expect(owen.main).to_contain_text(HINT)
    person.fill(QUESTION)
    send(person)
    open_as(owen, "Answer the question")
    person.fill(ANSWER)
    send(person)
    open_as(owen, CLOSE)
    expect(owen.main).to_contain_text("5 working days from")
    owen.page.get_by_role("button", name="Back to the trial").click()
    person.press("Move to then")
    expect(owen.main).to_contain_text("Reminder: “Soon late”")
    expect(owen.main).to_contain_text("administrator would be told: “R-TRIAL: an answer is soon due”")
    owen.back_to_the_draft()


def open_as(owen: Owner, task: str) -> None:
    """Fill in a task of a trial."""
    with owen.page.expect_navigation():
        owen.page.get_by_role("button", name=re.compile(f"^Fill in {task}")).click()
    owen.person.look()


def send(person: Person) -> None:
    with person.page.expect_navigation():
        person.page.locator("form.wm-form .wm-buttons button:not([name])").click()
    person.look()


def compare(owen: Owner) -> None:
    """Each thing by its name, and the pictures coloured."""
    owen.follow("See what differs from version 1")
    page = owen.page
    expect(page.locator(".wm-diagram--beside[data-ready]")).to_have_count(2)
    before, now = page.locator(".wm-diagram--beside").all()
    names = page.locator(".wm-diff__entry .wm-diff__name").all_inner_texts()
    assert {
        "Boundary event “Soon late”",
        "Service task “Remind to close”",
        "End event “Reminder sent”",
        "Row 3",
        "Long text field “What is unclear, or what is unusual?”",
    } < set(names)
    row = page.locator(".wm-diff__entry", has_text="Row 3")
    expect(row.locator("ins", has_text="harbour")).to_be_attached()
    expect(page.locator(".wm-rules-table", has_text='"harbour"').locator(".wm-mark--added")).to_be_visible()
    expect(before.locator(".wm-diff-removed").first).to_be_attached()
    expect(now.locator(".wm-diff-added").first).to_be_attached()
    owen.person.look("drawn")
    owen.back_to_the_draft()


def deploy(owen: Owner, live: Live) -> None:
    """By the keyboard alone; first without a reason, which changes nothing."""
    owen.follow("Deploy it")
    expect(owen.main).to_contain_text("Clarify a report or an agenda, version 2: clarification-policy.dmn")
    keys, button = Keyboard(owen.page), "Deploy all 3"
    with owen.page.expect_navigation():
        keys.press(button)
    owen.person.look("refused")
    expect(owen.page.locator(".nhsuk-error-summary")).to_be_focused()
    expect(owen.page.locator(".nhsuk-error-summary")).to_contain_text("Enter the reason")
    assert in_force(live) == 1
    keys.write(owen.page.get_by_label("Why is it changed?"), "Nobody should wait for their answer to be closed")
    with owen.page.expect_navigation():
        keys.press(button)
    owen.person.look()
    expect(owen.main).to_contain_text("Version 2 is in force")
    assert in_force(live) == 2


def in_force(live: Live) -> int:
    with db.reading(live.waymark.engine) as connection:
        found = definitions.current(connection, PROCESS)
    assert found
    return found.version


def run_a_case(story: Story, owen: Owner) -> None:
    """At Harbour Logistics, from the question to the end, with the reminder on its way."""
    fiona = story.person("fiona.mackay").go("/start")
    fiona.hand.follow("Clarify the process")
    expect(fiona.main).to_contain_text(HINT)
    fiona.fill(QUESTION).send("Start the case")
    (reference,) = set(re.findall(r"[A-Z]-[0-9]{4}-[A-Z0-9]+", fiona.main.inner_text()))
    assert owen.running() == {"2": "1", "1": "2"}
    olivia = story.person("olivia.hart")
    take(olivia, reference, "Answer the question")
    olivia.fill(ANSWER).send()
    told = f"{reference}: an answer is soon due"
    assert told not in story.told("olivia.hart")
    story.days_pass(olivia, lambda: told in story.told("olivia.hart"))
    take(olivia, reference, CLOSE)
    olivia.send()


def take(who: Person, reference: str, task: str) -> None:
    """Open a task of this very case from the groups' inbox."""
    for scope in ("mine", "groups"):
        row = who.go(f"/inbox?scope={scope}").page.locator(".wm-row", has_text=reference)
        link = row.get_by_role("link", name=task, exact=True)
        if link.count():
            who.hand.go_through(link)
            return
    raise AssertionError(f"no {task} of {reference}")


def move_the_cases(owen: Owner, moves: str, stays: str) -> None:
    """One goes where it stands; the other stands on a task that the new version does not have, and stays."""
    owen.follow("Move running cases to this version")
    page, rows = owen.page, owen.page.locator(".wm-row")
    expect(page.locator(".wm-nav [aria-current]")).to_have_text("Workshop")
    expect(rows).to_have_count(2)
    refused = rows.filter(has_text=stays)
    expect(refused).to_contain_text("Cannot be moved as it stands.")
    expect(refused).to_contain_text("is open in this case, and the new version does not have it here")
    expect(refused.get_by_role("link")).to_have_count(0)
    expect(rows.filter(has_text=moves)).to_contain_text("“Remind to close” comes ahead of this case")
    owen.person.hand.go_through(rows.filter(has_text=moves).get_by_role("link"))
    owen.person.press("Move this case")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    page.get_by_label("Why?").fill("The reminder is for everybody")
    owen.person.press("Move this case")
    expect(owen.main).to_contain_text(f"{moves} is on version 2 now.")


def take_it_along(owen: Owner, browser: Browser, tmp_path: Path) -> None:
    """The stock modeller's own libraries open each file that was saved here, and would save the same."""
    with owen.page.expect_download() as download:
        owen.page.get_by_role("link", name="Save it as a zip file").click()
    path = tmp_path / "bundle.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as bundle:
        texts = {Path(name).name: bundle.read(name).decode() for name in bundle.namelist()}
    page = browser.new_page()
    for name in (DIAGRAM, TABLE, FORM):
        kind = Path(name).suffix
        saved, warnings = Editor.load(page, kind).saved(texts[name])
        assert [*warnings, *differences(kind, texts[name], saved)] == []
    page.close()
    assert HINT in texts[FORM]


def go_back(owen: Owner) -> None:
    """For new cases; those that run stay where they are."""
    owen.follow(re.compile("^Put in force again"))
    owen.page.get_by_label("Why do you go back?").fill("The union is asked first")
    owen.person.press("Put version 1 in force")
    expect(owen.main).to_contain_text("The older version is in force again")
    assert owen.running() == {"3": "None", "2": "1", "1": "1"}
