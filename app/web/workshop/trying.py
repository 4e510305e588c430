"""Trying a draft out: each post brings all that was done so far, and is answered with where the trial then stands.
Nothing is kept here (see `app.cases.workshop.trying`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from app import engine
from app.cases.views import DiagramView
from app.cases.workshop import trying
from app.engine import Bundle
from app.errors import BadRequest, Conflict, DefinitionRefused, InvalidAnswers
from app.web import words
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.formpage import owner_mark
from app.web.security import session
from app.web.workshop import situation
from app.web.workshop.owners import owners_only
from app.web.workshop.trial_form import FormOfTrial, place

#: pages of trials, which are taken up again after a login that ran out
TRIALS = frozenset({"web.workshop_try", "web.workshop_try_version"})
#: how far the clock may be moved at once, by unit
MOST = {"days": 3650, "working days": 2500, "hours": 1000}


@dataclass(frozen=True)
class Tried:
    """What is tried out. `back`: (address, words) of the page from which one came; `file`: where a file of it is."""

    bundle: Bundle
    title: str
    action: str
    back: tuple[str, str]
    file: Callable[[str], str]


@bp.route("/workshop/drafts/<draft_id>/try", methods=["GET", "POST"])
@owners_only
def workshop_try(draft_id: str) -> Reply:
    return _respond(of_draft(draft_id))


@bp.route("/workshop/processes/<key>/versions/<int:version>/try", methods=["GET", "POST"])
@owners_only
def workshop_try_version(key: str, version: int) -> Reply:
    return _respond(of_version(key, version))


def of_draft(draft_id: str) -> Tried:
    found = doors().queries.draft_files(doors().w, session().actor, draft_id)
    return Tried(
        found.bundle,
        found.title,
        url_for("web.workshop_try", draft_id=draft_id),
        (url_for("web.workshop_draft", draft_id=draft_id), found.title),
        lambda name: url_for("web.draft_raw", draft_id=draft_id, name=name),
    )


def of_version(key: str, version: int) -> Tried:
    found = doors().queries.version_bundle(doors().w, session().actor, key, version)
    return Tried(
        found.bundle,
        f"{found.name}, version {version}",
        url_for("web.workshop_try_version", key=key, version=version),
        (url_for("web.workshop_version", key=key, version=version), f"Version {version}"),
        lambda name: url_for("web.workshop_version_file", key=key, version=version, name=name),
    )


def _respond(tried: Tried) -> Reply:
    try:
        page = TrialPage(tried)
    except DefinitionRefused as error:
        return make_response(render_template("workshop/try_not_yet.html", tried=tried, error=error), error.status)
    return page.respond(request.form if request.method == "POST" else None)


class TrialPage:
    """One request. `post`: what was sent, with the whole story; None for the first page."""

    def __init__(self, tried: Tried) -> None:
        self.tried = tried
        self.outline = engine.describe(engine.load(tried.bundle))

    @cached_property
    def employers(self) -> list[trying.Employer]:
        found: list[trying.Employer] = doors().queries.trial_employers(doors().w, session().actor)
        return found

    def respond(self, post: MultiDict[str, str] | None) -> Reply:
        if post is None:
            return self._situation(self._first(), {})
        doing, _, rest = post.get("_do", "").partition(" ")
        if doing == "situation":
            return self._begin(post)
        story = trying.read(post.get("_story", ""))
        act = _ACTS.get(doing)
        if act is None:
            raise BadRequest
        return act(self, story, rest, post)

    resume = respond

    def _first(self) -> dict[str, str]:
        """What stands in the first page at first."""
        found = situation.first(self.outline, self.employers, session().now)
        message = trying.started_by(self.outline)
        names = doors().queries.sent_along(doors().w, {message} - {""}).get(message, ())
        return {**found, "brought": "\n".join(f"{name} = " for name in names)}

    def play(self, story: trying.Story) -> trying.Trial:
        return trying.play(self.tried.bundle, trying.situation(story, self.employers), story.moves)

    def _situation(self, typed: Mapping[str, str], messages: Mapping[str, str]) -> Reply:
        asked = situation.asked(self.outline, self.employers, typed, messages)
        page = render_template("workshop/try_start.html", tried=self.tried, asked=asked, outline=self.outline)
        return make_response(page, 422 if messages else 200)

    def _begin(self, post: MultiDict[str, str]) -> Reply:
        try:
            story = situation.story(self.outline, self.employers, post)
        except InvalidAnswers as error:
            return self._situation(post, error.messages)
        return self.show(story)

    def show(self, story: trying.Story, message: str = "", process: str = "", status: int = 200) -> Reply:
        """Where the trial stands; before its start form was filled in, that form."""
        trial = self.play(story)
        if trial.step is None and trial.refused is None and not story.moves:
            return FormOfTrial(self, story, trial, trying.asked_at_start(trial), "begin").show_first()
        now = trying.standing(trial)
        told = trying.tell(trial)
        heard = {one.message for one in now.waits if not one.said and not one.withdrawal}
        page = render_template(
            "workshop/try.html",
            tried=self.tried,
            outline=self.outline,
            trial=trial,
            standing=now,
            told=told,
            story=story.text(),
            message=message,
            brings=doors().queries.sent_along(doors().w, heard),
            diagram=_chosen(now.diagrams, process),
            diagram_src=self._diagram_src,
            zone=trial.situation.calendar.tz,
            who=owner_mark(session().actor.person_id),
            employer=next(one.name for one in self.employers if one.id == story.employer),
            moves=len(story.moves),
        )
        return make_response(page, status)

    def _diagram_src(self, process: str) -> str:
        file = next(one.file for one in self.outline.processes if one.id == process)
        return self.tried.file(file)

    def add(self, story: trying.Story, move: trying.Move) -> Reply:
        """The story with one move more; if that cannot be played, the story as it was, and why."""
        try:
            longer = story.and_then(move)
        except Conflict as error:
            return self.show(story, error.detail, status=error.status)
        refused = self.play(longer).refused
        if refused is not None and refused.number == len(longer.moves):
            return self.show(story, refused.error.detail, status=refused.error.status)
        return self.show(longer)


def _chosen(found: list[DiagramView], process: str) -> DiagramView | None:
    """The diagram that was asked for, else the innermost one in which the case stands."""
    chosen = next((one for one in found if one.process == process), None)
    here = [one for one in found if one.marks]
    return chosen or next(iter(here[-1:] or found), None)


def _show(page: TrialPage, story: trying.Story, rest: str, _post: MultiDict[str, str]) -> Reply:
    return page.show(story, process=rest)


def _open(page: TrialPage, story: trying.Story, rest: str, _post: MultiDict[str, str]) -> Reply:
    """The form of something that is open."""
    trial = page.play(story)
    try:
        return FormOfTrial(page, story, trial, _asked(trial, rest), rest).show_first()
    except Conflict as error:
        return page.show(story, error.detail, status=error.status)


def _send(page: TrialPage, story: trying.Story, _rest: str, post: MultiDict[str, str]) -> Reply:
    """A form of the trial was sent, or one of its other buttons was pressed."""
    doing, trial = post.get("_at", ""), page.play(story)
    try:
        asked = _asked(trial, doing)
    except Conflict as error:
        return page.show(story, error.detail, status=error.status)
    return FormOfTrial(page, story, trial, asked, doing).receive(post)


def _asked(trial: trying.Trial, doing: str) -> trying.Asked:
    kind, _, rest = doing.partition(" ")
    if kind == "begin":
        return trying.asked_at_start(trial)
    if kind not in {"answer", "say"}:
        raise BadRequest
    return (trying.asked_in_task if kind == "answer" else trying.asked_when_said)(trial, place(rest))


def _hear(page: TrialPage, story: trying.Story, rest: str, post: MultiDict[str, str]) -> Reply:
    """A message of another case comes."""
    try:
        brought = trying.facts_in(post.get(f"brings {rest}", ""), "brings")
    except InvalidAnswers as error:
        return page.show(story, error.messages["brings"], status=error.status)
    return page.add(story, trying.Hear(place(rest), brought))


def _next(page: TrialPage, story: trying.Story, _rest: str, _post: MultiDict[str, str]) -> Reply:
    first = trying.standing(page.play(story)).next
    if first is None:
        return page.show(story, "No clock is running, so there is no deadline to move to.", status=409)
    return page.add(story, trying.Wait(first.at))


def _wait(page: TrialPage, story: trying.Story, _rest: str, post: MultiDict[str, str]) -> Reply:
    trial, typed, unit = page.play(story), post.get("count", "").strip(), post.get("unit", "")
    most = MOST.get(unit, 0)
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 5 or not 1 <= int(typed) <= most:
        said = f"Enter by how many {unit} to move the clock, from 1 to {most:,}." if most else "Choose a unit."
        return page.show(story, said, status=422)
    to = _later(trial, int(typed), unit)
    if to.year >= trying.LAST_YEAR:
        return page.show(story, f"A trial plays before the year {trying.LAST_YEAR}.", status=422)
    return page.add(story, trying.Wait(to))


def _later(trial: trying.Trial, count: int, unit: str) -> datetime:
    """Days keep the time of day on the wall clock of the employer."""
    if unit == "hours":
        return trial.now + timedelta(hours=count)
    calendar = trial.situation.calendar
    local = calendar.local(trial.now)
    day = calendar.open_day_after(local.date(), count) if unit == "working days" else local.date()
    found = datetime.combine(day, local.time()) + timedelta(days=count if unit == "days" else 0)
    return max(trial.now, calendar.local(found).astimezone(trial.now.tzinfo))


def _again(page: TrialPage, story: trying.Story, rest: str, _post: MultiDict[str, str]) -> Reply:
    return page.add(story, trying.Again(place(rest)))


def _end(page: TrialPage, story: trying.Story, _rest: str, _post: MultiDict[str, str]) -> Reply:
    return page.add(story, trying.End())


def _back(page: TrialPage, story: trying.Story, _rest: str, _post: MultiDict[str, str]) -> Reply:
    return page.show(story.back())


def _cut(page: TrialPage, story: trying.Story, rest: str, _post: MultiDict[str, str]) -> Reply:
    """Back to where it stood after so many moves."""
    if not rest.isdecimal() or len(rest) > 5:
        raise BadRequest
    return page.show(story.back(len(story.moves) - min(int(rest), len(story.moves))))


def _anew(page: TrialPage, story: trying.Story, _rest: str, _post: MultiDict[str, str]) -> Reply:
    return page.show(story.back(len(story.moves)))


_ACTS: Mapping[str, Callable[[TrialPage, trying.Story, str, MultiDict[str, str]], Reply]] = {
    "show": _show,
    "answer": lambda page, story, rest, post: _open(page, story, f"answer {rest}", post),
    "say": lambda page, story, rest, post: _open(page, story, f"say {rest}", post),
    "send": _send,
    "hear": _hear,
    "next": _next,
    "wait": _wait,
    "again": _again,
    "end": _end,
    "back": _back,
    "cut": _cut,
    "anew": _anew,
}


def resumed(endpoint: str, values: Mapping[str, Any]) -> TrialPage:
    """The page on which somebody was whose login ran out. Raises `NotFound`, `DefinitionRefused`."""
    if endpoint == "web.workshop_try":
        return TrialPage(of_draft(values["draft_id"]))
    return TrialPage(of_version(values["key"], values["version"]))


bp.add_app_template_global(words.moment, "moment_in")
bp.add_app_template_global(words.machine, "machine_in")
