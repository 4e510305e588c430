"""Every shipped file opens in the stock Camunda Modeler's libraries without a warning, and is saved unchanged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.settings import ROOT
from tests.browser.modeller import LIBRARIES, Editor, differences, installed, shipped

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=sorted(LIBRARIES))
def editor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Editor]:
    if not installed(request.param):
        pytest.skip(f"{LIBRARIES[request.param]} is not installed; `make setup` does it")
    page = browser.new_page(viewport={"width": 2000, "height": 1300})
    yield Editor.load(page, request.param)
    page.close()


#: a place in a shipped file, what is put there, and what then is told
DAMAGE = {
    ".bpmn": ('sourceRef="', 'sourceRef="nowhere_', "unresolved reference"),
    ".dmn": ("<decisionTable ", '<decisionTable own="1" ', "own"),
    ".form": ('"key": ', '"type": "unheard_of", "key": ', "unheard_of"),
}
#: a change that a program would read
CHANGE = {
    ".bpmn": ('name="rules" value="', 'name="rules" value="ZZ-9 '),
    ".dmn": ("<text>5</text>", "<text>6</text>"),
    ".form": ('"purpose": "', '"purpose": "not '),
}


def test_every_file_is_opened_without_a_warning_and_saved_unchanged(editor: Editor) -> None:
    wrong: dict[str, list[str]] = {}
    paths = shipped(editor.kind, ROOT)
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8")
        saved, warnings = editor.saved(text)
        faults = [*warnings, *differences(editor.kind, text, saved)]
        if faults:
            wrong[path.name] = faults[:3]
    assert wrong == {}


def test_what_is_damaged_or_changed_is_seen(editor: Editor) -> None:
    """The control, on the first file that has such a place."""
    texts = [path.read_text(encoding="utf-8") for path in shipped(editor.kind, ROOT)]
    old, new = CHANGE[editor.kind]
    text = next(text for text in texts if old in text)
    assert differences(editor.kind, text, text.replace(old, new, 1)) != []
    assert differences(editor.kind, text, text) == []
    old, new, told = DAMAGE[editor.kind]
    text = next(text for text in texts if old in text)
    saved, warnings = editor.saved(text.replace(old, new, 1))
    assert told in " ".join([*warnings, *differences(editor.kind, text, saved)])
