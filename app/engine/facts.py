"""What tokens know: facts, and for each the tick at which it was last changed.

Where branches meet, the newest change of each fact wins, wherever the branches have been meanwhile: a branch's old
copy never overwrites what another has changed, and no token needs to remember where they parted. A value is replaced
whole; one that is written again as it was is not changed. Nothing here is ever mutated, so tokens share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from app.engine.run import OPEN

_RESTING = OPEN | TaskState.ERROR
_ARRIVED = TaskState.READY | TaskState.WAITING | TaskState.CANCELLED | TaskState.ERROR
_MISSING = object()


class Known(NamedTuple):
    facts: Mapping[str, Any]
    #: fact to tick
    stamps: Mapping[str, int]


def known(task: Any) -> Known:
    return Known(task.data, task.stamps)


def give(task: Any, what: Known) -> None:
    """The token knows this and nothing else."""
    task.data, task.stamps = what


def write(task: Any, facts: Mapping[str, Any]) -> None:
    """Set facts of a token; those that are new to it get a new stamp."""
    changed = {name: value for name, value in facts.items() if not same(task.data.get(name, _MISSING), value)}
    if changed:
        run = task.workflow.top_workflow.run
        run.tick += 1
        task.data = {**task.data, **changed}
        task.stamps = {**task.stamps, **dict.fromkeys(changed, run.tick)}


def merged(parts: Iterable[Known]) -> Known:
    """The newest of each fact."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    facts: dict[str, Any] = {}
    stamps: dict[str, int] = {}
    for part in found:
        for name, stamp in part.stamps.items():
            if stamp > stamps.get(name, -1):
                facts[name], stamps[name] = part.facts[name], stamp
    return Known(facts, stamps)


def without(what: Known, names: Iterable[str | None]) -> Known:
    """`what`, these facts left out."""
    left_out = frozenset(names)
    if left_out.isdisjoint(what.facts):
        return what
    return Known(
        {name: value for name, value in what.facts.items() if name not in left_out},
        {name: stamp for name, stamp in what.stamps.items() if name not in left_out},
    )


def same(a: Any, b: Any) -> bool:
    """Equal as JSON: unlike Python's ==, 1 and true differ."""
    if a is b:
        return True
    if type(a) is not type(b) or a != b:
        return False
    if isinstance(a, (dict, list)):
        return orjson.dumps(a, option=orjson.OPT_SORT_KEYS) == orjson.dumps(b, option=orjson.OPT_SORT_KEYS)
    return True


def of_scope(scope: Any) -> Known:
    """What the open branches of a process or sub-process know together."""
    tokens = [task for task in scope.tasks.values() if _counts(task)]
    return merged(of_token(task) for task in tokens or [scope.task_tree])


def _counts(task: Any) -> bool:
    """Open, or come to a join that has not used it. Not an event sub-process that waits, nor an instance that is not
    done: its activity speaks for it."""
    if isinstance(task.task_spec, Join):
        unused = isinstance(task.task_spec, UnstructuredJoin) and not task._children
        return unused and bool(task._state & _ARRIVED)
    if not task._state & _RESTING or task.task_spec.idle(task):
        return False
    return not (task.triggered and isinstance(task.parent.task_spec, LoopTask))


def of_token(task: Any) -> Known:
    """What one token knows, with what the sub-process or the instances that it holds have changed so far. One that
    has come to a join brings what its branch knew."""
    if isinstance(task.task_spec, UnstructuredJoin) and task._parent:
        return known(task.parent)
    found: Known = task.task_spec.known_now(task)
    return found


def with_called(workflow: Any) -> dict[str, Any]:
    """The facts of the case; where it does not know a name, those of the processes that it calls."""
    facts: dict[str, Any] = {}
    for number, scope in workflow.subprocesses.items():
        task = workflow.get_task_from_id(number)
        if task.task_spec.hides_facts and task._state & OPEN:
            facts.update(of_scope(scope).facts)
    return {**facts, **of_scope(workflow).facts}


def learn(task: Any) -> None:
    """A token that failed for want of a fact learns what other branches have found out since. What it knows stays:
    an instance of several keeps its own item."""
    own, found = known(task), of_scope(task.workflow)
    give(task, Known({**found.facts, **own.facts}, {**found.stamps, **own.stamps}))
