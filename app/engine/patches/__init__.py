"""What SpiffWorkflow 3.2.0 does wrong or slowly, put right.

One small function each, installed once when the engine is imported; tests/unit/engine/test_patches.py runs
the same model on the untouched package beside each of them. They rely on the package's internals, so the
version is pinned and checked here.
"""

from __future__ import annotations

from importlib.metadata import version

from app.engine.patches import completion, endings, event_subprocesses, joins, tokens, trees, waiting

TESTED_WITH = "3.2.0"


def install() -> None:
    """Patch the package. Raises RuntimeError on a version that the patches were not tested with."""
    found = version("spiffworkflow")
    if found != TESTED_WITH:
        raise RuntimeError(f"app.engine is tested with SpiffWorkflow {TESTED_WITH}; {found} is installed.")
    tokens.own_identity_and_time()
    tokens.record_state_changes()
    tokens.quiet_logs()
    tokens.park_failures()
    tokens.replace_never_mutate()
    completion.children_at_completion()
    endings.cancel_children_too()
    endings.forget_dropped_tokens()
    endings.terminate_closes_all()
    joins.parallel_join_by_flow()
    joins.end_join_waits_for_incidents()
    joins.consume_on_fire()
    joins.boundary_join_ignores_incidents()
    trees.no_depth_limit()
    waiting.update_joins_only()
    event_subprocesses.armed_at_scope_start()
