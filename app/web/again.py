"""Showing once more that it is you, before something grave. See `security.recently_proven`."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app import db
from app.identity import account, proving
from app.identity.errors import TooManyTries, WrongCode, WrongPassword
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.login import KEPT, kept_entries, patience
from app.web.second import WRONG
from app.web.security import own_token, safe_action, safe_next, session

WRONG_PASSWORD = "Enter your password"  # noqa: S105 -- a sentence
#: what is never carried along in a page, though it was typed
SECRETS = ("password", "code")


def wanted() -> Reply:
    """A post came too late after the last proof: ask for one, and keep what was typed."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "_csrf" and not any(secret in name for secret in SECRETS)
    ]
    here = request.full_path.rstrip("?")
    return _show({}, safe_next(here), safe_action(here), kept, 401)


@bp.route("/login/again", methods=["GET", "POST"])
def login_again() -> Reply:
    mine = session()
    target, action = safe_next(request.values.get("next")), safe_action(request.form.get("action"))
    kept = tuple(kept_entries().items(multi=True))
    if request.method != "POST":
        return _show({}, target, "", (), 200)
    try:
        engine, typed = doors().w.engine, request.form.get("proof", "")
        proving.again(engine, doors().sealer, mine.actor.person_id, own_token(), typed, doors().real_now)
    except WrongCode:
        return _show({"proof": WRONG}, target, action, kept, 422)
    except WrongPassword:
        return _show({"proof": WRONG_PASSWORD}, target, action, kept, 422)
    except TooManyTries as error:
        sentence = "There were too many wrong tries" + patience(error.seconds)
        return _show({"proof": sentence}, target, action, kept, 422)
    if not action:
        return redirect(target, 303)
    return make_response(render_template("again_done.html", action=action, kept=kept))


def _show(errors: dict[str, str], target: str, action: str, kept: Sequence[tuple[str, str]], status: int) -> Response:
    mine = session()
    with db.reading(doors().w.engine) as conn:
        way = account.way_of_proof(conn, mine.actor.person_id)
    issuer = doors().issuers.get(mine.issuer)
    page = render_template(
        "again.html",
        errors=errors,
        next=target,
        action=action,
        kept=[(name.removeprefix(KEPT), value) for name, value in kept],
        way=way,
        outside=issuer if way == "outside" else None,
        outside_url=url_for("web.outside", issuer_id=issuer.id, again=1, next=target) if issuer else "",
    )
    return make_response(page, status)
