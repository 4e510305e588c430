"""Changing keys while the service runs: people's keys under the newest master, data keys under a new key of the person.

Everything goes in small transactions and can be broken off and given again. Readers and writers go on meanwhile: a
wrapped key names the key that wraps it, and as long as both are at hand, either opens.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app import db, definitions, records
from app.cases.answers import REASON
from app.cases.keeping import loose_keys
from app.cases.locking import form_of, lock_row
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.records import Masters, is_whole, submission, whole
from app.records.keys import PersonKey, fingerprint, name_of, new_data_keys, rewrapped
from app.records.people import open_key, wrap_older

CHUNK = 100
_KEY = records.person_key


@dataclass(frozen=True)
class KeyStatus:
    """`masters`: names of the masters at hand, the one that wraps first. `wrapped`: name to how many people's keys it
    wraps; "" for those that do not say. `older`: people some of whose data still lies under an earlier key of theirs.
    `whole`: submissions that 0.2.0 sealed as a whole. `secrets`, `files`: as `wrapped`, for second-step secrets and for
    files that wait for their case."""

    masters: tuple[str, ...]
    wrapped: Mapping[str, int]
    older: int
    whole: int
    secrets: Mapping[str, int]
    files: Mapping[str, int]

    @property
    def removable(self) -> tuple[str, ...]:
        """Masters that wrap nothing any more, and that a setting may leave out."""
        unnamed = self.wrapped.get("", 0)
        held = (self.wrapped, self.secrets, self.files)
        return () if unnamed else tuple(one for one in self.masters[1:] if not any(each.get(one) for each in held))


def status(waymark: Waymark) -> KeyStatus:
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(sa.select(_KEY.c.wrapped, _KEY.c.older)).all()
        wrapped = Counter(name_of(bytes(row.wrapped))[0] for row in rows)
        left = sa.select(sa.func.count()).where(whole(submission.c.sealed))
        number = connection.execute(left).scalar_one()
        secrets, files = loose_keys.counted(connection)
    older = sum(1 for row in rows if row.older)
    return KeyStatus(waymark.master_key.ids, wrapped, older, number, secrets, files)


def rotate_master(waymark: Waymark) -> int:
    """Wrap people's keys by the newest master that are not yet; how many. Others may run beside it."""
    masters, number, newest = waymark.master_key, 0, waymark.master_key.newest
    while True:
        stale = sa.or_(_KEY.c.key_id.is_(None), _KEY.c.key_id != newest)
        query = sa.select(_KEY).where(stale).order_by(_KEY.c.person_id).limit(CHUNK)
        with db.transaction(waymark.engine) as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                _wrap(connection, masters, row.person_id, masters.unwrap(row.wrapped, row.person_id))
        number += len(rows)
        if len(rows) < CHUNK:
            return number


def _wrap(connection: sa.Connection, masters: Masters, person_id: str, key: bytes, **more: object) -> None:
    values = {"wrapped": masters.wrap(key, person_id), "key_id": masters.newest, **more}
    connection.execute(_KEY.update().where(_KEY.c.person_id == person_id).values(values))


def rotate_person(waymark: Waymark, person_id: str) -> int:
    """Give a person a new key, and wrap the data keys of their cases by it; how many cases. The key before is kept,
    wrapped by the new one, until the next rotation finds that nothing lies under it. Raises `RecordUnreadable`."""
    finish_person(waymark, person_id)
    with db.transaction(waymark.engine) as connection:
        person = _held(connection, waymark.master_key, person_id)
        new = os.urandom(32)
        before = {fingerprint(person.key): person.key, **person.older}
        older = {name: wrap_older(new, person_id, name, key) for name, key in before.items()}
        _wrap(connection, waymark.master_key, person_id, new, older=older)
    return finish_person(waymark, person_id)


def finish_person(waymark: Waymark, person_id: str) -> int:
    """What a rotation that was broken off has left: cases under an earlier key, then the earlier keys that nothing lies
    under since the last time. How many cases."""
    with db.reading(waymark.engine) as connection:
        person = records.read_person_key(connection, waymark.master_key, person_id)
        rows = connection.execute(sa.select(case.c.id, case.c.data_keys).where(case.c.subject_id == person_id)).all()
    stale = [row.id for row in rows if _names(row.data_keys) - {fingerprint(person.key)}]
    for case_id in stale:
        with db.transaction(waymark.engine) as connection:
            row = lock_row(connection, case_id)
            # read after the lock: towards the key that the table holds now
            person = records.read_person_key(connection, waymark.master_key, person_id)
            values = {"data_keys": rewrapped(person, case_id, row.data_keys)}
            connection.execute(case.update().where(case.c.id == case_id).values(values))
    if not stale:
        _sweep(waymark, person_id)
    return len(stale)


def _sweep(waymark: Waymark, person_id: str) -> None:
    """Let go earlier keys under which nothing lies: no data key of a case, and nothing that 0.2.0 sealed."""
    with db.transaction(waymark.engine) as connection:
        person = _held(connection, waymark.master_key, person_id)
        if not person.older:
            return
        mine = sa.select(submission.c.id).where(submission.c.subject_id == person_id, whole(submission.c.sealed))
        drafts = sa.select(records.draft.c.task_id).where(whole(records.draft.c.sealed))
        if any(connection.execute(query.limit(1)).first() is not None for query in (mine, drafts)):
            return
        held = connection.execute(sa.select(case.c.data_keys).where(case.c.subject_id == person_id)).scalars()
        used = {name for wrapped in held for name in _names(wrapped)}
        older = {
            name: wrap_older(person.key, person_id, name, key) for name, key in person.older.items() if name in used
        }
        connection.execute(_KEY.update().where(_KEY.c.person_id == person_id).values(older=older))


def _held(connection: sa.Connection, masters: Masters, person_id: str) -> PersonKey:
    row = connection.execute(sa.select(_KEY).where(_KEY.c.person_id == person_id).with_for_update()).first()
    if row is None:
        raise records.RecordUnreadable
    return open_key(masters, person_id, row.wrapped, row.older)


def _names(data_keys: Mapping[str, str]) -> set[str]:
    return {name_of(bytes.fromhex(one))[0] for one in data_keys.values()}


def people_with_keys(waymark: Waymark) -> list[str]:
    with db.reading(waymark.engine) as connection:
        return list(connection.execute(sa.select(_KEY.c.person_id).order_by(_KEY.c.person_id)).scalars())


def reseal(waymark: Waymark) -> int:
    """Put what 0.2.0 sealed as a whole into parts by class, so that a class can go alone; how many submissions.

    On PostgreSQL by the owner of the schema: servers and workers may not change a submission. What the history has
    committed to stays as it is, and can be proven as before.
    """
    with db.reading(waymark.engine) as connection:
        query = sa.select(submission.c.id, submission.c.case_id).where(whole(submission.c.sealed))
        found = connection.execute(query.order_by(submission.c.case_id, submission.c.at)).all()
    return sum(_resealed(waymark, row.id, row.case_id) for row in found)


def _resealed(waymark: Waymark, submission_id: str, case_id: str) -> int:
    with db.transaction(waymark.engine) as connection:
        row = lock_row(connection, case_id)
        if row.wrapped is None or row.erased:
            return 0
        person = records.read_person_key(connection, waymark.master_key, row.subject_id)
        data_keys = row.data_keys
        if not data_keys:
            data_keys = new_data_keys(person, case_id)
            connection.execute(case.update().where(case.c.id == case_id).values(data_keys=data_keys))
        one = connection.execute(sa.select(submission).where(submission.c.id == submission_id)).one()
        if not is_whole(bytes(one.sealed)):
            return 0
        classes: Mapping[str, str] = {}
        if one.form_id != REASON:
            classes = form_of(definitions.get(connection, one.definition_sha), one.form_id).classes
        keys = records.CaseKeys(case_id, person, data_keys)
        sealed = records.resealed(keys, bytes(one.sealed), classes, one.id)
        connection.execute(submission.update().where(submission.c.id == one.id).values(sealed=sealed))
        return 1
