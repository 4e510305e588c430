"""The same on PostgreSQL: each text of a good path is read by those who may, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.tables import task
from app.settings import Settings
from tests.chaos.world import NOW, World, furnish, good_path
from tests.db.test_cases_canary import leaks
from tests.web.safety.expected import WORDS, readers
from tests.web.safety.postgres import PostgresSite, real_now
from tests.web.safety.script import CLERK, COLLEAGUE, LINE_MANAGER, NAMED, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.site import give_token, log_in
from tests.web.safety.story import Case, Plant, canary
from tests.web.safety.test_canaries import sweep
from tests.web.safety.test_search import HOSTILE, rows

#: one of each role
LOOKING = (SUBJECT, REFERRER, LINE_MANAGER, COLLEAGUE, CLERK, NAMED, UNNAMED, "ruth.bell", "ada.stone", "fiona.mackay")
#: element of the good path to what the script calls the step
STEPS = {
    "start": "start",
    "give_consent": "consent",
    "triage": "triaged",
    "offer_appointment": "offered",
    "answer_offer": "booked",
    "record_attendance": "attended",
    "assess": "assessed",
    "confirm_sharing": "shared",
    "write_report": "written",
    "read_first": "agreed",
    "release_report": "released",
}


class Telling:
    """Plays the good path until the report is released, with a canary in every text."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plants: dict[str, Plant] = {}
        self.steps: list[str] = []

    def play(self) -> str:
        case_id, now = "", NOW
        for line in good_path():
            if line.task not in STEPS:
                break
            now += line.after
            if case_id:
                self.world.pass_time(case_id, now)
            case_id = self._do(line, case_id, now)
            self.steps.append(STEPS[line.task])
        return case_id

    def _do(self, line: Any, case_id: str, now: Any) -> str:
        world, actor = self.world, self.world.actors[line.who]
        answers = world.answers(line.task, now)
        if line.task == "start":
            marked = self._marked("start", "referral", answers)
            return commands.start(world.waymark, actor, "referral", marked, now, "k").case_id
        task_id = world.task(case_id, line.task)
        form = world.scalar(sa.select(task.c.form_id).where(task.c.id == task_id))
        commands.complete(world.waymark, actor, task_id, self._marked(STEPS[line.task], form, answers), None, now)
        return case_id

    def _marked(self, step: str, form: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._one(step, form, key, value, answers) for key, value in answers.items()}

    def _one(self, step: str, form: str, path: str, value: Any, around: Mapping[str, Any]) -> Any:
        if isinstance(value, list):
            return [
                {key: self._one(step, form, f"{path}.{key}", inner, row) for key, inner in row.items()} for row in value
            ]
        if path not in WORDS.get(form, {}):
            return value
        text = canary(step, f"{path}.{value}")
        self.plants[text] = Plant(step, form, path, str(around.get("share", "")))
        return text


@pytest.fixture
def told(postgres_settings: Settings) -> Iterator[tuple[Case, Telling]]:
    world = furnish(postgres_settings)
    telling = Telling(world)
    case_id = telling.play()
    with db.transaction(world.engine) as connection:
        for name in LOOKING:
            log_in(connection, name, real_now())
            give_token(connection, name, "read write", at=real_now())
    world.engine.dispose()
    site = PostgresSite(postgres_settings)
    yield Case(site, case_id, tuple(telling.steps)), telling
    site.close()


@pytest.mark.rule("XX-1", "breaks")
def test_each_text_is_read_by_those_who_may_and_by_nobody_else(told: tuple[Case, Telling]) -> None:
    case, telling = told
    assert case.steps[-1] == "released"
    assert len(telling.plants) >= 10
    assert {"clinical", "restricted", "employer", "shared", "report"} == {
        WORDS[one.form][one.path] for one in telling.plants.values()
    }
    found = sweep(case, LOOKING)
    expected = {text: set(readers(plant, case.steps)) & set(LOOKING) for text, plant in telling.plants.items()}
    wrong = {telling.plants[text]: (found[text], who) for text, who in expected.items() if found[text] != who}
    assert wrong == {}
    assert set(found) <= set(telling.plants)
    for text in telling.plants:
        assert leaks(case.site.world, text) == []
    _search_and_counts(case, list(telling.plants))


def _search_and_counts(case: Case, planted: list[str]) -> None:
    """The same statements in another dialect: words are found, patterns and answers are not; what is late counts."""
    reference = case.site.world.row(case.id).reference
    for text, found in (
        ("grace", 1),
        (reference.lower(), 1),
        ("GRACE obi", 1),
        *((one, 0) for one in (*HOSTILE, *planted[:5])),
    ):
        answer = case.site.browser(CLERK).get("/cases", query_string={"q": text})
        assert answer.status_code == 200, text
        # here capitals beyond ASCII are letters, too: İ is an i
        if text != "İ" and ("grace" not in text or found):
            assert len(rows(answer.text)) == found, text
    counted = queries.figures(case.site.w)
    assert dict(counted.cases) == {("referral", "running"): 1}
    assert (counted.due_cases, counted.lateness > 0, counted.open_tasks) == (1, True, 1)
