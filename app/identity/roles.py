"""Who does what in a case, and which members of an organisation may stand in for it.

A *case role* is what a diagram names (`camunda:candidateGroups`, a lane). A *membership* is what a
person holds in an organisation. A person's membership lets them hold a case role: see `Role.held_by`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["employer", "provider", "system"]
Kind = Literal["party", "team"]

#: Memberships that a person may hold in an organisation, with the words shown to people.
MEMBERSHIPS: dict[str, str] = {
    "employee": "Employee",
    "manager": "Manager",
    "hr": "Human resources",
    "oh_admin": "Occupational health administrator",
    "practitioner": "Occupational health practitioner",
    "administrator": "System administrator",
    "process_owner": "Process owner",
    "auditor": "Auditor",
}

#: Which kind of organisation a membership belongs to; the rest may be given in both kinds.
MEMBERSHIP_KINDS: dict[str, str] = {
    "manager": "employer",
    "hr": "employer",
    "oh_admin": "provider",
    "practitioner": "provider",
}


@dataclass(frozen=True)
class Role:
    """A case role.

    `side`: whose people hold it. `kind`: "party" is one person named in the case, "team" is a queue.
    `held_by`: memberships, on that side, that may hold it. `sees_cases`: False for those who look
    after the machine and must not see what a case contains.
    """

    id: str
    label: str
    side: Side
    kind: Kind
    held_by: frozenset[str]
    sees_cases: bool = True


def _role(role_id: str, label: str, side: Side, kind: Kind, held_by: str, *, sees_cases: bool = True) -> Role:
    return Role(role_id, label, side, kind, frozenset(held_by.split()), sees_cases)


ROLES: dict[str, Role] = {
    role.id: role
    for role in (
        _role("employee", "Employee", "employer", "party", "employee"),
        _role("referring_manager", "Referring manager", "employer", "party", "manager"),
        _role("line_manager", "Line manager", "employer", "party", "manager"),
        _role("hr", "Human resources", "employer", "team", "hr"),
        _role("oh_admin", "Occupational health administrator", "provider", "team", "oh_admin"),
        # A team until triage names one; from then on a party (XX-A6).
        _role("practitioner", "Occupational health practitioner", "provider", "team", "practitioner"),
        _role("administrator", "System administrator", "system", "team", "administrator", sees_cases=False),
        _role("process_owner", "Process owner", "system", "team", "process_owner", sees_cases=False),
        _role("auditor", "Auditor", "system", "team", "auditor", sees_cases=False),
    )
}


def may_hold(case_role: str, memberships: frozenset[str]) -> bool:
    """Whether somebody with `memberships` (in one organisation) may hold `case_role`; False for an unknown role."""
    role = ROLES.get(case_role)
    return role is not None and bool(role.held_by & memberships)


def label(case_role: str) -> str:
    """The words for a case role; an unknown id is shown as it is."""
    role = ROLES.get(case_role)
    return role.label if role else case_role
