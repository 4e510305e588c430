"""The own API tokens: made, shown this once, listed, revoked."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app import db
from app.errors import BadRequest, NotFound
from app.identity import SCOPES, tokens
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, session

DAYS = ("7", "30", "90", "366")
LONGEST_LABEL = 100


@bp.route("/account/tokens/new", methods=["GET", "POST"])
@recently_proven
def new_token() -> Reply:
    if request.method != "POST":
        return _show({})
    errors = _missing()
    if errors:
        return _show(errors, 422)
    label, days = request.form["label"].strip(), int(request.form["days"])
    mine, now = session(), doors().real_now
    try:
        with db.transaction(doors().w.engine) as conn:
            scopes = frozenset(request.form.getlist("scopes"))
            made = tokens.create_token(conn, mine.actor.person_id, label, now, scopes, days)
    except BadRequest as error:
        return _show({"label": error.detail}, 422)
    return make_response(render_template("token_made.html", token=made, label=label))


def _missing() -> dict[str, str]:
    label, scopes = request.form.get("label", "").strip(), request.form.getlist("scopes")
    errors = {}
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        errors["label"] = f"Say what the token is for, in {LONGEST_LABEL} characters or fewer"
    if not scopes or not set(scopes) <= SCOPES:
        errors["scopes"] = "Choose what the token may do"
    if request.form.get("days") not in DAYS:
        errors["days"] = "Choose how long the token works"
    return errors


def _show(errors: dict[str, str], status: int = 200) -> Response:
    page = render_template(
        "token_new.html",
        errors=errors,
        label=request.form.get("label", ""),
        scopes=request.form.getlist("scopes"),
        days=request.form.get("days", ""),
        choices=DAYS,
    )
    return make_response(page, status)


@bp.post("/account/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> Reply:
    with db.transaction(doors().w.engine) as conn:
        if not tokens.revoke_token(conn, session().actor.person_id, token_id, doors().real_now):
            raise NotFound
    return redirect(url_for("web.account", done="token"), 303)
