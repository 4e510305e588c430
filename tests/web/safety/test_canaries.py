"""Every free text of a whole case is looked for on every page of everybody: it stands where it may, nowhere else."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app import forms
from app.records import attachment
from tests.chaos.world import referral
from tests.web.safety.expected import CLINICAL, EMPLOYER, OFFICE, WORDS, readers
from tests.web.safety.routes import STILL, addresses
from tests.web.safety.script import BRANCHES, COLLEAGUE, STEPS, UNNAMED, WAY
from tests.web.safety.site import PEOPLE
from tests.web.safety.story import CANARY, PICKER, TEXTS, Case, Played

At = Callable[[str], Case]
#: steps after which everybody looks: turns of the whole way, and where the other ways end
_TURNS = frozenset({"consent", "assessed", "written", "released", "read", BRANCHES[-1].name}) | {
    one.name for one, later in pairwise(BRANCHES) if later.after
}
#: who looks after the steps between them, besides those who read something
_STRANGERS = frozenset({COLLEAGUE, UNNAMED, "ruth.bell", "callum.reid", "irene.vale"})


def sweep(case: Case, people: Sequence[str] = ()) -> dict[str, set[str]]:
    """Canary to the people on one of whose pages it stands. No address and no header may hold one.

    `people`: who looks, if not everybody.
    """
    found: dict[str, set[str]] = defaultdict(set)
    done = {STEPS[case.steps[-1]].task}
    tasks = [one.id for one in case.site.tasks(case.id) if one.state == "open" or one.element_id in done]
    everything = case.steps[-1] == WAY[-1].name
    files = [one.id for one in case.site.world.rows(sa.select(attachment).where(attachment.c.case_id == case.id))]
    found_here = addresses(case.site, "GET", case.id, tasks, files=files)
    walked = [one for one in found_here if everything or one.rule not in STILL]
    for name in people or (PEOPLE if case.steps[-1] in _TURNS else sorted(readers_of_any(case.steps) | _STRANGERS)):
        for address in walked:
            answer = case.site.get(name, address.url)
            assert answer.status_code < 500, (name, address.url)
            # the name of a file is for who may save it
            headers = {key: value for key, value in answer.headers.items() if (key, "/files/" in address.url) != _NAME}
            assert not CANARY.search(str(headers)), (name, address.url)
            said = _said(answer)
            for text in CANARY.findall(said):
                found[text].add(name)
            assert not _in_addresses(said), (name, address.url)
            assert not CANARY.search(_title(said)), (name, address.url)
    return found


def _said(answer: TestResponse) -> str:
    """All words of an answer: a calendar's lines are folded, and a zip file's are packed."""
    if answer.mimetype != "application/zip":
        return answer.text.replace("\r\n ", "")
    with zipfile.ZipFile(BytesIO(answer.data)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


_NAME = ("Content-Disposition", True)


def readers_of_any(steps: Sequence[str]) -> frozenset[str]:
    """Everybody who reads something in the case."""
    return EMPLOYER | CLINICAL | (OFFICE if "consent" in steps else frozenset())


def _title(page: str) -> str:
    """What the browser's history keeps."""
    return page.partition("<title>")[2].partition("</title>")[0]


def _in_addresses(page: str) -> list[str]:
    return [url for url in re.findall(r'(?:href|action|src)="([^"]*)"', page) if CANARY.search(url)]


@pytest.mark.parametrize("name", list(STEPS))
def test_each_text_is_read_by_those_who_may_and_by_nobody_else(at: At, story: Played, name: str) -> None:
    case = at(name)
    found = sweep(case)
    expected = {text: set(readers(plant, case.steps)) for text, plant in story.planted(name).items()}
    wrong = {
        story.plants[text]: (found[text], expected.get(text))
        for text in {*found, *expected}
        if found[text] != expected.get(text, set())
    }
    assert wrong == {}


def test_every_free_text_of_every_form_was_planted(story: Played) -> None:
    written = {(one.form, one.path) for one in story.plants.values()}
    assert written == {(form, path) for form, paths in WORDS.items() for path in paths}
    for name in sorted(one for one in referral().files if one.endswith(".form")):
        form = forms.load(referral().files[name])
        taken = {_path(one.path) for one in form.walk() if one.type in TEXTS | {PICKER} and one.taken}
        assert taken == set(WORDS.get(form.id, {})), form.id


def _path(path: str) -> str:
    return re.sub(r"\.(\d+|\[\])", "", path)
