"""The town with a login and tokens for everybody, and a clock that stands after all that happened."""

from __future__ import annotations

from datetime import datetime

from app import db
from app.identity import clock as clocks
from app.settings import Settings
from tests.chaos.world import NOW
from tests.web.safety.matrix.cast import CAST
from tests.web.safety.matrix.town import Town, build
from tests.web.safety.site import T0, give_token, log_in


def town_of(settings: Settings, at: datetime = T0) -> Town:
    """`at`: the real time, by which logins run out."""
    town = build(settings)
    engine = db.open_engine(settings)
    with db.transaction(engine) as connection:
        for part in CAST:
            if part.username:
                log_in(connection, part.username, at)
                give_token(connection, part.username, "read write", at=at)
        if at == T0:
            clocks.advance(connection, town.until - NOW, demo=True)
    engine.dispose()
    return town
