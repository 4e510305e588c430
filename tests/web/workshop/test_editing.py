"""A file of a draft is saved as it was sent, by a script or without one, and nobody's work is lost."""

from __future__ import annotations

import pytest

from app.cases import commands, queries
from app.web import LARGEST_FORM, security
from app.xmlsafe import MAX_BYTES
from tests.web.safety.site import T0, csrf
from tests.web.workshop.conftest import DIAGRAM, FORM, MULTIPART, OWNER, Shop, multipart, small

TABLE = "review-policy.dmn"
PUT = f"/files/{DIAGRAM}"


def changed(name: str = DIAGRAM, word: str = "Ask sooner") -> bytes:
    return small().files[name].replace(b"</bpmn:documentation>", f" {word}.</bpmn:documentation>".encode(), 1)


def padded(size: int) -> bytes:
    data = small().files[DIAGRAM]
    return data + b"<!--" + b"x" * (size - len(data) - 7) + b"-->"


@pytest.mark.parametrize("name", [DIAGRAM, TABLE, FORM])
def test_only_what_draws_by_style_attributes_may_do_so_and_nothing_else_is_loosened(shop: Shop, name: str) -> None:
    page = shop.get(f"/files/{name}")
    policy = page.headers["Content-Security-Policy"]
    more = policy.removeprefix(security.POLICY)
    assert page.status_code == 200
    assert policy.startswith(security.POLICY)
    assert more == ("" if name == FORM else "; style-src-attr 'unsafe-inline'")
    assert shop.get("").headers["Content-Security-Policy"] == security.POLICY


def test_what_is_saved_is_byte_for_byte_what_was_sent(shop: Shop) -> None:
    data = changed(word="Früher fragen,\r\n\tbitte  ")
    told = shop.save(DIAGRAM, data).get_json()
    assert (told["version"], told["copied"], told["findings"]) == (2, False, [])
    assert shop.draft.files[DIAGRAM] == data
    assert shop.get(f"/files/{DIAGRAM}/raw").data == data


def test_what_lint_finds_comes_with_the_save_in_words_and_with_its_place(shop: Shop) -> None:
    data = (
        small().files[DIAGRAM].replace(b'camunda:candidateGroups="policy_owner"', b'camunda:candidateGroups="nobody"')
    )
    assert data != small().files[DIAGRAM]
    told = shop.save(DIAGRAM, data).get_json()
    (found,) = [one for one in told["findings"] if one["severity"] == "error"]
    assert found["file"] == DIAGRAM
    assert "nobody" in found["message"]
    assert found["element"] in data.decode()
    assert found["advice"]
    assert told["findings"] == shop.get("/lint.json").get_json()["findings"]


def test_who_comes_second_reads_who_was_first_and_both_are_kept(shop: Shop) -> None:
    shop.save(DIAGRAM, changed(word="First"))
    told = shop.save(DIAGRAM, changed(word="Second"), seen=1).get_json()
    assert told["copied"]
    assert told["said"]["who"] == "Owen Pike"
    assert "2 November 2026" in told["said"]["at"]
    assert told["said"]["theirs"] == shop.path(PUT)
    assert told["address"] == told["said"]["mine"] != told["said"]["theirs"]
    assert b"First" in shop.site.get(OWNER, told["said"]["theirs"] + "/raw").data
    assert b"Second" in shop.site.get(OWNER, told["said"]["mine"] + "/raw").data


def test_another_file_saved_meanwhile_is_no_conflict(shop: Shop) -> None:
    shop.save(DIAGRAM, changed())
    assert not shop.save(FORM, small().files[FORM] + b"\n", seen=1).get_json()["copied"]


def test_without_scripts_a_file_is_put_back_and_what_was_found_stands_on_the_page(shop: Shop) -> None:
    answer = shop.save(DIAGRAM, changed(), script=False)
    assert answer.status_code == 303
    page = shop.site.get(OWNER, answer.location).text
    assert "The file was saved" in page
    assert "Nothing is wrong in this draft." in page
    spoilt = shop.save(DIAGRAM, b"<nothing/>", script=False)
    page = shop.site.get(OWNER, spoilt.location).text
    assert "This file is not a BPMN diagram" in page
    assert "&lt;nothing/&gt;" in page


def test_without_scripts_who_comes_second_gets_a_page_that_says_so(shop: Shop) -> None:
    shop.save(DIAGRAM, changed(word="First"))
    answer = shop.save(DIAGRAM, changed(word="Second"), seen=1, script=False)
    page = shop.site.get(OWNER, answer.location).text
    assert "Owen Pike saved this file on Monday 2 November 2026" in page
    assert f'href="{shop.path(PUT)}"' in page
    assert "Second." in page
    # a link with another draft's id, or none, tells nothing
    assert "Both are kept" not in shop.get(f"{PUT}?beside=none").text
    assert "Both are kept" not in shop.get(f"/files/{FORM}?beside={shop.draft_id}").text


@pytest.mark.parametrize("script", [True, False])
def test_what_cannot_be_taken_is_told_in_words(shop: Shop, script: bool) -> None:
    def words(data: bytes) -> tuple[int, str]:
        answer = shop.save(DIAGRAM, data, script=script)
        return answer.status_code, answer.get_json()["problem"] if script else answer.text

    for data, status, said in (
        (b"  ", 422, "The file is empty"),
        (padded(MAX_BYTES + 1), 413, "too large to be deployed"),
    ):
        found, told = words(data)
        assert (found, said in told) == (status, True), told[:200]
    commands.drop_draft(shop.site.w, shop.owner, shop.draft_id, T0)
    assert shop.save(DIAGRAM, changed(), seen=1, script=script).status_code in {404, 409}


def test_a_button_without_a_file_asks_for_one_and_loses_nothing(shop: Shop) -> None:
    body = multipart({"_csrf": csrf(OWNER), "seen": "1"}, "", b"")
    answer = shop.site.browser(OWNER).post(shop.path(PUT), data=body, headers={"Content-Type": MULTIPART})
    assert answer.status_code == 400
    assert "Choose the file that you want to put back" in answer.text
    assert shop.draft.version == 1


def test_a_diagram_may_be_larger_than_a_form_and_is_bounded(shop: Shop) -> None:
    large = padded(LARGEST_FORM + 200_000)
    assert shop.save(DIAGRAM, large).status_code == 200
    assert shop.draft.files[DIAGRAM] == large
    assert shop.save(DIAGRAM, padded(4 * MAX_BYTES)).status_code == 413
    assert shop.draft.files[DIAGRAM] == large
    elsewhere = shop.site.post(OWNER, shop.path("/title"), {"title": "x" * (LARGEST_FORM + 1)})
    body = multipart({}, DIAGRAM, large)
    stranger = shop.site.stranger.post(shop.path(PUT), data=body, headers={"Content-Type": MULTIPART})
    assert (elsewhere.status_code, stranger.status_code) == (413, 413)


@pytest.mark.parametrize("name", ["amir.shah", "ada.stone"])
def test_to_others_the_editors_are_not_there(shop: Shop, name: str) -> None:
    places = (PUT, f"/preview/{FORM}", "/new", f"{PUT}/remove")
    assert [shop.get(one, name).status_code for one in places] == [404] * 4
    posts = [shop.site.post(name, shop.path(one), {"seen": "nonsense"}).status_code for one in places]
    assert posts == [404] * 4
    assert [shop.get(one).status_code for one in places] == [200] * 4


@pytest.mark.parametrize("name", ["none.bpmn", "notices.toml", "policy_gap", ".."])
def test_only_files_of_the_draft_are_there(shop: Shop, name: str) -> None:
    assert shop.get(f"/files/{name}").status_code == 404


def test_the_page_offers_what_the_draft_may_refer_to(shop: Shop) -> None:
    page = shop.get(PUT).text
    offered = queries.draft_choices(shop.site.w, shop.owner, shop.draft_id)
    assert [one.value for one in offered.roles]
    for one in (*offered.roles, *offered.forms, *offered.decisions):
        assert f'"value": "{one.value}"'.replace('"', "&#34;") in page
    assert "&#34;file&#34;: &#34;review-policy.dmn&#34;" in page
