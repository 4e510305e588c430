"""A house that stands for a second: a database in memory with the people of the demo, to play a scenario in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app import db, definitions
from app.cases import demo
from app.cases.waymark import Waymark
from app.engine import Bundle
from app.settings import KEY_BYTES, Settings

#: before any story begins
LONG_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
#: no hash of any password
NO_PASSWORD = "!"  # noqa: S105 -- nobody logs in here


@contextmanager
def house(bundles: Iterable[Bundle]) -> Iterator[Waymark]:
    """Everybody of the demo, nobody's case, and these processes in force. It is gone at the end."""
    keys = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
    # nothing is written to a file, so the folder is never made
    waymark = Waymark.open(Settings("sqlite://", Path("/nonexistent"), *keys, demo=True))
    try:
        db.metadata.create_all(waymark.engine)
        furnish(waymark, bundles)
        yield waymark
    finally:
        waymark.engine.dispose()


def furnish(waymark: Waymark, bundles: Iterable[Bundle]) -> None:
    """The people, whom nobody can log in as, and the processes."""
    with db.transaction(waymark.engine) as connection:
        demo.create_people(connection, NO_PASSWORD)
        for bundle in bundles:
            definitions.deploy(connection, bundle, "system", "to be tried out", LONG_BEFORE)
