"""People, logins, tokens and the clock, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import db
from app.clock import FixedClock
from app.errors import BadRequest, NotAllowed, NotFound
from app.identity import clock as clocks
from app.identity import lockout, people, sessions, tokens
from app.identity.errors import UnknownRole, UnknownUser, UsernameTaken, WeakPassword
from app.identity.tables import account, login_session, sign_in_attempt
from app.workdays import BadCalendar

PASSWORD = "correct horse battery"


@pytest.fixture
def house(engine: sa.Engine) -> sa.Engine:
    """One employer, its provider, a manager who is an employee too."""
    with db.transaction(engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_organisation(conn, people.Organisation("well", "Well Work", "provider", subdivision="SCT"))
        people.set_provider(conn, "acme", "well")
        people.create_person(conn, "Mo Khan", "acme", ["employee", "manager"], email="mo@acme.test", person_id="mo")
        people.create_person(conn, "Pat Lee", "well", ["practitioner"], person_id="pat")
        people.create_account(conn, "mo", "Mo.Khan", PASSWORD)
    return engine


@pytest.fixture
def real_now(house: sa.Engine) -> datetime:
    """The time by which sessions run out: the database's on PostgreSQL, this machine's on SQLite."""
    with db.reading(house) as conn:
        return clocks.read(conn, demo=False).real


def statements(engine: sa.Engine) -> list[str]:
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _cur, text, *_: seen.append(text))
    return seen


def test_a_login_gives_a_session_with_person_roles_and_time_in_one_statement(
    house: sa.Engine, real_now: datetime
) -> None:
    token = sessions.sign_in(house, " MO.khan ", PASSWORD, real_now).token
    assert token
    seen = statements(house)
    session = sessions.authenticate(house, token, demo=True)
    assert len(seen) == 1
    assert session is not None
    assert session.actor.name == "Mo Khan"
    assert session.actor.roles == {("acme", "employee"), ("acme", "manager")}
    assert session.actor.has("manager", "acme")
    assert not session.actor.has("manager", "well")
    assert abs(session.now - real_now) < timedelta(minutes=1)
    assert session.now.tzinfo is UTC
    assert len(session.csrf) >= 32


def test_the_table_does_not_hold_what_logs_in(house: sa.Engine, real_now: datetime) -> None:
    token = sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token
    with db.reading(house) as conn:
        assert token not in str(conn.execute(sa.select(login_session)).all())
        assert PASSWORD not in str(conn.execute(sa.select(account)).all())
        assert conn.execute(sa.select(account.c.password_hash)).scalar_one().startswith("$argon2id$")


@pytest.mark.parametrize(("name", "password"), [("mo.khan", "wrong horse battery"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_or_password_gives_nothing(house: sa.Engine, real_now: datetime, name: str, password: str) -> None:
    assert sessions.sign_in(house, name, password, real_now) == sessions.SignIn(None)


def test_a_closed_account_cannot_log_in_and_its_sessions_and_tokens_end(house: sa.Engine, real_now: datetime) -> None:
    token = sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token
    with db.transaction(house) as conn:
        bearer = tokens.create_token(conn, "mo", "script", real_now)
        people.set_active(conn, "mo.khan", active=False)
    assert sessions.authenticate(house, token, demo=False) is None
    assert sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token is None
    with db.reading(house) as conn:
        assert tokens.actor_of_token(conn, bearer, demo=False) is None


def test_a_login_ends_the_session_that_came_with_it(house: sa.Engine, real_now: datetime) -> None:
    planted = sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token
    fresh = sessions.sign_in(house, "mo.khan", PASSWORD, real_now, old_token=planted).token
    assert fresh != planted
    assert sessions.authenticate(house, planted, demo=False) is None
    assert sessions.authenticate(house, fresh, demo=False) is not None


def test_logging_out_ends_the_session(house: sa.Engine, real_now: datetime) -> None:
    token = sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token
    assert token
    with db.transaction(house) as conn:
        sessions.sign_out(conn, token)
    assert sessions.authenticate(house, token, demo=False) is None


@pytest.mark.parametrize("known", [True, False])
def test_after_five_wrong_tries_each_waits_longer_for_real_names_and_others_alike(
    house: sa.Engine, real_now: datetime, known: bool
) -> None:
    name, now, waits = "mo.khan" if known else "nobody", real_now, []
    for _ in range(8):
        answer = sessions.sign_in(house, name, "wrong horse battery", now)
        waits.append(answer.wait_seconds)
        now += timedelta(seconds=answer.wait_seconds)
    assert waits == [0, 0, 0, 0, 5, 10, 20, 40]


def test_the_right_password_is_not_looked_at_while_locked_and_forgives_afterwards(
    house: sa.Engine, real_now: datetime
) -> None:
    for _ in range(5):
        sessions.sign_in(house, "mo.khan", "wrong horse battery", real_now)
    assert sessions.sign_in(house, "mo.khan", PASSWORD, real_now) == sessions.SignIn(None, 5)
    later = real_now + timedelta(seconds=5)
    assert sessions.sign_in(house, "mo.khan", PASSWORD, later).token
    assert sessions.sign_in(house, "mo.khan", "wrong horse battery", later).wait_seconds == 0


def test_old_tries_are_cleared_away(house: sa.Engine, real_now: datetime) -> None:
    sessions.sign_in(house, "nobody", "x", real_now)
    sessions.sign_in(house, "mo.khan", "x", real_now + lockout.FORGOTTEN_AFTER + timedelta(seconds=1))
    with db.reading(house) as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(sign_in_attempt)).scalar() == 1


@pytest.mark.parametrize(
    ("seen_ago", "made_ago", "alive"),
    [(29, 60, True), (31, 60, False), (1, 11 * 60, True), (1, 12 * 60 + 1, False)],
    ids=["quiet a while", "quiet too long", "long day", "too long a day"],
)
def test_sessions_run_out(house: sa.Engine, real_now: datetime, seen_ago: int, made_ago: int, alive: bool) -> None:
    with db.transaction(house) as conn:
        token = sessions.open_session(conn, "mo", real_now - timedelta(minutes=made_ago))
        conn.execute(sa.update(login_session).values(seen_at=real_now - timedelta(minutes=seen_ago)))
    assert (sessions.authenticate(house, token, demo=False) is not None) is alive


def test_seen_is_written_once_a_minute(house: sa.Engine, real_now: datetime) -> None:
    with db.transaction(house) as conn:
        token = sessions.open_session(conn, "mo", real_now - timedelta(minutes=5))
    seen = statements(house)
    assert sessions.authenticate(house, token, demo=False)
    assert [text.split()[0] for text in seen if "BEGIN" not in text] == ["SELECT", "UPDATE"]
    seen.clear()
    assert sessions.authenticate(house, token, demo=False)
    assert len(seen) == 1


def test_moving_the_demo_clock_moves_now_but_logs_nobody_out(house: sa.Engine, real_now: datetime) -> None:
    token = sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token
    with db.transaction(house) as conn:
        assert clocks.advance(conn, timedelta(days=3), demo=True) == timedelta(days=3)
        assert clocks.advance(conn, timedelta(weeks=2), demo=True) == timedelta(days=17)
    moved = sessions.authenticate(house, token, demo=True)
    still = sessions.authenticate(house, token, demo=False)
    assert moved is not None
    assert still is not None
    assert timedelta(days=17) <= moved.now - real_now < timedelta(days=17, minutes=1)
    assert still.now - real_now < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("by", "demo", "error"),
    [
        (timedelta(days=1), False, NotAllowed),
        (timedelta(days=-1), True, BadRequest),
        (timedelta(days=4000), True, BadRequest),
    ],
)
def test_the_clock_refuses_to_be_moved_like_this(
    house: sa.Engine, by: timedelta, demo: bool, error: type[Exception]
) -> None:
    with pytest.raises(error), db.transaction(house) as conn:
        clocks.advance(conn, by, demo=demo)
    with db.reading(house) as conn:
        assert clocks.offset(conn) == timedelta(0)


def test_sqlite_takes_the_clock_that_it_is_given(house: sa.Engine) -> None:
    at = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    with db.reading(house) as conn:
        found = clocks.read(conn, FixedClock(at), demo=True).now
    assert (found == at) is (house.dialect.name == "sqlite")


def test_a_token_tells_who_and_what_it_may(house: sa.Engine, real_now: datetime) -> None:
    with db.transaction(house) as conn:
        bearer = tokens.create_token(conn, "mo", "report", real_now, frozenset({"read"}), days=1)
    seen = statements(house)
    with db.reading(house) as conn:
        session = tokens.actor_of_token(conn, bearer, demo=False)
        assert tokens.actor_of_token(conn, bearer + "x", demo=False) is None
        assert tokens.actor_of_token(conn, "wm_", demo=False) is None
        assert tokens.actor_of_token(conn, "", demo=False) is None
    assert session is not None
    assert (session.actor.person_id, session.scopes) == ("mo", {"read"})
    assert len(seen) == 3
    assert bearer.startswith("wm_")
    assert len(bearer) >= 3 + 43


def test_a_token_runs_out_and_can_be_revoked(house: sa.Engine, real_now: datetime) -> None:
    with db.transaction(house) as conn:
        old = tokens.create_token(conn, "mo", "old", real_now - timedelta(days=2), days=1)
        new = tokens.create_token(conn, "mo", "new", real_now)
        assert tokens.actor_of_token(conn, old, demo=False) is None
        assert tokens.actor_of_token(conn, new, demo=False) is not None
        assert tokens.revoke_tokens(conn, "mo", "new") == 1
        assert tokens.actor_of_token(conn, new, demo=False) is None


@pytest.mark.parametrize(("scopes", "days"), [({"all"}, 1), (set(), 1), ({"read"}, 0), ({"read"}, 367)])
def test_a_token_with_odd_wishes_is_refused(house: sa.Engine, real_now: datetime, scopes: set[str], days: int) -> None:
    with pytest.raises(BadRequest), db.transaction(house) as conn:
        tokens.create_token(conn, "mo", "odd", real_now, frozenset(scopes), days)


def test_people_and_organisations(house: sa.Engine) -> None:
    with db.reading(house) as conn:
        assert people.provider_of(conn, "acme") == "well"
        assert people.provider_of(conn, "well") is None
        assert people.employers_of(conn, "well") == ["acme"]
        assert people.people_with_membership(conn, "acme", "manager") == [("mo", "Mo Khan")]
        assert people.people_with_membership(conn, "well", "manager") == []
        assert people.person_ids_of_team(conn, "well", "practitioner") == ["pat"]
        assert people.person_ids_of_team(conn, "well", "nonsense") == []
        assert people.calendar_of(conn, "well").subdivision == "SCT"
        assert people.recipients(conn, ["mo", "ghost"]) == {
            "mo": people.Recipient("Mo Khan", "mo@acme.test", "Europe/London")
        }
        assert people.persons(conn, ["pat"])["pat"].org_id == "well"
        assert people.actor_of_person(conn, "pat").roles == {("well", "practitioner")}
        (user,) = people.list_users(conn)
        assert (user.username, user.org_name, user.roles) == (
            "mo.khan",
            "Acme",
            (("acme", "employee"), ("acme", "manager")),
        )


def test_who_left_gets_no_new_work(house: sa.Engine) -> None:
    with db.transaction(house) as conn:
        people.set_active(conn, "mo.khan", active=False)
        assert people.people_with_membership(conn, "acme", "manager") == []


def test_a_name_cannot_bring_line_breaks_along(house: sa.Engine) -> None:
    with db.transaction(house) as conn:
        found = people.create_person(conn, "Eve\r\nBcc: all@acme.test\x00", "acme")
        assert people.persons(conn, [found])[found].name == "Eve Bcc: all@acme.test"


def test_what_people_cannot_be(house: sa.Engine) -> None:
    with pytest.raises(UnknownRole), db.transaction(house) as conn:
        people.create_person(conn, "A", "acme", ["practitioner"])
    with pytest.raises(NotFound), db.transaction(house) as conn:
        people.create_person(conn, "A", "nowhere")
    with pytest.raises(UsernameTaken), db.transaction(house) as conn:
        people.create_account(conn, "pat", "MO.KHAN", PASSWORD)
    with pytest.raises(WeakPassword), db.transaction(house) as conn:
        people.create_account(conn, "pat", "pat", "short")
    with pytest.raises(BadRequest), db.transaction(house) as conn:
        people.create_account(conn, "pat", "p t", PASSWORD)
    with pytest.raises(UnknownUser), db.transaction(house) as conn:
        people.set_password(conn, "nobody", PASSWORD)
    with pytest.raises(BadCalendar), db.transaction(house) as conn:
        people.create_organisation(conn, people.Organisation("x", "X", "employer", country="ZZ"))


def test_a_new_password_counts_from_now_on(house: sa.Engine, real_now: datetime) -> None:
    token = sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token
    with db.transaction(house) as conn:
        sessions.end_sessions(conn, people.set_password(conn, "mo.khan", "another long password"))
    assert sessions.authenticate(house, token, demo=False) is None
    assert sessions.sign_in(house, "mo.khan", PASSWORD, real_now).token is None
    assert sessions.sign_in(house, "mo.khan", "another long password", real_now).token
