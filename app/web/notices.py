"""What Waymark has told this person: the same as the e-mails, without any health information."""

from __future__ import annotations

from flask import render_template

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session


@bp.get("/notices")
def notices() -> str:
    """The notices, the new ones marked; from then on they count as read."""
    mine = session()
    found = doors().queries.notices(doors().w, mine.actor)
    fresh = [one.id for one in found if not one.read]
    if fresh:
        doors().queries.mark_read(doors().w, mine.actor, fresh, mine.now)
    return render_template("notices.html", notices=found)
