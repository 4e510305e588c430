"""What can go wrong with people and logins, in the words that a person reads."""

from __future__ import annotations

from app.errors import BadRequest, Conflict, NotAllowed, NotFound


class UsernameTaken(Conflict):
    """Somebody already has this username."""


class WeakPassword(BadRequest):
    """The password must have between 12 and 200 characters."""


class UnknownUser(NotFound):
    """There is no user with this username."""


class UnknownRole(BadRequest):
    """There is no such role in this kind of organisation."""


class WrongPassword(BadRequest):
    """This is not your password."""


class WrongCode(BadRequest):
    """This code does not fit. Enter the code that the app shows now."""


class TooManyTries(BadRequest):
    """There were too many wrong tries. Wait before you try again."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__()


class LinkGone(NotFound):
    """This link has been used or has run out. Ask your administrator for a new one."""


class NotYours(NotAllowed):
    """You cannot do this for yourself. Ask another administrator."""


class StillNeeded(BadRequest):
    """Your roles need a second step. It cannot be switched off, only set up anew."""
