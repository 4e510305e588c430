"""Signed notes: the specification's known answers, what is refused, and keys that are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.history.checkpoints import BadKey, BadNote, Checkpoint, Key, PublicKey, kept_key, known_key, opened

#: the keys, text and signature that come with the reference implementation (Go, sumdb/note)
KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
PUBLIC = PublicKey.read(VKEY)
NOTE = f"{TEXT}\n{LINE}\n"
SAID = Checkpoint("here/history", 7, bytes(32), datetime(2026, 11, 22, 14, tzinfo=UTC))


def test_the_known_note() -> None:
    key = Key.read(KEY)
    assert key.public == PUBLIC
    assert key.public.vkey == VKEY
    assert key.sign(TEXT) == NOTE
    assert opened(NOTE, PUBLIC) == TEXT


def test_a_note_may_carry_signatures_of_others() -> None:
    other = Key("other", bytes(32)).sign(TEXT).split("\n\n")[1]
    assert opened(f"{TEXT}\n{other}{LINE}\n", PUBLIC) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        NOTE.replace("answer", "Answer"),
        NOTE.replace("x08go/Z", "x08go/A"),
        NOTE.replace("x08go/", "AAAAA/"),
        NOTE.replace("— Peter", "— Paul"),
        NOTE.replace("— ", "-- "),
        NOTE.replace("BwJnAM=", "BwJnAM"),
        NOTE.removesuffix("\n"),
        TEXT + "\n",
        Key("PeterNeumann", bytes(32)).sign(TEXT),
    ],
)
def test_what_is_not_signed_so_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        opened(note, PUBLIC)


def test_a_checkpoint_reads_as_it_was_written() -> None:
    assert Checkpoint.read(SAID.text) == SAID
    assert SAID.text.split("\n")[:2] == ["here/history", "7"]
    assert SAID.text.endswith("time 2026-11-22T14:00:00+00:00\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "here\n7\n",
        SAID.text.replace("\n7\n", "\nseven\n"),
        SAID.text.replace("\n7\n", "\n07\n"),
        SAID.text.replace("time ", ""),
        SAID.text.replace("+00:00", "+01:00"),
        SAID.text + "more\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.read(text)


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "checkpoint.key"
    made = kept_key(path, "here/history")
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept_key(path, "elsewhere") == made
    assert known_key(path) == made.public
    assert len(made.public.fingerprint.split(" ")) == 8


def test_a_machine_that_only_checks_keeps_the_public_half(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.key"
    path.write_text(VKEY + "\n")
    assert known_key(path) == PUBLIC
    path.chmod(0o600)
    with pytest.raises(BadKey):
        kept_key(path, "here/history")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.key"
    kept_key(path, "here/history")
    path.chmod(0o640)
    with pytest.raises(BadKey, match="chmod 600"):
        kept_key(path, "here/history")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("Peter", "Paul"),
        VKEY.replace("ARpc", "Appc"),
        VKEY.removesuffix("W"),
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_half_a_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        PublicKey.read(text)


def test_a_key_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="cannot be read"):
        known_key(tmp_path / "none")
