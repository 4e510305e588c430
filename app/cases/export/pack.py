"""The pack: a zip of all that is held about somebody, as whoever makes it may see it. It is made when it is saved, in
memory, and kept nowhere.

The employee's own pack holds everything. One made at the provider, for handing over, holds what the person who makes it
may see themselves: what is clinical comes from the practitioner of the case (XX-1). That they were shown it is noted,
case by case, before the pack leaves (UN-8).

Files that were sent are part of it: 50 MB of them make a pack of 50 MB, and twice that in memory while it is saved.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from app import db, privacy
from app.cases.about import Agreed, HeldCase
from app.cases.export import page, requests
from app.cases.export.enclosed import sent_files, who_looked
from app.cases.export.sheets import sheet
from app.cases.looks.seen import Thing
from app.cases.queries import copies
from app.cases.queries.agreed import agreed
from app.cases.queries.held import held_in
from app.cases.queries.own import about
from app.cases.queries.sight import Sight, see
from app.cases.queries.timeline import whole
from app.cases.views import TimelineEntry
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.forms.kinds import CLASSES
from app.identity import Actor
from app.identity.people import Organisation, organisation_of, persons

#: What else goes into a pack: each gives (name in the zip, bytes) for one case, as its viewer may see it.
Provider = Callable[[Waymark, sa.Connection, Sight], Iterable[tuple[str, bytes]]]
PROVIDERS: Sequence[Provider] = (sent_files, who_looked)
#: zip's earliest year; the files in a pack carry the day on which it was made
_FIRST = 1980


@dataclass(frozen=True)
class CasePart:
    held: HeldCase
    timeline: Sequence[TimelineEntry]
    files: Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Pack:
    """`whole`: the employee's own, with everything; else what the person who made it may see. `sights`: by which it
    was gathered, of each case, with what is to be noted."""

    person: dict[str, str]
    made_at: datetime
    zone: ZoneInfo
    whole: bool
    cases: Sequence[CasePart]
    consents: Sequence[Agreed]
    requests: Sequence[copies.Request]
    sights: Sequence[Sight]


def own_pack(waymark: Waymark, actor: Actor, request_id: str, now: datetime) -> tuple[str, bytes]:
    """File name and bytes of the actor's own pack; that it was saved is recorded first. Raises `NotFound`."""
    with db.transaction(waymark.engine) as connection:
        found = next((one for one in copies.own(connection, actor) if one.id == request_id), None)
        if found is None:
            raise NotFound
        requests.made(connection, found, actor, now)
    return _zipped(waymark, actor, actor.person_id, now)


def office_pack(waymark: Waymark, actor: Actor, request_id: str, now: datetime) -> tuple[str, bytes]:
    """The same for handing over, with what the actor may see. Raises `NotFound`, `NotChecked`, `LookNotWritten`."""
    with db.transaction(waymark.engine) as connection:
        found = copies.one_of(connection, actor, request_id)
        if not found.checked:
            raise requests.NotChecked
        requests.made(connection, found, actor, now)
    return _zipped(waymark, actor, found.person_id, now)


def _zipped(waymark: Waymark, actor: Actor, person_id: str, now: datetime) -> tuple[str, bytes]:
    with db.reading(waymark.engine) as connection:
        pack = gather(waymark, connection, actor, person_id, now)
    way = replace(waymark, way="export")
    for sight in pack.sights:
        sight.note(way, now)
    day = now.astimezone(pack.zone).date()
    return f"your-information-{day.isoformat()}.zip", _zip(files(pack), day)


def gather(waymark: Waymark, connection: sa.Connection, actor: Actor, person_id: str, now: datetime) -> Pack:
    """Everything that goes into the pack, as the actor may see it."""
    mine = actor.person_id == person_id
    sights = list(_sights(connection, actor, person_id))
    who = persons(connection, {person_id})[person_id]
    org: Organisation = organisation_of(connection, who.org_id)
    person = {"name": who.name, "organisation": org.name}
    return Pack(
        person | ({"e-mail": who.email, "telephone": who.phone} if mine else {}),
        now,
        ZoneInfo(org.tz),
        mine,
        [_case(waymark, connection, sight) for sight in sights],
        _consents(waymark, connection, sights),
        copies.own(connection, actor) if mine else [],
        sights,
    )


def _sights(connection: sa.Connection, actor: Actor, person_id: str) -> Iterable[Sight]:
    for case_id in about(connection, person_id):
        try:
            yield see(connection, actor, case_id)
        except NotFound:
            continue


def _case(waymark: Waymark, connection: sa.Connection, sight: Sight) -> CasePart:
    files = [one for provider in PROVIDERS for one in provider(waymark, connection, sight)]
    return CasePart(held_in(waymark, connection, sight), whole(connection, sight), files)


def _consents(waymark: Waymark, connection: sa.Connection, sights: Sequence[Sight]) -> list[Agreed]:
    """Who may not know of a consent does not read of it here, either."""
    of, found = {sight.row.id: sight for sight in sights}, []
    for one in agreed(waymark, connection, sights):
        sight = of[one.case_id]
        ground = privacy.ground(one.data_class, sight.viewer)
        if ground is not None:
            found.append(one)
            if one.data_class in privacy.HEALTH:
                thing = Thing("consents", sight.row.definition_sha, one.text_id)
                sight.seen.part(thing, one.scope, one.data_class, ground)
    return found


def files(pack: Pack) -> Iterable[tuple[str, bytes]]:
    """(name, bytes) of everything in the pack."""
    yield "index.html", page.html(pack).encode()
    for data_class in CLASSES:
        yield f"answers-{data_class}.json", _json(_of_class(pack, data_class))
    yield "history.json", _json([_told(part) for part in pack.cases])
    yield "about-you.json", _json(pack.person)
    yield "consents.csv", sheet(_CONSENTS, (_consent(one) for one in pack.consents))
    for part in pack.cases:
        yield from part.files


def _of_class(pack: Pack, data_class: str) -> list[dict[str, Any]]:
    return [
        {"case": part.held.case.reference, "form": form.title, "at": form.at, "by": form.who, **asdict(answer)}
        for part in pack.cases
        for form in part.held.forms
        for answer in form.answers
        if answer.data_class == data_class
    ]


def _told(part: CasePart) -> dict[str, Any]:
    case = part.held.case
    steps = [{"at": one.at, "who": one.who, "what": one.what, "detail": one.detail} for one in part.timeline]
    return {"case": case.reference, "process": case.process_name, "opened": case.opened_at, "steps": steps}


_CONSENTS = [
    "case",
    "about",
    "item",
    "decision",
    "counts",
    "at",
    "channel",
    "entered-by",
    "goes-to",
    "text",
    "text-version",
    "text-sha-256",
]


def _consent(one: Agreed) -> Iterable[str]:
    counts = "yes" if one.counts else "no"
    yield from (one.reference, one.what, one.item, one.decision, counts, one.at.isoformat(), one.channel)
    yield from (one.entered_by, one.recipient, one.text_id, one.text_version, one.text_sha)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def _zip(parts: Iterable[tuple[str, bytes]], day: date) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (max(day.year, _FIRST), day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, data)
    return out.getvalue()
