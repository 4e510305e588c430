"""The world in which is asked: two employers with a provider each, and a case of each kind at each stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases import commands
from app.cases.emergency.tables import emergency
from app.cases.keeping.tables import hold
from app.cases.tables import case, incident, party
from app.files import Spool
from app.identity import Actor, Organisation
from app.identity.people import actor_of_person, create_membership, create_organisation, create_person, set_provider
from app.identity.tables import account
from app.records import attachment, consent
from app.settings import Settings
from tests.chaos.world import NOW, OWNER, World, furnish, good_path
from tests.files_kit import PDF
from tests.web.safety.matrix.cast import CAST, MORE, OFFICES, PLAYED, STAGES, Column

PENNINE = Organisation("pennine", "Pennine Health at Work", "provider")


@dataclass
class Town:
    """Ids by kind of case and stage. `until`: when the last thing happened."""

    cases: dict[tuple[Column, str], str] = field(default_factory=dict)
    tasks: dict[tuple[Column, str], str] = field(default_factory=dict)
    #: sent with the referral
    files: dict[tuple[Column, str], str] = field(default_factory=dict)
    #: what hangs on a case: by kind of case and "emergency", "hold", "request", "consent", "person"
    more: dict[tuple[Column, str], str] = field(default_factory=dict)
    until: datetime = NOW
    #: of the referral, in the workshop
    draft: str = ""


def build(settings: Settings) -> Town:
    """Fill an empty database."""
    world, town = furnish(settings), Town()
    with db.transaction(world.engine) as connection:
        _people(connection)
    for column, played in PLAYED.items():
        for stage in STAGES:
            case_id, now = _play(world, played, stage)
            town.cases[column, stage] = case_id
            town.tasks[column, stage] = world.task(case_id, stage)
            town.files[column, stage] = world.scalar(sa.select(attachment.c.id).where(attachment.c.case_id == case_id))
            town.until = max(town.until, now)
    for column in PLAYED:
        for what, name in _more(world, column, town.cases[column, "assess"], town.until).items():
            town.more[column, what] = name
    owner = world.actors[OWNER]
    town.draft = commands.open_draft(world.waymark, owner, "referral", "A draft", NOW)
    # the emergencies are over
    town.until += timedelta(days=1)
    with db.transaction(world.engine) as connection:
        for (column, _stage), case_id in town.cases.items():
            if column == "own":
                _accompany(connection, case_id)
        for column in PLAYED:
            connection.execute(incident.insert().values(_incident(column, town.cases[column, "assess"])))
    world.engine.dispose()
    return town


def _people(connection: sa.Connection) -> None:
    create_organisation(connection, PENNINE)
    set_provider(connection, "harbour", PENNINE.id)
    for username, name, org_id, roles in MORE:
        first, *rest = roles.split()
        create_person(connection, name, org_id, [first], email=f"{username}@{org_id}.example", person_id=username)
        for role in rest:
            create_membership(connection, username, org_id, role)
        row = {"person_id": username, "username": username, "password_hash": "!", "active": True}
        connection.execute(account.insert(), row)


def _play(world: World, played: Mapping[str, str], until: str) -> tuple[str, datetime]:
    """A case along the good path until a step is open, with other people in its parts."""
    case_id, now = "", NOW
    for line in good_path():
        now += line.after
        if case_id:
            world.pass_time(case_id, now)
        if line.task == until:
            break
        answers = {
            key: played.get(value, value) if isinstance(value, str) else value
            for key, value in _meant(world, line.task, now)
        }
        with db.reading(world.engine) as connection:
            actor = actor_of_person(connection, played.get(line.who, line.who))
        if line.task == "start":
            answers["documents"] = [_upload(world, actor, now)]
            case_id = commands.start(world.waymark, actor, "referral", answers, now).case_id
        else:
            commands.complete(world.waymark, actor, world.task(case_id, line.task), answers, None, now)
    return case_id, now


def _more(world: World, column: Column, case_id: str, now: datetime) -> dict[str, str]:
    """A hold, a request for a copy, a consent and an emergency access that hang on the case; the one it is about."""
    row, waymark = world.row(case_id), world.waymark
    with db.reading(world.engine) as connection:
        office, colleague = (actor_of_person(connection, name) for name in OFFICES[column])
    commands.set_hold(waymark, office, row.reference, "An inquiry is under way", now)
    commands.emergency_access(waymark, colleague, row.reference, "The ambulance asks for it", now)
    mine = {name: sa.select(table.c.id).where(table.c.case_id == case_id) for name, table in _HANGING.items()}
    return {
        "request": commands.enter_request(waymark, office, row.subject_id, "letter", now.date(), now),
        "person": str(row.subject_id),
        **{name: str(world.scalar(query.limit(1))) for name, query in mine.items()},
    }


_HANGING = {"hold": hold, "emergency": emergency, "consent": consent}


def _upload(world: World, actor: Actor, now: datetime) -> str:
    """A document for the referral; its id."""
    with Spool(len(PDF)) as spool:
        spool.write(PDF)
        target = commands.Target(process_key="referral")
        return commands.upload(world.waymark, actor, target, commands.Upload("documents", "plan.pdf", spool), now).id


def _meant(world: World, element: str, now: datetime) -> list[tuple[str, Any]]:
    return list(world.answers(element, now).items())


def _accompany(connection: sa.Connection, case_id: str) -> None:
    """Those who are with the employee, and the committee, are parties."""
    changed = dict(connection.execute(sa.select(case.c.parties).where(case.c.id == case_id)).scalar_one())
    for role in ("companion", "representative", "committee_member"):
        (person,) = [one.username for one in CAST if role in one.covers]
        connection.execute(party.insert().values(case_id=case_id, role=role, person_id=person, since=NOW))
        changed[role] = [person]
    connection.execute(case.update().where(case.c.id == case_id).values(parties=changed))


def _incident(column: str, case_id: str) -> dict[str, Any]:
    names = {"process": "assessment", "element_id": "assess", "element_name": "Assess", "detail": "It failed."}
    moments = {"opened_at": NOW, "state": "parked", "attempts": 5}
    return {"id": f"incident-{column}", "case_id": case_id, **names, **moments}
