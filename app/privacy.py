"""Who may see an answer. One table, decided by the class of the field; everything else is refused.

| class      | employer side                | provider side | the case's practitioner | the employee |
|------------|------------------------------|---------------|-------------------------|--------------|
| public     | yes                          | yes           | yes                     | yes          |
| employer   | yes                          | yes           | yes                     | yes          |
| restricted | no                           | yes           | yes                     | yes          |
| clinical   | no                           | no            | yes                     | yes          |

Employer side: referring_manager, line_manager, hr. Provider side: oh_admin, a practitioner of the team, and the case's
own practitioner. Administrators, process owners, auditors and anybody without a role in the case see nothing.

- `afterFact`: the employer side sees the answer only once that fact of the case is set (not null, not false), such as
  the moment of release (XX-A8). It holds back nobody else.
- Rows of a list with `sharedBy` are shared by the employee's own word (XX-A6): a row whose radio says "yes" counts as
  employer class as a whole, any other row as clinical.
- Whoever holds several roles sees what any of them may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.forms import DataClass, Field, Form

EMPLOYER_SIDE = frozenset({"referring_manager", "line_manager", "hr"})
#: a practitioner of the provider's team who is not the practitioner of this case
TEAM_PRACTITIONER = "team_practitioner"
PROVIDER_SIDE = frozenset({"oh_admin", "practitioner", TEAM_PRACTITIONER})
#: the role of the one practitioner named in the case
PRACTITIONER = "practitioner"

_SEEN_BY: Mapping[str, frozenset[str]] = {
    "public": EMPLOYER_SIDE | PROVIDER_SIDE,
    "employer": EMPLOYER_SIDE | PROVIDER_SIDE,
    "restricted": PROVIDER_SIDE,
    "clinical": frozenset({PRACTITIONER}),
}
_NO_FACTS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at a case: the case roles held, and whether the case is about them.

    The role "employee" gives no right by itself: `subject` does.
    """

    roles: frozenset[str]
    subject: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, parties: Iterable[str], teams: Iterable[str], *, subject: bool, facts: Mapping[str, Any] = _NO_FACTS
    ) -> Viewer:
        """From the roles held as a party, and those held by a team that has work in the case.

        Only a party is the case's practitioner: a colleague who works the team's queue is provider side, no more.
        """
        team = {TEAM_PRACTITIONER if role == PRACTITIONER else role for role in teams}
        return cls(frozenset(parties) | team, subject, facts)


def may_see(
    field_class: DataClass | str,
    viewer_roles: frozenset[str],
    *,
    subject: bool,
    facts: Mapping[str, Any] = _NO_FACTS,
    after_fact: str | None = None,
    shared: bool | None = None,
) -> bool:
    """May somebody with these case roles see an answer of this class?

    `subject`: the case is about the viewer. `shared`: the word on the row that the answer stands in; None outside
    such rows. An unknown class counts as clinical.
    """
    if subject:
        return True
    if shared is not None:
        field_class = "employer" if shared else "clinical"
    seen_by = viewer_roles & _SEEN_BY.get(field_class, _SEEN_BY["clinical"])
    if after_fact and not is_set(facts.get(after_fact)):
        seen_by -= EMPLOYER_SIDE
    return bool(seen_by)


def is_set(fact: Any) -> bool:
    """A fact is set when it is there and not false; nought and the empty text are set."""
    return fact is not None and fact is not False


def hidden_keys(form: Form, viewer: Viewer) -> frozenset[str]:
    """Keys of the fields whose answers the viewer may not see: not even that there is one.

    A list counts by its own class, whatever is shared of its rows; a group is hidden with the last of its fields.
    """
    return frozenset(_hidden(form.components, viewer, ()))


def _hidden(fields: Sequence[Field], viewer: Viewer, after: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for one in fields:
        waits = (*after, one.after_fact) if one.after_fact else after
        if one.type == "group":
            inner = _hidden(one.children, viewer, waits)
            keys = {child.key for child in one.children if child.key}
            found |= inner | ({one.key} if keys <= inner else set())
        elif not _may_see_all(one.cls, viewer, None, waits):
            found.add(one.key)
    return found


def redact(form: Form, answers: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    """The answers as the viewer may see them. What they may not see leaves no trace: no key, no empty row."""
    return _seen(form.components, answers, viewer, None, ())


def _seen(
    fields: Sequence[Field], answers: Any, viewer: Viewer, shared: bool | None, after: tuple[str, ...]
) -> dict[str, Any]:
    """One level. `after`: the facts that the groups and lists around it wait for."""
    given = answers if isinstance(answers, Mapping) else {}
    seen: dict[str, Any] = {}
    for one in fields:
        waits = (*after, one.after_fact) if one.after_fact else after
        if one.type == "group" and not one.key:
            seen |= _seen(one.children, given, viewer, shared, waits)
        elif one.key and one.key in given:
            seen |= _one(one, given[one.key], viewer, shared, waits)
    return seen


def _one(one: Field, value: Any, viewer: Viewer, shared: bool | None, after: tuple[str, ...]) -> dict[str, Any]:
    """{key: what is seen of it}, or nothing."""
    if one.type == "group":
        inner = _seen(one.children, value, viewer, shared, after)
        return {one.key: inner} if inner else {}
    if one.type == "dynamiclist":
        rows = [_seen(one.children, row, viewer, _word(one, row, shared), after) for row in _rows(value)]
        left = [row for row in rows if row]
        return {one.key: left} if left else {}
    return {one.key: value} if _may_see_all(one.cls, viewer, shared, after) else {}


def _may_see_all(cls: DataClass, viewer: Viewer, shared: bool | None, after: tuple[str, ...]) -> bool:
    """Every fact that is waited for must be set."""
    return all(
        may_see(cls, viewer.roles, subject=viewer.subject, facts=viewer.facts, after_fact=fact, shared=shared)
        for fact in (after or (None,))
    )


def _word(one: Field, row: Any, around: bool | None) -> bool | None:
    """Is this row shared? A list inside a row that is not shared cannot share what it holds."""
    if not one.shared_by:
        return around
    word = isinstance(row, Mapping) and row.get(one.shared_by) == "yes"
    return word and around is not False


def _rows(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
