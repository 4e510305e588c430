"""The board of the token game: where tokens stand, what they know, what is waited for, and taking tokens away."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.unit.engine.oracle.plan import Event, Flow, Plan
from tests.unit.engine.oracle.tokens import Known, Scope, Token, Trigger, newest, values


class Board:
    def __init__(self, plan: Plan, now: datetime) -> None:
        self.now, self.tick = now, 0
        self.ready: deque[Callable[[], None]] = deque()
        self.triggers: list[Trigger] = []
        self.top = Scope(plan, None)

    def tokens(self, *kinds: str) -> list[Token]:
        """Tokens that rest on such parts, the oldest first."""
        found = (t for t in self.top.all_tokens() if t.part.kind in kinds and not t.items)
        return sorted(found, key=lambda token: token.number)

    def failed(self) -> list[Token]:
        """Tokens that rest on an element that failed, the oldest first."""
        return sorted((t for t in self.top.all_tokens() if t.failed), key=lambda token: token.number)

    # What is known

    def _write(self, token: Token, facts: dict[str, Any]) -> None:
        self.tick += 1
        changed = {f: (self.tick, v) for f, v in facts.items() if f not in token.known or token.known[f][1] != v}
        token.known = {**token.known, **changed}

    def _known_now(self, token: Token) -> Known:
        """What an activity knows while it runs."""
        several = token.part.several
        if several is not None and several.results:
            self.tick += 1
            return {**token.known, several.results: (self.tick, list(token.answers))}
        if token.part.kind == "sub" and token.inside is not None:
            return self._known_in(token.inside)
        return token.known

    def _known_in(self, scope: Scope) -> Known:
        return newest(scope.ended, *(self._known_now(token) for token in scope.tokens))

    def _open_flows(self, token: Token) -> list[Flow]:
        flows = token.scope.plan.out_of(token.part.id)
        known = values(token.known)
        hold = [flow for flow in flows if flow.condition is not None and flow.condition.holds(known)]
        return hold or [flow for flow in flows if flow.condition is None]

    # Waiting, and taking away

    def _set(
        self, token: Token, name: str, event: Event, act: Callable[[dict[str, Any]], None], *, stays: bool = False
    ) -> None:
        """Wait for `event` as long as the token is there: once, or, if it `stays`, as often as it comes."""
        trigger = Trigger(name, event, act, stays=stays and event.kind != "timer")
        if event.kind in ("timer", "cycle"):
            trigger.at = self.now + timedelta(days=event.days, minutes=event.minutes)
            trigger.left = event.turns or -1
        if event.key:
            trigger.key = str(token.known[event.key][1])
        token.triggers.append(trigger)
        self.triggers.append(trigger)

    def _is_there(self, token: Token) -> bool:
        return token in (token.whole.instances if token.whole else token.scope.tokens)

    def _drop(self, token: Token) -> None:
        self._drop_triggers(token)
        for inner in [token, *token.instances]:
            if inner.inside is not None:
                self._clear(inner.inside)
        token.instances = []

    def _drop_triggers(self, token: Token) -> None:
        self.triggers = [trigger for trigger in self.triggers if trigger not in token.triggers]

    def _clear(self, scope: Scope) -> None:
        for token in scope.tokens:
            self._drop(token)
        scope.tokens = []
        self.triggers = [trigger for trigger in self.triggers if trigger not in scope.armed]
