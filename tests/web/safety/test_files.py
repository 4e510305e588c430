"""Files in posts and out of the door: nothing is lost on the way in, and only who may see the answer gets it out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from app import db
from app.cases.tables import case as case_table
from app.records import attachment
from app.records.attachments import attachment_piece
from tests.files_kit import PDF, TXT, docx, pdf, png
from tests.web.safety.script import CLERK, LINE_MANAGER, NAMED, REFERRAL, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.site import PEOPLE, Site, csrf
from tests.web.safety.story import Case

At = Callable[[str], Case]
WORDS = dict.fromkeys(("job_title", "job_demands", "reason", "questions"), "As agreed")
ANSWERS = {"employee": SUBJECT, "line_manager": LINE_MANAGER, "absence": "at_work", "ground": "adjustments", **WORDS}
RECEIVED = {"received_on[day]": "20", "received_on[month]": "11", "received_on[year]": "2026", "kept_at": "Shelf 4"}
NAME = "Stress after bereavement.pdf"
OTHERS = sorted(set(PEOPLE) - {SUBJECT, REFERRER, LINE_MANAGER, CLERK, NAMED})


def start_with(site: Site, *chosen: tuple[bytes, str], who: str = REFERRER, **more: Any) -> TestResponse:
    """The start form sent with files."""
    fields = {**ANSWERS, "discussed": "true", "_key": "k1", **more}
    return post(site, who, "/start/referral", "documents", chosen, fields)


def post(
    site: Site, who: str, url: str, picker: str, chosen: tuple[tuple[bytes, str], ...], fields: dict[str, Any]
) -> TestResponse:
    files = [FileStorage(BytesIO(data), name) for data, name in chosen]
    boundary, body = encode_multipart(MultiDict({"_csrf": csrf(who), **fields, f"{picker}[file]": files}))
    return site.browser(who).post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def ids_on(page: str, at: str = "documents") -> list[str]:
    """Files that the form on the page holds."""
    return re.findall(rf'<input type="hidden" name="{at}" value="([0-9a-f-]{{36}})"', page)


def main_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")]))


def stored(site: Site) -> list[sa.Row[Any]]:
    return site.world.rows(sa.select(attachment).order_by(attachment.c.uploaded_at))


def sent_file(site: Site, data: bytes = PDF, name: str = NAME) -> tuple[str, str]:
    """(case id, file id) of a referral with a file."""
    assert start_with(site, (data, name)).status_code == 303
    return site.world.scalar(sa.select(case_table.c.id)), stored(site)[0].id


def test_a_file_is_sent_with_the_start_form_and_saved_again(site: Site) -> None:
    case_id, file_id = sent_file(site)
    page = site.get(REFERRER, f"/cases/{case_id}?view=answers").text
    assert f'<a href="/cases/{case_id}/files/{file_id}" download>{NAME}</a>' in page
    assert "PDF, 1 KB, not checked for viruses" in main_of(page)
    answer = site.get(REFERRER, f"/cases/{case_id}/files/{file_id}")
    assert (answer.status_code, answer.data) == (200, PDF)
    expected = {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": f"attachment; filename=\"{NAME}\"; filename*=UTF-8''{NAME.replace(' ', '%20')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: answer.headers[name] for name in expected} == expected


def test_a_name_in_other_letters_is_said_twice(site: Site) -> None:
    case_id, file_id = sent_file(site, name="../../Größe; x*\u202e=b.pdf")
    answer = site.get(REFERRER, f"/cases/{case_id}/files/{file_id}")
    said = answer.headers["Content-Disposition"]
    assert said == "attachment; filename=\"Groe_ x__b.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%3B%20x_%3Db.pdf"


@pytest.mark.parametrize("dest", ["image", "iframe", "script", "object", "embed", "style"])
def test_no_page_can_draw_a_file(site: Site, dest: str) -> None:
    case_id, file_id = sent_file(site)
    url = f"/cases/{case_id}/files/{file_id}"
    assert site.browser(REFERRER).get(url, headers={"Sec-Fetch-Dest": dest}).status_code == 404
    assert site.browser(REFERRER).get(url, headers={"Sec-Fetch-Dest": "document"}).status_code == 200


def test_a_form_that_is_refused_keeps_files_and_entries(site: Site) -> None:
    answer = start_with(site, (PDF, NAME), (TXT, "note.txt"), reason="")
    assert answer.status_code == 422
    kept = ids_on(answer.text)
    assert len(kept) == 2
    assert NAME in main_of(answer.text)
    assert "As agreed" in answer.text
    again = site.post(REFERRER, "/start/referral", {**ANSWERS, "discussed": "true", "documents": ["", *kept]})
    assert again.status_code == 303
    assert {(row.id, row.submission_id is not None) for row in stored(site)} == {(one, True) for one in kept}


def test_what_is_refused_says_why_at_its_field_and_the_rest_stays(site: Site) -> None:
    answer = start_with(site, (PDF, "good.pdf"), (b"MZ" + bytes(50), "run.exe"), (b"", "nothing.txt"))
    assert answer.status_code == 422
    words = main_of(answer.text)
    assert "“run.exe” is a program" in words
    assert "“nothing.txt” is empty" in words
    assert '<a href="#documents">' in answer.text
    assert len(ids_on(answer.text)) == len(stored(site)) == 1
    assert "As agreed" in answer.text


def test_a_file_that_is_too_large_is_told_and_what_was_typed_stays(site: Site) -> None:
    answer = start_with(site, (pdf(size=10_100_000), "large.pdf"))
    assert answer.status_code == 422
    assert "“large.pdf” is too large: it may have 10 MB" in main_of(answer.text)
    assert "As agreed" in answer.text
    assert stored(site) == []


def test_a_post_beyond_all_bounds_gets_a_page_in_words(site: Site) -> None:
    answer = site.browser(REFERRER).post(
        "/start/referral",
        data=b"x",
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"CONTENT_LENGTH": "300000000"},
    )
    assert answer.status_code == 413
    assert "choose smaller files" in main_of(answer.text)


@pytest.mark.parametrize("url", ["/logout", "/cases/none/cancel"])
def test_other_posts_are_bounded_as_before(site: Site, url: str) -> None:
    more = {"data": b"x", "content_type": "multipart/form-data; boundary=b"}
    answer = site.browser(REFERRER).post(url, **more, environ_overrides={"CONTENT_LENGTH": "600000"})
    assert answer.status_code == 413


def test_six_files_are_one_too_many(site: Site) -> None:
    answer = start_with(site, *((TXT + bytes([65 + number]), f"{number}.txt") for number in range(6)))
    assert answer.status_code == 422
    assert "Documents about the work must have at most 5 files" in main_of(answer.text)
    assert len(ids_on(answer.text)) == 5
    assert "Remove a file to choose another" in main_of(answer.text)


def test_a_file_is_uploaded_and_removed_before_anything_is_sent(site: Site) -> None:
    answer = start_with(site, (PDF, NAME), _upload="documents")
    assert answer.status_code == 200
    assert "The file is uploaded. Nothing has been sent yet." in main_of(answer.text)
    (kept,) = ids_on(answer.text)
    removed = site.post(REFERRER, "/start/referral", {**ANSWERS, "documents": ["", kept], "_drop": f"documents {kept}"})
    assert removed.status_code == 200
    assert "The file is removed" in main_of(removed.text)
    assert ids_on(removed.text) == []
    assert stored(site) == []
    assert site.world.rows(sa.select(attachment_piece)) == []


def test_upload_without_a_file_says_so(site: Site) -> None:
    answer = start_with(site, _upload="documents")
    assert "Choose a file first" in main_of(answer.text)


def test_two_clicks_are_one_case_with_one_file(site: Site) -> None:
    first, second = (start_with(site, (PDF, NAME)) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.status_code == 303
    assert len(stored(site)) == 1


def test_a_login_that_ran_out_keeps_what_was_uploaded_and_says_what_was_not(site: Site) -> None:
    page = start_with(site, (PDF, NAME), _upload="documents")
    (kept,) = ids_on(page.text)
    fields = {**ANSWERS, "documents": ["", kept], "_who": re.search(r'name="_who" value="([^"]+)"', page.text)[1]}  # type: ignore[index]
    data = {**fields, "documents[file]": (BytesIO(TXT), "note.txt")}
    answer = site.app.test_client().post("/start/referral", data=data, content_type="multipart/form-data")
    assert answer.status_code == 401
    assert "The files that you had just chosen are not: choose them again." in main_of(answer.text)
    assert f'name="kept.documents" value="{kept}"' in answer.text
    assert len(stored(site)) == 1


def test_a_file_of_somebody_elses_cannot_be_sent_or_removed(site: Site) -> None:
    (kept,) = ids_on(start_with(site, (PDF, NAME), _upload="documents").text)
    for who in (LINE_MANAGER, "fiona.mackay"):
        fields = {**ANSWERS, "discussed": "true", "documents": ["", kept]}
        answer = site.post(who, "/start/referral", fields)
        assert answer.status_code == 422
        assert NAME not in answer.text
        site.post(who, "/start/referral", {**fields, "_drop": f"documents {kept}"})
    (row,) = stored(site)
    assert row.submission_id is None


@pytest.mark.parametrize("odd", ["none", "x" * 500, "../..", "00000000-0000-0000-0000-000000000000"])
def test_an_id_that_nobody_gave_is_told_at_the_field(site: Site, odd: str) -> None:
    answer = site.post(REFERRER, "/start/referral", {**ANSWERS, "discussed": "true", "documents": ["", odd]})
    assert answer.status_code == 422
    assert "what you chose is not here any more" in main_of(answer.text)


def test_who_may_not_see_the_answer_finds_no_file(site: Site) -> None:
    case_id, file_id = sent_file(site)
    nothing = "00000000-0000-0000-0000-000000000000"
    for name in PEOPLE:
        mine = site.get(name, f"/cases/{case_id}/files/{file_id}")
        none = site.get(name, f"/cases/{case_id}/files/{nothing}")
        if name in {SUBJECT, REFERRER, LINE_MANAGER}:
            assert (mine.status_code, mine.data, none.status_code) == (200, PDF, 404), name
        else:
            plain = mine.text.replace(file_id, nothing)
            assert (mine.status_code, plain, dict(mine.headers)) == (404, none.text, dict(none.headers)), name
    assert site.stranger.get(f"/cases/{case_id}/files/{file_id}").status_code == 303


def test_a_file_opens_from_no_other_case(site: Site) -> None:
    case_id, file_id = sent_file(site)
    assert start_with(site, (TXT, "note.txt"), _key="k2").status_code == 303
    other = site.world.scalar(sa.select(case_table.c.id).where(case_table.c.id != case_id))
    assert site.get(REFERRER, f"/cases/{other}/files/{file_id}").status_code == 404
    assert site.get(REFERRER, f"/cases/{case_id}/files/{file_id}").status_code == 200


def received(case: Case, *chosen: tuple[bytes, str], **more: str) -> TestResponse:
    task = case.site.open_task(case.id, "receive_gp_report")
    return post(case.site, CLERK, f"/tasks/{task.id}", "report_files", chosen, {**RECEIVED, **more})


def test_a_clinical_file_is_for_the_practitioner_and_the_employee(at: At) -> None:
    case = at("gp-seen")
    case.site.pass_time(_weeks(2))
    assert received(case, (docx(), "Report.docx")).status_code == 303
    file_id = stored(case.site)[-1].id
    url = f"/cases/{case.id}/files/{file_id}"
    answered = {name: case.site.get(name, url).status_code for name in PEOPLE}
    assert {name for name, code in answered.items() if code == 200} == {SUBJECT, NAMED}
    assert set(answered.values()) == {200, 404}
    for name in (CLERK, REFERRER, UNNAMED):
        assert "Report.docx" not in case.site.get(name, f"/cases/{case.id}?view=answers").text


def _weeks(number: int) -> timedelta:
    return timedelta(weeks=number)


def test_a_draft_keeps_its_files_and_another_clerk_sees_none_that_are_not_for_them(at: At) -> None:
    case = at("gp-seen")
    case.site.pass_time(_weeks(2))
    task = case.site.open_task(case.id, "receive_gp_report")
    assert received(case, (png(), "scan.png"), _draft="1").status_code == 303
    page = case.site.get(CLERK, f"/tasks/{task.id}?saved=1").text
    (kept,) = ids_on(page, "report_files")
    assert "scan.png" in main_of(page)
    (row,) = [one for one in stored(case.site) if one.task_id]
    assert (row.kept, row.submission_id) == (True, None)
    second = case.site.get("oscar.lind", f"/tasks/{task.id}")
    # a file of class clinical: whoever chose it has it before them, a colleague may not know of it
    assert ids_on(second.text, "report_files") == []
    assert "scan.png" not in second.text
    # until it is sent nobody saves it from the case
    assert case.site.get(CLERK, f"/cases/{case.id}/files/{kept}").status_code == 404
    assert case.site.get(SUBJECT, f"/cases/{case.id}/files/{kept}").status_code == 404


def test_nothing_of_a_file_stands_in_the_database_in_plain(at: At) -> None:
    case = at("gp-seen")
    case.site.pass_time(_weeks(2))
    word, name = b"zqcanaryinthefile", "zqcanaryinthename"
    assert received(case, (docx(text=word.decode()) + b"", f"{name}.docx"), (word, f"{name}.txt")).status_code == 422
    assert received(case, (pdf(word), f"{name}.pdf")).status_code == 303
    data = case.site.data()
    assert word not in data
    assert name.encode() not in data
    # a control: what is stored in plain would be found
    assert b"receive_gp_report" in data
    with db.reading(case.site.w.engine) as connection:
        held = connection.execute(sa.text("SELECT body FROM history_event")).scalars().all()
    assert any("report_files" in body for body in held)


def test_control_referral_answers_are_as_the_story_sends_them() -> None:
    assert {"employee", "line_manager"} <= REFERRAL.keys()
