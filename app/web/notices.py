"""What Waymark has told this person: the same as the e-mails, without any health information."""

from __future__ import annotations

from flask import render_template

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session


@bp.get("/notices")
def notices() -> str:
    return render_template("notices.html", notices=doors().queries.notices(doors().w, session().actor))
