"""Guards of a form (property `guard`) for one employer: its people's names and the installation's list of conditions.

The database is asked only when somebody has written into a guarded field.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.definitions import diagnoses
from app.forms.guarding import Guards
from app.forms.people import Names
from app.identity import MEMBERSHIPS, people_with_membership
from app.settings import ROOT


def guards(connection: sa.Connection, employer_id: str) -> Guards:
    """For a form that is checked for a case of this employer."""

    def names() -> Names:
        return Names(name for _, name in people_with_membership(connection, employer_id, *sorted(MEMBERSHIPS)))

    return Guards(names, lambda: diagnoses.load(ROOT / "processes"))
