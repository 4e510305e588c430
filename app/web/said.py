"""What people may say to a case at any time: one page for each, with the same form machinery as a task."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from app.cases.views import FormView, SayView
from app.errors import CaseEnded, Conflict, SaidTooLate
from app.expressions import Environment
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.formpage import FormPage, post_key
from app.web.security import session


@bp.route("/cases/<case_id>/say/<wait_id>", methods=["GET", "POST"])
def say(case_id: str, wait_id: str) -> Reply:
    return SayPage(case_id, wait_id, request.form if request.method == "POST" else None).respond()


class SayPage(FormPage):
    """`post`: what was typed, if anything. The case may have gone on since: then the page gives it back, with the
    reason, instead of losing it."""

    template = "say.html"
    keeps_drafts = False

    def __init__(self, case_id: str, wait_id: str, post: MultiDict[str, str] | None) -> None:
        self.case_id, self.wait_id = case_id, wait_id
        mine, ask = session(), doors().queries
        self.gone: FormView | None = None
        self.name = ""
        try:
            form, facts, calendar = ask.say_form(doors().w, mine.actor, case_id, wait_id, mine.now)
            super().__init__(form, facts, Environment(now=mine.now, calendar=calendar))
        except (SaidTooLate, CaseEnded):
            if post is None:
                raise
            super().__init__(self._look_back(post).form, {}, None)

    def _look_back(self, post: MultiDict[str, str]) -> FormView:
        """What was asked here, by the step that the page names: its wait is not there any more."""
        process, _, element = post.get("_said", "").partition("/")
        ask = doors().queries
        found: tuple[str, FormView] = ask.say_gone(doors().w, session().actor, self.case_id, process, element)
        self.name, self.gone = found
        return found[1]

    @cached_property
    def page(self) -> SayView:
        mine = session()
        found: SayView = doors().queries.say(doors().w, mine.actor, self.case_id, self.wait_id, mine.now)
        return found

    @cached_property
    def view(self) -> FormView:
        return self.page.form

    def context(self) -> dict[str, Any]:
        return {
            "page": self.page,
            "heading": self.page.said.name,
            "version": None,
            "action": url_for("web.say", case_id=self.case_id, wait_id=self.wait_id),
        }

    def receive(self, post: MultiDict[str, str]) -> Reply:
        if self.gone is None:
            return super().receive(post)
        answers = self.form.from_post(post)
        try:
            # a second click after the first went through gets the first answer
            return self.send(answers, post_key(post))
        except Conflict as error:
            return self.refuse(error, answers)

    def resume(self, kept: MultiDict[str, str]) -> Reply:
        return self.refuse(SaidTooLate(), self.form.from_post(kept)) if self.gone else super().resume(kept)

    def send(self, answers: Mapping[str, Any], key: str) -> Reply:
        mine = session()
        done = doors().commands.say(
            doors().w, mine.actor, self.case_id, self.wait_id, answers, mine.now, key=key or None
        )
        own = next((one for one in done.next_tasks if one.mine), None)
        if own:
            return redirect(url_for("web.task", task_id=own.id), 303)
        return redirect(url_for("web.sent", case_id=self.case_id, what="said"), 303)

    def refuse(self, error: Conflict, answers: Mapping[str, Any]) -> Reply:
        """The case may also have gone on between the look and the sending."""
        if not isinstance(error, (SaidTooLate, CaseEnded)):
            return super().refuse(error, answers)
        gone = self.gone or self._look_back(request.form)
        lines = self.form.lines(answers, gone.options)
        page = render_template(
            "say_refused.html", case_id=self.case_id, name=self.name, sentence=error.detail, lines=lines
        )
        return make_response(page, error.status)
