"""The second step of a login, recovery codes and links, on both databases."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from app import db
from app.identity import desk, lockout, people, proving, second_step, sessions, totp
from app.identity.errors import LinkGone, TooManyTries, WrongCode
from app.identity.sealing import Enveloped, SecretUnreadable, parts
from app.identity.tables import identity_event, recovery_code, reset_link, sign_in_attempt
from app.identity.tables import second_step as table
from app.records import Masters, RecordUnreadable
from app.settings import Settings

SEALER = Enveloped(Masters([b"m" * 32]))
NOW = datetime(2026, 11, 2, 9, 0, 10, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def house(engine: sa.Engine) -> sa.Engine:
    with db.transaction(engine) as conn:
        people.create_organisation(conn, people.Organisation("well", "Well Work", "provider"))
        for person_id, role in (("pat", "practitioner"), ("mo", "employee"), ("ada", "administrator")):
            email = f"{person_id}@well.test"
            people.create_person(conn, person_id.title(), "well", [role], person_id=person_id, email=email)
            people.create_account(conn, person_id, person_id, PASSWORD)
    return engine


def enrolled(house: sa.Engine, person_id: str = "pat", at: datetime = NOW) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    with db.transaction(house) as conn:
        second_step.begin(conn, SEALER, person_id)
    with db.reading(house) as conn:
        secret = second_step.pending(conn, SEALER, person_id)
    assert secret
    return secret, proving.confirm(house, SEALER, person_id, code(secret, at), at)


def code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def check(house: sa.Engine, typed: str, at: datetime, person_id: str = "pat") -> bool:
    try:
        proving.with_code(house, SEALER, person_id, typed, at)
    except WrongCode:
        return False
    return True


@pytest.mark.parametrize(
    ("seconds", "expected"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, expected: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.matching_step(secret, expected, at, 0) == seconds // 30
    assert totp.matching_step(secret, f" {expected[:3]} {expected[3:]}", at, 0) == seconds // 30
    assert totp.matching_step(secret, expected, at + timedelta(seconds=90), 0) is None


def test_who_reads_clinical_data_or_looks_after_the_machine_must_have_one(house: sa.Engine) -> None:
    assert sessions.sign_in(house, "pat", PASSWORD, NOW).waits == "enrol"
    assert sessions.sign_in(house, "ada", PASSWORD, NOW).waits == "enrol"
    assert sessions.sign_in(house, "mo", PASSWORD, NOW).waits == ""
    assert sessions.sign_in(house, "pat", PASSWORD, NOW, required="").waits == ""
    enrolled(house, "mo")
    # who has one is asked for it, whether they must or not
    assert sessions.sign_in(house, "mo", PASSWORD, NOW, required="").waits == "code"


def test_a_login_that_waits_opens_nothing(house: sa.Engine) -> None:
    with db.reading(house) as conn:
        now = (
            conn.execute(sa.select(sa.func.clock_timestamp())).scalar() if house.dialect.name == "postgresql" else None
        )
    real = now.astimezone(UTC) if now else datetime.now(UTC)
    token = sessions.sign_in(house, "pat", PASSWORD, real).token
    assert token
    assert sessions.authenticate(house, token, demo=False) is None
    with db.reading(house) as conn:
        half = sessions.half_of(conn, token, real)
        assert half is not None
        assert half.waits == "enrol"
        assert sessions.half_of(conn, token, real + sessions.HALF) is None
    secret, _ = enrolled(house, "pat", real - timedelta(minutes=5))
    whole = proving.finish(house, SEALER, half, token, code(secret, real), real)
    assert whole != token
    found = sessions.authenticate(house, whole, demo=False)
    assert found is not None
    assert found.second
    assert sessions.authenticate(house, token, demo=False) is None


def test_a_code_is_taken_once_and_within_one_step(house: sa.Engine) -> None:
    secret, _ = enrolled(house)
    assert not check(house, code(secret, NOW), NOW)  # it confirmed the second step
    later = NOW + timedelta(minutes=5)
    assert not check(house, code(secret, later - timedelta(seconds=60)), later)
    assert not check(house, code(secret, later + timedelta(seconds=60)), later)
    assert check(house, code(secret, later + timedelta(seconds=30)), later)
    # an earlier one than the last that was taken is spent, too
    assert not check(house, code(secret, later), later)
    assert not check(house, code(secret, later + timedelta(seconds=30)), later)
    assert check(house, code(secret, later + timedelta(seconds=60)), later + timedelta(seconds=60))


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_of_many_who_send_the_same_code_at_once_one_comes_in(house: sa.Engine, kind: str) -> None:
    secret, codes = enrolled(house)
    later = NOW + timedelta(minutes=5)
    typed = code(secret, later) if kind == "code" else codes[0]
    taken: list[bool] = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        with db.transaction(house) as conn:
            taken.append(second_step.check(conn, SEALER, "pat", typed, later))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]


def test_recovery_codes_work_once_each_however_they_are_typed(house: sa.Engine) -> None:
    _, codes = enrolled(house)
    assert len(set(codes)) == 10
    assert check(house, codes[0], NOW)
    assert not check(house, codes[0], NOW)
    assert check(house, f" {codes[1].upper().replace('-', ' ').replace('0', 'O')} ", NOW)
    with db.transaction(house) as conn:
        assert second_step.state(conn, "pat").codes_left == 8
        fresh = second_step.make_codes(conn, "pat", NOW)
    assert not check(house, codes[2], NOW)
    assert not check(house, fresh[0], NOW, "mo")
    assert check(house, fresh[0], NOW)


def test_the_tables_hold_neither_secret_nor_codes(house: sa.Engine) -> None:
    secret, codes = enrolled(house)
    with db.reading(house) as conn:
        kept = repr(conn.execute(sa.select(table)).all()) + repr(conn.execute(sa.select(recovery_code)).all())
        kept += repr(conn.execute(sa.select(identity_event)).all())
    assert secret not in kept
    assert not [one for one in codes if one in kept or one.replace("-", "") in kept]


def test_a_secret_opens_to_its_person_and_key_alone(house: sa.Engine) -> None:
    sealed = SEALER.seal(b"secret", "pat")
    other_key, other_purpose = Enveloped(Masters([b"n" * 32])), Enveloped(Masters([b"m" * 32]), "other")
    for sealer, person_id in ((SEALER, "mo"), (other_key, "pat"), (other_purpose, "pat")):
        with pytest.raises(SecretUnreadable):
            sealer.unseal(sealed, person_id)
    assert SEALER.unseal(sealed, "pat") == b"secret"
    # the wrapped key of a person opens nothing here, nor the other way round
    with pytest.raises(RecordUnreadable):
        Masters([b"m" * 32]).unwrap(parts(sealed)[0], "pat")


def test_wrong_codes_are_counted_and_make_wait(house: sa.Engine) -> None:
    secret, _ = enrolled(house)
    later = NOW + timedelta(minutes=5)
    wrong = "000000" if code(secret, later) != "000000" else "000001"
    for _ in range(lockout.FREE_TRIES):
        assert not check(house, wrong, later)
    with pytest.raises(TooManyTries) as told:
        proving.with_code(house, SEALER, "pat", code(secret, later), later)
    assert told.value.seconds == 5
    # whoever knows the password cannot begin anew by it
    assert sessions.sign_in(house, "pat", PASSWORD, later).waits == "code"
    with pytest.raises(TooManyTries):
        proving.with_code(house, SEALER, "pat", code(secret, later), later)
    after = later + timedelta(seconds=5)
    proving.with_code(house, SEALER, "pat", code(secret, after), after)


def test_one_address_cannot_try_names_without_end_and_a_right_try_costs_it_nothing(house: sa.Engine) -> None:
    def tried(name: str, password: str, at: datetime, address: str = "x") -> sessions.SignIn:
        return sessions.sign_in(house, name, password, at, required="", address=address)

    with db.transaction(house) as conn:
        for _ in range(lockout.CROWD - 1):
            assert not lockout.attempt_from(conn, "x", NOW).refused
    assert tried("mo", PASSWORD, NOW).token
    assert tried("nobody-1", "wrong", NOW) == sessions.SignIn(None, 0)
    refused = tried("mo", PASSWORD, NOW)
    assert (refused.token, refused.wait_seconds) == (None, 20)
    # another address is not kept waiting, nor is the name locked
    assert tried("mo", PASSWORD, NOW, "y").token
    assert tried("mo", PASSWORD, NOW + lockout.DRAIN).token
    with db.reading(house) as conn:
        assert "x" not in {row.name_hash for row in conn.execute(sa.select(sign_in_attempt))}


def test_what_was_done_to_an_account_cannot_be_changed(house: sa.Engine) -> None:
    enrolled(house)
    for statement in ("UPDATE identity_event SET reason = 'x'", "DELETE FROM identity_event"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.transaction(house) as conn:
            conn.exec_driver_sql(statement)


def test_a_link_for_a_new_password_works_once_for_an_hour(house: sa.Engine) -> None:
    with db.transaction(house) as conn:
        ada = people.actor_of_person(conn, "ada")
        first = desk.make_link(conn, ada, "mo", "asked", NOW)
        link = desk.make_link(conn, ada, "mo", "asked again", NOW)
    for gone, at in ((first, NOW), ("none", NOW), (link, NOW + desk.LINK)):
        with pytest.raises(LinkGone), db.transaction(house) as conn:
            desk.use_link(conn, gone, "another long password", at)
    token = sessions.sign_in(house, "mo", PASSWORD, NOW).token
    with db.transaction(house) as conn:
        desk.use_link(conn, link, "another long password", NOW + timedelta(minutes=59))
        assert conn.execute(sa.select(reset_link)).all() == []
        assert sessions.half_of(conn, token or "", NOW) is None
    with pytest.raises(LinkGone), db.transaction(house) as conn:
        desk.use_link(conn, link, "a third long password", NOW)
    assert sessions.sign_in(house, "mo", "another long password", NOW).token
    assert sessions.sign_in(house, "mo", PASSWORD, NOW).token is None


@pytest.mark.parametrize(
    ("given", "demo", "waits"),
    [
        ("everybody", False, ("enrol", "enrol")),
        ("everybody", True, ("enrol", "enrol")),
        ("required", False, ("enrol", "")),
        ("", False, ("enrol", "")),
        ("", True, ("", "")),
        ("offered", False, ("", "")),
    ],
)
def test_who_needs_one_is_the_servers_to_say(
    house: sa.Engine, settings: Settings, given: str, demo: bool, waits: tuple[str, str]
) -> None:
    """A practitioner and an employee; everybody: OWASP ASVS 5, 6.3.3."""
    policy = replace(settings, second_step=given, demo=demo).second_step_required
    found = [sessions.sign_in(house, name, PASSWORD, NOW, required=policy).waits for name in ("pat", "mo")]
    assert tuple(found) == waits


def test_the_setting_is_one_of_three_words(tmp_path: Path) -> None:
    env = {"WAYMARK_VAR": str(tmp_path), "WAYMARK_SECOND_STEP": "everybody"}
    assert Settings.from_env(env).second_step_required == "everybody"
    with pytest.raises(ValueError, match="'everyone'"):
        Settings.from_env({**env, "WAYMARK_SECOND_STEP": "everyone"})
