"""Answers sealed by class, and commitments that stay when a key is gone."""

from __future__ import annotations

import itertools

import pytest

from app.records import CaseKeys, PersonKey, RecordUnreadable, committed, resealed, seal, unseal
from app.records.keys import decrypt, encrypt
from tests.unit.records.keyring import PERSON, keys, less, sealed_whole

ANSWERS = {"reason": "back pain", "days": 3, "items": [{"item": "x", "share": "no"}], "smokes": "yes"}
CLASSES = {"reason": "employer", "days": "public", "items": "clinical", "smokes": "clinical"}


def test_sealed_answers_come_back_as_they_were() -> None:
    mine = keys()
    found = unseal(mine, seal(mine, ANSWERS, CLASSES, "submission-1").blob, "submission-1")
    assert (found.answers, found.erased) == (ANSWERS, {})


def test_nothing_readable_is_in_the_blob() -> None:
    blob = seal(keys(), ANSWERS, CLASSES, "submission-1").blob
    assert b"back pain" not in blob
    assert b"yes" not in blob


@pytest.mark.parametrize(
    ("case_id", "person", "place"),
    [
        ("case-1", PersonKey("person-1", b"other" + bytes(27)), "submission-1"),
        ("case-2", PERSON, "submission-1"),
        ("case-1", PERSON, "submission-2"),
    ],
)
def test_another_key_or_another_place_opens_nothing(case_id: str, person: PersonKey, place: str) -> None:
    mine = keys()
    sealed = seal(mine, ANSWERS, CLASSES, "submission-1")
    with pytest.raises((RecordUnreadable, RuntimeError)):
        unseal(CaseKeys(case_id, person, mine.wrapped), sealed.blob, place)


@pytest.mark.parametrize("at", [-1, 5, 10])
def test_a_changed_blob_opens_no_more(at: int) -> None:
    mine = keys()
    blob = bytearray(seal(mine, ANSWERS, CLASSES, "s").blob)
    blob[at] ^= 1
    with pytest.raises((RecordUnreadable, ValueError)):
        unseal(mine, bytes(blob), "s")


def test_each_field_is_committed_to_and_can_be_proven_alone() -> None:
    mine = keys()
    sealed = seal(mine, ANSWERS, CLASSES, "s")
    found = unseal(mine, sealed.blob, "s")
    assert sealed.commitments.keys() == ANSWERS.keys()
    assert all(committed(found.salts[name], value) == sealed.commitments[name] for name, value in ANSWERS.items())
    assert committed(found.salts["days"], 4) != sealed.commitments["days"]


def test_the_same_answer_twice_gives_two_commitments() -> None:
    """Otherwise somebody could guess "yes" and compare."""
    mine = keys()
    first, second = (seal(mine, {"a": "yes"}, {}, "s") for _ in range(2))
    assert first.commitments != second.commitments


def guessed(salts: dict[str, bytes], commitment: str) -> list[str]:
    """Every answer to a yes-or-no question that fits, with any salt that can still be had."""
    return [
        value
        for salt, value in itertools.product(salts.values(), ("yes", "no"))
        if committed(salt, value) == commitment
    ]


@pytest.mark.rule("XX-3", "follows")
def test_an_erased_class_cannot_be_read_nor_guessed_while_the_others_stay() -> None:
    mine = keys()
    sealed = seal(mine, ANSWERS, CLASSES, "s")
    # the control: before, whoever has the keys finds the answer behind the commitment
    assert guessed(unseal(mine, sealed.blob, "s").salts, sealed.commitments["smokes"]) == ["yes"]
    found = unseal(less(mine, "clinical"), sealed.blob, "s")
    assert found.answers == {"reason": "back pain", "days": 3}
    assert found.erased == {"items": "clinical", "smokes": "clinical"}
    assert guessed(found.salts, sealed.commitments["smokes"]) == []


def test_nothing_new_is_sealed_under_an_erased_class() -> None:
    with pytest.raises(RecordUnreadable):
        seal(less(keys(), "clinical"), ANSWERS, CLASSES, "s")


@pytest.mark.parametrize("cls", [None, "secret"])
def test_a_field_of_no_known_class_is_kept_like_the_clinical_ones(cls: str | None) -> None:
    mine = keys()
    sealed = seal(mine, {"a": 1}, {"a": cls} if cls else {}, "s")
    assert unseal(less(mine, "clinical"), sealed.blob, "s").erased == {"a": "clinical"}


def test_an_erased_person_leaves_the_names_of_fields_alone() -> None:
    sealed = seal(keys(), ANSWERS, CLASSES, "s")
    found = unseal(CaseKeys("case-1", None, {}), sealed.blob, "s")
    assert (found.answers, found.salts, found.erased) == ({}, {}, CLASSES)


def test_what_was_sealed_as_a_whole_still_opens_and_proves() -> None:
    blob, said = sealed_whole(PERSON.key, ANSWERS, "s")
    found = unseal(CaseKeys("case-1", PERSON, {}), blob, "s")
    assert found.answers == ANSWERS
    assert {name: committed(found.salts[name], value) for name, value in ANSWERS.items()} == said


def test_sealed_anew_by_class_it_keeps_its_commitments_and_can_be_erased_by_class() -> None:
    blob, said = sealed_whole(PERSON.key, ANSWERS, "s")
    mine = keys()
    anew = resealed(mine, blob, CLASSES, "s")
    found = unseal(mine, anew, "s")
    assert {name: committed(found.salts[name], value) for name, value in found.answers.items()} == said
    left = unseal(less(mine, "clinical"), anew, "s")
    assert set(left.answers) == {"reason", "days"}
    assert guessed(left.salts, said["smokes"]) == []


def test_encryption_is_bound_to_its_context() -> None:
    sealed = encrypt(PERSON.key, b"plain", b"person-1")
    assert decrypt(PERSON.key, sealed, b"person-1") == b"plain"
    with pytest.raises(RecordUnreadable):
        decrypt(PERSON.key, sealed, b"person-2")
