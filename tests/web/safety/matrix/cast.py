"""Who asks, and about whose cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Column = Literal["own", "team", "other"]
#: what the page calls the three kinds of case, and for whom each is another's
COLUMNS: Mapping[Column, str] = {
    "own": "Own case",
    "team": "A case of colleagues",
    "other": "Another employer’s case",
}


@dataclass(frozen=True)
class Part:
    """One who asks. `username` "": nobody is logged in. `covers`: case roles and memberships that this stands for."""

    words: str
    username: str
    covers: frozenset[str]


def _part(words: str, username: str, covers: str = "") -> Part:
    return Part(words, username, frozenset(covers.split()))


#: one line a role; a role of `app.identity.roles` that stands in no line fails the build
CAST: Sequence[Part] = (
    _part("anybody without a login", "", "treating_physician"),
    _part("the employee", "grace.obi", "employee"),
    _part("another employee", "daniel.price"),
    _part(
        "line manager", "helen.ward", "line_manager manager hearing_chair appeal_manager sponsor champion policy_owner"
    ),
    _part("referring manager", "amir.shah", "referring_manager"),
    _part("HR", "ruth.bell", "hr"),
    _part("OH administrator", "olivia.hart", "oh_admin"),
    _part("practitioner of the team", "nina.kaur"),
    _part("the case’s practitioner", "samuel.okoro", "practitioner specialist"),
    _part("companion", "carol.finch", "companion"),
    _part("representative from outside", "rita.vance", "representative guest"),
    _part(
        "committee member",
        "cora.lane",
        "committee_member district_representative union_coordinator union_executive union staff_side oversight flagger",
    ),
    _part("system administrator", "ada.stone", "administrator"),
    _part("process owner", "owen.pike", "process_owner"),
    _part("auditor", "irene.vale", "auditor"),
)
#: people besides those of the demo: username, name, organisation, memberships
MORE: Sequence[tuple[str, str, str, str]] = (
    ("carol.finch", "Carol Finch", "northfield", "employee"),
    ("rita.vance", "Rita Vance", "northfield", "guest"),
    ("cora.lane", "Cora Lane", "northfield", "employee committee_member"),
    ("tom.field", "Tom Field", "northfield", "employee"),
    ("iris.cole", "Iris Cole", "northfield", "employee manager"),
    ("paul.reed", "Dr Paul Reed", "calder", "employee practitioner"),
    ("ines.holt", "Ines Holt", "pennine", "employee oh_admin"),
    ("karl.webb", "Dr Karl Webb", "pennine", "employee practitioner"),
    ("vera.lunt", "Dr Vera Lunt", "pennine", "employee practitioner"),
)
#: those of the good path, and who plays them in each kind of case
PLAYED: Mapping[Column, Mapping[str, str]] = {
    "own": {"helen.ward": "helen.ward"},
    "team": {
        "grace.obi": "tom.field",
        "amir.shah": "iris.cole",
        "helen.ward": "iris.cole",
        "samuel.okoro": "paul.reed",
    },
    "other": {
        "grace.obi": "callum.reid",
        "amir.shah": "fiona.mackay",
        "helen.ward": "fiona.mackay",
        "olivia.hart": "ines.holt",
        "samuel.okoro": "karl.webb",
    },
}
#: who answers for each kind of case, and a practitioner of the provider who has no part in it
OFFICES: Mapping[Column, tuple[str, str]] = {
    "own": ("olivia.hart", "nina.kaur"),
    "team": ("olivia.hart", "nina.kaur"),
    "other": ("ines.holt", "vera.lunt"),
}
#: step of the good path at which a case stands, and what the page calls its open task
STAGES: Mapping[str, str] = {
    "give_consent": "the employee’s task",
    "triage": "a task in the team’s queue",
    "assess": "the practitioner’s task",
}
