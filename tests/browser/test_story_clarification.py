"""A question about a report, an opinion asked, a polite refusal, an offer, and a conference that comes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.story import Story
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.rule("WW-2.2b", "follows")
def test_on_a_phone_an_opinion_asked_becomes_a_conference(story: Story) -> None:
    story.width = 375
    going = walk(
        story,
        "conference/on-the-record",
        "start clarify_report",
        "clarify_report:answer_report",
        "clarify_report:refuse_politely",
        "clarify_report:answer_offer",
        "decide_offer",
    )
    going.up_to("clarify_report:answer_offer")
    asked = going.person("amir.shah").go(f"{going.address('clarify_report')}?view=answers").main
    expect(asked).to_contain_text("I would gladly contribute at a case conference")
    going.to_the_end()
    helen = going.person("helen.ward").go(going.address())
    expect(helen.main).to_contain_text("This case runs under")
