"""What a person may start, and the form that starts it."""

from __future__ import annotations

from datetime import datetime

from app import db, definitions, engine
from app.cases.options import options_for
from app.cases.queries.answers import prefill
from app.cases.queries.form_views import form_view
from app.cases.queries.sight import see
from app.cases.starters import find_place, may_start, require_starter
from app.cases.views import FormView, Startable
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.expressions import Environment
from app.identity import Actor, calendar_of


def startable(waymark: Waymark, actor: Actor) -> list[Startable]:
    """Processes whose diagram names one of the actor's memberships among its starters."""
    with db.reading(waymark.engine) as connection:
        found = []
        for deployed in definitions.current_all(connection):
            outline = engine.describe(engine.load(deployed.bundle))
            if may_start(actor, outline):
                form_id = deployed.start_form.id
                found.append(Startable(deployed.key, deployed.name, outline.documentation, form_id, deployed.version))
        return found


def starters(waymark: Waymark) -> frozenset[str]:
    """Memberships that may start any of the processes in force."""
    with db.reading(waymark.engine) as connection:
        deployed = definitions.current_all(connection)
        return frozenset(role for one in deployed for role in engine.describe(engine.load(one.bundle)).starters)


def start_form(
    waymark: Waymark, actor: Actor, process_key: str, previous_case: str | None = None, *, now: datetime
) -> FormView:
    """The start form; for a follow-up review filled in from the case before (XX-A10).

    Raises `NotFound`, `NotAllowed`.
    """
    with db.reading(waymark.engine) as connection:
        deployed = definitions.current(connection, process_key)
        if deployed is None:
            raise NotFound
        place = find_place(connection, actor, previous_case)
        require_starter(actor, engine.describe(engine.load(deployed.bundle)), place)
        form = deployed.start_form
        options = options_for(connection, form.options_keys, place.employer_id, place.provider_id)
        before = see(connection, actor, place.previous.id) if place.previous is not None else None
        answers = prefill(waymark, connection, before, form) if before is not None else {}
        env = Environment(now=now, calendar=calendar_of(connection, place.employer_id))
    if before is not None:
        before.note(waymark, now)
    return form_view(form, options, answers, {"follow_up": before is not None}, env)
