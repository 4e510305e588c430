"""Case conferences: a date that is too soon, somebody who comes along, minutes in which all have a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.story import Story
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.rule("IW-4", "breaks")
@pytest.mark.rule("IW-12", "breaks")
def test_on_a_phone_six_days_notice_asks_for_a_reason_and_the_history_says_so(story: Story) -> None:
    story.width = 375
    going = walk(
        story,
        "conference/six-days",
        "propose_date",
        "say_your_part",
        "record_attendance_at_meeting",
    )
    going.up_to("say_your_part")
    ewan = going.person("ewan.stewart").go(f"{going.address()}?view=timeline")
    expect(ewan.main).to_contain_text("Went past IW-4, with a reason")
    # the reason itself is an answer, and stands where answers do
    expect(ewan.main).not_to_contain_text("The new rota is fixed next Monday")
    expect(ewan.go(f"{going.address()}?view=answers").main).to_contain_text("The new rota is fixed next Monday")
    going.up_to("record_outcome")
    callum = going.person("callum.reid").go(going.address())
    callum.hand.follow("When, who, what for, and what came of it")
    callum.look()
    expect(callum.main).to_contain_text("Rory Bain")
    going.up_to("write_clinical_notes").enough()


@pytest.mark.rule("WW-1.3g", "follows")
def test_minutes_are_read_by_all_and_approved(story: Story) -> None:
    going = walk(
        story,
        "conference/shifts-that-hurt",
        "say_your_part",
        "record_outcome",
        "write_minutes",
        "give_view",
        "approve_minutes",
    )
    going.up_to("record_charge")
    helen = going.person("helen.ward").go(f"{going.address()}/meeting")
    expect(helen.main).to_contain_text("Ada Obi")
    # why Grace would like somebody with her is between her and occupational health
    expect(helen.main).not_to_contain_text("I lose the thread")
    expect(going.person("grace.obi").go(f"{going.address()}/meeting").main).to_contain_text("I lose the thread")
    going.up_to("list_actions").enough()
    grace = going.person("grace.obi").go(f"{going.address()}/meeting")
    expect(grace.main).to_contain_text("no swaps at short notice")
