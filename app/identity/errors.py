"""What can go wrong with people and logins, in the words that a person reads."""

from __future__ import annotations

from app.errors import BadRequest, Conflict, NotFound


class UsernameTaken(Conflict):
    """Somebody already has this username."""


class WeakPassword(BadRequest):
    """The password must have between 12 and 200 characters."""


class UnknownUser(NotFound):
    """There is no user with this username."""


class UnknownRole(BadRequest):
    """There is no such role in this kind of organisation."""
