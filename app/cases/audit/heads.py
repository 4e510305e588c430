"""What stands above every page about one case in the auditors' room."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.cases.audit.views import Head
from app.cases.queries.caselist import STATUS_WORDS
from app.cases.queries.sight import Sight
from app.identity.people import organisation_of


def head(connection: sa.Connection, sight: Sight) -> Head:
    return head_of(sight.row, organisation_of(connection, sight.row.employer_id).name)


def head_of(row: sa.Row[Any], employer: str) -> Head:
    """`row`: columns of the cases table."""
    return Head(
        row.id,
        row.reference,
        row.process_key,
        row.process_name,
        row.definition_version,
        employer,
        row.status,
        STATUS_WORDS[row.status],
        row.opened_at,
        row.ended_at,
    )
