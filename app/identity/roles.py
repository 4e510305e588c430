"""Who does what in a case, and which members of an organisation may stand in for it.

A *case role* is what a diagram names (`camunda:candidateGroups`, a lane). A *membership* is what a
person holds in an organisation. A person's membership lets them hold a case role: see `Role.held_by`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["employer", "provider", "system"]
Kind = Literal["party", "team", "contact"]

#: Memberships that a person may hold in an organisation, with the words shown to people.
MEMBERSHIPS: dict[str, str] = {
    "employee": "Employee",
    "manager": "Manager",
    "hr": "Human resources",
    "committee_member": "Committee member",
    # somebody from outside with an account: a family member, a union representative
    "guest": "Guest",
    "union": "Trade union or staff side representative",
    "oversight": "Oversight group",
    "policy_owner": "Policy owner",
    "oh_admin": "Occupational health administrator",
    "practitioner": "Occupational health practitioner",
    "specialist": "Health Care Management Specialist",
    "administrator": "System administrator",
    "process_owner": "Process owner",
    "auditor": "Auditor",
}

#: Which kind of organisation a membership belongs to; the rest may be given in both kinds.
MEMBERSHIP_KINDS: dict[str, str] = {
    "manager": "employer",
    "hr": "employer",
    "committee_member": "employer",
    "guest": "employer",
    "union": "employer",
    "oversight": "employer",
    "oh_admin": "provider",
    "practitioner": "provider",
    "specialist": "provider",
}


@dataclass(frozen=True)
class Role:
    """A case role.

    `side`: whose people hold it. `kind`: "party" is a person named in the case, "team" is a queue, "contact" is
    somebody outside of Waymark: a name and an address, no login and no rights. `held_by`: memberships, on that side,
    that may hold it. `sees_cases`: False for those who look after the machine and must not see what a case contains.
    `several`: more than one person may hold it in a case; of the others a new holder replaces the one before.
    `personal`: held for the employee, not on behalf of an organisation.
    """

    id: str
    label: str
    side: Side
    kind: Kind
    held_by: frozenset[str]
    sees_cases: bool = True
    several: bool = False
    personal: bool = False


def _role(role_id: str, label: str, side: Side, kind: Kind, held_by: str, **more: bool) -> Role:
    return Role(role_id, label, side, kind, frozenset(held_by.split()), **more)


ROLES: dict[str, Role] = {
    role.id: role
    for role in (
        _role("employee", "Employee", "employer", "party", "employee", personal=True),
        # the line manager or HR: whoever makes the referral (XX-A8)
        _role("referring_manager", "Referring manager", "employer", "party", "manager hr"),
        _role("line_manager", "Line manager", "employer", "party", "manager"),
        _role("hr", "Human resources", "employer", "team", "hr"),
        # supports the employee, does not speak for them, and learns nothing by being there (WW-1.3d, UN-3b)
        _role("companion", "Companion", "employer", "party", "employee guest union", several=True, personal=True),
        # speaks for an employee whom a health condition prevents (WW-1.3d)
        _role("representative", "Representative", "employer", "party", "employee guest union", personal=True),
        _role("committee_member", "Committee member", "employer", "team", "committee_member", several=True),
        _role("oh_admin", "Occupational health administrator", "provider", "team", "oh_admin"),
        # A team until triage names one; from then on a party (XX-A6).
        _role("practitioner", "Occupational health practitioner", "provider", "team", "practitioner"),
        # plans and accompanies recovery as a practitioner does an assessment; short HMCS, or HCMS (JE-1 to JE-10)
        _role("specialist", "Health Care Management Specialist", "provider", "team", "specialist"),
        # of the committee: who tells the manager (JE-C3), and who asks the local union executive (JE-C4)
        _role("district_representative", "District representative", "employer", "party", "committee_member"),
        _role("union_coordinator", "Union coordinator", "employer", "party", "committee_member union"),
        _role("union_executive", "Local union executive", "employer", "party", "union"),
        # neither has decided before (NW-10)
        _role("hearing_chair", "Chair of the hearing", "employer", "party", "manager hr"),
        _role("appeal_manager", "Appeal manager", "employer", "party", "manager hr"),
        # who carry a new policy (NW-14), and who answers for one (XX-5)
        _role("sponsor", "Executive sponsor", "employer", "party", "manager hr"),
        _role("staff_side", "Staff side partner", "employer", "party", "union"),
        _role("champion", "Wellbeing champion", "employer", "party", "employee"),
        _role("policy_owner", "Policy owner", "employer", "team", "policy_owner"),
        # whoever met something that a policy does not cover, from whichever side (XX-5); see access.holds
        _role("flagger", "Who flagged it", "employer", "party", "employee guest", personal=True),
        # does not use Waymark: see app/cases/parties/contacts.py (JE-0, XX-A9)
        _role("treating_physician", "Treating physician", "provider", "contact", "", sees_cases=False),
        _role("administrator", "System administrator", "system", "team", "administrator", sees_cases=False),
        _role("process_owner", "Process owner", "system", "team", "process_owner", sees_cases=False),
        _role("auditor", "Auditor", "system", "team", "auditor", sees_cases=False),
    )
}


#: short names under which people look for a role; the field writes this one in two ways (JE-1)
SHORT: dict[str, str] = {"hmcs": "specialist", "hcms": "specialist"}


def may_hold(case_role: str, memberships: frozenset[str]) -> bool:
    """Whether somebody with `memberships` (in one organisation) may hold `case_role`; False for an unknown role."""
    role = ROLES.get(case_role)
    return role is not None and bool(role.held_by & memberships)


def acts_for_organisation(case_role: str) -> bool:
    """Whether the role is held on behalf of an organisation, so never in one's own case. An unknown role is."""
    role = ROLES.get(case_role)
    return role is None or not role.personal


def label(case_role: str) -> str:
    """The words for a case role; an unknown id is shown as it is."""
    role = ROLES.get(case_role)
    return role.label if role else case_role
