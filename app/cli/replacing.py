"""What a folder may not silently take the place of, in words: versions from the workshop, and roll backs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import click
import sqlalchemy as sa

from app.definitions import Deployed, guard
from app.engine import Bundle
from app.errors import Conflict
from app.identity.people import persons

CAME = {
    "workshop": "was deployed in the workshop",
    "bundle": "was deployed in the workshop, from a bundle that came in as a file,",
    "roll_back": "was put in force again in the workshop",
}


class NotReplaced(Conflict):
    """Something else is in force than what a folder put there. Nothing was deployed."""


def read(given: str) -> tuple[str, int]:
    """KEY=VERSION. Raises click.BadParameter."""
    key, _, version = given.partition("=")
    if not key or not (version.isascii() and version.isdecimal()):
        raise click.BadParameter(f"“{given}” is not KEY=VERSION, like referral=4.", param_hint="--replacing")
    return key, int(version)


def require_free(conn: sa.Connection, bundles: Iterable[Bundle], may_replace: Collection[tuple[str, int]]) -> None:
    """Raises NotReplaced with who deployed what, when and why, and what can be done."""
    held = [one for one in guard.kept_from(conn, bundles) if (one.key, one.version) not in may_replace]
    if held:
        raise NotReplaced("\n".join(["Nothing was deployed.", *(line for one in held for line in _said(conn, one))]))


def left_in_force(conn: sa.Connection, one: Deployed) -> str:
    return f"{_line(conn, one)} It stays in force; what is shipped was not deployed."


def _said(conn: sa.Connection, one: Deployed) -> list[str]:
    return [
        _line(conn, one),
        f"  To keep it, take its files into your folder: waymark bundle out {one.key} {one.key}.zip",
        f"  To let your folder take its place: --replacing {one.key}={one.version}",
    ]


def _line(conn: sa.Connection, one: Deployed) -> str:
    known = persons(conn, [one.deployed_by])
    by = known[one.deployed_by].name if one.deployed_by in known else one.deployed_by
    day = f"{one.deployed_at.day} {one.deployed_at:%B %Y}"
    return f"{one.key}: version {one.version} {CAME[one.source]} by {by} on {day}: “{one.reason}”."
