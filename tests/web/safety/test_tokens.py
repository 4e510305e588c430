"""Tokens of the API and closed accounts: no more than was given, and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner

from app import db
from app.cli import main
from app.identity import tokens
from app.identity.people import set_active
from tests.web.safety.routes import addresses
from tests.web.safety.script import CLERK, SUBJECT
from tests.web.safety.site import Site, bearer
from tests.web.safety.story import Case
from tests.web.safety.unchanged import fingerprint

At = Callable[[str], Case]


def test_a_token_for_reading_changes_nothing(at: At) -> None:
    case = at("informed")
    before = fingerprint(case.site)
    for method in ("POST", "PUT"):
        for one in addresses(case.site, method, case.id, case.open_tasks()):
            if one.api:
                answer = case.site.send(CLERK, method, one.url, scopes="read", json={"answers": {}})
                assert answer.status_code == 403, one.rule
                assert "insufficient_scope" in answer.headers["WWW-Authenticate"]
    assert fingerprint(case.site) == before
    assert case.site.send(CLERK, "GET", f"/api/v1/cases/{case.id}", scopes="read").status_code == 200


def everything_refused(site: Site, case: Case, header: str) -> None:
    before = fingerprint(site)
    for method in ("GET", "POST", "PUT"):
        for one in addresses(site, method, case.id, case.open_tasks()):
            if one.api and one.whose != "anybody":
                answer = site.stranger.open(one.url, method=method, headers={"Authorization": header}, json={})
                assert answer.status_code == 401, (one.rule, header)
                assert case.id not in answer.text
    assert fingerprint(site) == before


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wm_",
        "Bearer nothing",
        "Basic wm_olivia.hart-read-write",
        "Bearer WM_olivia.hart-read-write",
        "Bearer wm_olivia.hart-read-write x",
        "Bearer wm_\xff\xfe",
        "Bearer " + "wm_" + "a" * 5000,
        "bearer cookie-of-olivia.hart",
    ],
)
def test_what_is_no_token_opens_nothing(at: At, header: str) -> None:
    case = at("informed")
    everything_refused(case.site, case, header)


def test_a_cookie_opens_no_api(at: At) -> None:
    case = at("informed")
    assert case.site.browser(CLERK).get(f"/api/v1/cases/{case.id}").status_code == 401


def test_a_token_that_ran_out_is_refused(at: At) -> None:
    case = at("informed")
    header = f"Bearer {bearer(CLERK)}"
    case.site.clock.at += timedelta(days=90) - timedelta(seconds=1)
    assert case.site.get(CLERK, "/api/v1/tasks").status_code == 200
    case.site.clock.at += timedelta(seconds=1)
    everything_refused(case.site, case, header)


def test_a_token_that_was_taken_back_is_refused(at: At) -> None:
    case = at("informed")
    with db.transaction(case.site.w.engine) as connection:
        tokens.revoke_tokens(connection, CLERK)
    everything_refused(case.site, case, f"Bearer {bearer(CLERK)}")


def test_a_closed_account_is_out_at_once(at: At) -> None:
    case = at("consent")
    site = case.site
    assert site.get(SUBJECT, f"/cases/{case.id}").status_code == 200
    with db.transaction(site.w.engine) as connection:
        set_active(connection, SUBJECT, active=False)
    assert site.get(SUBJECT, f"/cases/{case.id}").status_code == 303
    assert site.post(SUBJECT, f"/cases/{case.id}/withdraw").status_code == 401
    everything_refused(site, case, f"Bearer {bearer(SUBJECT)}")


def test_an_account_that_opens_again_brings_back_no_login_and_no_token(at: At) -> None:
    case = at("consent")
    env = {"WAYMARK_VAR": str(case.site.folder), "WAYMARK_DATABASE_URL": case.site.w.settings.database_url}
    for command in ("close", "reopen"):
        result = CliRunner().invoke(main, ["user", command, SUBJECT], env=env)
        assert result.exit_code == 0, result.output
    assert case.site.get(SUBJECT, f"/cases/{case.id}").status_code == 303
    everything_refused(case.site, case, f"Bearer {bearer(SUBJECT)}")
