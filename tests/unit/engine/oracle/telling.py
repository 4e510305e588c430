"""A plan in lines of text, for who looks into a deviation."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.engine.oracle.plan import Event, Guard, Part, Plan


def told(plan: Plan, margin: str = "") -> Iterator[str]:
    yield f"{margin}{plan.id}:"
    margin += "  "
    for part in plan.parts.values():
        yield margin + _line(part, plan)
        for guard in part.guards:
            how = "interrupting" if guard.interrupting else "beside"
            yield f"{margin}  {how} {guard.id} {_event(guard.event)}{_onwards(guard, plan)}"
        if part.inside is not None:
            yield from told(part.inside, margin + "  ")
    for handler in plan.handlers:
        how = "interrupting" if handler.interrupting else "beside"
        yield f"{margin}event sub-process {handler.id}, {how}, {_event(handler.event)}"
        yield from told(handler.inside, margin + "  ")


def _line(part: Part, plan: Plan) -> str:
    several = f" {part.several}" if part.several else ""
    mapped = f" in {part.ins} out {part.outs}" if part.kind == "call" else ""
    return f"{part.kind} {part.id} {_event(part.event)}{several}{mapped}{_onwards(part, plan)}"


def _event(event: Event) -> str:
    said = {
        "timer": f"P{event.days}DT{event.minutes}M",
        "cycle": f"R{event.turns or ''}/P{event.days}DT{event.minutes}M",
    }
    key = f" key {event.key}" if event.key else ""
    return "" if event.kind == "none" else f"({said.get(event.kind, f'{event.kind} {event.name}{key}'.strip())})"


def _onwards(part: Part | Guard, plan: Plan) -> str:
    to = [flow.target + (f" if {flow.condition.feel}" if flow.condition else "") for flow in plan.out_of(part.id)]
    return f" -> {', '.join(to)}" if to else ""
