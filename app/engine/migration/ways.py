"""Whether a case that goes on from where it stands can get stuck in the new version, or do a step twice.

The ways are walked without facts and clocks: each condition may hold or not, each timer may fire or not. Tokens do not
hinder one another but at joins, so it is enough to move them one after the other (a stubborn set: every dead end is
still found; Valmari 1991)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent

from app.engine.migration.joins import reached
from app.engine.specs import events, gateways

#: More standings than this are not walked: such a part is too tangled to be sure of.
MAX_STANDINGS = 20_000
#: With more ways out of an inclusive gateway only each alone and all together are looked at.
_ALL_SUBSETS = 4


class Standing(NamedTuple):
    """Where tokens of one scope are: at which elements, and which flows have brought one to which parallel join."""

    at: frozenset[str]
    come: frozenset[tuple[str, str]]


class Tangled(Exception):
    """There are too many ways to walk."""


@lru_cache(maxsize=512)
def stuck(home: Any, start: Standing) -> frozenset[tuple[str, str]]:
    """(join, flow that never comes) for every dead end that can be reached. Raises `Tangled`. Remembered: many cases
    stand at the same place."""
    ways = _Ways(home)
    found: set[tuple[str, str]] = set()
    seen, look = {start}, [start]
    while look:
        now = look.pop()
        if not now.at:
            found |= ways.missing(now)
        for then in ways.onwards(now):
            if then not in seen:
                if len(seen) >= MAX_STANDINGS:
                    raise Tangled
                seen.add(then)
                look.append(then)
    return frozenset(found)


def alone(home: Any, place: str) -> set[str]:
    """Elements that a token at `place` comes to by itself, without passing where branches are waited for."""
    joins = [name for name, spec in home.task_specs.items() if is_join(spec)]
    outs = home.task_specs[place]._outputs
    return reached(home.task_specs, (name for name in outs if name not in joins), joins)


def is_join(spec: Any) -> bool:
    """A parallel join: waits for one token by each flow."""
    return isinstance(spec, gateways.ParallelGateway) and len(spec._inputs) > 1


class _Ways:
    def __init__(self, home: Any) -> None:
        self.specs = home.task_specs

    def missing(self, now: Standing) -> set[tuple[str, str]]:
        return {
            (join, flow)
            for join in {join for join, _ in now.come}
            for flow in self.specs[join]._inputs
            if (join, flow) not in now.come
        }

    def onwards(self, now: Standing) -> Iterator[Standing]:
        """The standings that one token's next step leads to; which token does not matter."""
        if not now.at:
            return
        place = min(now.at)
        spec = self.specs[place]
        if isinstance(getattr(spec, "event_definition", None), TerminateEventDefinition):
            yield Standing(frozenset(), frozenset())
            return
        for outs in self._choices(spec):
            yield self._enter(Standing(now.at - {place}, now.come), place, outs)
        yield from self._events(now, spec)

    def _choices(self, spec: Any) -> Iterator[tuple[str, ...]]:
        outs = [name for name in spec._outputs if not isinstance(self.specs[name], BoundaryEventJoin)]
        if isinstance(spec, (gateways.ExclusiveGateway, events.EventBasedGateway)):
            yield from ((name,) for name in outs)
        elif isinstance(spec, gateways.InclusiveGateway) and len(outs) > 1:
            sizes = range(1, len(outs) + 1) if len(outs) <= _ALL_SUBSETS else (1, len(outs))
            yield from (chosen for size in sizes for chosen in combinations(outs, size))
        else:
            yield tuple(outs)

    def _events(self, now: Standing, spec: Any) -> Iterator[Standing]:
        """What the boundary events of an activity may do to it; one that leaves it in place is looked at once."""
        split = self.specs.get(f"{spec.name}.BoundaryEventSplit")
        for name in split._outputs if split is not None else ():
            event = self.specs[name]
            if isinstance(event, BoundaryEvent):
                outs = next(self._choices(event))
                rest = now.at - {spec.name} if event.cancel_activity else now.at
                yield self._enter(Standing(rest, now.come), name, outs)

    def _enter(self, now: Standing, source: str, outs: Iterable[str]) -> Standing:
        at, come = set(now.at), set(now.come)
        look = [(source, name) for name in outs]
        while look:
            before, name = look.pop()
            spec = self.specs[name]
            if isinstance(spec, BoundaryEventSplit):
                at.add(next(one for one in spec._outputs if not isinstance(self.specs[one], BoundaryEvent)))
            elif isinstance(spec, gateways.ParallelGateway):
                come.add((name, before))
                if all((name, flow) in come for flow in spec._inputs):
                    come = {one for one in come if one[0] != name}
                    look += [(name, after) for after in spec._outputs]
            elif not isinstance(spec, _EndJoin):
                at.add(name)
        return Standing(frozenset(at), frozenset(come))
