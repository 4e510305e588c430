"""Opening a case that nobody holds: its data keys and the person's key are read one after the other."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app import records
from app.cases.tables import case
from app.records import CaseKeys, Masters

#: as often as a reader looks again while keys are changed; each change takes longer than a look
LOOKS = 5


def read_case_keys(connection: sa.Connection, masters: Masters, row: Any) -> CaseKeys:
    """What opens the case in `row`, read again if the keys were changed in between. Raises `WrongMasterKey`."""
    keys = records.read_case_keys(connection, masters, row)
    for _ in range(LOOKS):
        if not keys.stale:
            break
        fresh = sa.select(case.c.id, case.c.subject_id, case.c.data_keys).where(case.c.id == row.id)
        keys = records.read_case_keys(connection, masters, connection.execute(fresh).one())
    return keys
