"""Random processes: what the engine does is what the token game does.

`WAYMARK_ORACLE_MODELS` sets how many are played, `WAYMARK_ORACLE_SEED` plays one and tells it (`make oracle`)."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from tests.unit.engine.oracle.match import Deviation, Match
from tests.unit.engine.oracle.telling import told

MODELS = int(os.environ.get("WAYMARK_ORACLE_MODELS") or 120)
SEED = os.environ.get("WAYMARK_ORACLE_SEED")
BATCHES = max(8, MODELS // 50)


@pytest.mark.skipif(SEED is not None, reason="one seed is asked for")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_processes(batch: int, record_property: Callable[[str, object], None]) -> None:
    deviations = []
    made: Counter[str] = Counter()
    seeds = range(batch, MODELS, BATCHES)
    steps = 0
    for seed in seeds:
        match = Match(seed)
        try:
            match.play()
        except Deviation as found:
            deviations.append(str(found))
        steps += match.steps
        made.update(match.made)
    record_property("oracle", {"models": len(seeds), "steps": steps, "made": dict(made), "deviations": deviations})
    assert not deviations, "\n\n".join(deviations)


@pytest.mark.skipif(SEED is None, reason="only for looking into one: make oracle SEED=7")
def test_one_process() -> None:
    match = Match(int(SEED or 0))
    sys.stdout.write("\n".join(["", *told(match.plan), ""]))
    try:
        match.play()
    finally:
        sys.stdout.write("\n".join([*match.moves, ""]))
