"""A token game: the plainest reading of BPMN 2.0 that plays a plan (plan.py), and the judge of the engine.

It shares nothing with the engine: no tree, no joins that remember, no states. A token stands on a part and knows
facts. Where tokens meet, the newest change of each fact counts. Everything is looked up afresh at every step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.unit.engine.oracle.activities import Activities
from tests.unit.engine.oracle.plan import Event, Guard, Handler, Part, Plan
from tests.unit.engine.oracle.tokens import Known, Scope, Token, Trigger, mapped, newest, values


class Game(Activities):
    """One case. `sent`: what the last move handed to the world outside."""

    def __init__(self, plan: Plan, facts: dict[str, Any], now: datetime) -> None:
        super().__init__(plan, now)
        self.sent: list[str] = []
        self._begin(self.top, {fact: (0, value) for fact, value in facts.items()})
        self._settle()

    # What the world may do

    def complete(self, token: Token, facts: dict[str, Any]) -> None:
        self.sent = []
        self._write(token, facts)
        self._leave(token)
        self._settle()

    def retry(self, token: Token, facts: dict[str, Any]) -> None:
        """Another try of an element that failed, with these facts set right. Of what it does not know it learns what
        other branches have found out."""
        self.sent = []
        token.failed = False
        if token.unsure is None:
            token.known = {**self._known_in(token.scope), **token.known}
            self._write(token, facts)
            self._fragile(token)
        else:
            self._enough({**token.unsure, **facts}, token)
        self._settle()

    def message(self, name: str, key: Any, facts: dict[str, Any]) -> bool:
        """False if nobody waits for it."""
        self.sent = []
        takers = [
            t for t in self.triggers if t.event.kind == "message" and t.event.name == name and t.key in (None, key)
        ]
        for trigger in takers:
            if trigger in self.triggers:
                self._fire(trigger, facts)
        return bool(takers)

    def clock(self, now: datetime) -> None:
        self.sent = []
        self.now = now
        while due := [t for t in self.triggers if t.at is not None and t.at <= now]:
            self._fire(min(due, key=lambda trigger: trigger.at or now), {})

    # Moving on

    def _settle(self) -> None:
        while self.ready:
            self.ready.popleft()()
            if not self.ready:
                self._inclusive_joins(self.top)

    def _begin(self, scope: Scope, known: Known) -> None:
        self._arrive(scope, scope.plan.start, known)
        for handler in scope.plan.handlers:
            self._arm(scope, handler, known)

    def _arrive(self, scope: Scope, part: str, known: Known, came: str = "") -> None:
        token = Token(scope.plan.parts[part], scope, known, came)
        scope.tokens.append(token)
        self.ready.append(lambda: self._enter(token) if token in scope.tokens else None)

    def _enter(self, token: Token) -> None:
        for guard in token.part.guards:
            self._guard(token, guard)
        if token.part.several is not None:
            self._several(token)
        else:
            self._do(token)

    def _do(self, token: Token) -> None:
        self._ENTER[token.part.kind](self, token)

    def _leave(self, token: Token) -> None:
        self._drop_triggers(token)
        if token.whole is not None:
            self._instance_done(token.whole, token)
            return
        flows = token.scope.plan.out_of(token.part.id)
        if flows:
            self._go(token, [flow.target for flow in flows])
        else:
            self._ended(token)

    # Parts

    def _rest(self, token: Token) -> None:
        """A person must come."""

    def _script(self, token: Token) -> None:
        fact = token.part.id
        before = token.known.get(fact, (0, None))[1]
        self._write(token, {fact: 1 if before is None else before + 1})
        self._leave(token)

    def _service(self, token: Token) -> None:
        self.sent.append(token.part.id)
        self._leave(token)

    def _fragile(self, token: Token) -> None:
        """Fails until somebody tries again with the fact that it lacks."""
        token.failed = token.part.id not in token.known
        if not token.failed:
            self._leave(token)

    def _catch(self, token: Token) -> None:
        def come(facts: dict[str, Any]) -> None:
            self._write(token, facts)
            self._leave(token)

        self._set(token, token.part.id, token.part.event, come)

    def _race(self, token: Token) -> None:
        """The first wins."""
        for flow in token.scope.plan.out_of(token.part.id):
            part = token.scope.plan.parts[flow.target]
            self._set(token, part.id, part.event, lambda facts, part=part: self._won(token, part, facts))  # type: ignore[misc]

    def _won(self, token: Token, part: Part, facts: dict[str, Any]) -> None:
        self._drop_triggers(token)
        token.part = part
        self._write(token, facts)
        self._leave(token)

    def _throw(self, token: Token) -> None:
        self._thrown(token)
        if token in token.scope.tokens:
            self._leave(token)

    def _ended(self, token: Token) -> None:
        scope = token.scope
        scope.ended = newest(scope.ended, token.known)
        scope.tokens.remove(token)
        if token.part.event.kind == "terminate":
            scope.ended = self._known_in(scope)
            self._clear(scope)
        self._look_at_end(scope)

    def _look_at_end(self, scope: Scope) -> None:
        """Over when no token is left; event sub-processes that still wait do not count."""
        if scope.tokens or scope.over:
            return
        self._clear(scope)
        scope.over = True
        holder = scope.holder
        if holder is None:
            return
        holder.inside = None
        if holder.part.kind == "call":
            self._write(holder, mapped(holder.part.outs, values(scope.ended)))
        else:
            holder.known = scope.ended
        self.ready.append(lambda: self._leave(holder) if self._is_there(holder) else None)

    def _xor(self, token: Token) -> None:
        self._go(token, [flow.target for flow in self._open_flows(token)[:1]])

    def _and(self, token: Token) -> None:
        needed = token.scope.plan.into(token.part.id)
        arrived: dict[str, Token] = {}
        for other in token.scope.tokens:
            if other.part is token.part:
                arrived.setdefault(other.came, other)
        if {flow.source for flow in needed} <= arrived.keys():
            self._meet(token, list(arrived.values()))

    def _or(self, token: Token) -> None:
        """A split goes on at once, a join when none can come any more (_inclusive_joins)."""
        if len(token.scope.plan.into(token.part.id)) == 1:
            self._go(token, [flow.target for flow in self._open_flows(token)])

    def _inclusive_joins(self, scope: Scope) -> None:
        for token in list(scope.tokens):
            for holder in [token, *token.instances]:
                if holder.inside is not None:
                    self._inclusive_joins(holder.inside)
            if token in scope.tokens and token.part.kind == "or":
                others = [other for other in scope.tokens if other.part is not token.part]
                if not any(scope.plan.reach(other.part.id, token.part.id) for other in others):
                    self._meet(token, [other for other in scope.tokens if other.part is token.part])

    def _meet(self, token: Token, arrived: list[Token]) -> None:
        known = newest(*(other.known for other in arrived))
        for other in arrived:
            if other is not token:
                token.scope.tokens.remove(other)
        token.known = known
        self._go(token, [flow.target for flow in token.scope.plan.out_of(token.part.id)])

    def _go(self, token: Token, targets: list[str]) -> None:
        token.scope.tokens.remove(token)
        for target in targets:
            self._arrive(token.scope, target, token.known, token.part.id)

    # What comes from outside of the flow

    def _guard(self, token: Token, guard: Guard) -> None:
        def come(facts: dict[str, Any]) -> None:
            known = self._known_now(token)
            if guard.interrupting:
                self._drop(token)
                token.scope.tokens.remove(token)
            beside = Token(Part(guard.id, "event"), token.scope, known)
            token.scope.tokens.append(beside)
            self._write(beside, facts)
            self._leave(beside)

        self._set(token, guard.id, guard.event, come, stays=not guard.interrupting)

    def _arm(self, scope: Scope, handler: Handler, known: Known) -> None:
        part = Part(handler.id, "sub", inside=handler.inside)

        def come(facts: dict[str, Any]) -> None:
            token = Token(part, scope, newest(known, self._known_in(scope)))
            if handler.interrupting:
                self._clear(scope)
            self._write(token, facts)
            scope.tokens.append(token)
            token.inside = Scope(handler.inside, token)
            self._begin(token.inside, token.known)

        waiting = Token(part, scope, known)
        self._set(waiting, handler.inside.start, handler.event, come, stays=not handler.interrupting)
        scope.armed += waiting.triggers

    def _fire(self, trigger: Trigger, facts: dict[str, Any]) -> None:
        self._act(trigger, facts)
        self._settle()

    def _act(self, trigger: Trigger, facts: dict[str, Any]) -> None:
        goes_on = trigger.next_turn(self.now) if trigger.event.kind == "cycle" else trigger.stays
        if not goes_on:
            self.triggers.remove(trigger)
        trigger.act(facts)

    def _thrown(self, token: Token) -> None:
        event = token.part.event
        if event.kind == "message":
            self.sent.append(token.part.id)
        elif event.kind == "signal":
            # All that wait hear it; what interrupts comes after what does not.
            hearing = [t for t in self.triggers if (t.event.kind, t.event.name) == ("signal", event.name)]
            hearing.sort(key=lambda trigger: not trigger.stays)
            for trigger in hearing:
                if trigger in self.triggers:
                    self._act(trigger, {})
        elif event.kind in ("error", "escalation"):
            self._raise(token.scope, event)

    def _raise(self, scope: Scope, event: Event) -> None:
        """Up from scope to scope to the first guard for it."""
        while scope.holder is not None:
            around = scope.holder.whole or scope.holder
            for trigger in around.triggers:
                if (trigger.event.kind, trigger.event.name) == (event.kind, event.name) and trigger in self.triggers:
                    called = scope.holder.part.kind == "call"
                    carried = mapped(scope.holder.part.outs, values(self._known_in(scope))) if called else {}
                    self._act(trigger, carried)
                    return
            scope = scope.holder.scope

    _ENTER = {  # noqa: RUF012 # read only
        "start": _leave,
        "user": _rest,
        "script": _script,
        "service": _service,
        "fragile": _fragile,
        "receive": _catch,
        "catch": _catch,
        "throw": _throw,
        "end": _throw,
        "xor": _xor,
        "and": _and,
        "or": _or,
        "race": _race,
        "sub": Activities._hold,
        "call": Activities._hold,
    }
