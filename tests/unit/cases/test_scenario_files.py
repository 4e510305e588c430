"""A scenario file that cannot be meant is refused, with the number of the step."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cases.scenario import ScenarioRefused, length, read
from app.cases.scenario.reading import parse

START = {"who": "amir.shah", "task": "start"}
TASK = {"who": "grace.obi", "task": "give_consent"}


def story(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "A story", "process": "referral", "step": [START, *steps], **more}


def test_everything_is_read() -> None:
    found = parse(
        story(
            {**TASK, "after": "1w 2d 3h 30m", "answers": {"x": 1}, "refused": {"x": "No"}, "breaks": ["XX-1"]},
            {
                **TASK,
                "task": "say",
                "message": "stop",
                "case": "other",
                "holder": "hr",
                "follows": ["XX-2"],
                "expect": {"open": []},
            },
            {
                "after": "1d",
                "expect": {"told": ["grace.obi: a word: two"], "hidden": {"a.b": "one", "c.d": ["x", "y"]}},
            },
            begin="2026-07-01T08:30",
            demo=True,
            story="Two\n  lines.",
        )
    )
    first, second, third, fourth = found.steps
    assert (found.begin, found.demo, found.story) == (datetime(2026, 7, 1, 8, 30), True, "Two lines.")  # noqa: DTZ001
    assert first.number == 1
    assert second.after == timedelta(days=9, hours=3, minutes=30)
    assert (second.refused, second.breaks) == ({"x": "No"}, ("XX-1",))
    assert (third.message, third.case, third.holder, third.follows) == ("stop", "other", "hr", ("XX-2",))
    assert third.expect is not None
    assert third.expect.open == ()
    assert fourth.expect is not None
    assert fourth.expect.told == (("grace.obi", "a word: two"),)
    assert fourth.expect.hidden == {"a.b": ("one",), "c.d": ("x", "y")}
    assert fourth.expect.open is None
    assert length(found) == timedelta(days=10, hours=3, minutes=30)
    assert found.processes == {"referral", "other"}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"process": "referral", "step": [START]}, "has no title"),
        ({"title": "x", "process": "referral", "step": []}, "no [[step]]"),
        ({"title": "x", "process": "referral", "step": [TASK]}, 'Step 1: a story begins with task = "start"'),
        (story(when="now"), "“when”, which means nothing here"),
        (story({**TASK, "folows": []}), "Step 2 has “folows”"),
        (story({**TASK, "expect": {"opens": []}}), "Step 2, expect has “opens”"),
        (story({**TASK, "expect": {}}), "Step 2: [step.expect] expects nothing"),
        (story({**TASK, "follows": ["XX-1"]}), "Step 2 (grace.obi, give_consent): a step that shows a rule"),
        (story({"task": "give_consent"}), "say who does it"),
        (story({**TASK, "task": "say"}), "needs the message"),
        (story({**TASK, "message": "stop"}), 'belongs to task = "say"'),
        (story({**TASK, "from": "referral"}), 'belong to task = "start"'),
        (story({"after": "1d", "refused": "No"}), "time pass cannot be refused"),
        (story({**TASK, "refused": {}}), "refused is a sentence"),
        (story({**TASK, "after": "soon"}), 'after is written "1w 2d 3h 30m", not “soon”'),
        (story({**TASK, "expect": {"told": ["grace.obi"]}}), "told is written"),
        (story({**TASK, "expect": {"status": "done"}}), "status is one of"),
        (story({**TASK, "expect": {"open": "triage"}}), "open is a list of words"),
        (story({**TASK, "answers": "yes"}), "answers is a table"),
        (story(begin="2026-03-02T09:00+01:00"), "begin is wall time"),
    ],
)
def test_what_cannot_be_meant_is_refused(told: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ScenarioRefused) as caught:
        parse(told)
    assert sentence in caught.value.detail


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("title = ")
    with pytest.raises(ScenarioRefused, match=r"broken\.toml cannot be read"):
        read(file)
