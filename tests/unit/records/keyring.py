"""Keys of one case for tests that need no database."""

from __future__ import annotations

import os

from app.records import CaseKeys, PersonKey, encrypt, new_data_keys

PERSON = PersonKey("person-1", b"k" * 32)


def keys(person: PersonKey = PERSON, case_id: str = "case-1", without: str = "") -> CaseKeys:
    """All classes but one."""
    made = new_data_keys(person, case_id)
    return CaseKeys(case_id, person, {cls: held for cls, held in made.items() if cls != without})


def less(found: CaseKeys, *classes: str) -> CaseKeys:
    """The same case after these classes were erased."""
    return CaseKeys(found.case_id, found.person, {c: k for c, k in found.wrapped.items() if c not in classes})


def sealed_whole(key: bytes, answers: dict[str, object], bound_to: str) -> tuple[bytes, dict[str, str]]:
    """As 0.2.0 sealed answers: one secret for all of them, from which each salt follows."""
    import hashlib
    import hmac

    import orjson

    secret = os.urandom(32)
    blob = encrypt(key, orjson.dumps({"answers": answers, "secret": secret.hex()}), bound_to.encode())
    said = {}
    for name, value in answers.items():
        salt = hmac.digest(secret, name.encode(), "sha256")
        said[name] = hashlib.sha256(salt + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return blob, said
