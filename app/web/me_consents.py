"""What somebody agreed to, with the words that they were shown, and taking it back (XX-A2, XX-A6, XX-A7, XX-A9)."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply

from app import forms
from app.cases.about import Agreed, Text
from app.errors import InvalidAnswers, NotFound
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session

SAID = {"given": "You agreed", "refused": "You said no", "withdrawn": "You took it back"}


@bp.get("/me/consents")
def me_consents() -> str:
    found = doors().queries.consents(doors().w, session().actor)
    return render_template("me/consents.html", consents=found, said=SAID, done=request.args.get("done", ""))


@bp.get("/me/consents/<consent_id>")
def me_consent(consent_id: str) -> str:
    found, text = _look(consent_id)
    words = [forms.html(paragraph, {}, level=2) for paragraph in text.paragraphs]
    return render_template("me/consent.html", consent=found, text=text, words=Markup("\n").join(words), said=SAID)


@bp.route("/me/consents/<consent_id>/withdraw", methods=["GET", "POST"])
def me_withdraw(consent_id: str) -> Reply | str:
    """Take back one consent, on a page of its own with what follows. A second time finds it done."""
    found, _text = _look(consent_id)
    if request.method != "POST":
        if not found.can_withdraw:
            raise NotFound
        return render_template("me/withdraw.html", consent=found, messages={}, reason="")
    mine, reason = session(), request.form.get("reason", "")
    try:
        doors().commands.withdraw(doors().w, mine.actor, found.case_id, consent_id, mine.now, reason=reason)
    except InvalidAnswers as error:
        page = render_template("me/withdraw.html", consent=found, messages=error.messages, reason=reason)
        return make_response(page, error.status)
    return redirect(url_for("web.me_consents", done="withdrawn"), 303)


@bp.route("/me/consents/<consent_id>/share", methods=["GET", "POST"])
def me_share(consent_id: str) -> Reply | str:
    """Share an item of a list after all."""
    found, _text = _look(consent_id)
    if request.method != "POST":
        if not found.can_share:
            raise NotFound
        return render_template("me/share.html", consent=found)
    mine = session()
    doors().commands.share_again(doors().w, mine.actor, found.case_id, consent_id, mine.now)
    return redirect(url_for("web.me_consents", done="shared"), 303)


def _look(consent_id: str) -> tuple[Agreed, Text]:
    found: tuple[Agreed, Text] = doors().queries.consent(doors().w, session().actor, consent_id)
    return found
