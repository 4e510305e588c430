"""A salt leaves with an entry that is read whole and with no other: a hash alone must not give an entry away."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from app.cases import queries
from app.history import canonical, history_event
from app.history.chain import GENESIS, link
from tests.chaos.world import EMPLOYEE, MANAGER, OFFICE, PRACTITIONER, World


def read(world: World, name: str, case_id: str) -> list[dict[str, Any]]:
    now = world.row(case_id).changed_at
    return queries.history(world.waymark, world.actors[name], case_id, now=now)


@pytest.mark.rule("XX-1", "follows")
def test_who_reads_in_part_reads_no_salt(sqlite_world: World) -> None:
    case_id, _ = sqlite_world.case_at("record_attendance")
    rows = sqlite_world.rows(sa.select(history_event.c.body).where(history_event.c.case_id == case_id))
    written = {one["salt"]: one for one in (orjson.loads(body) for (body,) in rows)}
    for name in (EMPLOYEE, PRACTITIONER, OFFICE, MANAGER):
        for one in read(sqlite_world, name, case_id):
            if "salt" in one:
                assert {**one, "hash": ""} == {**written[one["salt"]], "hash": ""}
    # where there is something that somebody may not know of, what is left is numbered anew, and proves nothing
    assert not any("salt" in one for one in read(sqlite_world, MANAGER, case_id))


def test_control_who_reads_an_entry_whole_can_check_it(sqlite_world: World) -> None:
    case_id, _ = sqlite_world.case_at("record_attendance")
    before, checked = GENESIS, 0
    for one in read(sqlite_world, EMPLOYEE, case_id):
        digest = one.pop("hash")
        if "salt" in one:
            assert link(before, canonical(one)) == digest
            checked += 1
        before = digest
    assert before == sqlite_world.row(case_id).history_hash
    assert checked > 40
