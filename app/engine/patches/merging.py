"""How the facts of parallel branches come together: by what each branch changed, not by who ended last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

Facts = dict[str, Any]
_MISSING = object()


def same(a: Any, b: Any) -> bool:
    """Equal as JSON: unlike Python's ==, 1 and true differ."""
    if a is b:
        return True
    if type(a) is not type(b) or a != b:
        return False
    if isinstance(a, (dict, list)):
        return orjson.dumps(a, option=orjson.OPT_SORT_KEYS) == orjson.dumps(b, option=orjson.OPT_SORT_KEYS)
    return True


def merge3(base: Mapping[str, Any], merged: Mapping[str, Any], branch: Mapping[str, Any]) -> Facts:
    """`merged` with what `branch` added, changed or removed since `base`. Contexts merge key by key, other values
    are replaced whole; where two branches changed one name, the one given last wins."""
    result = dict(merged)
    for name, value in branch.items():
        before = base.get(name, _MISSING)
        if before is not _MISSING and same(before, value):
            continue
        here = merged.get(name)
        if isinstance(value, dict) and isinstance(here, dict):
            result[name] = merge3(before if isinstance(before, dict) else {}, here, value)
        else:
            result[name] = value
    for name in base:
        if name not in branch:
            result.pop(name, None)
    return result


def merge_branches(tokens: Sequence[Any]) -> Facts:
    """The facts of branches that end in `tokens`, given in order of time. Merged at every token where the branches
    part, innermost first. A token that has come to a join brings what its branch had."""
    ends = [task.parent if _at_join(task) else task for task in tokens]
    return dict(_meet([(order, _path(task)) for order, task in enumerate(ends)], 0)[1])


def _at_join(task: Any) -> bool:
    return isinstance(task.task_spec, Join) and bool(task._state & (TaskState.WAITING | TaskState.CANCELLED))


def _path(task: Any) -> list[Any]:
    path = []
    tasks = task.workflow.tasks
    while task is not None:
        path.append(task)
        task = tasks.get(task._parent)
    return path[::-1]


def _meet(branches: list[tuple[int, list[Any]]], at: int) -> tuple[int, Facts]:
    """(position of the last branch, merged facts) for branches that share their path up to `at`."""
    while all(len(path) > at + 1 for _, path in branches) and len({path[at + 1].id for _, path in branches}) == 1:
        at += 1
    last, path = branches[-1]
    if len(branches) == 1:
        return last, path[-1].data
    fork = path[at].data
    groups: dict[int, list[tuple[int, list[Any]]]] = {}
    for branch in branches:
        if len(branch[1]) > at + 1:
            groups.setdefault(branch[1][at + 1].id, []).append(branch)
    merged = fork
    for _, facts in sorted((_meet(group, at + 1) for group in groups.values()), key=lambda met: met[0]):
        merged = merge3(fork, merged, facts)
    return max(order for order, _ in branches), merged
