"""Activities that hold others: sub-processes, called processes and activities with several instances."""

from __future__ import annotations

from typing import Any

from tests.unit.engine.oracle.board import Board
from tests.unit.engine.oracle.tokens import Known, Scope, Token, mapped, newest, values


class Activities(Board):
    def _begin(self, scope: Scope, known: Known) -> None:
        """Put a token on the start of a scope."""
        raise NotImplementedError

    def _do(self, token: Token) -> None:
        """What its part does with a token that has come to it."""
        raise NotImplementedError

    def _leave(self, token: Token) -> None:
        """The part is done with the token."""
        raise NotImplementedError

    def _hold(self, token: Token) -> None:
        part = token.part
        assert part.inside is not None
        known = token.known
        if part.kind == "call":
            self.tick += 1
            known = {fact: (self.tick, value) for fact, value in mapped(part.ins, values(known)).items()}
        token.inside = Scope(part.inside, token)
        self._begin(token.inside, known)

    def _several(self, token: Token) -> None:
        several = token.part.several
        assert several is not None
        token.items = list(token.known[several.items][1])
        token.answers = [None] * len(token.items)
        if not token.items:
            self._all_done(token)
        for index in range(len(token.items[:1] if several.sequential else token.items)):
            self._instance(token, index)

    def _instance(self, token: Token, index: int) -> None:
        several = token.part.several
        assert several is not None
        self.tick += 1
        known = {fact: what for fact, what in token.known.items() if not several.answer or fact != several.answer}
        known[several.item] = (self.tick, token.items[index])
        one = Token(token.part, token.scope, known, whole=token, index=index)
        token.instances.append(one)
        self._do(one)

    def _instance_done(self, token: Token, one: Token) -> None:
        several = token.part.several
        assert several is not None
        token.instances.remove(one)
        token.done += 1
        if several.results:
            token.answers[one.index] = one.known.get(several.answer, (0, None))[1]
        else:
            token.known = newest(token.known, {f: w for f, w in one.known.items() if f != several.item})
        self._enough(values(one.known), token)

    def _enough(self, answered: dict[str, Any], token: Token) -> None:
        """All instances are done, or enough; what the last one answered may leave that open."""
        several = token.part.several
        assert several is not None
        veto = answered.get(several.veto) if several.veto else None
        token.failed = veto not in (None, True, False) and token.done < len(token.items)
        token.unsure = answered if token.failed else None
        if token.failed:
            return
        if veto is True or token.done in (len(token.items), several.enough):
            self._all_done(token)
        elif several.sequential:
            self._instance(token, token.done)

    def _all_done(self, token: Token) -> None:
        several = token.part.several
        assert several is not None
        for other in token.instances:
            self._drop(other)
        token.instances = []
        if several.results:
            self._write(token, {several.results: token.answers})
        token.items = []
        self.ready.append(lambda: self._leave(token) if self._is_there(token) else None)
