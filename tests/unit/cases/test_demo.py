"""The demo begins with few cases, so that it begins soon, and with every family."""

from __future__ import annotations

from collections import Counter

from app.cases import demo, scenario
from app.settings import ROOT

#: stories of a family, and steps of all of them together
STORIES, STEPS = 4, 200


def test_the_demo_stays_small_whatever_else_is_told() -> None:
    found = demo.stories()
    paths = sorted((ROOT / "processes").glob("*/scenarios/*.toml"))
    written = {path: scenario.read(path) for path in paths}
    assert found == [one for one in written.values() if one.demo]
    families = Counter(path.parent.parent.name for path, one in written.items() if one.demo)
    assert max(families.values()) <= STORIES
    assert sum(len(one.steps) for one in found) <= STEPS
