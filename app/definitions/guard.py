"""Folders and the workshop do not overwrite each other silently."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.definitions.store import FOLDER, Deployed, current
from app.engine.bundle import Bundle


def kept_from(connection: sa.Connection, bundles: Iterable[Bundle]) -> list[Deployed]:
    """The versions in force that came from elsewhere than a folder, and whose place these bundles would take."""
    found = ((current(connection, bundle.key), bundle) for bundle in bundles)
    return [one for one, bundle in found if one and one.source != FOLDER and one.sha256 != bundle.sha256]
