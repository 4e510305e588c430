"""A case, replayed: each step by its address, so that it can be shown to others; without JavaScript, too."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from app.cases.audit.views import FrameView, Replay, StepView
from app.errors import NotFound
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session

#: milliseconds that a step stays when the replay plays by itself
SPEEDS = (("2400", "Slow"), ("1200", "Normal"), ("500", "Fast"))


@bp.get("/audit/cases/<case_id>")
def audit_replay(case_id: str) -> str:
    mine, wanted = session(), request.args.get("process", "")
    found: Replay = doors().queries.replay(doors().w, mine.actor, case_id, mine.now, _number("step"), wanted)
    frame = found.frames[found.at]
    return render_template(
        "auditing/replay.html",
        head=found.head,
        tab="replay",
        found=found,
        step=found.steps[found.at],
        frame=frame,
        diagrams=found.diagrams[frame.version],
        film=_film(found, follows=found.process != wanted),
        to=_neighbours(found),
        speeds=SPEEDS,
    )


@bp.get("/audit/cases/<case_id>/diagrams/<process>.bpmn")
def audit_diagram(case_id: str, process: str) -> Response:
    """The diagram of a version that the case ran on, for the viewer in the page and for saving."""
    mine = session()
    data = doors().queries.replay_diagram(doors().w, mine.actor, case_id, process, _number("version"))
    return Response(data, content_type="application/xml; charset=utf-8")


def _number(name: str) -> int | None:
    """A number in the address, None where there is none. Raises `NotFound` for what is no number."""
    given = request.args.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 9):
        raise NotFound
    return int(given)


def _neighbours(found: Replay) -> dict[str, int | None]:
    """Numbers of entries of the steps to go to; None where there is none. Any entry leads to its step."""
    step, at = found.steps[found.at], found.first + found.at
    last = found.first + len(found.steps) - 1
    return {
        "back": step.seq - 1 if at else None,
        "on": step.last + 1 if at < found.total - 1 else None,
        "earlier": found.steps[0].seq - 1 if found.first else None,
        "later": found.steps[-1].last + 1 if last < found.total - 1 else None,
    }


def _film(found: Replay, *, follows: bool) -> dict[str, Any]:
    """What the page's script draws: how the first frame looks, and what each changes. `follows`: the diagram changes
    with the step, as nobody asked for one."""
    pairs = zip(found.steps, found.frames, strict=True)
    return {
        "at": found.at,
        "first": found.first,
        "total": found.total,
        "process": found.process,
        "follows": follows,
        "base": found.base.changes,
        "frames": [_frame(step, frame) for step, frame in pairs],
        "names": {str(version): dict(those) for version, those in found.diagrams.items()},
        **{name: seq for name, seq in _neighbours(found).items() if name in {"earlier", "later"}},
    }


def _frame(step: StepView, frame: FrameView) -> dict[str, Any]:
    calls = [[one.depth, one.process, one.name, one.by, one.times] for one in frame.calls]
    return {
        "seq": step.seq,
        "version": frame.version,
        "process": step.process or frame.process,
        "changes": frame.changes,
        "standing": frame.standing,
        "calls": calls,
        "status": frame.status,
    }
