"""A form that is still being written is shown and checked as staff will see it, and nothing is kept."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.settings import ROOT
from tests.web.conftest import hidden_inputs
from tests.web.workshop.conftest import FORM, OWNER, PROCESS, Shop, small

PATH = f"/preview/{FORM}"


def schema(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(small().files[FORM])
    return {**found, **more}


def fields(*components: dict[str, Any]) -> str:
    about = {"class": "restricted", "purpose": "To ask occupational health for advice"}
    return json.dumps(schema(components=[{"properties": about, "id": one["key"], **one} for one in components]))


def look(shop: Shop, unsaved: str, entries: dict[str, str] | None = None) -> tuple[int, str]:
    """The page as the editor asks for it; with `entries`, filled in and sent."""
    page = shop.site.post(OWNER, shop.path(PATH), {"_schema": unsaved})
    if entries is None:
        return page.status_code, page.text
    sent = shop.site.post(OWNER, shop.path(PATH), {**hidden_inputs(page.text), "_schema": unsaved, **entries})
    return sent.status_code, sent.text


def test_it_is_headed_and_explained_as_the_task_that_asks_it(shop: Shop) -> None:
    page = shop.get(PATH).text
    (asks,) = [node for node in shop.draft.library.processes[PROCESS].starts if node.form == "policy-gap"]
    assert re.search(rf"<h1[^>]*>\s*{re.escape(asks.name)}\s*</h1>", page)
    assert 'class="wm-form"' in page
    assert "Whatever you enter here is checked and then forgotten" in page


def test_what_is_not_saved_is_shown_and_not_kept(shop: Shop) -> None:
    before = shop.site.data()
    status, page = look(shop, fields({"type": "textfield", "key": "a", "label": "Quite a new question"}))
    assert (status, "Quite a new question" in page) == (200, True)
    assert "Quite a new question" not in shop.get(PATH).text
    assert shop.site.data() == before


def test_entries_are_checked_as_they_will_be(shop: Shop) -> None:
    before = shop.site.data()
    asked = fields(
        {"type": "textfield", "key": "a", "label": "Ward", "validate": {"required": True}},
        {"type": "number", "key": "n", "label": "Days", "validate": {"max": 5}},
    )
    status, page = look(shop, asked, {"n": "9"})
    assert status == 422
    assert 'href="#a"' in page
    assert 'href="#n"' in page
    assert 'value="9"' in page
    status, page = look(shop, asked, {"a": "Ward 7", "n": "3"})
    assert (status, "This would be sent now" in page, "Ward 7" in page) == (200, True, True)
    assert shop.site.data() == before


def test_a_guard_is_heard_and_knows_nobody(shop: Shop) -> None:
    about = {"class": "employer", "purpose": "To ask occupational health for advice", "guard": "names diagnosis"}
    asked = fields({"type": "textarea", "key": "t", "label": "Words", "properties": about})
    assert "Take out “grace@northfield.example”" in look(shop, asked, {"t": "Write to grace@northfield.example"})[1]
    assert "depression" in look(shop, asked, {"t": "It is depression"})[1]
    # who works at an employer is not for owners to find out by trying names
    assert look(shop, asked, {"t": "Grace Obi is off"})[0] == 200


def test_lists_of_people_hold_examples(shop: Shop) -> None:
    asked = fields({"type": "select", "key": "who", "label": "Who?", "valuesKey": "employees"})
    page = look(shop, asked)[1]
    assert "Example A" in page
    assert "Grace Obi" not in page


def test_questions_come_up_and_files_are_not_taken(shop: Shop) -> None:
    asked = fields(
        {"type": "checkbox", "key": "more", "label": "More?"},
        {"type": "textfield", "key": "what", "label": "What more?", "conditional": {"hide": "=more != true"}},
        {"type": "filepicker", "key": "letter", "label": "Letter", "validate": {"required": True}},
    )
    assert 'id="what"' not in look(shop, asked)[1]
    status, page = look(shop, asked, {"more": "true", "_refresh": "1"})
    assert (status, 'id="what"' in page, 'type="file"' in page) == (200, True, True)
    status, page = look(shop, asked, {"more": "true", "what": "That", "_hidden": ""})
    assert (status, "This would be sent now" in page) == (200, True)


@pytest.mark.parametrize("unsaved", ["{", "[]", '{"components": 1}', "\ud83d", '{"components": [{"type": 1}]}'])
def test_what_is_no_form_is_told_in_words(shop: Shop, unsaved: str) -> None:
    status, page = look(shop, unsaved.encode("utf-8", "replace").decode())
    assert status in {200, 422}
    assert "<h1" in page
    assert "Something went wrong" not in page


def test_every_shipped_form_can_be_looked_at(shop: Shop) -> None:
    """As it stands, and with each of its components spoilt in turn, as while it is being written."""
    for path in sorted((ROOT / "forms").glob("*.form"))[::16]:
        status, page = look(shop, path.read_text(encoding="utf-8"))
        assert (status, 'class="wm-form"' in page) == (200, True), path.name
        half = json.loads(path.read_text(encoding="utf-8"))
        for one in half["components"]:
            one.pop("label", None)
            one.pop("properties", None)
        status, page = look(shop, json.dumps(half))
        assert (status, "<form" in page) == (200, True), path.name
