"""A change of the master key takes second steps and files that wait along; a key service seals them from the first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import Waymark
from app.cases.keeping import loose_keys, rotating
from app.identity import proving, second_step, sessions
from app.identity.passwords import hash_password
from app.identity.sealing import Enveloped, SecretUnreadable
from app.identity.tables import account
from app.records import Masters, RecordUnreadable, attachments
from tests.chaos.world import MANAGER, NOW, PRACTITIONER, World
from tests.db.keeping.test_rotating import NEW, OLD, under
from tests.unit.records.vault import Vault

PASSWORD = "correct horse battery"
NAMES = dict(zip(("new", "old"), Masters([NEW, OLD]).ids, strict=True))


def enrolled(world: World, name: str = PRACTITIONER) -> str:
    """The second step is on; its secret, in base 32."""
    sealer = Enveloped(world.waymark.master_key)
    with db.transaction(world.engine) as conn:
        conn.execute(account.update().where(account.c.person_id == name).values(password_hash=hash_password(PASSWORD)))
        second_step.begin(conn, sealer, name)
        secret = second_step.pending(conn, sealer, name)
    assert secret
    proving.confirm(world.engine, sealer, name, pyotp.TOTP(secret).at(NOW), NOW)
    return secret


def log_in(world: World, secret: str, minutes: int, name: str = PRACTITIONER) -> str:
    """The token of a session; password first, then the code."""
    now = NOW + timedelta(minutes=minutes)
    first = sessions.sign_in(world.engine, name, PASSWORD, now)
    assert (first.waits, bool(first.token)) == ("code", True)
    with db.reading(world.engine) as conn:
        half = sessions.half_of(conn, first.token or "", now)
    assert half
    sealer, code = Enveloped(world.waymark.master_key), pyotp.TOTP(secret).at(now)
    return proving.finish(world.engine, sealer, half, first.token or "", code, now)


def upload(world: World, file_id: str) -> None:
    row = {
        "id": file_id,
        "process_key": "referral",
        "form_id": "start",
        "path": "documents",
        "data_class": "employer",
        "kind": "pdf",
        "size": 5,
        "scan": "none",
        "uploaded_by": MANAGER,
        "uploaded_at": NOW,
        "case_id": None,
        "task_id": None,
    }
    with db.transaction(world.engine) as conn:
        known = attachments.Known("letter.pdf", "0" * 64)
        attachments.put(conn, world.waymark.master_key, row, known, io.BytesIO(b"hello"))


def name_of_upload(world: World, file_id: str) -> str:
    with db.reading(world.engine) as conn:
        row = conn.execute(sa.select(records.attachment).where(records.attachment.c.id == file_id)).one()
    return attachments.known(attachments.waiting_key(world.waymark.master_key, row), row).name


def test_after_rotation_without_the_old_master_one_logs_in_and_sends_what_was_uploaded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loose_keys, "CHUNK", 1)
    secret = enrolled(world)
    enrolled(world, MANAGER)
    with db.transaction(world.engine) as conn:
        # on, and about to be set up anew: two secrets of one account
        second_step.begin(conn, Enveloped(world.waymark.master_key), MANAGER)
    for number in range(3):
        upload(world, f"file-{number}")
    both = under(world, NEW, OLD)
    log_in(both, secret, 2)
    before = rotating.status(both.waymark)
    assert (before.secrets, before.files, before.removable) == ({NAMES["old"]: 3}, {NAMES["old"]: 3}, ())
    with pytest.raises(SecretUnreadable):
        log_in(under(world, NEW), secret, 4)
    with pytest.raises(RecordUnreadable):
        name_of_upload(under(world, NEW), "file-1")
    rotating.rotate_master(both.waymark)
    assert rotating.status(both.waymark).removable == ()
    assert (loose_keys.rotate(both.waymark), loose_keys.rotate(both.waymark)) == ((3, 3), (0, 0))
    after = rotating.status(both.waymark)
    assert (after.secrets, after.files, after.removable) == ({NAMES["new"]: 3}, {NAMES["new"]: 3}, (NAMES["old"],))
    alone = under(world, NEW)
    assert log_in(alone, secret, 6)
    assert [name_of_upload(alone, f"file-{number}") for number in range(3)] == ["letter.pdf"] * 3
    with pytest.raises(SecretUnreadable):
        log_in(under(world, OLD), secret, 8)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The third key that is wrapped anew finds the command killed."""
    wrapped, whole = [0], Enveloped.rewrapped

    def some(self: Enveloped, sealed: bytes, bound_to: str) -> bytes:
        wrapped[0] += 1
        if wrapped[0] == 3:
            raise KeyboardInterrupt
        return whole(self, sealed, bound_to)

    with monkeypatch.context() as patch:
        patch.setattr(Enveloped, "rewrapped", some)
        patch.setattr(loose_keys, "CHUNK", 1)
        yield


def test_broken_off_it_is_given_again(world: World, breaking: None) -> None:
    secrets = {name: enrolled(world, name) for name in ("amir.shah", "nina.kaur", PRACTITIONER)}
    both = under(world, NEW, OLD)
    with pytest.raises(KeyboardInterrupt):
        loose_keys.rotate(both.waymark)
    assert rotating.status(both.waymark).secrets == {NAMES["new"]: 2, NAMES["old"]: 1}
    for name, secret in secrets.items():
        assert log_in(both, secret, 2, name)
    assert loose_keys.rotate(both.waymark) == (1, 0)
    for name, secret in secrets.items():
        assert log_in(under(world, NEW), secret, 4, name)


@pytest.fixture
def vault() -> Iterator[Vault]:
    opened = Vault()
    yield opened
    opened.close()


def test_a_key_service_alone_seals_second_steps_and_takes_over_those_of_a_key(
    sqlite_world: World, vault: Vault
) -> None:
    secret = enrolled(sqlite_world)
    settings = sqlite_world.waymark.settings
    moving = World(Waymark(sqlite_world.engine, settings))
    vars(moving.waymark)["master_key"] = Masters([OLD], vault)
    assert log_in(moving, secret, 2)
    assert loose_keys.rotate(moving.waymark) == (1, 0)
    moved = World(Waymark(sqlite_world.engine, replace(settings, master_key=b"")))
    vars(moved.waymark)["master_key"] = Masters([], vault)
    assert log_in(moved, secret, 4)
    assert log_in(moved, enrolled(moved, "nina.kaur"), 6, "nina.kaur")
    assert rotating.status(moved.waymark).secrets == {vault.key_id: 2}
    # what a service sealed opens with no key that anybody could guess, an empty one least of all
    with pytest.raises(SecretUnreadable):
        log_in(under(sqlite_world, b"\0" * 32), secret, 8)
