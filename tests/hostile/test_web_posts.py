"""Huge, broken and odd requests: an answer in words, nothing changed, never a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.safety.routes import addresses
from tests.web.safety.script import NAMED, SUBJECT
from tests.web.safety.site import bearer, csrf
from tests.web.safety.story import Case
from tests.web.safety.unchanged import fingerprint

At = Callable[[str], Case]
FORM = "application/x-www-form-urlencoded"
TOKEN = f"_csrf={csrf(SUBJECT)}&".encode()
LIMIT = 512 * 1024
DEEP = 5000

#: what needs nothing but a press: it does what it says, whatever else comes with it
PRESSED = frozenset(
    {"POST /logout", "POST /cases/<case_id>/withdraw", "POST /account/second-step/off", "POST /me/erasure/confirm"}
    | {"POST /me/copy"}
)
#: name to content type and body
FORMS: Mapping[str, tuple[str, bytes]] = {
    "10 MB in one field": (FORM, TOKEN + b"reason=" + b"x" * 10_000_000),
    "just over the limit": (FORM, TOKEN + b"reason=" + b"x" * LIMIT),
    "10,000 fields": (FORM, TOKEN + b"&".join(b"f%d=1" % one for one in range(10_000))),
    "10,000 times the same": (FORM, TOKEN + b"&".join([b"consent=given"] * 10_000)),
    "10,000 rows": (FORM, TOKEN + b"&".join(b"items.%d.item=x" % one for one in range(10_000))),
    "a row with a huge number": (FORM, TOKEN + b"items.99999999999999999999.item=x&_add=items.99999999999"),
    "bad UTF-8": (FORM, TOKEN + b"reason=\xff\xfe\xc0\x80&\xff=\xff&consent=%ff%fe%c0%80"),
    "a lone surrogate": (FORM, TOKEN + b"reason=%ed%a0%80&consent=%ed%a0%80"),
    "NUL": (FORM, TOKEN + b"reason=a%00b&consent=a%00b&_key=%00&_version=%00&username=%00&as=%00&by=%00"),
    "odd numbers": (FORM, TOKEN + b"_version=99999999999999999999&_key=%0d%0a&consent=given"),
    "numbers that are none": (FORM, TOKEN + "_version=²³&_version=-1".encode()),
    "percent signs": (FORM, TOKEN + b"reason=%&consent=%g1&%=%"),
    "nothing but separators": (FORM, TOKEN + b"&&&&;;;===&=&="),
    "no body": (FORM, b""),
    "JSON": ("application/json", b'{"consent": "given"}'),
    "text": ("text/plain", TOKEN),
    "no type": ("", TOKEN),
    "a type of 10,000 characters": ("application/" + "x" * 10_000, TOKEN),
    "multipart without a boundary": ("multipart/form-data", TOKEN),
    "multipart that never ends": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"',
    ),
    "multipart with a file for a text": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n'
        + csrf(SUBJECT).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="consent"; filename="../../x"\r\n\r\ngiven\r\n--x--\r\n',
    ),
    "multipart of 10,000 parts": (
        "multipart/form-data; boundary=x",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(10_000)) + b"--x--\r\n",
    ),
    "an unknown character set": (FORM + "; charset=utf-7", TOKEN + b"reason=+ADw-x+AD4-"),
}
BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "half": b'{"answers": {',
    "NUL": b"\0",
    "bad UTF-8": b'{"answers": {"a": "\xff\xfe"}}',
    "a lone surrogate": b'{"answers": {"consent": "\\ud800"}, "version": 1}',
    "NUL in a text": b'{"answers": {"consent": "\\u0000", "\\u0000": 1}, "version": 1}',
    "a byte order mark": b'\xef\xbb\xbf{"answers": {}, "version": 1}',
    "5,000 lists deep": b'{"version": 1, "answers": {"a": ' + b"[" * DEEP + b"]" * DEEP + b"}}",
    "500 lists deep": b'{"version": 1, "answers": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}",
    "500 objects deep": b'{"version": 1, "answers": ' + b'{"a":' * 500 + b"1" + b"}" * 501,
    "a list": b"[]",
    "null": b"null",
    "a number beyond all": b'{"version": 1e999, "answers": {}}',
    "a version beyond all": b'{"version": 99999999999999999999999, "answers": {}}',
    "a version that is none": b'{"version": true, "answers": {}}',
    "NaN": b'{"version": NaN, "answers": {}}',
    "10,000 members": orjson.dumps({"version": 1, "answers": {f"f{one}": one for one in range(10_000)}}),
    "2 MB": orjson.dumps({"version": 1, "answers": {"consent": "x" * 2_000_000}}),
    "the same twice": b'{"answers": {}, "answers": [], "version": 1}',
    "prototypes": b'{"answers": {"__proto__": {"a": 1}, "constructor": 1, "__class__": 1}, "version": 1}',
}


@pytest.mark.parametrize("name", list(FORMS))
def test_an_odd_post_to_any_page_is_answered_in_words(at: At, name: str) -> None:
    case = at("start")
    kind, body = FORMS[name]
    before = fingerprint(case.site)
    for one in addresses(case.site, "POST", case.id, case.open_tasks()):
        if not one.api and one.rule not in PRESSED:
            answer = case.site.browser(SUBJECT).post(one.url, data=body, content_type=kind)
            assert 400 <= answer.status_code < 500 or answer.status_code in {200, 303}, (one.rule, answer.status_code)
            assert answer.status_code == 303 or "<h1" in answer.text, one.rule
    if "consent=given" not in body.decode(errors="replace"):
        assert fingerprint(case.site) == before


@pytest.mark.parametrize("name", list(BODIES))
def test_an_odd_body_to_any_operation_is_a_problem_in_words(at: At, name: str) -> None:
    case = at("start")
    before = fingerprint(case.site)
    for method in ("POST", "PUT"):
        for one in addresses(case.site, method, case.id, case.open_tasks()):
            if one.api:
                headers = {"Authorization": f"Bearer {bearer(SUBJECT)}", "Content-Type": "application/json"}
                answer = case.site.stranger.open(one.url, method=method, data=BODIES[name], headers=headers)
                assert answer.status_code < 500, one.rule
                if answer.status_code >= 400:
                    assert answer.get_json(force=True)["detail"], one.rule
    assert case.site.world.row(case.id).version == 1
    if name not in {"10,000 members", "prototypes", "NUL in a text"}:
        assert fingerprint(case.site) == before


@pytest.mark.parametrize(
    "query",
    [
        "cursor=%00",
        "cursor=x",
        "cursor=ü",
        "cursor=" + "A" * 499,
        "cursor=WzEsIngiXQ==",  # [1,"x"]
        "cursor=WyIiLCJ4Il0=",  # ["","x"]
        "cursor=WyIiLCJcdTAwMDAiXQ==",  # ["","\u0000"]
        "cursor=WyIiLHt9XQ==",  # ["",{}]
        "cursor=WyIyMDI2LTAxLTAxIiwieCJd",  # ["2026-01-01","x"]
        "cursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwieCJd",  # without a zone
        "cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwieCJd",  # before the first year in UTC
        "cursor=WyI5OTk5LTEyLTMxVDIzOjU5OjAwLTE0OjAwIiwieCJd",  # after the last
        "cursor=eyJhIjoxLCJiIjoyfQ==",  # an object of two
    ],
)
@pytest.mark.parametrize("scope", ["mine", "groups", "done", "other"])
def test_a_forged_cursor_is_refused_in_words(at: At, query: str, scope: str) -> None:
    case = at("start")
    for url in ("/inbox", "/api/v1/tasks"):
        assert case.site.get(SUBJECT, f"{url}?scope={scope}&{query}").status_code in {200, 400, 404}


@pytest.mark.parametrize("after", ["-1", "x", "99999999999999999999", "1e5", "\u0665", "%00", ""])
def test_a_forged_place_in_the_log_is_refused_in_words(at: At, after: str) -> None:
    case = at("start")
    assert case.site.get(SUBJECT, f"/api/v1/cases/{case.id}/history?after={after}").status_code in {200, 400, 404}


ODD = ("%00", "%ff%fe", "%0d%0aX:y", "..%2f..%2fetc%2fpasswd", "%2e%2e", "'--", "a" * 5000, "😀")
HEADS = ("Cookie", "Authorization", "Origin", "Accept", "Accept-Encoding", "Idempotency-Key", "If-None-Match")


@pytest.mark.parametrize("odd", ODD)
def test_odd_addresses_lead_nowhere(at: At, odd: str) -> None:
    case = at("start")
    before = fingerprint(case.site)
    for method in ("GET", "POST", "PUT"):
        for one in addresses(case.site, method, odd, [odd], odd):
            if one.whose in {"case", "task"}:
                more: dict[str, Any] = {"data": {"_csrf": csrf(SUBJECT)}} if not one.api and method == "POST" else {}
                answer = case.site.send(SUBJECT, method, one.url, **more)
                # a path with dots is put straight by a redirect within the site
                assert 400 <= answer.status_code < 500 or answer.status_code == 308, one.rule
    assert fingerprint(case.site) == before


@pytest.mark.parametrize("header", HEADS)
def test_odd_headers_are_no_failure(at: At, header: str) -> None:
    site = at("start").site
    for value in ("\xff\xfe", "waymark=\xff", "Bearer wm_\xff", "a" * 9000, "*/*;q=x", ""):
        for url in ("/inbox", "/assets/waymark.css", "/api/v1/tasks"):
            assert site.stranger.get(url, headers={header: value}).status_code < 500, (header, value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["notes", "items", "gp_report_needed", "gp_report_reason", "item", "share", ""])
ROWS = st.lists(st.dictionaries(KEYS, JSON, max_size=3) | JSON, max_size=4)
ANSWERS = st.dictionaries(KEYS, JSON | ROWS, max_size=5)


@given(st.lists(ANSWERS, min_size=40, max_size=40))
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_json_can_be_kept_as_a_draft_shown_and_refused(at: At, many: list[dict[str, Any]]) -> None:
    case = at("attended")
    task = case.site.open_task(case.id, "assess")
    url = f"/api/v1/tasks/{task.id}"
    for answers in many:
        body = {"version": task.version, "answers": answers}
        assert case.site.send(NAMED, "PUT", f"{url}/draft", json={"answers": answers}).status_code in {204, 400}
        assert case.site.get(NAMED, f"/tasks/{task.id}").status_code == 200, answers
        assert case.site.get(NAMED, url).status_code == 200, answers
        assert case.site.send(NAMED, "POST", f"{url}/complete", json=body).status_code in {400, 422}, answers


NAMES = st.sampled_from(
    ["notes", "items.0.item", "items.0.share", "items.7.item", "items", "items.0", "items[day]", "items.-1.item"]
    * 2  # more often than the buttons
    + ["items.0.item[day]", "gp_report_needed", "_add", "_remove", "_hidden", "_key", "_version", "_refresh", "_draft"]
)
VALUES = st.text(max_size=30) | st.sampled_from(["items", "items.0", "items.99", "notes", "yes", "no", "1"])


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=7), min_size=40, max_size=40))
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_form_is_answered_with_a_page(at: At, many: list[dict[str, str]]) -> None:
    case = at("attended")
    url = f"/tasks/{case.site.open_task(case.id, 'assess').id}"
    for fields in many:
        posted = {name: value.encode("utf-8", "replace") for name, value in fields.items()}
        answer = case.site.post(NAMED, url, posted)
        assert answer.status_code in {200, 303, 400, 409, 422}, fields
