"""The page behind the link that an administrator sent: a new password, once, within the hour."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as Reply

from app import db, signed
from app.identity import desk
from app.identity.errors import LinkGone, WeakPassword
from app.web import login
from app.web.account import DIFFERENT, MISSING
from app.web.blueprint import bp
from app.web.doors import doors

DONE = "Your new password is set, and you are logged out everywhere. Log in with it."


@bp.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> Reply:
    """Whatever is wrong with a link, it is answered alike: raises `LinkGone`."""
    link_id = signed.link_id(doors().w.settings.secret_key, token)
    if link_id is None:
        raise LinkGone
    now = doors().real_now
    with db.reading(doors().w.engine) as conn:
        desk.person_of_link(conn, link_id, now)
    if request.method != "POST":
        return _show({})
    new = request.form.get("new", "")
    errors = {name: words for name, words in MISSING.items() if name != "old" and not request.form.get(name)}
    if not errors and new != request.form.get("repeated"):
        errors = {"repeated": DIFFERENT}
    if errors:
        return _show(errors, 422)
    try:
        with db.transaction(doors().w.engine) as conn:
            desk.use_link(conn, link_id, new, now)
    except WeakPassword as error:
        return _show({"new": error.detail}, 422)
    return login.show({}, "/", notice=DONE)


def _show(errors: dict[str, str], status: int = 200) -> Response:
    return make_response(render_template("reset.html", errors=errors), status)
