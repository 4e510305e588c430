"""A page with a form: shown, filled in step by step without JavaScript, sent, and never losing what was typed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from app.cases.commands import Target
from app.cases.views import FileView, FormView
from app.errors import Conflict, InvalidAnswers, NotLoggedIn
from app.expressions import Environment
from app.forms import Form, Pressed, pressed
from app.web import errors, uploads
from app.web.doors import doors
from app.web.fields import Filled
from app.web.security import session


@dataclass(frozen=True)
class Shown:
    """What is told above the form. `kind`: "", "more" (new questions), "saved", "problem"."""

    kind: str = ""
    sentences: tuple[str, ...] = ()
    number: str = ""


NOTHING_TOLD = Shown()


class FormPage:
    """One form of a task or of a start. Subclasses say what sending does and which template surrounds the form."""

    template = ""
    submit_text = "Send"
    keeps_drafts = True
    #: files are taken from the computer of whoever fills it in
    sends_files = True

    def __init__(self, form: Form, facts: Mapping[str, Any], env: Environment | None) -> None:
        self.form = form
        self.facts = facts
        self.env = env

    @property
    def target(self) -> Target:
        """What files are uploaded for."""
        raise NotImplementedError

    def uploaded(self) -> Mapping[str, FileView]:
        """Files that were uploaded for this form and not sent."""
        if not self.form.pickers:
            return {}
        mine = session()
        found: Mapping[str, FileView] = doors().queries.uploads(doors().w, mine.actor, self.target)
        return found

    @cached_property
    def view(self) -> FormView:
        """The form with its choices and start values: needed to show it, not to understand a post."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """More names for the template: `action`, `heading`, `version` (None: not checked), and its own."""
        raise NotImplementedError

    def send(self, answers: Mapping[str, Any], key: str) -> Reply:
        """Hand the answers over and say where to go. `key`: the same for a second click of the same page."""
        raise NotImplementedError

    def save(self, answers: Mapping[str, Any]) -> Reply:
        """Keep the answers as a draft."""
        raise NotImplementedError

    def refuse(self, error: Conflict, answers: Mapping[str, Any]) -> Reply:
        """Somebody or something else was faster: what was typed stays on the page."""
        return self.show(answers, Shown("problem", (error.detail,)), status=error.status)

    def respond(self) -> Reply:
        if request.method != "POST":
            return self.show(self.form.defaults() | dict(self.view.answers))
        return self.receive(request.form)

    def receive(self, post: MultiDict[str, str]) -> Reply:
        answers = self.form.from_post(post)
        try:
            if self.sends_files and self.form.pickers:
                answers, refused = uploads.take_in(self.form, self.target, answers, post)
                if refused:
                    return self.show(answers, messages=refused, status=422)
            return self._pressed(answers, post)
        except InvalidAnswers as error:
            return self.show(answers, messages=error.messages, status=422)
        except Conflict as error:
            return self.refuse(error, answers)
        except NotLoggedIn:
            raise
        except Exception as error:
            # whatever happened, the page keeps what was typed; the log has the rest
            found = errors.told(error)
            return self.show(answers, Shown("problem", found.sentences, found.number), status=found.status)

    def _pressed(self, answers: Mapping[str, Any], post: MultiDict[str, str]) -> Reply:
        button = pressed(post)
        if button.action in {"add", "remove"}:
            return self._change_rows(answers, button)
        if button.action in {"upload", "drop"}:
            return self._change_files(answers, button)
        if "_refresh" in post:
            return self.show(answers)
        if button.action == "draft" and self.keeps_drafts:
            return self.save(answers)
        return self._ask_more(answers, post) or self.send(answers, post_key(post))

    def _change_files(self, answers: Mapping[str, Any], button: Pressed) -> Reply:
        """After a file was added or taken away: the form again, nothing sent."""
        if button.action == "upload":
            added = any(at == button.path for at, _file in uploads.chosen())
            said = "The file is uploaded. Nothing has been sent yet." if added else "Choose a file first."
            return self.show(answers, Shown("saved", (said,)), focus=button.path)
        mine = session()
        doors().commands.drop_file(doors().w, mine.actor, self.target, button.file)
        said = "The file is removed. Nothing has been sent yet."
        return self.show(self.form.apply(answers, button), Shown("saved", (said,)), focus=button.path)

    def resume(self, kept: MultiDict[str, str]) -> Reply:
        """After a login that ran out: the entries are back, nothing has been sent."""
        found = self.form.defaults() | dict(self.view.answers) | self.form.from_post(kept)
        return self.show(
            found, Shown("saved", ("You are logged in again. What you had typed is here. It has not been sent yet.",))
        )

    def _change_rows(self, answers: Mapping[str, Any], button: Pressed) -> Reply:
        changed = self.form.apply(answers, button)
        return self.show(changed, focus=_first_input(Filled(self.view, changed), button))

    def _ask_more(self, answers: Mapping[str, Any], post: MultiDict[str, str]) -> Reply | None:
        """Ask what has only become visible by these answers, before anything is checked."""
        hidden = set(post.get("_hidden", "").split())
        fresh = hidden - self.form.hidden(answers, self.facts, self.env) if hidden else set()
        if not fresh:
            return None
        note = Shown("more", ("Because of your answers there is more to fill in. Nothing has been sent yet.",))
        return self.show(answers, note, fresh=frozenset(fresh))

    def show(
        self,
        answers: Mapping[str, Any],
        shown: Shown = NOTHING_TOLD,
        *,
        messages: Mapping[str, str] | None = None,
        status: int = 200,
        focus: str = "",
        fresh: frozenset[str] = frozenset(),
    ) -> Reply:
        around = self.context()
        filled = Filled(self.view, answers, messages or {}, focus, around["heading"], fresh, self.uploaded())
        page = render_template(
            self.template,
            items=filled.items(),
            summary=filled.summary(),
            shown=shown,
            hidden=" ".join(sorted(filled.hidden)),
            live=self.form.conditional,
            multipart=self.sends_files and bool(self.form.pickers),
            key=request.form.get("_key") or secrets.token_urlsafe(16),
            who=owner_mark(session().actor.person_id),
            submit_text=self._submit_text(),
            keeps_drafts=self.keeps_drafts,
            **around,
        )
        return make_response(page, status)

    def _submit_text(self) -> str:
        """The label of the form's own button, if it draws one."""
        labels = (one.label for one in self.form.walk() if one.type == "button" and one.label)
        return next(labels, self.submit_text)


def owner_mark(person_id: str) -> str:
    """Marks a form as one person's: after a login that ran out only they get their entries back."""
    key = doors().w.settings.secret_key
    return hmac.new(key, b"entries of\0" + person_id.encode(), hashlib.sha256).hexdigest()


def post_key(post: MultiDict[str, str]) -> str:
    """What makes a second click of the same page known as one."""
    given = post.get("_key", "")[:64]
    return given if given.isascii() and given.isprintable() else ""


def _first_input(filled: Filled, button: Pressed) -> str:
    """Where the focus goes after a row was added: the new row's first input."""
    if button.action != "add":
        return ""
    start = f"{button.path}."
    rows = [row for item in filled.items() for row in item.rows if row[0].startswith(start)]
    return rows[-1][1][0].at if rows and rows[-1][1] else ""
