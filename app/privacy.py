"""Who may see an answer, a step or a fact, and on what ground. One function decides, `ground`; nothing else does.

What decides: the class; the purpose; the viewer's roles in the case; whether the case is about them; the state of the
report that the answer belongs to; what the employee has consented to; emergency access. The table, top to bottom:

| class      | state     | employer side | provider's team | case's practitioner | employee | auditor |
|------------|-----------|---------------|-----------------|---------------------|----------|---------|
| public     | plain     | public        | public          | public              | subject  | auditor |
| employer   | plain     | employer      | provider        | practitioner        | subject  | -       |
| restricted | plain     | -             | provider        | practitioner        | subject  | -       |
| restricted | withdrawn | -             | -               | practitioner        | subject  | -       |
| clinical   | any       | -             | -               | practitioner        | subject  | -       |
| shared row | plain     | shared        | shared          | practitioner        | subject  | -       |
| other row  | any       | -             | -               | practitioner        | subject  | -       |

What waits for release (`afterFact`, and `draftUntil`), public and employer class and shared rows alike:

| state     | when                                           | employer side | provider team | practitioner | employee |
|-----------|------------------------------------------------|---------------|---------------|--------------|----------|
| draft     | a fact of `draftUntil` is not set              | -             | -             | yes          | yes      |
| shown     | those are set, a fact of `afterFact` is not    | -             | as above      | yes          | yes      |
| released  | all of them are set                            | released      | as above      | yes          | yes      |
| withdrawn | the employee's newest word on the referral: no | -             | -             | yes          | yes      |

- **Sides.** Employer side: referring_manager, line_manager, hr, and whoever chairs a hearing or hears an appeal; in a
  case about a policy also its owner, sponsor and champion. Provider's team: oh_admin, and practitioners and specialists
  of the team who are not the case's own. A specialist named in a case is its practitioner (JE-1). Who only accompanies
  (companion, representative, committee, union) sees what is public.
  Administrators, process owners and whoever has no role in the case see nothing.
- **Auditor**: of the case's provider, in the auditors' room alone. What is public and waits for nothing: neither for a
  release nor for a consent, and for no purpose that holds anything back.
- **Withdrawn.** Taking back consent (scope `referral`), or refusing when asked once more, works at once: what waited
  for release is closed to the employer even if it had been released, rows shared by the employee's word are no longer
  shared, and the provider's team loses restricted answers. What the employer itself wrote stays with both sides; the
  practitioner keeps clinical records (XX-A2, XX-A6, XX-A7, XX-A8).
- **Draft.** Before the employee has been shown a report, nobody but its author has any use for it, so colleagues of the
  practitioner do not read it either. What a newer answer replaced counts as never shown and never released.
- **`underConsent`.** An answer that stands under a consent of its own (`gp-report`, XX-A9) is for the employee and the
  practitioner alone unless that consent is given now.
- **Purpose.** A purpose can hold back more than the class, never less: `kept` ones are never for the employer side or
  for guests, `released` ones only in the state released. See processes/purposes.toml.
- **Emergency access** to one case, granted to a person of the provider, opens all of it, last of all grounds.
- Whoever holds several roles sees what any of them may see. An unknown class counts as clinical.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.forms import DataClass, Field, Form

EMPLOYER_SIDE = frozenset(
    {"referring_manager", "line_manager", "hr", "hearing_chair", "appeal_manager"}
    | {"policy_owner", "sponsor", "champion"}
)
#: a practitioner of the provider's team who is not the practitioner of this case
TEAM_PRACTITIONER = "team_practitioner"
PROVIDER_SIDE = frozenset({"oh_admin", "practitioner", TEAM_PRACTITIONER})
#: the role of the one practitioner named in the case
PRACTITIONER = "practitioner"
#: case roles that make somebody the practitioner of the case once they are named (XX-A5, JE-1)
TREATING = frozenset({PRACTITIONER, "specialist"})
#: the gravest first; the first two are of what tells of somebody's health
CLASSES = (CLINICAL := "clinical", RESTRICTED := "restricted", "employer", "public")
HEALTH = frozenset({CLINICAL, RESTRICTED})
#: who is with somebody else in the case, or hears of its course
GUESTS = frozenset(
    {"companion", "representative", "committee_member", "district_representative"}
    | {"union_coordinator", "union_executive", "staff_side", "flagger"}
)
#: an auditor of the case's provider
AUDITOR = "auditor"
#: the consent under which the whole case stands (XX-A2)
REFERRAL = "referral"

_NOTHING: Mapping[str, Any] = {}


class Ground(StrEnum):
    """Why somebody may see something."""

    SUBJECT = "subject"
    PUBLIC = "public"
    PRACTITIONER = "practitioner"
    PROVIDER = "provider"
    EMPLOYER = "employer"
    RELEASED = "released"
    SHARED = "shared"
    AUDITOR = "auditor"
    EMERGENCY = "emergency"


class State(StrEnum):
    """How far what an answer belongs to has come: `PLAIN` waits for nothing."""

    PLAIN = "plain"
    DRAFT = "draft"
    SHOWN = "shown"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


#: each ground in words, as in “They see it because …”
GROUND_WORDS: Mapping[Ground, str] = {
    Ground.SUBJECT: "it is about them",
    Ground.PUBLIC: "everybody in the case may know it",
    Ground.PRACTITIONER: "they are the practitioner of the case",
    Ground.PROVIDER: "they belong to the occupational health team that works on the case",
    Ground.EMPLOYER: "it is what the employer may know",
    Ground.RELEASED: "what it waited for has happened: the report is released to them, or the meeting has begun",
    Ground.SHARED: "the employee agreed to share it",
    Ground.AUDITOR: "they are an auditor, to check that the policy was followed",
    Ground.EMERGENCY: "they were given emergency access",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at a case: the case roles held, and whether the case is about them.

    The role "employee" gives no right by itself: `subject` does. `consents`: the employee's newest word in this case by
    scope, "given", "refused" or "withdrawn". `purposes`: what holds for answers asked for a purpose, by its words:
    "told", "released" or "kept".
    """

    roles: frozenset[str]
    subject: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    consents: Mapping[str, str] = field(default_factory=dict)
    emergency: bool = False
    purposes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        parties: Iterable[str],
        teams: Iterable[str],
        *,
        subject: bool,
        facts: Mapping[str, Any] = _NOTHING,
        consents: Mapping[str, str] = _NOTHING,
        emergency: bool = False,
        purposes: Mapping[str, str] = _NOTHING,
    ) -> Viewer:
        """From the roles held as a party, and those held by a team that has work in the case.

        Only a party is the case's practitioner: a colleague who works the team's queue is provider side, no more.
        """
        team = {TEAM_PRACTITIONER if role in TREATING else role for role in teams}
        own = {PRACTITIONER if role in TREATING else role for role in parties}
        return cls(frozenset(own | team), subject, facts, consents, emergency, purposes)

    @property
    def stopped(self) -> bool:
        """Has the employee taken back, or refused, their consent to the referral?"""
        return self.consents.get(REFERRAL) in {"refused", "withdrawn"}


#: somebody who may know no more than everybody in a case
EVERYBODY = Viewer(GUESTS)


def ground(
    field_class: DataClass | str,
    viewer: Viewer,
    *,
    after: Sequence[str] = (),
    shared: bool | None = None,
    draft: Sequence[str] = (),
    under: Sequence[str] = (),
    purpose: str = "",
) -> Ground | None:
    """Why the viewer may see something of this class; None: they may not, not even that it is there.

    `after`: facts for which it waits until the employer side may see it. `draft`: facts until which it is a draft.
    `shared`: the employee's word on the row that it stands in; None outside such rows. `under`: scopes of the consents
    under which it stands. `purpose`: the words of its purpose.
    """
    if viewer.subject:
        return Ground.SUBJECT
    now = state(viewer, after, draft)
    if shared is not None:
        field_class = "employer" if shared and not viewer.stopped else "clinical"
    given = all(viewer.consents.get(scope) == "given" for scope in under)
    if PRACTITIONER in viewer.roles:
        return Ground.PUBLIC if field_class == "public" and now is State.PLAIN else Ground.PRACTITIONER
    found = _of_sides(field_class, viewer, now, purpose) if given else None
    if shared and found in {Ground.EMPLOYER, Ground.PROVIDER, Ground.RELEASED}:
        return Ground.SHARED
    if found is None and not under:
        found = _of_auditor(field_class, viewer, now, purpose)
    return found or _of_emergency(viewer)


def state(viewer: Viewer, after: Sequence[str] = (), draft: Sequence[str] = ()) -> State:
    """Of what waits for the facts `after`, and is a draft until the facts `draft` are set."""
    if not after and not draft:
        return State.PLAIN
    if viewer.stopped:
        return State.WITHDRAWN
    if not all(is_set(viewer.facts.get(name)) for name in draft):
        return State.DRAFT
    return State.RELEASED if all(is_set(viewer.facts.get(name)) for name in after) else State.SHOWN


def _of_sides(field_class: str, viewer: Viewer, now: State, purpose: str) -> Ground | None:
    """For those who are neither the subject nor the case's practitioner."""
    if field_class not in {"public", "employer", "restricted"} or now in {State.DRAFT, State.WITHDRAWN}:
        return None
    limit = viewer.purposes.get(purpose, "told")
    if field_class == "public" and now is State.PLAIN:
        everybody = PROVIDER_SIDE if limit != "told" else PROVIDER_SIDE | EMPLOYER_SIDE | GUESTS
        return Ground.PUBLIC if viewer.roles & everybody else None
    if viewer.roles & PROVIDER_SIDE and not (field_class == "restricted" and viewer.stopped):
        return Ground.PROVIDER
    return _of_employer(viewer, now, limit) if field_class != "restricted" else None


def _of_employer(viewer: Viewer, now: State, limit: str) -> Ground | None:
    if not viewer.roles & EMPLOYER_SIDE or limit == "kept":
        return None
    if now is State.RELEASED:
        return Ground.RELEASED
    return Ground.EMPLOYER if now is State.PLAIN and limit == "told" else None


def _of_auditor(field_class: str, viewer: Viewer, now: State, purpose: str) -> Ground | None:
    plain = field_class == "public" and now is State.PLAIN and viewer.purposes.get(purpose, "told") == "told"
    return Ground.AUDITOR if plain and AUDITOR in viewer.roles else None


def _of_emergency(viewer: Viewer) -> Ground | None:
    """Emergency access is for people of the provider: whoever is on the employer's side of the case has none."""
    return Ground.EMERGENCY if viewer.emergency and not viewer.roles & EMPLOYER_SIDE else None


def is_set(fact: Any) -> bool:
    """A fact is set when it is there and not false; nought and the empty text are set."""
    return fact is not None and fact is not False


@dataclass(frozen=True, slots=True)
class Shown:
    """A field that somebody is shown. `health`: it tells of somebody's health, so the look is noted (UN-8)."""

    path: str
    cls: str
    ground: Ground
    health: bool


Note = Callable[[Shown], None]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the groups and lists around a field say of it, and the word on the row that it stands in."""

    after: tuple[str, ...] = ()
    draft: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    shared: bool | None = None
    #: told of every field that is shown
    note: Note | None = None

    def within(self, one: Field) -> _Around:
        return _Around(
            (*self.after, one.after_fact) if one.after_fact else self.after,
            (*self.draft, one.draft_until) if one.draft_until else self.draft,
            (*self.under, one.under_consent) if one.under_consent else self.under,
            self.shared,
            self.note,
        )

    def in_row(self, one: Field, row: Any) -> _Around:
        """A list inside a row that is not shared cannot share what it holds."""
        if not one.shared_by:
            return self
        word = isinstance(row, Mapping) and row.get(one.shared_by) == "yes"
        return _Around(self.after, self.draft, self.under, word and self.shared is not False, self.note)


def _ground_of(one: Field, viewer: Viewer, around: _Around) -> Ground | None:
    """`ground` of a field, with what the field and all around it say. `around` holds the field's own words, too."""
    return ground(
        one.cls,
        viewer,
        after=around.after,
        shared=around.shared,
        draft=around.draft,
        under=around.under,
        purpose=one.purpose,
    )


def grounds(form: Form, viewer: Viewer) -> dict[str, Ground | None]:
    """Each field's path and its ground. A list counts by its own class, whatever is shared of its rows."""
    return dict(_grounds(form.components, viewer, _Around()))


def _grounds(fields: Sequence[Field], viewer: Viewer, around: _Around) -> Iterable[tuple[str, Ground | None]]:
    for one in fields:
        here = around.within(one)
        if one.type == "group":
            yield from _grounds(one.children, viewer, here)
        elif one.key:
            yield one.path, _ground_of(one, viewer, here)


def hidden_keys(form: Form, viewer: Viewer) -> frozenset[str]:
    """Keys of the fields whose answers the viewer may not see: not even that there is one.

    A list counts by its own class, whatever is shared of its rows; a group is hidden with the last of its fields.
    """
    return frozenset(_hidden(form.components, viewer, _Around()))


def _hidden(fields: Sequence[Field], viewer: Viewer, around: _Around) -> set[str]:
    found: set[str] = set()
    for one in fields:
        here = around.within(one)
        if one.type == "group":
            inner = _hidden(one.children, viewer, here)
            keys = {child.key for child in one.children if child.key}
            found |= inner | ({one.key} if keys <= inner else set())
        elif _ground_of(one, viewer, here) is None:
            found.add(one.key)
    return found


def redact(form: Form, answers: Mapping[str, Any], viewer: Viewer, note: Note | None = None) -> dict[str, Any]:
    """The answers as the viewer may see them. What they may not see leaves no trace: no key, no empty row. `note` is
    told of each field that is left, so that what is shown and what is noted are one decision."""
    return _seen(form.components, answers, viewer, _Around(note=note))


def _seen(fields: Sequence[Field], answers: Any, viewer: Viewer, around: _Around) -> dict[str, Any]:
    """One level."""
    given = answers if isinstance(answers, Mapping) else {}
    seen: dict[str, Any] = {}
    for one in fields:
        here = around.within(one)
        if one.type == "group" and not one.key:
            seen |= _seen(one.children, given, viewer, here)
        elif one.key and one.key in given:
            seen |= _one(one, given[one.key], viewer, here)
    return seen


def _one(one: Field, value: Any, viewer: Viewer, around: _Around) -> dict[str, Any]:
    """{key: what is seen of it}, or nothing."""
    if one.type == "group":
        inner = _seen(one.children, value, viewer, around)
        return {one.key: inner} if inner else {}
    if one.type == "dynamiclist":
        rows = [_seen(one.children, row, viewer, around.in_row(one, row)) for row in _rows(value)]
        left = [row for row in rows if row]
        return {one.key: left} if left else {}
    found = _ground_of(one, viewer, around)
    if found is None:
        return {}
    if around.note is not None:
        # what waits for a release, a consent or the employee's word tells of their health, whatever its class
        held_back = bool(around.after or around.draft or around.under) or around.shared is not None
        around.note(Shown(one.path, one.cls, found, one.cls in HEALTH or held_back))
    return {one.key: value}


def _rows(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
