"""The auditors' room from end to end: find, replay, verify, run again, take away, deadlines, and who looked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from app.cases import commands
from app.settings import Settings
from tests.browser.hands import Keyboard, Mouse
from tests.browser.meddling import change_a_byte, check_elsewhere, key, reference, rewrite, set_clock
from tests.browser.story import Person, Story
from tests.browser.visitor import Live, Visit
from tests.databases import settings_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
#: in the middle of a quarter, so that all stories lie in it
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
#: enough of them that the figures are not held back
ENDED = 6
#: of the steps about a GP's report, which can themselves tell, and of what was entered above public
WITHHELD = ("GP report", "gp_report", "gp-report", "gp_consent", "Dr Hall", "Mill Lane", "Tires quickly")
CONSENT = "Consent to the referral"
WHAT_SHE_DID = (
    "How the case went, step by step",
    "Whether the case’s history was changed",
    "Whether the case, run again, goes the same way",
)


@pytest.fixture
def live_settings(tmp_path: Path) -> Settings:
    """With a log of checkpoints outside of the database."""
    return replace(settings_for(tmp_path), checkpoints=tmp_path / "log")


@pytest.fixture
def irene(visit: Visit, story: Story) -> Person:
    """The auditor, who has logged in by the page."""
    visitor = visit("irene.vale")
    return Person(visitor, story.notebook, Mouse(visitor.page))


@pytest.mark.rule("XX-3", "follows")
@pytest.mark.rule("XX-3", "breaks")
def test_an_auditor_finds_replays_verifies_runs_again_and_takes_a_case_away(
    story: Story, live: Live, irene: Person, tmp_path: Path
) -> None:
    set_clock(live, NOW)
    ended = [story.begin_from("no-reply") for _ in range(ENDED)][-1]
    waits = story.begin_from("gp-waiting")
    find(irene, reference(live, ended), reference(live, waits))
    replay(irene, waits)
    withheld(irene, story, waits)
    called(irene)
    assert commands.checkpoint_when_due(live.waymark) is not None
    sound(irene)
    named = rewrite(live, waits, CONSENT, {"consent": "refused"})
    altered(irene, reference(live, waits), named)
    run_again(irene, waits, ended, named)
    offline(tmp_path / "away", take_away(irene, tmp_path), key(live))
    deadlines(irene)
    looks(irene, story, reference(live, waits))


def find(irene: Person, ended: str, waits: str) -> None:
    """With the keyboard alone: by process and a missed deadline, then by process and a rule."""
    irene.hand = Keyboard(irene.page)
    irene.hand.follow("Audit room")
    expect(irene.look().main.locator(".wm-reference")).to_have_count(ENDED + 1)
    irene.hand.activate(irene.main.locator("summary").filter(has_text="Narrow the list"))
    irene.hand.select(irene.main.get_by_label("Process", exact=True), "Referral to report")
    irene.hand.tick(irene.main.get_by_label("A deadline was missed"))
    irene.press("Show these cases").look("narrowed")
    expect(irene.main.locator(".wm-reference")).to_have_count(ENDED)
    expect(irene.main.get_by_role("link", name=ended)).to_have_count(1)
    irene.hand.toggle(irene.main.get_by_label("A deadline was missed"))
    irene.hand.write(irene.main.get_by_label("Rule", exact=True), "xx-a5")
    irene.press("Show these cases")
    expect(irene.main.locator(".wm-reference")).to_have_text([waits])
    # the list is in sight, and nothing that was looked for is in the address
    expect(irene.main.get_by_role("heading", name="Cases that fit")).to_be_in_viewport()
    assert irene.page.url.endswith("/audit#found")
    irene.hand.follow(waits)
    irene.look()


def replay(irene: Person, case_page: str) -> None:
    """By buttons and keys, still without a mouse; then by the slider, by itself, and by the address of a step."""
    page, title = irene.page, irene.page.locator("#replay-title")
    steps = page.locator(".wm-steps tbody tr")
    last = steps.count()
    expect(title).to_have_text(f"Step {last} of {last}")
    irene.hand.activate(page.get_by_role("link", name="First step"))
    expect(page.locator("#replay-said")).to_contain_text("Amir Shah: started the case")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(f"Step 2 of {last}")
    drawn(irene, steps.nth(1))
    page.keyboard.press("End")
    expect(title).to_have_text(f"Step {last} of {last}")
    page.keyboard.press("Home")
    expect(title).to_have_text(f"Step 1 of {last}")
    irene.hand = Mouse(page)
    page.get_by_label("Step of the replay").fill("2")
    expect(page.locator("#replay-now")).to_contain_text("Completed “Triage the referral”")
    drawn(irene, steps.nth(2))
    page.get_by_label("Step of the replay").fill(str(last - 2))
    irene.hand.select(page.get_by_label("Speed"), "Fast")
    irene.hand.press("Play")
    expect(title).to_have_text(f"Step {last} of {last}")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    seq = steps.nth(2).get_by_role("link").first.inner_text().split()[0]
    irene.visitor.go(f"/audit{case_page}?step={seq}")
    expect(title).to_have_text(f"Step 3 of {last}")
    expect(steps.nth(2)).to_have_attribute("aria-current", "step")
    expect(page.locator("#replay-now")).to_contain_text("Deadline met")


def drawn(irene: Person, row: Locator) -> None:
    """The picture shows this step."""
    seq = str(row.get_attribute("id")).removeprefix("entry-")
    expect(irene.page.locator("#diagram")).to_have_attribute("data-ready", seq)
    expect(irene.page.locator("#diagram .wm-f-here")).not_to_have_count(0)


def withheld(irene: Person, story: Story, case_page: str) -> None:
    """In its place with number, time and hash; nothing of it is on the page, nor in what its script is given."""
    row = irene.page.locator(".wm-steps tbody tr").filter(has_text="A step that is withheld").last
    expect(row.locator("td").nth(1)).to_have_text("Withheld")
    irene.hand.activate(row.get_by_role("link").first)
    expect(irene.page.locator("#replay-said")).to_contain_text("A step that is withheld")
    expect(irene.page.locator("#diagram .wm-f-withheld")).to_have_count(1)
    irene.look("withheld").hand.activate(row.get_by_text("hashes"))
    expect(row.locator("code").first).to_have_text(re.compile("^[0-9a-f]{64}$"))
    everything = irene.page.content()
    assert [one for one in WITHHELD if one in everything] == []
    # the control: whose case it is reads of it
    assert "GP report" in story.person("daniel.price").go(f"{case_page}?view=timeline").main.inner_text()


def called(irene: Person) -> None:
    """The stack: a process that was called, the one that called it, and back to following the case."""
    stack, name = irene.page.locator("#replay-stack"), irene.page.locator("#replay-process")
    expect(stack).to_contain_text("opened by “Assess and report”")
    irene.hand.activate(stack.get_by_role("link", name="Referral to report"))
    expect(name).to_have_text("Referral to report")
    irene.hand.activate(stack.get_by_role("link", name="Assess and report"))
    expect(name).to_have_text("Assess and report")
    expect(irene.page.locator('#diagram [data-element-id="assess"].wm-f-done')).to_have_count(1)
    irene.hand.activate(irene.page.get_by_role("link", name="Show each step where it happens"))
    expect(irene.page.locator("#replay-follow")).to_be_hidden()


def sound(irene: Person) -> None:
    """With a checkpoint, before anybody altered anything: one case, and all."""
    irene.hand.follow("Verify")
    expect(irene.look().main).to_contain_text("Nothing was altered")
    expect(irene.main).to_contain_text("It vouches for every entry")
    irene.hand.follow("Verify all cases")
    irene.look().press("Verify now").look("verified")
    expect(irene.main).to_contain_text("Nothing was altered")


def altered(irene: Person, reference_: str, seq: int) -> None:
    """The case and the very entry are named, for all cases and for the one."""
    irene.press("Verify now").look("altered")
    expect(irene.main).to_contain_text("Altered: 1 fault")
    expect(irene.main.locator(".wm-faults li")).to_have_count(1)
    expect(irene.main.locator(".wm-faults li")).to_contain_text(f"{reference_}, entry {seq}")
    irene.hand.follow(reference_)
    expect(irene.look("altered").main).to_contain_text("Something was altered")
    expect(irene.main).to_contain_text(f"The first entry that does not hold is entry {seq}.")
    irene.hand.follow(f"entry {seq}")
    expect(irene.page.locator("#replay-said")).to_contain_text(f"completed “{CONSENT}”")


def run_again(irene: Person, altered_: str, untouched: str, seq: int) -> None:
    irene.hand.follow("Run again")
    irene.look().press("Run it now").look("differs")
    result = irene.main.get_by_role("status")
    expect(result).to_contain_text(f"otherwise than it was recorded, at entry {seq}")
    expect(result).to_contain_text(CONSENT)
    expect(result.get_by_role("row").nth(1)).to_contain_text("the state of the case")
    irene.go(f"/audit{untouched}").hand.follow("Run again")
    irene.press("Run it now").look("the same")
    expect(result).to_contain_text("Everything came out as it was recorded")


def take_away(irene: Person, folder: Path) -> Path:
    """The pack of the untouched case, which is open."""
    irene.hand.follow("Pack")
    expect(irene.look().main).to_contain_text("proofs that it holds every entry")
    with irene.page.expect_download() as download:
        irene.hand.press("Make the pack")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def offline(folder: Path, pack: Path, vkey: str) -> None:
    """Elsewhere, by the checker alone; then with one byte of an entry changed."""
    sound_, bad = pack.read_bytes(), folder / "bad.zip"
    folder.mkdir()
    entry = change_a_byte(pack, bad)
    code, said = check_elsewhere(folder, sound_, vkey)
    assert (code, said.splitlines()[-1]) == (0, "SOUND, as far as it was checked"), said
    code, said = check_elsewhere(folder, bad.read_bytes(), vkey)
    assert (code, said.splitlines()[-1]) == (1, "ALTERED")
    assert f"entry {entry}: its hash is not that of its text" in said


def deadlines(irene: Person) -> None:
    irene.hand.follow("Audit room")
    irene.hand.follow("Which deadlines were met and missed?")
    expect(irene.look().main.get_by_role("row").filter(has_text="XX-A2")).to_contain_text("100%")
    irene.hand.follow("Referral to report, version 1")
    late = irene.look().main.get_by_role("row").filter(has_text="Decide after no answer")
    expect(late).to_contain_text("100%")
    # the same on the diagram, in the colour and in the number of what is missed most
    picture = irene.main.locator(".wm-picture svg")
    expect(picture).to_be_visible()
    expect(picture.get_by_text("100%", exact=True)).not_to_have_count(0)
    expect(irene.main.locator(".wm-legend")).to_contain_text("more than 50% missed")


def looks(irene: Person, story: Story, reference_: str) -> None:
    """Her own reading stands in the register, and in the list of whose case it was."""
    irene.hand.follow("Looks")
    mine = irene.look().main.locator(".wm-look").filter(has_text=reference_)
    for what in WHAT_SHE_DID:
        expect(mine.filter(has_text=what)).not_to_have_count(0)
    daniel = story.person("daniel.price").go("/inbox")
    daniel.hand.follow("Your information")
    daniel.hand.follow("Who looked")
    look = daniel.main.locator(".wm-look").filter(has_text=reference_).filter(has_text=WHAT_SHE_DID[0])
    expect(look.first).to_contain_text("Irene Vale, Auditor")
    expect(look.first).to_contain_text("to check that the policy was followed")
