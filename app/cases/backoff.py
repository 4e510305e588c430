"""How often a failing step is tried again, and when it is left to an administrator."""

from datetime import datetime, timedelta

#: tries before a step is parked
MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` failures: 1, 2, 4, 8 minutes on; None when it is to be parked."""
    return None if attempts >= MAX_ATTEMPTS else now + FIRST_PAUSE * 2 ** (attempts - 1)
