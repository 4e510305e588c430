"""New files begin sound, and a file that is taken out is asked about once more."""

from __future__ import annotations

import pytest

from app.cases import queries
from tests.chaos.world import NOW
from tests.web.workshop.conftest import DIAGRAM, FORM, OWNER, Shop, small


def add(shop: Shop, kind: str, name: str) -> tuple[int, str]:
    answer = shop.site.post(OWNER, shop.path("/new"), {"seen": shop.draft.version, "kind": kind, "name": name})
    return answer.status_code, answer.location or answer.text


@pytest.mark.parametrize(
    ("kind", "file"), [(".bpmn", "ask_once_more.bpmn"), (".dmn", "ask-once-more.dmn"), (".form", "ask-once-more.form")]
)
def test_a_new_file_opens_in_its_editor_and_is_sound(shop: Shop, kind: str, file: str) -> None:
    status, place = add(shop, kind, "Ask once more")
    assert (status, place) == (303, shop.path(f"/files/{file}"))
    page = shop.site.get(OWNER, place)
    assert (page.status_code, "Ask once more" in page.text) == (200, True)
    found = queries.draft(shop.site.w, shop.owner, shop.draft_id, NOW.date()).findings
    assert [one for one in found if one.severity == "error"] == []


def test_a_name_is_taken_once_and_has_to_be_one(shop: Shop) -> None:
    assert "Choose what you want to add" in add(shop, "", "Ask")[1]
    assert "Enter a name with letters" in add(shop, ".form", "!!")[1]
    assert "There is a form policy-gap already" in add(shop, ".form", "Policy gap")[1]
    assert "There is a diagram policy_gap already" in add(shop, ".bpmn", "Policy gap")[1]
    assert shop.draft.version == 1


def test_a_file_is_taken_out_after_a_question(shop: Shop) -> None:
    asked = shop.get(f"/files/{FORM}/remove")
    assert "out of the draft?" in asked.text
    assert FORM in shop.draft.files
    gone = shop.site.post(OWNER, shop.path(f"/files/{FORM}/remove"), {"seen": 1})
    assert (gone.status_code, FORM in shop.draft.files) == (303, False)
    assert shop.get(f"/files/{FORM}").status_code == 404


def test_a_file_that_somebody_saved_meanwhile_stays(shop: Shop) -> None:
    shop.save(DIAGRAM, small().files[DIAGRAM] + b"\n")
    refused = shop.site.post(OWNER, shop.path(f"/files/{DIAGRAM}/remove"), {"seen": 1})
    assert (refused.status_code, "Somebody saved this file" in refused.text) == (409, True)
    assert DIAGRAM in shop.draft.files
