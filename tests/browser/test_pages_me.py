"""“Your information”: by their own hand, with the keyboard alone, an employee takes something back and takes a copy."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Keyboard
from tests.browser.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ITEM = "Back pain after more than eight hours on her feet"
KEPT = "Sees a counsellor since the summer"
PAGES = ("/me", "/me/cases", "/me/held", "/me/consents", "/me/report", "/me/corrections", "/me/copy")


def look(story: Story, name: str, who: str) -> None:
    """Accessible and not too wide; `WAYMARK_SHOTS` names a folder for pictures."""
    person = story.person(who)
    person.visitor.check_accessible()
    if folder := os.environ.get("WAYMARK_SHOTS"):
        person.page.screenshot(path=str(Path(folder) / f"{name}-{story.width}.png"), full_page=True)


@pytest.mark.rule("XX-A6", "follows")
def test_an_employee_takes_an_item_back_and_saves_a_copy_with_the_keyboard_alone(story: Story, tmp_path: Path) -> None:
    story.hands = Keyboard
    story.begin_from("good-path")
    amir, grace = story.person("amir.shah"), story.person("grace.obi")
    amir.go(f"{story.case}?view=answers")
    expect(amir.main).to_contain_text(ITEM)
    grace.hand.follow("Your information")
    grace.hand.follow("What you agreed to")
    expect(grace.main).to_contain_text("You agreed")
    grace.hand.follow(re.compile(f"^Take it back.*{ITEM}$"))
    grace.hand.write(grace.page.get_by_label("Anything you want to say (optional)"), "It is nobody’s business")
    grace.press("Take it back")
    expect(grace.page.get_by_role("status")).to_contain_text("You have taken it back")
    expect(grace.main.get_by_role("listitem").filter(has_text=ITEM).first).to_contain_text("You took it back")
    look(story, "consents-after", "grace.obi")
    amir.page.reload()
    assert ITEM not in amir.main.inner_text()
    grace.hand.follow("Your information")
    grace.hand.follow("Get a copy")
    grace.press("Ask for a copy")
    with grace.page.expect_download() as download:
        grace.hand.press("Save the copy")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name.startswith("your-information-20")
    with zipfile.ZipFile(file) as pack:
        (tmp_path / "index.html").write_bytes(pack.read("index.html"))
        text = pack.read("index.html").decode()
    assert all(words in text for words in (ITEM, KEPT, "It is nobody’s business"))


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_of_ones_own_can_be_read(story: Story, width: int) -> None:
    story.width = width
    story.begin_from("gp-waiting")
    daniel = story.person("daniel.price")
    for page in PAGES:
        daniel.go(page)
        look(story, "me" + page.replace("/", "-")[3:], "daniel.price")
    daniel.go(f"/me/held/{story.case.rpartition('/')[2]}")
    look(story, "me-held-case", "daniel.price")
    daniel.go("/me/consents")
    daniel.hand.follow("A report from your GP or specialist")
    expect(daniel.main).to_contain_text("The Access to Medical Reports Act 1988 gives you these rights")
    look(story, "me-consent", "daniel.price")
    daniel.hand.follow("Take it back")
    look(story, "me-withdraw", "daniel.price")
    daniel.press("Take it back")
    expect(daniel.main).to_contain_text("You have taken it back")
    story.person("nina.kaur").go("/me")
    look(story, "me-empty", "nina.kaur")
    olivia = story.person("olivia.hart").go("/requests/new")
    look(story, "requests-new", "olivia.hart")
    olivia.page.get_by_label("Who asks?").select_option(label="Daniel Price")
    olivia.page.get_by_label("By letter").check()
    for part, number in (("Day", "1"), ("Month", "10"), ("Year", "2026")):
        olivia.page.get_by_label(part, exact=True).fill(number)
    olivia.press("Enter the request")
    expect(olivia.main).to_contain_text("answered by")
    look(story, "requests-one", "olivia.hart")
    olivia.page.get_by_label("They are known to us").check()
    olivia.press("Record this")
    expect(olivia.main).to_contain_text("Make the pack")
    look(story, "requests-checked", "olivia.hart")
    olivia.go("/requests")
    look(story, "requests", "olivia.hart")
