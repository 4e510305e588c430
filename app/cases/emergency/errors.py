"""Why emergency access is not given."""

from app.errors import Conflict, InvalidAnswers, WaymarkError


class NoSuchCase(InvalidAnswers):
    """There is no case that you can be let into by this. Check it letter by letter; it must match exactly."""

    def __init__(self) -> None:
        super().__init__({"reference": (type(self).__doc__ or "")})


class TooManyTries(WaymarkError):
    """You have tried too often within the last hour. Wait, or ring the occupational health office of the case."""

    status = 429


class TooManyOpen(Conflict):
    """You have emergency access to several cases already. Wait until one ends, or ask a colleague."""


class AlreadySeen(Conflict):
    """You are the practitioner of this case: you see it without emergency access."""


class AlreadyReviewed(Conflict):
    """Somebody has already said what they think of this access."""


class StillOpen(Conflict):
    """This access has not ended yet. Look at it when it is over."""
