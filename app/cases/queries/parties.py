"""The people of a case: who is in it, who was, since when, who brought them in and why; and who can be added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, privacy
from app.cases import access
from app.cases.looks.seen import Thing
from app.cases.parties import conflict, contacts, joining, people
from app.cases.parties.reasons import WHY
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight, looking, see
from app.cases.standing import Standing
from app.cases.subject import about_nobody
from app.cases.tables import case as case_table
from app.cases.tables import former_party, party, task
from app.cases.views import CasePeople, Choices, ContactView, PartyEntry, TimelineEntry
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import ROLES, Actor
from app.identity.errors import UnknownUser
from app.identity.people import person_of
from app.identity.roles import acts_for_organisation, label


def case_people(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> CasePeople:
    """Everybody in the case and who was; `NotFound` when it is none of the actor's."""
    with looking(waymark, actor, case_id, now) as (connection, sight):
        how = joining.known(connection, actor, sight.row)
        running = sight.row.status == "running"
        names = Names(connection)
        present = [_entry(sight, how, row, names) for row in _rows(connection, party, case_id)]
        before = [_entry(sight, how, row, names) for row in _rows(connection, former_party, case_id)]
        held = {one.role for one in present}
        may_join = [role for role in joining.may_join(how) if running]
        return CasePeople(
            case_id=case_id,
            reference=sight.row.reference,
            process_name=sight.row.process_name,
            now=sorted(present, key=_order),
            before=sorted(before, key=lambda one: (one.until or one.since, one.role), reverse=True),
            contacts=_contacts(waymark, connection, sight),
            may_add=[(role, label(role)) for role in may_join if role not in held or ROLES[role].several],
            may_replace=[(role, label(role)) for role in may_join if role in held and not ROLES[role].several],
            may_keep_contact=running and not about_nobody(sight.row.subject_id) and contacts.may_keep(how),
            nobody=list(_nobody(connection, sight)),
        )


def choices(waymark: Waymark, actor: Actor, case_id: str, role: str) -> Choices:
    """Who can be brought into the case in this role. `NotFound` for somebody who may not decide that."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id)
        row = sight.row
        if role not in joining.may_join(joining.known(connection, actor, row)) or row.status != "running":
            raise NotFound
        org = access.side_org(role, row.employer_id, row.provider_id)
        by_name = "guest" in ROLES[role].held_by
        hidden = people.guests(connection, org) if by_name else set()
        names = Names(connection)
        offered = [
            (one, name)
            for one, name in people.choices(connection, role, org).items()
            if one not in hidden and joining.can_join(row, role, one)
        ]
        holders = [names.get(one, "") for one in row.parties.get(role, ())]
        replaces, own = bool(holders) and not ROLES[role].several, not acts_for_organisation(role)
        about = (case_id, row.reference, row.process_name, role, label(role))
        return Choices(*about, holders, offered, by_name, replaces, own)


def guest(waymark: Waymark, actor: Actor, case_id: str, role: str, username: str) -> str | None:
    """Id of somebody from outside, whom the employee names by their username: guests stand in no list. None where
    there is no such guest."""
    choices(waymark, actor, case_id, role)
    with db.reading(waymark.engine) as connection:
        row = connection.execute(sa.select(case_table.c.employer_id).where(case_table.c.id == case_id)).one()
        try:
            found = person_of(connection, username)
        except UnknownUser:
            return None
        return found if found in people.guests(connection, row.employer_id) else None


def colleagues(waymark: Waymark, actor: Actor, task_id: str) -> list[tuple[str, str]]:
    """(id, name) of those to whom the actor can pass a task on that they have taken. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        row = connection.execute(sa.select(task).where(task.c.id == task_id)).first()
        taken = row is not None and row.state == "open" and row.claimed_at is not None
        if row is None or not taken or row.assignee_id != actor.person_id or not access.may_see_task(actor, row):
            raise NotFound
        sight = see(connection, actor, row.case_id)
        team = people.choices(connection, row.role, row.org_id)
        barred = conflict.conflicts(connection, conflict.work(sight.row, sight.definition, row), team)
        return [(one, name) for one, name in team.items() if one != actor.person_id and one not in barred]


def shows_why(sight: Sight, role: str) -> bool:
    """The kind of reason is for the person whom the case is about, and for the side whose part it is."""
    if sight.viewer.subject:
        return True
    if not acts_for_organisation(role) or role not in ROLES:
        return False
    side = privacy.PROVIDER_SIDE if ROLES[role].side == "provider" else privacy.EMPLOYER_SIDE
    return bool(sight.viewer.roles & side)


def redacted(sight: Sight, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an entry of the history about people is shown otherwise to this reader."""
    return {"why": ""} if "why" in data and not shows_why(sight, str(data.get("role", ""))) else {}


def told(sight: Sight, row: Any, data: Mapping[str, Any], names: Mapping[str, str]) -> list[TimelineEntry]:
    """An entry about people in words; nothing for one of another kind."""
    what = _WORDS.get(row.kind)
    if what is None:
        return []
    why = WHY.get(str(data.get("why", "")), "") if shows_why(sight, str(data.get("role", ""))) else ""
    who = "Waymark" if row.kind == "conflict.unassigned" else names.get(row.actor_id, "Waymark")
    person = names.get(str(data.get("person") or data.get("to")), "somebody")
    words = what.format(person=person, role=label(str(data.get("role", ""))).lower(), name=data.get("name", ""))
    return [TimelineEntry(row.at, who, words, why, tuple(data.get("rules", ())), row.kind)]


_WORDS = {
    "command.join": "added {person} as {role}",
    "command.leave": "removed {person} as {role}",
    "command.pass_on": "passed “{name}” on to {person}",
    "conflict.unassigned": "“{name}” was given to nobody: {person} has a part in the case that rules it out",
}


def _rows(connection: sa.Connection, table: sa.Table, case_id: str) -> list[sa.Row[Any]]:
    return list(connection.execute(sa.select(table).where(table.c.case_id == case_id)))


def _entry(sight: Sight, how: Standing, row: Any, names: Mapping[str, str]) -> PartyEntry:
    former, shown = hasattr(row, "until"), shows_why(sight, row.role)
    own = row.person_id == sight.actor.person_id and row.role in how.parties & access.MAY_GO
    return PartyEntry(
        role=row.role,
        label=label(row.role),
        person_id=row.person_id,
        name=names.get(row.person_id, "Somebody"),
        since=row.since,
        added_by=names.get(row.added_by or "", ""),
        why=WHY.get(row.why or "", "") if shown else "",
        until=row.until if former else None,
        ended_by=names.get(row.ended_by, "Waymark") if former else "",
        ended_why=WHY.get(row.ended_why, "") if former and shown else "",
        can_leave=not former and (row.role in joining.may_leave(how) or own),
    )


def _order(one: PartyEntry) -> tuple[int, Any]:
    return list(ROLES).index(one.role) if one.role in ROLES else len(ROLES), one.since


def _contacts(waymark: Waymark, connection: sa.Connection, sight: Sight) -> list[ContactView]:
    """To have a treating physician is health data, of the class restricted."""
    ground = privacy.ground("restricted", sight.viewer)
    if ground is None:
        return []
    names, found = Names(connection), list(contacts.kept(waymark, connection, sight.row))
    for one in found:
        sight.seen.part(Thing("contact", sight.row.definition_sha), one.role, privacy.RESTRICTED, ground)
    return [
        ContactView(one.id, label(one.role), one.name, one.address, one.since, names.get(one.added_by, ""))
        for one in found
    ]


def _nobody(connection: sa.Connection, sight: Sight) -> Iterable[str]:
    """Tasks that wait for somebody else to be named, because of a conflict of interest."""
    query = sa.select(task).where(task.c.case_id == sight.row.id, task.c.state == "open", task.c.assignee_id.is_(None))
    for row in connection.execute(query.order_by(task.c.opened_at, task.c.id)):
        if is_stuck(row) and sight.course.shows(row.process, row.element_id):
            sight.saw_step(row.process, row.element_id)
            yield f"“{row.name}” waits for somebody else to be named as {label(row.role).lower()}."


def is_stuck(row: Any) -> bool:
    """An open task of a role without a team that nobody has: nobody can take it from a queue."""
    role = ROLES.get(row.role)
    return row.state == "open" and row.assignee_id is None and role is not None and role.kind == "party"
