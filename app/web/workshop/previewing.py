"""The page of the inbox for a form that is still being written: shown and checked as it will be, kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from app.cases.views import FileView, FormView
from app.errors import DefinitionRefused, InvalidAnswers
from app.forms import Pressed
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.formpage import FormPage, Shown
from app.web.security import session
from app.web.workshop.owners import owners_only

#: the schema of a form that is not saved yet goes along with what is entered
SCHEMA = "_schema"


@bp.route("/workshop/drafts/<draft_id>/preview/<name>", methods=["GET", "POST"])
@owners_only
def draft_preview(draft_id: str, name: str) -> Reply:
    """The form as it was saved; posted, as it stands in the editor."""
    try:
        page = PreviewPage(draft_id, name, request.form.get(SCHEMA, "") if request.method == "POST" else "")
    except DefinitionRefused as error:
        refused = render_template("workshop/preview_refused.html", findings=error.findings, detail=error.detail)
        return make_response(refused, error.status)
    return page.respond()


class PreviewPage(FormPage):
    template = "workshop/preview.html"
    keeps_drafts = False

    def __init__(self, draft_id: str, name: str, schema: str) -> None:
        mine = session()
        self.draft_id, self.name, self.schema = draft_id, name, schema
        data = schema.encode() if schema else None
        self.found = doors().queries.form_preview(doors().w, mine.actor, draft_id, name, data, mine.now)
        view = self.found.view
        super().__init__(view.form, view.facts, view.env)
        if self.found.starts:
            self.submit_text = "Start the case"
        self.lines: list[tuple[str, str]] = []

    def uploaded(self) -> Mapping[str, FileView]:
        return {}

    @cached_property
    def view(self) -> FormView:
        found: FormView = self.found.view
        return found

    def context(self) -> dict[str, Any]:
        return {
            "heading": self.found.heading,
            "why": self.found.why,
            "findings": self.found.findings,
            "action": url_for("web.draft_preview", draft_id=self.draft_id, name=self.name),
            "back": url_for("web.draft_file", draft_id=self.draft_id, name=self.name),
            "carried": {SCHEMA: self.schema} if self.schema else {},
            "version": None,
            "lines": self.lines,
        }

    def respond(self) -> Reply:
        # a form that was filled in carries its key; the editor sends the schema alone
        if request.method == "POST" and "_key" in request.form:
            return self.receive(request.form)
        return self.show(self.form.defaults())

    def receive(self, post: MultiDict[str, str]) -> Reply:
        """As for any form, but no file is taken in."""
        answers = self.form.from_post(post)
        try:
            return self._pressed(answers, post)
        except InvalidAnswers as error:
            return self.show(answers, messages=error.messages, status=422)

    def send(self, answers: Mapping[str, Any], key: str) -> Reply:
        self.found.check(answers)
        self.lines = self.form.lines(answers, self.view.options)
        return self.show(answers, Shown("saved", ("This would be sent now. In a preview nothing is kept.",)))

    def _change_files(self, answers: Mapping[str, Any], button: Pressed) -> Reply:
        return self.show(answers, Shown("saved", ("In a preview no files are taken.",)), focus=button.path)
