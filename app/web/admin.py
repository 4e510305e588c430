"""For administrators: people, incidents and deployed processes. No case content."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import NotFound
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import requires, session

ADMINISTRATOR = "administrator"
STATES = {
    "retrying": "Waymark tries again by itself",
    "parked": "Waits for you",
    "resolved": "Solved",
}


@bp.get("/people")
@requires(ADMINISTRATOR)
def people() -> str:
    return render_template("people.html", people=doors().queries.people(doors().w, session().actor))


@bp.get("/incidents")
@requires(ADMINISTRATOR)
def incidents() -> str:
    found = doors().queries.incidents(doors().w, session().actor)
    return render_template("incidents.html", incidents=found, states=STATES)


@bp.get("/incidents/<incident_id>")
@requires(ADMINISTRATOR)
def incident(incident_id: str) -> str:
    found = doors().queries.incidents(doors().w, session().actor)
    one = next((each for each in found if each.id == incident_id), None)
    if one is None:
        raise NotFound
    return render_template("incident.html", incident=one, states=STATES)


@bp.post("/incidents/<incident_id>/resume")
@requires(ADMINISTRATOR)
def resume(incident_id: str) -> Reply:
    doors().commands.retry(doors().w, session().actor, incident_id, session().now)
    return redirect(url_for("web.incidents"), 303)


@bp.get("/deployments")
@requires(ADMINISTRATOR)
def deployments() -> str:
    return render_template("deployments.html", deployments=doors().queries.deployments(doors().w, session().actor))
