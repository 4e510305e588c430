"""The clock of a demonstration: moved on by a day or a week, and what is then due happens."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response as Reply

from app.errors import BadRequest, NotFound
from app.identity.clock import parse_step
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import safe_next

STEPS = frozenset({"1d", "1w"})


@bp.post("/clock")
def move_clock() -> Reply:
    if not doors().demo:
        raise NotFound
    by = request.form.get("by", "")
    if by not in STEPS:
        raise BadRequest
    doors().move_clock(parse_step(by))
    return redirect(safe_next(request.form.get("next")), 303)
