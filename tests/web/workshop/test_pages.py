"""The pages around a draft: the list, one process, deploying with a reason, going back, bundles in and out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from app import db, definitions
from app.cases import commands
from app.definitions.zipped import NOTE
from app.identity.people import create_membership, create_person
from app.identity.tables import account
from tests.web.safety.site import T0, Site, csrf, log_in
from tests.web.workshop.conftest import DIAGRAM, FORM, MULTIPART, OWNER, PROCESS, Shop, multipart, small

NAME = "Flag what a policy does not cover"
NEWER = small().files[FORM].replace(b'"label": "', b'"label": "Newer ', 1)
BROKEN = small().files[DIAGRAM].replace(b'camunda:formRef="policy-gap"', b'camunda:formRef="nowhere"')


def text(page: TestResponse) -> str:
    """What a reader sees, without marks and line breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def post(shop: Shop, rest: str, **fields: str) -> TestResponse:
    return shop.site.post(OWNER, shop.path(rest), fields)


def send(shop: Shop, name: str, data: bytes) -> TestResponse:
    body = multipart({"_csrf": csrf(OWNER)}, name, data)
    return shop.site.browser(OWNER).post("/workshop/import", data=body, headers={"Content-Type": MULTIPART})


def deployed(shop: Shop) -> definitions.Deployed:
    with db.reading(shop.site.w.engine) as connection:
        found = definitions.current(connection, PROCESS)
    assert found
    return found


def test_the_list_has_version_who_why_and_drafts(shop: Shop) -> None:
    page = shop.site.get(OWNER, "/workshop")
    assert page.status_code == 200
    assert re.search(rf"{NAME} Version 1 2 Nov 2026, by Waymark first None Ask sooner", text(page))
    assert 'aria-current="page">Workshop' in page.text
    assert 'aria-current="true">Workshop' in shop.get("").text


def test_a_draft_is_opened_with_a_title(shop: Shop) -> None:
    refused = shop.site.post(OWNER, f"/workshop/processes/{PROCESS}/drafts", {"title": " "})
    assert refused.status_code == 422
    assert "Enter what the draft is for" in text(refused)
    made = shop.site.post(OWNER, f"/workshop/processes/{PROCESS}/drafts", {"title": "Ask <b>less</b>"})
    page = shop.site.get(OWNER, made.location)
    assert "Ask &lt;b&gt;less&lt;/b&gt;" in page.text
    assert "Nothing is wrong in this draft." in text(page)


def test_a_draft_shows_what_was_changed_and_found(shop: Shop) -> None:
    shop.save(FORM, NEWER)
    shop.save(DIAGRAM, BROKEN)
    page = text(shop.get(""))
    assert "Changed in this draft" in page
    assert re.search(r"\d error", page)
    assert "With errors it cannot be deployed" in page
    assert f"{DIAGRAM} , gap_met" in page
    back = post(shop, f"/files/{DIAGRAM}/put-back", seen="3")
    assert "The file is as it was" in text(shop.site.get(OWNER, back.location))
    assert shop.draft.changed == (FORM,)
    # from a page that is older than the last save
    stale = post(shop, f"/files/{FORM}/put-back", seen="1")
    assert (stale.status_code, "since you looked" in text(stale)) == (422, True)


def test_a_draft_is_renamed_and_dropped(shop: Shop) -> None:
    assert post(shop, "/title", title="x" * 121).status_code == 422
    post(shop, "/title", title="Ask later")
    assert shop.draft.title == "Ask later"
    assert "Drop the draft “Ask later”?" in text(shop.get("/drop"))
    assert post(shop, "/drop").location.startswith("/workshop?")
    assert shop.get("").status_code == 404


def test_deploying_asks_for_a_reason_and_then_does_it(shop: Shop) -> None:
    assert "There is nothing to deploy" in text(shop.get("/deploy"))
    shop.save(FORM, NEWER)
    page = shop.get("/deploy")
    assert "New cases take version 2 from now on." in text(page)
    assert 'name="seen" value="2"' in page.text
    refused = post(shop, "/deploy", seen="2", reason="")
    assert (refused.status_code, "Enter the reason" in text(refused)) == (422, True)
    stale = post(shop, "/deploy", seen="1", reason="Shorter")
    assert (stale.status_code, "has changed this draft since" in text(stale)) == (422, True)
    assert deployed(shop).version == 1
    done = post(shop, "/deploy", seen="2", reason="Shorter")
    assert "Version 2 is in force" in text(shop.site.get(OWNER, done.location))
    assert (deployed(shop).reason, deployed(shop).bundle.files[FORM]) == ("Shorter", NEWER)


def test_a_draft_with_errors_shows_them_instead_of_a_button(shop: Shop) -> None:
    shop.save(DIAGRAM, BROKEN)
    page = shop.get("/deploy")
    assert "It cannot be deployed as it is." in text(page)
    assert f'<a href="{shop.path(f"/files/{DIAGRAM}")}">{DIAGRAM}</a>' in page.text
    assert 'name="reason"' not in page.text
    refused = post(shop, "/deploy", seen="2", reason="Anyway")
    assert (refused.status_code, deployed(shop).version) == (422, 1)
    assert "What was deployed before stays in force" in text(refused)


def test_deploying_and_going_back_want_a_fresh_proof(shop: Shop) -> None:
    shop.site.clock.at = T0 + timedelta(minutes=11)
    for path in (shop.path("/deploy"), f"/workshop/processes/{PROCESS}/roll-back?to=1"):
        assert shop.site.get(OWNER, path).location.startswith("/login/again")


def test_going_back_is_a_page_of_its_own(shop: Shop) -> None:
    shop.save(FORM, NEWER)
    post(shop, "/deploy", seen="2", reason="Shorter")
    back = f"/workshop/processes/{PROCESS}/roll-back"
    assert "Put version 1 in force again?" in text(shop.site.get(OWNER, f"{back}?to=1"))
    assert shop.site.get(OWNER, f"{back}?to=7").status_code == 404
    assert shop.site.get(OWNER, f"{back}?to=x").status_code == 400
    refused = shop.site.post(OWNER, back, {"to": "1", "seen": "2", "reason": ""})
    assert (refused.status_code, "Enter the reason" in text(refused)) == (422, True)
    done = shop.site.post(OWNER, back, {"to": "1", "seen": "2", "reason": "Too short"})
    assert "The older version is in force again" in text(shop.site.get(OWNER, done.location))
    assert deployed(shop).bundle == small()


def test_a_draft_that_was_overtaken_is_brought_up_to_date(shop: Shop) -> None:
    other = commands.open_draft(shop.site.w, shop.owner, PROCESS, "Other", T0)
    shop.save(FORM, NEWER)
    commands.save_file(shop.site.w, shop.owner, other, FORM, NEWER.replace(b"Newer", b"Newest"), 1, T0)
    commands.deploy_draft(shop.site.w, shop.owner, other, 2, "First", T0)
    assert "Version 2 was deployed since this draft was begun with version 1." in text(shop.get(""))
    assert "Another version was deployed since" in text(shop.get("/deploy"))
    refused = post(shop, "/rebase", seen="2")
    assert f"Select whose {FORM} is kept" in text(refused)
    assert 'href="#keep-1"' in refused.text
    assert 'id="keep-1"' in refused.text
    post(shop, "/rebase", seen="2", **{f"keep.{FORM}": "mine"})
    assert (shop.draft.base_version, shop.draft.files[FORM]) == (2, NEWER)


def test_a_version_is_shown_and_saved(shop: Shop) -> None:
    version = f"/workshop/processes/{PROCESS}/versions/1"
    assert "4" not in text(shop.site.get(OWNER, version)).partition("Files")[0]
    file = shop.site.get(OWNER, f"{version}/files/{DIAGRAM}")
    assert (file.data, file.headers["Content-Type"]) == (small().files[DIAGRAM], "application/octet-stream")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert shop.site.get(OWNER, f"{version}/files/none.form").status_code == 404
    assert shop.site.get(OWNER, f"{version[:-1]}7").status_code == 404
    zipped = shop.site.get(OWNER, f"{version}/bundle.zip")
    with zipfile.ZipFile(io.BytesIO(zipped.data)) as found:
        assert {name: found.read(name) for name in found.namelist() if name != NOTE} == small().files


def test_a_draft_goes_out_and_comes_in_again(shop: Shop) -> None:
    shop.save(FORM, NEWER)
    made = send(shop, "gap.zip", shop.get("/bundle.zip").data)
    assert made.status_code == 303
    page = text(shop.site.get(OWNER, made.location))
    assert "The file became this draft. Nothing was deployed." in page
    assert "Changed in this draft" in page
    assert deployed(shop).version == 1


def test_what_cannot_come_in_is_said_at_the_field(shop: Shop) -> None:
    for data, words in ((b"x", "“gap.zip” is not a zip file."), (b"x" * 10_000_001, "“gap.zip” is larger than 10 MB.")):
        refused = send(shop, "gap.zip", data)
        assert (refused.status_code, words in text(refused)) == (422, True)
        assert 'href="#file"' in refused.text
    nothing = shop.site.post(OWNER, "/workshop/import")
    assert "choose a zip file" in text(nothing)
    assert send(shop, "gap.zip", b"x" * 10_100_000).status_code == 413


def test_to_everybody_else_no_page_of_the_workshop_is_there(shop: Shop) -> None:
    """Whatever is asked, and whether or not the draft is there; an employer's process owner and an auditor, too."""
    outsiders = ["amir.shah", "ada.stone", *_more_people(shop.site)]
    blank = {name: shop.site.get(name, "/no-such-page").status_code for name in outsiders}
    assert set(blank.values()) == {404}
    before = (shop.draft.version, deployed(shop).version)
    for method, path in _addresses(shop):
        answers = {
            name: shop.site.send(name, method, path, data={"_csrf": csrf(name)} if method == "POST" else None)
            for name in outsiders
        }
        assert {name: one.status_code for name, one in answers.items()} == blank, (method, path)
    for name in outsiders:
        assert ">Workshop<" not in shop.site.get(name, "/inbox").text
    assert (shop.draft.version, deployed(shop).version) == before
    assert ">Workshop<" in shop.site.get(OWNER, "/inbox").text


def _more_people(site: Site) -> list[str]:
    """A process owner of an employer, and an auditor of the provider."""
    with db.transaction(site.w.engine) as connection:
        create_person(connection, "Eve Moss", "northfield", ["employee"], person_id="eve.moss")
        create_membership(connection, "eve.moss", "northfield", "process_owner")
        row = {"person_id": "eve.moss", "username": "eve.moss", "password_hash": "!", "active": True}
        connection.execute(account.insert(), row)
        for name in ("eve.moss", "irene.vale"):
            log_in(connection, name)
    return ["eve.moss", "irene.vale"]


def _addresses(shop: Shop) -> Iterator[tuple[str, str]]:
    ids = {"draft_id": shop.draft_id, "key": PROCESS, "name": DIAGRAM, "version": "1", "case_id": "none"}
    for rule in shop.site.app.url_map.iter_rules():
        if rule.rule.startswith("/workshop"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found[1]], rule.rule)
            yield from ((method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"}))


@pytest.mark.parametrize("path", ["/workshop", f"/workshop/processes/{PROCESS}"])
def test_without_a_login_one_is_asked_for(shop: Shop, path: str) -> None:
    assert shop.site.stranger.get(path).location.startswith("/login")
