"""A copy of all that is held about somebody: asked for and saved by themselves (UK GDPR, Article 15)."""

from __future__ import annotations

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Reply

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, session


@bp.get("/me/copy")
def me_copy() -> str:
    return render_template("me/copy.html", requests=doors().queries.own_requests(doors().w, session().actor))


@bp.post("/me/copy")
def me_ask() -> Reply:
    mine = session()
    doors().commands.ask_for_copy(doors().w, mine.actor, mine.now)
    return redirect(url_for("web.me_copy"), 303)


@bp.post("/me/copy/<request_id>/pack")
@recently_proven
def me_pack(request_id: str) -> Response:
    """The pack, made now and kept nowhere."""
    mine = session()
    return attached(*doors().commands.own_pack(doors().w, mine.actor, request_id, mine.now))


def attached(name: str, data: bytes) -> Response:
    """A zip to be saved: no browser shows it, no cache keeps it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, content_type="application/zip", headers=headers)
