"""Random plans, of what lint lets through: block-structured, so that each can come to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.unit.engine.oracle.lots import FACTS, Ends, Lots, Place
from tests.unit.engine.oracle.plan import Event, Guard, Handler, Part, Plan, below, is_true


@dataclass
class Maker(Lots):
    """Makes one plan."""

    # A whole case

    def plan(self) -> Plan:
        """A phase that can be withdrawn, in one of three ways, or none."""
        main = Plan("main")
        depth = self.dice.choice([2, 3, 3, 4])
        way = self.dice.choice(["boundary", "handler", "called", "bare"])
        self.note(f"withdrawal {way}")
        if way in ("bare", "handler"):
            self.fill(Place(main, depth), handlers=way == "bare")
            if way == "handler":
                self._handler(Place(main, 0), Event("message", "stop"), interrupting=True, name="withdrawn")
            return main
        phase = Part("phase", "call" if way == "called" else "sub", inside=Plan("inner"))
        assert phase.inside is not None
        self.fill(Place(phase.inside, depth))
        phase.guards.append(Guard("withdrawn", Event("message", "stop"), interrupting=True))
        main.add(phase)
        main.add(Part("kind", "user"))
        main.add(Part("gone", "end"))
        main.add(Part("kindly", "end"))
        main.chain(main.start, "phase", "gone")
        main.chain("withdrawn", "kind", "kindly")
        return main

    def fill(self, place: Place, handlers: bool = True) -> None:
        """A process or sub-process from start to end, perhaps with event sub-processes and a terminate end."""
        plan = place.plan
        if handlers and self.chance(0.2):
            self._handlers(place)
        first, last = self.sequence(place) if place.depth > 1 else self.block(place.deeper())
        end = plan.add(Part(self.name("e"), "end", self._end_event(place)))
        plan.chain(last, end)
        if self.chance(0.12):
            self.note("terminate end")
            self._beside(plan, first, [Part(self.name("e"), "end", Event("terminate"))])
        elif self.signals and self.chance(0.4):
            self.note("throw signal")
            signal = Event("signal", self.dice.choice(self.signals))
            self._beside(plan, first, [Part(self.name("o"), "throw", signal), Part(self.name("e"), "end")])
        else:
            plan.chain(plan.start, first)

    def _beside(self, plan: Plan, first: str, parts: list[Part]) -> None:
        """From the start a second branch, for a person and then these parts."""
        fork, task = plan.add(Part(self.name("g"), "and")), plan.add(Part(self.name("u"), "user"))
        plan.chain(plan.start, fork, first)
        plan.chain(fork, task, *(plan.add(part) for part in parts))

    def _end_event(self, place: Place) -> Event:
        if place.escalations and self.chance(0.3):
            self.note("escalation end")
            return Event("escalation", self.dice.choice(place.escalations))
        if self.chance(0.1):
            self.note("message end")
            return Event("message", "told")
        return Event("none")

    def _handlers(self, place: Place) -> None:
        for _ in range(self.dice.choice([1, 1, 2])):
            event = self._outer_event(place)
            self._handler(place, event, interrupting=self.chance(0.5), name=self.name("w"))

    def _handler(self, place: Place, event: Event, *, interrupting: bool, name: str) -> None:
        self.note(f"event sub-process {event.kind} {'interrupting' if interrupting else 'beside'}")
        inside = Plan(f"p_{name}")
        inside.parts[inside.start].event = event
        task, end = inside.add(Part(f"h_{name}", "user")), inside.add(Part(f"e_{name}", "end"))
        if place.depth > 1 and self.chance(0.4):
            first, last = self.block(replace(place, plan=inside, depth=1, loop=False, inclusive=False))
            inside.chain(task, first)
            inside.chain(last, end)
        else:
            inside.chain(task, end)
        inside.chain(inside.start, task)
        place.plan.handlers.append(Handler(name, event, interrupting, inside))

    # Blocks

    def block(self, place: Place) -> Ends:
        if place.depth <= 0:
            return self.leaf(place)
        kinds: list[tuple[float, Callable[[Place], Ends]]] = [
            (2, self.leaf),
            (2, self.sequence),
            (2, self.fork),
            (1, self.choice),
            (1.6, self.loop),
            (3, self.holder),
            (0.8, self.race),
        ]
        if not place.loop and not place.inclusive:
            kinds.append((1, self.inclusive))
        return self._draw(kinds)(place)

    def _draw(self, kinds: list[tuple[float, Callable[[Place], Ends]]]) -> Callable[[Place], Ends]:
        return self.dice.choices([make for _, make in kinds], [share for share, _ in kinds])[0]

    def leaf(self, place: Place) -> Ends:
        kinds: list[tuple[float, Callable[[Place], Ends]]] = [
            (5, self.task),
            (1, self.automatic),
            (1, self.pause),
            (1, self.receive),
            (1.2 if place.escalations or self.signals else 0.4, self.throw),
        ]
        if place.errors:
            kinds.append((3, self.error))
        return self._draw(kinds)(place)

    def task(self, place: Place) -> Ends:
        part = Part(self.name("u"), "user")
        if self.chance(0.2):
            part.several = self.several(part)
        return self.guarded(place, part, 0.45)

    def automatic(self, place: Place) -> Ends:
        kind = self.dice.choice(["script", "service", "fragile"])
        self.note(kind)
        part = Part(self.name("c"), kind)
        return self.guarded(place, part, 0.3) if kind == "fragile" else self._add(place, part)

    def pause(self, place: Place) -> Ends:
        self.note("catch timer")
        return self._add(place, Part(self.name("t"), "catch", self.timer()))

    def receive(self, place: Place) -> Ends:
        kind = self.dice.choice(["receive", "catch"])
        self.note(f"{kind} message")
        part = Part(self.name("r"), kind, self.message(place))
        return self.guarded(place, part, 0.3) if kind == "receive" else self._add(place, part)

    def throw(self, place: Place) -> Ends:
        """A person, then a message to the world, an escalation or a signal."""
        events = [Event("message", "told")]
        events += [Event("escalation", code) for code in place.escalations]
        events += [Event("signal", name) for name in self.signals]
        event = self.dice.choice(events)
        self.note(f"throw {event.kind}")
        task = place.plan.add(Part(self.name("u"), "user"))
        throw = place.plan.add(Part(self.name("o"), "throw", event))
        place.plan.chain(task, throw)
        if event.kind != "signal":
            return task, throw
        # Whether the thrower has gone on when it is interrupted is left open, so nothing lasting comes next.
        after = place.plan.add(Part(self.name("u"), "user"))
        place.plan.chain(throw, after)
        return task, after

    def error(self, place: Place) -> Ends:
        """A person decides whether it goes wrong."""
        self.note("error end")
        plan = place.plan
        decide, split = self._decide(plan)
        code = self.dice.choice(place.errors)
        wrong = plan.add(Part(self.name("e"), "end", Event("error", code)))
        plan.flow(split, wrong, is_true(decide))
        right = plan.add(Part(self.name("u"), "user"))
        plan.flow(split, right)
        return decide, right

    def _decide(self, plan: Plan, gateway: str = "xor") -> Ends:
        decide = plan.add(Part(self.name("k"), "user"))
        split = plan.add(Part(self.name("x"), gateway))
        plan.chain(decide, split)
        return decide, split

    def _add(self, place: Place, part: Part) -> Ends:
        place.plan.add(part)
        return part.id, part.id

    def sequence(self, place: Place) -> Ends:
        first, middle = self.block(place.deeper())
        after, last = self.block(place.deeper())
        place.plan.chain(middle, after)
        return first, last

    def fork(self, place: Place) -> Ends:
        self.note("parallel")
        plan = place.plan
        split, join = plan.add(Part(self.name("g"), "and")), self.name("j")
        for _ in range(self.dice.choice([2, 2, 3])):
            first, last = self.block(place.deeper())
            plan.chain(split, first)
            plan.chain(last, join)
        plan.add(Part(join, "and"))
        return split, join

    def choice(self, place: Place) -> Ends:
        self.note("exclusive")
        plan = place.plan
        decide, split = self._decide(plan)
        merge = plan.add(Part(self.name("y"), "xor"))
        first, last = self.block(place.deeper())
        plan.flow(split, first, is_true(decide))
        plan.chain(last, merge)
        if self.chance(0.5):
            first, last = self.block(place.deeper())
            plan.flow(split, first)
            plan.chain(last, merge)
        else:
            plan.flow(split, merge)
        return decide, merge

    def inclusive(self, place: Place) -> Ends:
        self.note("inclusive")
        plan = place.plan
        first, split = self._decide(plan, "or")
        second = plan.add(Part(self.name("k"), "user"))
        plan.chain(second, first)
        join = self.name("q")
        for condition in (is_true(first), is_true(second), None):
            into, last = self.block(replace(place.deeper(), inclusive=True))
            plan.flow(split, into, condition)
            plan.chain(last, join)
        plan.add(Part(join, "or"))
        return second, join

    def loop(self, place: Place) -> Ends:
        plan = place.plan
        merge, after = plan.add(Part(self.name("y"), "xor")), plan.add(Part(self.name("y"), "xor"))
        first, last = self.block(replace(place.deeper(), loop=True))
        if self.chance(0.25):
            self.note("counted loop")
            decide = plan.add(Part(self.name("c"), "script"))
            split = plan.add(Part(self.name("x"), "xor"))
            plan.chain(decide, split)
            again = below(decide, 2)
        else:
            self.note("loop")
            decide, split = self._decide(plan)
            again = is_true(decide)
        plan.chain(merge, first)
        plan.chain(last, decide)
        plan.flow(split, merge, again)
        plan.flow(split, after)
        return merge, after

    def race(self, place: Place) -> Ends:
        """An event-based gateway: a message against one or two timers."""
        plan = place.plan
        gateway, merge = plan.add(Part(self.name("v"), "race")), plan.add(Part(self.name("y"), "xor"))
        events = [self.message(place), *(self.timer() for _ in range(self.dice.choice([1, 2])))]
        if self.chance(0.25):
            events.append(self.signal())
        self.note("race of " + " and ".join(sorted(event.kind for event in events)))
        for event in events:
            caught = plan.add(Part(self.name("a"), "catch", event))
            plan.chain(gateway, caught)
            if self.chance(0.5):
                first, last = self.leaf(place)
                plan.chain(caught, first)
                plan.chain(last, merge)
            else:
                plan.chain(caught, merge)
        return gateway, merge

    # Activities that hold others

    def holder(self, place: Place) -> Ends:
        name = self.name("n")
        kind = self.dice.choice(["sub", "sub", "call"])
        part = Part(name, kind)
        if self.chance(0.25):
            part.several = self.several(part)
        inner = Place(Plan(f"p_{name}"), place.depth - 1, place.errors, place.escalations, place.keys)
        if part.several is not None:
            inner = replace(inner, keys=(*inner.keys, part.several.item))
        if self.chance(0.5):
            inner = self._codes(inner, part)
        if kind == "call":
            self._called(part, inner)
        else:
            self.note("sub-process")
            part.inside = inner.plan
            self.fill(inner)
        return self.guarded(place, part, 0.4)

    def _codes(self, inner: Place, part: Part) -> Place:
        """A guard for an error or an escalation from within."""
        kind = self.dice.choice(["error", "escalation"])
        name = self.name({"error": "x", "escalation": "l"}[kind])
        interrupting = kind == "error" or self.chance(0.5)
        part.guards.append(Guard(f"b_{name}", Event(kind, name), interrupting))
        if kind == "error":
            return replace(inner, errors=(*inner.errors, name))
        return replace(inner, escalations=(*inner.escalations, name))

    def _called(self, part: Part, inner: Place) -> None:
        if self.called and self.chance(0.5):
            self.note("one process called twice")
            part.inside = self.dice.choice(self.called)
            return
        part.inside = inner.plan
        self.fill(inner)
        if not inner.errors and not inner.escalations and inner.keys == ("ref",):
            self.called.append(inner.plan)
        if self.chance(0.5):
            self.note("call with mapping")
            facts = {name: name for name in (*FACTS, *inner.keys)}
            part.ins = facts
            tasks = [name for name, found in inner.plan.parts.items() if found.kind == "user"]
            part.outs = {f"o_{part.id}_{name}": name for name in tasks[:2]}
            if part.several is not None and part.several.answer:
                part.outs[part.several.answer] = tasks[0] if tasks else "ref"
        else:
            self.note("call with all facts")

    # Boundary events

    def guarded(self, place: Place, part: Part, share: float) -> Ends:
        """The activity with boundary events: what interrupts meets its way out, what does not ends beside it."""
        plan = place.plan
        plan.add(part)
        while self.chance(share) and len(part.guards) < 3:
            event = self.timer(cycle=True) if self.chance(0.25) else self._outer_event(place)
            interrupting = event.kind != "cycle" and self.chance(0.5)
            part.guards.append(Guard(self.name("b"), event, interrupting))
        for guard in part.guards:
            end = " with an end" if guard.event.turns else ""
            self.note(f"boundary {guard.event.kind}{end} {'interrupting' if guard.interrupting else 'beside'}")
        if not part.guards:
            return part.id, part.id
        merge = plan.add(Part(self.name("y"), "xor"))
        plan.chain(part.id, merge)
        for guard in part.guards:
            self._way(place, guard, merge if guard.interrupting else plan.add(Part(self.name("e"), "end")))
        return part.id, merge

    def _way(self, place: Place, guard: Guard, to: str) -> None:
        """From a boundary event on: nothing, a task of its own, or anything."""
        plan = place.plan
        luck = self.dice.random()
        if guard.interrupting and luck < 0.3:
            plan.chain(guard.id, to)
        elif luck < 0.8:
            task = plan.add(Part(f"h_{guard.id}", self.dice.choice(["user", "user", "script"])))
            plan.chain(guard.id, task, to)
        else:
            often = not guard.interrupting and guard.event.kind != "timer"  # so no inclusive join: lint refuses it
            beside = replace(place, depth=min(place.depth - 1, 1), inclusive=place.inclusive or often)
            first, last = self.block(beside)
            plan.chain(guard.id, first)
            plan.chain(last, to)
