"""How much one visitor may send in a time. Kept in memory: each server process counts what it sees."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import TooManyRequests


class Limits:
    """`rules`: what is limited, to how often, such as {"posts": "120/minute"}; "": as often as anybody likes.

    Raises `ValueError` for a text that is no limit.
    """

    def __init__(self, rules: Mapping[str, str]) -> None:
        self.rules: dict[str, RateLimitItem] = {name: parse(text) for name, text in rules.items() if text}
        # the store cleans itself by a thread, which nobody needs where nothing is limited
        self.limiter = FixedWindowRateLimiter(MemoryStorage()) if self.rules else None

    def take(self, name: str, who: str) -> None:
        """One more of `name` by `who` (an address, or what a cookie holds). Raises `TooManyRequests`."""
        rule = self.rules.get(name)
        if rule is None or self.limiter is None:
            return
        # what a cookie holds opens a session: only its digest is kept
        key = hashlib.sha256(who.encode()).hexdigest()
        if not self.limiter.hit(rule, name, key):
            wait = self.limiter.get_window_stats(rule, name, key).reset_time - time.time()
            raise TooManyRequests(max(1, math.ceil(wait)))
