"""Plays the script over the pages, and keeps the database after each step."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import sqlalchemy as sa

from app.cases import queries
from app.cases.tables import case
from app.forms import Field, Form
from app.logs import JsonLines
from tests.files_kit import pdf
from tests.web.safety.script import BRANCHES, PLANT, WAY, Step
from tests.web.safety.site import Site

TEXTS = {"textfield", "textarea"}
PICKER = "filepicker"
CANARY = re.compile(r"zq[0-9a-f]{12}")


def canary(step: str, path: str) -> str:
    return "zq" + hashlib.sha256(f"{step}/{path}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Plant:
    """Where a canary was put. `path`: of the field, without row numbers; `share`: the word on its row."""

    step: str
    form: str
    path: str
    share: str = ""
    draft: bool = False


@dataclass
class Stage:
    """After one step: the database, and every step that led here."""

    data: bytes
    case_id: str
    steps: tuple[str, ...]


@dataclass
class Played:
    stages: dict[str, Stage] = field(default_factory=dict)
    plants: dict[str, Plant] = field(default_factory=dict)
    #: everything that was written to a log, as text
    logged: list[str] = field(default_factory=list)
    #: headers of all answers to posts
    headers: list[str] = field(default_factory=list)

    def planted(self, stage: str) -> dict[str, Plant]:
        """Canaries that are in the case by then."""
        return {text: one for text, one in self.plants.items() if one.step in self.stages[stage].steps}


@dataclass
class Case:
    """A case on a running site. `steps`: names of those that led there."""

    site: Site
    id: str
    steps: tuple[str, ...]

    def open_tasks(self) -> list[str]:
        return [one.id for one in self.site.tasks(self.id) if one.state == "open"]


def play(site: Site, template: bytes) -> Played:
    played = Played()
    with logs(played.logged):
        stage = Stage(template, "", ())
        for step in (*WAY, *BRANCHES):
            before = played.stages[step.after] if step.after else stage
            site.put(before.data)
            site.pass_time(timedelta(hours=step.hours))
            case_id = _Doing(site, step, played).do(before.case_id)
            stage = Stage(site.data(), case_id, (*before.steps, step.name))
            played.stages[step.name] = stage
    return played


class _Collector(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        # as machines and as people would write it
        self.lines += [JsonLines().format(record), self.format(record)]


@contextmanager
def logs(lines: list[str]) -> Iterator[None]:
    """All logs of the block, down to debugging; the database's statements, too."""
    root, sql, handler = logging.getLogger(), logging.getLogger("sqlalchemy.engine"), _Collector(lines)
    before = root.level, sql.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    sql.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        sql.setLevel(before[1])


@dataclass
class _Doing:
    site: Site
    step: Step
    played: Played

    def do(self, case_id: str) -> str:
        if self.step.task == "start":
            form = _start_form(self.site)
            self._send("/start/referral", form, {"follow_up": False})
            return str(self.site.world.scalar(sa.select(case.c.id)))
        if self.step.task in {"withdraw", "cancel"}:
            self._post(f"/cases/{case_id}/{self.step.task}", {"reason": self._plant("reason", "reason", "")})
        else:
            task = self.site.open_task(case_id, self.step.task)
            self._send(f"/tasks/{task.id}", self.site.form(case_id, task.form_id), task.facts)
        return case_id

    def _send(self, url: str, form: Form, facts: Mapping[str, Any]) -> None:
        answers = self._filled(form, facts)
        files = {f"{at}[file]": self._file(form, at) for at in form.pickers}
        self._post(url, {**form.to_post(answers), **files, **({"_draft": "1"} if self.step.draft else {})})

    def _file(self, form: Form, at: str) -> tuple[BytesIO, str]:
        """A text whose name and content are the canary."""
        text = self._plant(form.id, at, "")
        return BytesIO(pdf(text.encode())), f"{text}.pdf"

    def _post(self, url: str, fields: Mapping[str, Any]) -> None:
        answer = self.site.post(self.step.who, url, fields)
        assert answer.status_code == 303, (self.step.name, url, answer.text)
        self.played.headers.append(str(answer.headers))

    def _filled(self, form: Form, facts: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(self.step.answers)
        hidden = form.hidden(given, facts)
        for one in form.components:
            if one.type in TEXTS and one.taken and one.key not in {*given, *hidden}:
                given[one.key] = self._plant(form.id, one.key, "")
            elif one.type == "dynamiclist" and one.key in given:
                given[one.key] = [self._row(form, one, number, row) for number, row in enumerate(given[one.key])]
        return given

    def _row(self, form: Form, around: Field, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: self._plant(form.id, f"{around.key}.{key}", row.get("share", ""), number) if value == PLANT else value
            for key, value in row.items()
        }

    def _plant(self, form_id: str, path: str, share: str, number: int = 0) -> str:
        text = canary(self.step.name, f"{path}.{number}")
        self.played.plants[text] = Plant(self.step.name, form_id, path, share, self.step.draft)
        return text


def _start_form(site: Site) -> Form:
    return queries.start_form(site.w, site.world.actors["amir.shah"], "referral", now=site.now).form
