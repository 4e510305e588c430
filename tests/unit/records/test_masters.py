"""Master keys: several at once, a key service, what older releases have wrapped, and where they come from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.records import NoMasterKey, RecordUnreadable
from app.records.keys import encrypt, fingerprint, name_of
from app.records.masters import Masters, load
from app.settings import BadSettings, Settings

OLD, NEW = b"o" * 32, b"n" * 32


class Service:
    """A key service in this process: it keeps its keys to itself and counts how often it is asked."""

    def __init__(self) -> None:
        self.key_id, self.asked = "arn:vault/7", 0
        self.keys = {self.key_id: os.urandom(32)}

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        return encrypt(self.keys[self.key_id], plain, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        from app.records import decrypt

        self.asked += 1
        return decrypt(self.keys[key_id], wrapped, context)


def test_the_newest_wraps_and_all_unwrap() -> None:
    wrapped = Masters([OLD]).wrap(b"p" * 32, "grace")
    both = Masters([NEW, OLD])
    assert both.unwrap(wrapped, "grace") == b"p" * 32
    assert name_of(both.wrap(b"p" * 32, "grace"))[0] == both.newest == fingerprint(NEW)


def test_without_the_key_that_wraps_it_nothing_opens() -> None:
    wrapped = Masters([OLD]).wrap(b"p" * 32, "grace")
    with pytest.raises(RecordUnreadable):
        Masters([NEW]).unwrap(wrapped, "grace")
    with pytest.raises(RecordUnreadable):
        Masters([OLD]).unwrap(wrapped, "daniel")


@pytest.mark.parametrize("masters", [[OLD], [NEW, OLD]])
def test_what_0_2_0_wrapped_still_opens(masters: list[bytes]) -> None:
    assert Masters(masters).unwrap(encrypt(OLD, b"p" * 32, b"grace"), "grace") == b"p" * 32


def test_a_key_service_wraps_and_is_asked_once_in_a_while() -> None:
    service = Service()
    masters = Masters([OLD], service)
    before = Masters([OLD]).wrap(b"p" * 32, "grace")
    wrapped = masters.wrap(b"q" * 32, "grace")
    assert [masters.unwrap(one, "grace") for one in (wrapped, wrapped, before)] == [b"q" * 32, b"q" * 32, b"p" * 32]
    assert (service.asked, masters.newest, masters.ids) == (1, "arn:vault/7", ("arn:vault/7", fingerprint(OLD)))


def test_the_hook_names_a_factory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load([], f"{__name__}:Service").newest == "arn:vault/7"


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(NoMasterKey):
        load([])


def settings(tmp_path: Path, more: Mapping[str, str]) -> Settings:
    return Settings.from_env({"WAYMARK_VAR": str(tmp_path), **more})


def test_several_keys_newest_first(tmp_path: Path) -> None:
    found = settings(tmp_path, {"WAYMARK_MASTER_KEY": f"{NEW.hex()}, {OLD.hex()}"})
    assert found.master_keys == (NEW, OLD)
    assert OLD.hex() not in repr(found)


def test_a_file_of_keys_must_be_private(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{NEW.hex()}\n{OLD.hex()}\n")
    file.chmod(0o600)
    asked = {"WAYMARK_MASTER_KEY_FILE": str(file)}
    assert settings(tmp_path, asked).master_keys == (NEW, OLD)
    file.chmod(0o640)
    with pytest.raises(BadSettings, match="chmod 600"):
        settings(tmp_path, asked)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"WAYMARK_MASTER_KEY": "abc"}, "64 hex digits"),
        ({"WAYMARK_MASTER_KEY": "ab" * 31}, "64 hex digits"),
        ({"WAYMARK_MASTER_KEY_FILE": "/nowhere/keys"}, "cannot be read"),
        ({"WAYMARK_MASTER_KEY": "ab" * 32, "WAYMARK_MASTER_KEY_FILE": "/x"}, "not both"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_the_key_is_not(
    tmp_path: Path, more: Mapping[str, str], sentence: str
) -> None:
    with pytest.raises(BadSettings, match=sentence) as caught:
        settings(tmp_path, more)
    assert "ab" * 31 not in str(caught.value)


def test_with_a_key_service_none_is_made(tmp_path: Path) -> None:
    assert settings(tmp_path, {"WAYMARK_KMS": "a.b:c"}).master_keys == ()
    made = settings(tmp_path, {})
    assert settings(tmp_path, {"WAYMARK_KMS": "a.b:c"}).master_keys == made.master_keys != ()
