"""A referral as its people play it: from their inboxes, by the words on the pages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from app import db
from app.cases import demo, scenario
from app.identity import clock
from app.settings import ROOT
from app.web.security import COOKIE
from tests.browser.hands import Hand, Mouse
from tests.browser.visitor import Live, Notebook, Visit, Visitor

#: how far from today an appointment is offered
AWAY = timedelta(days=3)
SHARED = "Standing for long is hard"
PRIVATE = "A thing told in confidence"
REPORT = "Shorter shifts for four weeks"
MAY, MAY_NOT = "Yes, this may be shared", "No, keep this between us"

Answers = Mapping[str, Any]
REFERRAL: Answers = {
    "Who is the employee?": "Grace Obi",
    "Who is their line manager?": "Helen Ward",
    "What is their job?": "Staff nurse, ward 7",
    "What does the job ask of them?": "Twelve-hour shifts",
    "Are they at work?": "Yes, at work",
    "What is the main reason?": "Health affects work, or work affects health",
    "Please describe the reason in your own words": "The last hours of a shift are hard",
    "Which questions would you like answered?": "Would shorter shifts help?",
    "I have talked with the employee about this referral": True,
}
ITEMS: Sequence[Answers] = (
    {"Item": SHARED, "May the employer see this?": MAY},
    {"Item": PRIVATE, "May the employer see this?": MAY_NOT},
)
#: task as the inbox names it: whose it is, and what they answer in the ordinary course
TASKS: Mapping[str, tuple[str, Answers]] = {
    "Consent to the referral": ("grace.obi", {"Do you agree to this referral?": "Yes, I agree"}),
    "Triage the referral": (
        "olivia.hart",
        {"Can the referral be accepted?": "Yes, accept it", "Who will see the employee?": "Dr Samuel Okoro"},
    ),
    "Offer an appointment": (
        "olivia.hart",
        {"How will they talk?": "By telephone", "Date": AWAY, "Where, or how to join": "We call your mobile"},
    ),
    "Answer the offer": ("grace.obi", {"Does it suit you?": "Yes, I will be there"}),
    "Record attendance": ("samuel.okoro", {"What happened?": "The employee attended"}),
    "Decide how to go on": (
        "amir.shah",
        {
            "How should the case go on?": "Ask for advice on the information available",
            "Why?": "Grace cannot travel at the moment",
        },
    ),
    "Assess, item by item": (
        "samuel.okoro",
        {
            "Clinical notes": "Seen by telephone; see the record",
            "What was found, item by item": ITEMS,
            "Do you need a report from their GP or a specialist?": "No",
        },
    ),
    "Consent to a GP report": (
        "grace.obi",
        {
            "Do you agree to this report?": "Yes, I agree",
            "Which doctor should be asked?": "Dr Hall",
            "Address of the surgery or hospital": "Mill Lane Surgery, 1 Mill Lane",
            "Would you like to see the report before it is sent?": "Yes, I would like to see it first",
        },
    ),
    "Ask the GP for a report": (
        "olivia.hart",
        {
            "When was the request sent?": timedelta(),
            "How was it sent?": "By secure e-mail",
            "The request says that the employee wishes to see the report first": True,
        },
    ),
    "Record the GP report": (
        "olivia.hart",
        {"When did it arrive?": timedelta(), "Where is it kept?": "Record 2026/117"},
    ),
    "Read it, complete findings": (
        "samuel.okoro",
        {"Do you need a report from their GP or a specialist?": "No"},
    ),
    "Confirm what may be shared": ("grace.obi", {}),
    "Write the report": (
        "samuel.okoro",
        {
            "Fitness for work": "Fit for their work with adjustments",
            "Answers to the manager’s questions": REPORT,
            "Is a follow-up review advised?": "No",
            "This report holds only what the employee agreed to share": True,
        },
    ),
    "Read your report first": (
        "grace.obi",
        {"What would you like to happen?": "It may be released to my manager"},
    ),
    "Answer the correction": (
        "samuel.okoro",
        {
            "Does the report change?": "Yes, I will correct it",
            "Your answer to the employee": "Thank you, it is right now",
        },
    ),
    "Check and release": (
        "samuel.okoro",
        {"I have checked that it may be released to the referring manager": True},
    ),
    "Read the report": (
        "amir.shah",
        {"I have read the report and will talk with the employee about it": True},
    ),
    "Decide after no answer": (
        "amir.shah",
        {"What should happen now?": "Ask once more, with the full time again", "Why?": "Grace was on leave"},
    ),
}
TO_THE_ASSESSMENT = (
    "Consent to the referral",
    "Triage the referral",
    "Offer an appointment",
    "Answer the offer",
    "Record attendance",
)
TO_THE_END = (
    "Confirm what may be shared",
    "Write the report",
    "Read your report first",
    "Check and release",
    "Read the report",
)


@dataclass
class Person:
    """Somebody at their own browser. Each kind of page that they meet is checked once in a run."""

    visitor: Visitor
    notebook: Notebook
    hand: Hand
    #: without scripts a question that follows from an answer is asked after the form was sent once
    scripts: bool = True

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def go(self, path: str) -> Person:
        self.visitor.go(path)
        return self.look()

    def look(self, state: str = "") -> Person:
        """Check the page that is open, if no such page has been met yet in this state, such as refused. The checks
        themselves need scripts."""
        if not self.scripts:
            return self
        path = re.sub(r"(?<=[/=])[0-9a-f-]{32,36}", "…", self.page.url.removeprefix(self.visitor.live.url))
        heading = re.sub(r"[A-Z]-[0-9]{4}-[A-Z0-9]+", "…", self.visitor.heading())
        what = f"{path} {heading} {state}".rstrip()
        if self.notebook.first_time(f"{what}, {self.visitor.width}"):
            self.visitor.check_width()
            _keep_picture(self.page, f"{self.visitor.width} {what}")
            if self.notebook.first_time(what):
                self.visitor.check_accessible()
        return self

    def open(self, task: str) -> Person:
        """From the inbox, mine or my groups."""
        self.hand.follow("Inbox")
        link = self.page.get_by_role("link", name=task, exact=True)
        if not link.count():
            self.hand.follow(re.compile("^My groups"))
        self.hand.follow(task)
        return self.look()

    def sees_task(self, task: str) -> bool:
        """Is it in their inbox, mine or my groups?"""
        return any(self._lists(scope, task) for scope in ("mine", "groups"))

    def _lists(self, scope: str, task: str) -> bool:
        self.visitor.go(f"/inbox?scope={scope}")
        return self.page.get_by_role("link", name=task, exact=True).count() > 0

    def fill(self, answers: Answers) -> Person:
        """Fill in what the page asks by these labels."""
        form, today = self.page.locator("form.wm-form"), self.today()
        for label, value in answers.items():
            if not self.scripts and not form.get_by_text(label, exact=True).count():
                self.press("Send")
                expect(self.main).to_contain_text("there is more to fill in")
            self.hand.fill(form, label, value, today)
        return self

    def press(self, name: str) -> Person:
        """Press a button of a form, and wait for the page that comes of it."""
        with self.page.expect_navigation():
            self.hand.press(name)
        return self.look()

    def send(self, name: str = "Send") -> Person:
        """Send the form; the next page is another one."""
        before = self.page.url
        with self.page.expect_navigation():
            self.hand.press(name)
        expect(self.page).not_to_have_url(before)
        return self.look()

    def do(self, task: str, answers: Answers) -> Person:
        return self.open(task).fill(answers).send()

    def today(self) -> datetime:
        """By the demo's clock, in the person's own time."""
        return datetime.fromisoformat(str(self.page.locator(".wm-demo time").get_attribute("datetime")))

    def pass_time(self, button: str = "A day later") -> Person:
        """Move the demo's clock on; the page comes again with the later time."""
        clock = self.page.locator(".wm-demo time")
        before = str(clock.get_attribute("datetime"))
        self.hand.press(button)
        expect(clock).not_to_have_attribute("datetime", before)
        return self


@dataclass
class Story:
    """One referral about Grace Obi, made by Amir Shah. `case`: its address, once it has begun."""

    visit: Visit
    live: Live
    notebook: Notebook
    width: int = 1280
    scripts: bool = True
    #: mouse or keyboard
    hands: Callable[[Page], Hand] = Mouse
    case: str = ""
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, username: str) -> Person:
        """Somebody who is logged in already."""
        if username not in self.people:
            found = self.stranger()
            token = self.live.doors.sign_in(username, demo.PASSWORD, None).token
            assert token
            found.page.context.add_cookies([{"name": COOKIE, "value": token, "url": self.live.url}])
            found.go("/inbox")
            self.people[username] = found
        return self.people[username]

    def stranger(self) -> Person:
        """Somebody who is not logged in yet."""
        visitor = self.visit(width=self.width, scripts=self.scripts)
        return Person(visitor, self.notebook, self.hands(visitor.page), self.scripts)

    def refer(self, answers: Answers = REFERRAL) -> str:
        """Start the referral; the case's address."""
        self.person("amir.shah").go("/start/referral")
        return self.send_referral(answers)

    def send_referral(self, answers: Answers = REFERRAL) -> str:
        """Fill in the start form that is open, and send it."""
        amir = self.person("amir.shah").fill(answers).send("Start the case")
        expect(amir.page.locator("h1")).to_have_text("The case has been started")
        href = amir.page.get_by_role("link", name="look at the case").get_attribute("href")
        assert href
        self.case = href
        return href

    def begin_from(self, name: str) -> str:
        """Begin in the middle: a written scenario is played up to its end, by commands; the case's address."""
        written = scenario.read(ROOT / "processes" / "referral" / "scenarios" / f"{name}.toml")
        with db.reading(self.live.waymark.engine) as connection:
            now = clock.read(connection, demo=True).now
        day = now - scenario.length(written) - timedelta(days=1)
        begin = day.replace(hour=9, minute=0, second=0, microsecond=0)
        self.case = f"/cases/{scenario.play(self.live.waymark, written, begin)}"
        return self.case

    def do(self, task: str, /, by: str = "", **changes: Any) -> Person:
        """One task by its person, with the ordinary answers, changed as `answers` says."""
        who, answers = TASKS[task]
        if task == "Record attendance":
            self.wait_for(by or who, task)
        return self.person(by or who).do(task, {**answers, **changes.get("answers", {})})

    def through(self, *tasks: str) -> None:
        for task in tasks:
            self.do(task)

    def wait_for(self, username: str, task: str) -> Person:
        """Let days pass until the task is in the person's inbox."""
        who = self.person(username)
        return self.days_pass(who, lambda: who.sees_task(task))

    def days_pass(self, who: Person, until: Callable[[], bool], most: int = 15) -> Person:
        """Press “A day later” until something is so; `most`: days after which it is not coming."""
        for _ in range(most):
            if until():
                return who
            who.pass_time()
        assert until(), f"not within {most} days: {who.main.inner_text()}"
        return who

    def told(self, username: str) -> str:
        """The person's notices."""
        return self.person(username).go("/notices").main.inner_text()

    def shown(self, username: str, view: str = "now") -> str:
        """A part of the case page as this person reads it."""
        return self.person(username).go(f"{self.case}?view={view}").main.inner_text()


def _keep_picture(page: Page, what: str) -> None:
    """With WAYMARK_PICTURES naming a folder each kind of page is kept there, to be looked at."""
    folder = os.environ.get("WAYMARK_PICTURES")
    if folder:
        name = re.sub(r"\W+", "-", what).strip("-").lower()
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
