"""Starting a case: the list of what this person may start, and the start form (XX-A1, XX-A10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.commands import NotReady, Target
from app.cases.views import FormView
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.formpage import FormPage
from app.web.security import session


@bp.get("/start")
def start() -> str:
    """What this person may start by itself, or from a case (`?from=`)."""
    mine, previous = session(), request.args.get("from")
    found = doors().queries.startable(doors().w, mine.actor, previous, now=mine.now)
    return render_template("start.html", startable=found, previous=previous)


@bp.route("/start/<key>", methods=["GET", "POST"])
def start_form(key: str) -> Reply | str:
    previous, employer = request.args.get("from"), request.args.get("employer")
    if request.method == "GET" and not (previous or employer):
        places = doors().queries.start_places(doors().w, session().actor, key)
        if len(places) > 1:
            return render_template("start_where.html", key=key, places=places)
    try:
        return StartPage(key, previous, employer).respond()
    except NotReady as error:
        page = render_template("start_not_yet.html", previous=previous, sentence=error.detail)
        return make_response(page, error.status)


class StartPage(FormPage):
    """The start form of a process. `previous`: id of the case that this one follows. `employer`: for whom somebody of
    the provider starts it."""

    template = "start_form.html"
    submit_text = "Start the case"
    keeps_drafts = False

    def __init__(self, key: str, previous: str | None, employer: str | None = None) -> None:
        self.key = key
        self.previous = previous
        self.employer = employer
        mine = session()
        found: FormView = doors().queries.start_form(doors().w, mine.actor, key, previous, employer, now=mine.now)
        super().__init__(found.form, found.facts, found.env)
        self.__dict__["view"] = found

    @property
    def target(self) -> Target:
        return Target(process_key=self.key, previous_case=self.previous, employer=self.employer)

    def context(self) -> dict[str, Any]:
        mine = session()
        found = doors().queries.startable(doors().w, mine.actor, self.previous, now=mine.now)
        listed = {one.key: one for one in found}
        startable = listed.get(self.key)
        return {
            "startable": startable,
            "previous": self.previous,
            "follows": self.view.follows,
            "follow_up": self.facts.get("follow_up") is True,
            "heading": startable.name if startable else self.form.title,
            "version": None,
            "action": self._address(),
        }

    def _address(self) -> str:
        """Where the form is sent to; it may be shown elsewhere, after a login that ran out."""
        said = {"from": self.previous, "employer": self.employer}
        query = urlencode({name: value for name, value in said.items() if value})
        return url_for("web.start_form", key=self.key) + ("?" + query if query else "")

    def send(self, answers: Mapping[str, Any], key: str) -> Reply:
        mine = session()
        started = doors().commands.start(
            doors().w,
            mine.actor,
            self.key,
            answers,
            mine.now,
            key=key,
            previous_case=self.previous,
            employer=self.employer,
        )
        own = next((task for task in started.next_tasks if task.mine), None)
        if own:
            return redirect(url_for("web.task", task_id=own.id), 303)
        return redirect(url_for("web.sent", case_id=started.case_id, what="started"), 303)
