"""Answers sealed with a person's key, and commitments that stay when the key is gone."""

from __future__ import annotations

import pytest

from app.records import RecordUnreadable, commitment, seal, unseal
from app.records.keys import decrypt, encrypt

KEY = b"k" * 32
ANSWERS = {"reason": "back pain", "days": 3, "items": [{"item": "x", "share": "no"}]}


def test_sealed_answers_come_back_as_they_were() -> None:
    sealed = seal(KEY, ANSWERS, "submission-1")
    assert unseal(KEY, sealed.blob, "submission-1")[0] == ANSWERS


def test_nothing_readable_is_in_the_blob() -> None:
    assert b"back pain" not in seal(KEY, ANSWERS, "submission-1").blob


@pytest.mark.parametrize(("key", "place"), [(b"other" + bytes(27), "submission-1"), (KEY, "submission-2")])
def test_another_key_or_another_place_opens_nothing(key: bytes, place: str) -> None:
    sealed = seal(KEY, ANSWERS, "submission-1")
    with pytest.raises(RecordUnreadable):
        unseal(key, sealed.blob, place)


def test_a_changed_blob_opens_no_more() -> None:
    blob = bytearray(seal(KEY, ANSWERS, "s").blob)
    blob[-1] ^= 1
    with pytest.raises(RecordUnreadable):
        unseal(KEY, bytes(blob), "s")


def test_each_field_is_committed_to_and_can_be_proven_alone() -> None:
    sealed = seal(KEY, ANSWERS, "s")
    answers, secret = unseal(KEY, sealed.blob, "s")
    assert sealed.commitments.keys() == ANSWERS.keys()
    assert commitment(secret, "days", answers["days"]) == sealed.commitments["days"]
    assert commitment(secret, "days", 4) != sealed.commitments["days"]


def test_the_same_answer_twice_gives_two_commitments() -> None:
    """Otherwise somebody could guess "yes" and compare."""
    first, second = seal(KEY, {"a": "yes"}, "s"), seal(KEY, {"a": "yes"}, "s")
    assert first.commitments != second.commitments


def test_encryption_is_bound_to_its_context() -> None:
    sealed = encrypt(KEY, b"plain", b"person-1")
    assert decrypt(KEY, sealed, b"person-1") == b"plain"
    with pytest.raises(RecordUnreadable):
        decrypt(KEY, sealed, b"person-2")
