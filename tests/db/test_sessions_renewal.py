"""Cookies that change while they are used, on both databases; time by hand where the machine's clock serves."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import db
from app.clock import FixedClock
from app.identity import people, sessions
from app.identity.actor import Session
from app.identity.tables import login_session

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Browser:
    """One cookie, and the time; the answers arrive unless they are lost."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.clock = engine, FixedClock(START)
        with db.transaction(engine) as conn:
            self.cookie = sessions.open_session(conn, "mo", START)

    def ask(self, cookie: str | None = None, *, lost: bool = False) -> Session | None:
        found = sessions.authenticate(self.engine, cookie or self.cookie, self.clock, demo=False)
        if found and found.renewed and not lost:
            self.cookie = found.renewed
        return found

    def wait(self, **span: int) -> None:
        self.clock.at += timedelta(**span)


@pytest.fixture
def browser(sqlite_settings: object) -> Browser:
    engine = db.open_engine(sqlite_settings)  # type: ignore[arg-type]
    with db.transaction(engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_person(conn, "Mo", "acme", person_id="mo")
        people.create_account(conn, "mo", "mo", "correct horse battery")
    return Browser(engine)


def test_the_cookie_changes_after_a_quarter_of_an_hour_of_use(browser: Browser) -> None:
    first = browser.cookie
    browser.wait(minutes=14)
    assert browser.ask()
    assert browser.cookie == first
    browser.wait(minutes=1)
    found = browser.ask()
    assert found is not None
    csrf = found.csrf
    assert browser.cookie != first
    again = browser.ask()
    assert again is not None
    # what stands in open pages goes on to work
    assert again.csrf == csrf


def test_the_value_before_is_taken_for_a_minute_after_the_new_one_was_seen(browser: Browser) -> None:
    old = browser.cookie
    browser.wait(minutes=15)
    browser.ask()
    assert browser.ask(old)
    browser.ask()
    browser.wait(seconds=59)
    assert browser.ask(old)
    browser.wait(seconds=1)
    assert browser.ask(old) is None
    assert browser.ask()


def test_requests_of_the_same_moment_give_one_new_value(browser: Browser) -> None:
    browser.wait(minutes=15)
    old, found = browser.cookie, []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        found.append(sessions.authenticate(browser.engine, old, browser.clock, demo=False))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found)
    assert len([one for one in found if one and one.renewed]) == 1


def test_a_new_value_that_got_lost_on_the_way_logs_nobody_out(browser: Browser) -> None:
    browser.wait(minutes=15)
    lost = browser.ask(lost=True)
    assert lost is not None
    browser.wait(seconds=30)
    assert browser.ask()
    browser.wait(seconds=30)
    old = browser.cookie
    assert browser.ask()
    assert browser.cookie not in {old, lost.renewed}
    # what was lost is nobody's any more
    assert browser.ask(lost.renewed) is None
    assert browser.ask()


def test_logging_out_with_either_value_ends_the_session(browser: Browser) -> None:
    old = browser.cookie
    browser.wait(minutes=15)
    browser.ask()
    with db.transaction(browser.engine) as conn:
        sessions.sign_out(conn, old)
    assert browser.ask() is None


def test_quiet_and_age_end_it_still(browser: Browser) -> None:
    for _ in range(12 * 60 // 20 - 1):
        browser.wait(minutes=20)
        assert browser.ask()
    browser.wait(minutes=20)
    assert browser.ask() is None


def test_logging_out_elsewhere_leaves_this_one(browser: Browser) -> None:
    with db.transaction(browser.engine) as conn:
        other = sessions.open_session(conn, "mo", START)
        assert sessions.end_sessions(conn, "mo", but=browser.cookie) == 1
    assert browser.ask(other) is None
    assert browser.ask()


def test_a_change_of_role_changes_the_cookie_at_the_next_click(browser: Browser) -> None:
    first = browser.cookie
    with db.transaction(browser.engine) as conn:
        sessions.renew_soon(conn, "mo", browser.clock.at)
    assert browser.ask()
    assert browser.cookie != first


def test_on_both_databases_a_new_value_replaces_the_old_row(engine: sa.Engine) -> None:
    with db.transaction(engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_person(conn, "Mo", "acme", person_id="mo")
        people.create_account(conn, "mo", "mo", "correct horse battery")
        token = sessions.open_session(conn, "mo", datetime.now(UTC) - timedelta(minutes=16))
        conn.execute(sa.update(login_session).values(seen_at=datetime.now(UTC)))
    found = sessions.authenticate(engine, token, demo=False)
    assert found is not None
    assert found.renewed
    assert sessions.authenticate(engine, found.renewed, demo=False)
    with db.reading(engine) as conn:
        (row,) = conn.execute(sa.select(login_session)).all()
    assert row.previous_hash
    assert row.previous_until
