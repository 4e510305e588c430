"""The state of a case as bytes: zstd(JSON) of the tokens alone. The diagram is not in it.

A token's facts are kept as the difference to its parent's, so parents stand before their children; names are
sorted, so `dump(load(state)) == state`. Never give it to a database as JSON: the order of the tokens counts.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.definition import Definition
from app.engine.facts import Known, give, known, without
from app.engine.formats import EARLIER, FORMAT, upgraded
from app.engine.run import Run
from app.engine.workflow import CaseWorkflow
from app.errors import EngineFailure
from app.workdays import Calendar

_LEVEL = 3
_local = threading.local()


def _packers() -> tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]:
    """One pair for each thread: shared between threads they give wrong bytes or crash."""
    try:
        found: tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor] = _local.packers
    except AttributeError:
        found = _local.packers = (zstandard.ZstdCompressor(level=_LEVEL), zstandard.ZstdDecompressor())
    return found


def digest(state: bytes) -> str:
    """Hex SHA-256 of what the state says, whatever version of zstd packed it."""
    return hashlib.sha256(_packers()[1].decompress(state)).hexdigest()


def earlier(state: bytes) -> Iterator[bytes]:
    """The same state as releases before this one kept it, for cases that are run again. This one goes on from any."""
    content = orjson.loads(_packers()[1].decompress(state))
    for spelt in EARLIER:
        found = spelt(content)
        if found != content:
            yield _packed(found)


def _packed(content: dict[str, Any]) -> bytes:
    return _packers()[0].compress(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))


def dump(workflow: CaseWorkflow, status: str) -> bytes:
    """The state. `status`: "running", "completed" or "cancelled"."""
    run = workflow.run
    content = {
        "format": FORMAT,
        "case": run.case,
        "status": status,
        "counter": run.counter,
        "tick": run.tick,
        "calendar": run.calendar.as_dict(),
        "facts": workflow.data,
        "scopes": _scopes(workflow),
        **({"paused": True} if workflow.paused else {}),
    }
    return _packed(content)


def _scopes(workflow: CaseWorkflow) -> list[list[Any]]:
    """[number of the token that holds the scope (0: the case), completed, tokens], holders first."""
    scopes = []
    todo = [(0, workflow)]
    for holder, scope in todo:
        tasks = scope.tasks
        scopes.append([holder, scope.completed, [_token(task, tasks) for task in tasks.values()]])
        inside = workflow.subprocesses
        todo.extend((number, inside[number]) for number in tasks if number in inside)
    return scopes


def _token(task: Any, tasks: dict[int, Any]) -> list[Any]:
    """[number, parent, spec, state, tick, triggered, own data, facts changed (fact to [stamp, value]), facts gone]."""
    parent = tasks.get(task._parent)
    facts, stamps = task.data, task.stamps
    above = parent.stamps if parent is not None else {}
    changed: dict[str, Any] = {}
    gone: list[str] = []
    if stamps is not above:
        changed = {name: [stamp, facts[name]] for name, stamp in stamps.items() if above.get(name) != stamp}
        gone = sorted(name for name in above if name not in stamps)
    return [
        task.id,
        task._parent or 0,
        task.task_spec.name,
        task._state,
        task.last_state_change,
        int(task.triggered),
        task.internal_data,
        changed,
        gone,
    ]


def load(definition: Definition, state: bytes, now: datetime) -> tuple[CaseWorkflow, str]:
    """The case as of `state`, ready for a step at `now`, and its status. Raises `EngineFailure` for a state that
    does not belong to the definition."""
    content = upgraded(orjson.loads(_packers()[1].decompress(state)))
    run = Run(content["case"], now, Calendar.from_dict(content["calendar"]), content["counter"], content["tick"])
    workflow = CaseWorkflow(definition.main, definition.inner, run, deserializing=True)
    workflow.data = content["facts"]
    workflow.pauses, workflow.paused = definition.outline.pauses, content.get("paused", False)
    for holder, completed, tokens in content["scopes"]:
        _restore(workflow, holder, completed, tokens)
    return workflow, content["status"]


def _restore(workflow: CaseWorkflow, holder: int, completed: bool, tokens: list[list[Any]]) -> None:
    scope: Any = workflow
    if holder:
        task = workflow.get_task_from_id(holder)
        spec = workflow.subprocess_specs[task.task_spec.spec]
        scope = BpmnSubWorkflow(spec, holder, workflow, deserializing=True)
        scope.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
        workflow.subprocesses[holder] = scope
    scope.completed = completed
    specs = scope.spec.task_specs
    for token in tokens:
        _token_back(workflow, scope, specs, token)
    scope.task_tree = scope.tasks[tokens[0][0]]


def _token_back(workflow: CaseWorkflow, scope: Any, specs: Any, token: list[Any]) -> None:
    number, above, name, state, tick, triggered, own, changed, gone = token
    spec = specs.get(name)
    if spec is None:
        raise EngineFailure(f"This case stands at “{name}”, which its diagram does not have.")
    tasks = scope.tasks
    task = Task.__new__(Task)
    task.id = number
    task.workflow = scope
    task.task_spec = spec
    task.triggered = bool(triggered)
    task.internal_data = own
    task.last_state_change = tick
    task._children = []
    task._state = state
    task._parent = above or None
    tasks[number] = task
    parent = tasks.get(above)
    if parent is not None:
        parent._children.append(number)
    _facts_back(task, parent, changed, gone)
    if state == TaskState.WAITING and isinstance(spec, CatchingEvent):
        workflow.event_manager.add_task(task)


def _facts_back(task: Any, parent: Any, changed: dict[str, Any], gone: list[str]) -> None:
    facts, stamps = known(parent) if parent is not None else ({}, {})
    if changed or gone:
        facts = {**facts, **{name: value for name, (_, value) in changed.items()}}
        stamps = {**stamps, **{name: stamp for name, (stamp, _) in changed.items()}}
    give(task, without(Known(facts, stamps), gone))
