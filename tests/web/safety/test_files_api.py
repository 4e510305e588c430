"""Files through the API: uploaded by an operation of their own, named among the answers, and handed out again."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.cases.tables import case as case_table
from tests.files_kit import PDF
from tests.web.safety.script import LINE_MANAGER, REFERRER, SUBJECT
from tests.web.safety.site import PEOPLE, Site
from tests.web.safety.test_files import WORDS

REFERRAL = {"employee": SUBJECT, "line_manager": LINE_MANAGER, "absence": "at_work", "ground": "adjustments", **WORDS}


def upload(
    site: Site, data: bytes = PDF, name: str = "plan.pdf", field: str = "documents", **more: Any
) -> TestResponse:
    body = {"field": field, "file": (BytesIO(data), name)}
    return site.send(more.pop("who", REFERRER), "POST", "/api/v1/processes/referral/files", data=body, **more)


def start(site: Site, documents: Any) -> TestResponse:
    answers = {**REFERRAL, "discussed": True, "documents": documents}
    return site.send(REFERRER, "POST", "/api/v1/processes/referral/cases", json={"answers": answers})


@pytest.mark.parametrize("as_object", [True, False])
def test_a_file_goes_in_and_out(site: Site, as_object: bool) -> None:
    kept = upload(site).get_json(force=True)
    assert {name: kept[name] for name in ("name", "kind", "size", "scanned")} == {
        "name": "plan.pdf",
        "kind": "pdf",
        "size": len(PDF),
        "scanned": False,
    }
    assert start(site, [{"id": kept["id"]} if as_object else kept["id"]]).status_code == 201
    case_id = site.world.scalar(sa.select(case_table.c.id))
    (submission,) = site.get(SUBJECT, f"/api/v1/cases/{case_id}").get_json()["submissions"]
    assert submission["files"] == [{"label": "Documents about the work", "files": [kept]}]
    url = f"/api/v1/cases/{case_id}/files/{kept['id']}"
    answer = site.get(SUBJECT, url)
    assert (answer.status_code, answer.data, answer.content_type) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert {name for name in PEOPLE if site.get(name, url).status_code == 200} == {SUBJECT, REFERRER, LINE_MANAGER}


def test_what_is_refused_is_a_problem_at_its_field(site: Site) -> None:
    answer = upload(site, b"MZ" + bytes(20), "run.pdf")
    assert (answer.status_code, answer.get_json(force=True)["errors"]) == (
        422,
        {"documents": "“run.pdf” is a program and cannot be handed in"},
    )
    assert start(site, ["none"]).get_json(force=True)["errors"].keys() == {"documents"}


def test_only_a_field_that_takes_files_takes_one(site: Site) -> None:
    assert upload(site, field="reason").get_json(force=True)["errors"] == {"reason": "No file is asked for here"}
    assert upload(site, who="grace.obi").status_code == 403
    assert upload(site, scopes="read").status_code == 403


def test_a_body_of_another_shape_is_told(site: Site) -> None:
    url = "/api/v1/processes/referral/files"
    assert site.send(REFERRER, "POST", url, json={}).status_code == 415
    assert site.send(REFERRER, "POST", url, data={"field": "documents", "file": "text"}).status_code in {400, 415}
    odd = {"content_type": "multipart/form-data; boundary=b", "data": b"x"}
    assert site.send(REFERRER, "POST", url, **odd, environ_overrides={"CONTENT_LENGTH": "90000000"}).status_code == 413
