"""A written scenario, walked: what a test names is done by its people on the pages, all the rest by commands.

What comes of a step on the pages is judged by what the scenario expects, as for one by commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Locator, expect

from app import db
from app.cases import scenario
from app.cases.scenario.doing import actor_named, meant, open_task
from app.cases.scenario.model import SAY, START, Line
from app.cases.scenario.playing import Played, Playing
from app.cases.tables import case, subscription
from app.identity import clock
from app.identity.tables import demo_clock
from app.settings import ROOT
from tests.browser.filling import Filling
from tests.browser.story import Person, Story

ERRORS = ".nhsuk-error-summary"


def named(line: Line) -> str:
    """How a test names a step: the id of its task, or the message that is said, behind the process of its case where
    the scenario gives one ("committee:review_updates"); "start" with the process."""
    if line.task == START:
        return f"start {line.process}".rstrip()
    said = line.message or line.task
    return f"{line.case}:{said}" if line.case else said


def walk(story: Story, path: str, *steps: str) -> Walk:
    """Make ready to walk a shipped scenario (`path`: "conference/six-days"); `steps`: those that are done on pages."""
    family, name = path.split("/")
    written = scenario.read(ROOT / "processes" / family / "scenarios" / f"{name}.toml")
    return Walk(story.live.waymark, written, house=story, by_pages=frozenset(steps))


@dataclass
class Walk(Playing):
    """`house`: the people at their browsers. `by_pages`: names of steps, see `named`."""

    house: Story = field(kw_only=True)
    by_pages: frozenset[str] = field(kw_only=True)
    #: steps that came so far, and those of them that were done on pages
    came: int = 0
    walked: set[str] = field(default_factory=set)
    _typed: dict[str, frozenset[str]] = field(default_factory=dict)

    def up_to(self, name: str) -> Walk:
        """Play on to just before the next step of this name."""
        for line in self.scenario.steps[self.came :]:
            if named(line) == name:
                return self
            self._next(line)
        raise AssertionError(f"no step {name!r} is to come")

    def to_the_end(self) -> Walk:
        """Play all that is left."""
        for line in self.scenario.steps[self.came :]:
            self._next(line)
        return self.enough()

    def enough(self) -> Walk:
        """The story ends here for this test; fails when a step that was to be done on pages never came."""
        assert self.walked == self.by_pages
        return self

    def person(self, username: str) -> Person:
        """At their browser, at the time of the story."""
        self._set_clock()
        return self.house.person(username)

    def address(self, process: str = "") -> str:
        """Of the newest case of a process, by default the scenario's own."""
        return f"/cases/{self.story.newest(process or self.scenario.process)}"

    def _next(self, line: Line) -> None:
        self.came += 1
        with _noting(line):
            self._step(line)

    def _by_pages(self, line: Line) -> bool:
        # what is refused with no field to stand at is no form's business: somebody else's page is not there at all
        return named(line) in self.by_pages and "" not in (line.refused or {})

    def _act(self, line: Line) -> str:
        if not self._by_pages(line):
            return super()._act(line) if line.refused is None else ""
        self.walked.add(named(line))
        who = self.person(line.who)
        form = self._open(who, line)
        errand = self._errand(line)
        with db.reading(self.waymark.engine) as connection:
            answers = meant(connection, line.answers, errand.now, errand.zone)
        Filling(who.page, who.hand).fill({**dict.fromkeys(self._typed.get(form, ()), ""), **answers})
        # a form that is refused keeps what was typed: the next try takes back what it does not say again
        self._typed[form] = frozenset(answers)
        self._send(who, form, line, answers)
        self.now = max(self.now, self._clock())
        self.story.deliver(self.now)
        return "; ".join((line.refused or {}).values())

    def _judge(self, played: Played) -> None:
        """What is done by commands is judged where scenarios are played, in tests/db/scenarios."""
        if self._by_pages(played.line):
            super()._judge(played)

    def _open(self, who: Person, line: Line) -> str:
        """From the inbox or the case page to the form; its address. A form that was refused is still open."""
        form = self._form(line)
        if form not in who.page.url:
            self._links(who, line, form)
            who.look()
        return form

    def _form(self, line: Line) -> str:
        errand = self._errand(line)
        if line.task == START:
            return f"/start/{errand.process}"
        if line.task == SAY:
            query = sa.select(subscription.c.id).where(
                subscription.c.case_id == errand.case_id, subscription.c.name == line.message
            )
            with db.reading(self.waymark.engine) as connection:
                return f"/cases/{errand.case_id}/say/{connection.execute(query).scalar_one()}"
        with db.reading(self.waymark.engine) as connection:
            actor = actor_named(connection, line.who)
        return f"/tasks/{open_task(errand, actor, line)}"

    def _links(self, who: Person, line: Line, form: str) -> None:
        case_page = f"/cases/{self._errand(line).case_id}"
        if line.task == START:
            who.go(case_page if line.follows_from else "/start")
        elif line.task == SAY:
            who.go(case_page)
        else:
            who.go("/inbox")
            if not self._link(who, form).count():
                who.hand.follow(re.compile("^My groups"))
        who.hand.go_through(self._link(who, form))

    def _link(self, who: Person, form: str) -> Locator:
        return who.page.locator(f'main a[href="{form}"], main a[href^="{form}?"]').first

    def _send(self, who: Person, form: str, line: Line, answers: Mapping[str, Any]) -> None:
        before = self._ids()
        _press(who)
        if "there is more to fill in" in who.main.inner_text():
            # an answer came with a question more, which was not on the page yet: a slow machine, or the last question
            Filling(who.page, who.hand).fill(answers)
            _press(who)
        if line.refused is not None:
            for sentence in line.refused.values():
                expect(who.page.locator(ERRORS)).to_contain_text(sentence)
            who.look("refused")
            return
        told = who.page.locator(ERRORS)
        assert not told.count(), told.all_inner_texts()
        assert form not in who.page.url
        who.look()
        if line.task == START:
            self.story.ids += [one for one in self._ids() if one not in before]

    def _ids(self) -> list[str]:
        with db.reading(self.waymark.engine) as connection:
            return list(connection.execute(sa.select(case.c.id).order_by(case.c.opened_at, case.c.id)).scalars())

    def _clock(self) -> datetime:
        with db.reading(self.waymark.engine) as connection:
            return clock.read(connection, demo=True).now

    def _set_clock(self) -> None:
        """The demo's clock shows the time of the story, which may lie before today."""
        with db.transaction(self.waymark.engine) as connection:
            behind = self.now - clock.read(connection, demo=True).now
            seconds = int((behind + clock.offset(connection)).total_seconds()) + 1
            connection.execute(demo_clock.delete())
            connection.execute(demo_clock.insert().values(id=1, offset_seconds=seconds))


def _press(who: Person) -> None:
    """The button that sends."""
    with who.page.expect_navigation():
        who.hand.activate(who.page.locator("form.wm-form .wm-buttons button:not([name])"))


@contextmanager
def _noting(line: Line) -> Iterator[None]:
    """What goes wrong within is told with the step's number."""
    try:
        yield
    except Exception as error:
        error.add_note(line.place)
        raise
