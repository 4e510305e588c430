"""A task: why it is asked, until when, the form, and what happens after it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.commands import Target
from app.cases.views import FormView, TaskView
from app.errors import BadRequest, Conflict
from app.expressions import Environment
from app.web import words
from app.web.blueprint import bp, reader_zone
from app.web.doors import doors
from app.web.formpage import FormPage, Shown
from app.web.security import session


@bp.route("/tasks/<task_id>", methods=["GET", "POST"])
def task(task_id: str) -> Reply | str:
    page = TaskPage(task_id)
    if request.method != "POST" and not page.task.can_work:
        return render_template("task_closed.html", task=page.task)
    return page.respond()


class TaskPage(FormPage):
    template = "task.html"

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        form, facts, calendar = doors().queries.task_form(doors().w, session().actor, task_id)
        super().__init__(form, facts, Environment(now=session().now, calendar=calendar))
        #: time zone of the employer, by which its deadlines are counted
        self.counted_in: str = calendar.tz

    @property
    def target(self) -> Target:
        return Target(task_id=self.task_id)

    @cached_property
    def task(self) -> TaskView:
        found: TaskView = doors().queries.task(doors().w, session().actor, self.task_id, session().now)
        return found

    @cached_property
    def view(self) -> FormView:
        return self.task.form

    def context(self) -> dict[str, Any]:
        return {
            "task": self.task,
            "heading": self.task.name,
            "version": self.task.version,
            "action": url_for("web.task", task_id=self.task.id),
            "elsewhere": "" if self.counted_in == reader_zone() else words.place(self.counted_in),
        }

    def respond(self) -> Reply:
        if request.method != "POST" and "saved" in request.args and self.task.drafted_at:
            saved = words.moment(self.task.drafted_at, reader_zone())
            note = f"Your draft was saved on {saved}. Nothing has been sent yet."
            return self.show(self.form.defaults() | dict(self.view.answers), Shown("saved", (note,)))
        return super().respond()

    def send(self, answers: Mapping[str, Any], key: str) -> Reply:
        mine = session()
        done = doors().commands.complete(
            doors().w, mine.actor, self.task_id, answers, _version(), mine.now, key=key or None
        )
        own = next((one for one in done.next_tasks if one.mine), None)
        if own:
            return redirect(url_for("web.task", task_id=own.id), 303)
        return redirect(url_for("web.sent", case_id=done.case_id), 303)

    def save(self, answers: Mapping[str, Any]) -> Reply:
        mine = session()
        doors().commands.save_draft(doors().w, mine.actor, self.task_id, answers, mine.now)
        if request.accept_mimetypes.best == "application/json":
            return jsonify(saved=words.clock_time(mine.now))
        return redirect(url_for("web.task", task_id=self.task_id, saved=1), 303)

    def refuse(self, error: Conflict, answers: Mapping[str, Any]) -> Reply:
        """Still ours to do: the form again, with what was typed. Else a page that shows what was typed."""
        if self.task.can_work and self.task.version != _version():
            return super().refuse(error, answers)
        lines = self.form.lines(answers, self.view.options)
        page = render_template("task_refused.html", task=self.task, sentence=error.detail, lines=lines)
        return make_response(page, error.status)


def _version() -> int | None:
    """The task's version that the page was made from. Raises `BadRequest`."""
    given = request.form.get("_version", "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 9:
        raise BadRequest
    return int(given)
