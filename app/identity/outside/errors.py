"""Why somebody could not be logged in by their organisation. Nothing that the provider said is repeated."""

from __future__ import annotations

from app.errors import WaymarkError


class OutsideLoginFailed(WaymarkError):
    """The login of your organisation did not work. Try once more; if it fails again, tell your administrator."""

    status = 401


class Cancelled(OutsideLoginFailed):
    """The login of your organisation was ended before it was done. You can try once more."""


class Forgotten(OutsideLoginFailed):
    """This login was begun too long ago, or in another browser. Begin once more here."""


class NoAnswer(OutsideLoginFailed):
    """The login of your organisation does not answer at the moment. Try again in a few minutes."""

    status = 503


class NotProven(OutsideLoginFailed):
    """What the login of your organisation sent does not prove who you are. Tell your administrator if it goes on."""


class NoEmail(OutsideLoginFailed):
    """The login of your organisation did not confirm an e-mail address of yours. Your administrator can change that."""


class SeveralPeople(OutsideLoginFailed):
    """Several people here have your e-mail address. Your administrator has to say which one you are."""


class BoundOtherwise(OutsideLoginFailed):
    """This e-mail address belongs to an account that is bound to another login. Ask your administrator."""


class AccountClosed(OutsideLoginFailed):
    """Your account here is closed. Ask your administrator."""


class SomebodyElse(OutsideLoginFailed):
    """You logged in as somebody else than before. Nothing was done."""
