"""What is deployed. Every function takes a connection and runs inside the caller's transaction."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import forms
from app.definitions import reading
from app.definitions.packing import pack, unpack
from app.definitions.tables import bundle as bundles
from app.definitions.tables import deployment
from app.engine.bundle import Bundle
from app.errors import Conflict, NotFound
from app.forms import Form

#: by which way a version came into force: `waymark deploy`, a draft of the workshop, a bundle that came in as a file,
#: or going back to a version that was in force before
FOLDER = "folder"
SOURCES = (FOLDER, "workshop", "bundle", "roll_back")


class DeployedMeanwhile(Conflict):
    """Somebody else deployed this process just now. Look at what they deployed before you go on."""


class NoStartForm(NotFound):
    """This process has no form that starts it."""


@dataclass(frozen=True)
class Deployed:
    """One version of a process. `deployed_by`: person id, or what the system calls itself."""

    key: str
    version: int
    sha256: str
    deployed_at: datetime
    deployed_by: str
    reason: str
    bundle: Bundle
    #: name of the folder that it came from, "" where it came from none
    family: str = ""
    #: one of SOURCES
    source: str = FOLDER
    #: the draft that it was, if it was one
    draft_id: str | None = None

    @property
    def name(self) -> str:
        """The name of the main process, as drawn."""
        return reading.summary(self.bundle).name

    @property
    def start_form(self) -> Form:
        """The form that starts a case. Raises NoStartForm."""
        form = self.bundle.files.get(f"{reading.summary(self.bundle).start_form}.form")
        if form is None:
            raise NoStartForm
        return forms.load(form)


class _Cache:
    """Bundles by digest, shared by every thread of the process; what is addressed by content never goes stale."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = Lock()
        self._found: OrderedDict[str, Bundle] = OrderedDict()

    def get(self, sha256: str) -> Bundle | None:
        with self._lock:
            found = self._found.get(sha256)
            if found is not None:
                self._found.move_to_end(sha256)
            return found

    def put(self, sha256: str, bundle: Bundle) -> None:
        with self._lock:
            self._found[sha256] = bundle
            while len(self._found) > self.size:
                self._found.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


cache = _Cache(256)

_CONTENT = sa.select(bundles.c.process_key, bundles.c.content).where(bundles.c.sha256 == sa.bindparam("sha256"))
_NEWEST = sa.select(deployment.c.process_key, sa.func.max(deployment.c.version).label("version")).group_by(
    deployment.c.process_key
)


def get(connection: sa.Connection, sha256: str) -> Bundle:
    """The bundle with this digest, from memory where it has been read before. Raises NotFound."""
    found = cache.get(sha256)
    if found is None:
        row = connection.execute(_CONTENT, {"sha256": sha256}).first()
        if row is None:
            raise NotFound("This version of the process is not known here.")
        found = unpack(row.process_key, sha256, row.content)
        cache.put(sha256, found)
    return found


def current(connection: sa.Connection, key: str) -> Deployed | None:
    """The version that new cases of a process start on; None when it was never deployed."""
    query = sa.select(deployment).where(deployment.c.process_key == key).order_by(deployment.c.version.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _deployed(connection, row)


def current_all(connection: sa.Connection) -> list[Deployed]:
    """The version in force of every process, by key."""
    newest = _NEWEST.subquery()
    query = (
        sa.select(deployment)
        .join(
            newest,
            (deployment.c.process_key == newest.c.process_key) & (deployment.c.version == newest.c.version),
        )
        .order_by(deployment.c.process_key)
    )
    return [_deployed(connection, row) for row in connection.execute(query).all()]


def list_deployments(connection: sa.Connection, key: str | None = None) -> list[Deployed]:
    """Every version, newest first; of one process, or of all."""
    query = sa.select(deployment)
    if key is None:
        query = query.order_by(deployment.c.deployed_at.desc(), deployment.c.version.desc())
    else:
        # by number: a clock that was set back changes nothing in what is in force
        query = query.where(deployment.c.process_key == key).order_by(deployment.c.version.desc())
    return [_deployed(connection, row) for row in connection.execute(query).all()]


def _deployed(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> Deployed:
    bundle = get(connection, row.sha256)
    who, why = row.deployed_by, row.reason
    came = (row.family, row.source, row.draft_id)
    return Deployed(row.process_key, row.version, row.sha256, row.deployed_at, who, why, bundle, *came)


def deploy(
    connection: sa.Connection,
    bundle: Bundle,
    actor_id: str,
    reason: str,
    now: datetime,
    *,
    family: str = "",
    source: str = FOLDER,
    draft_id: str | None = None,
) -> Deployed:
    """Put a bundle in force for new cases; running cases stay on theirs (XX-4).

    What is in force already is given back as it is. The caller has linted the bundle, and asked whether it may take the
    place of what is in force. `source`: one of SOURCES. Raises DeployedMeanwhile.
    """
    before = current(connection, bundle.key)
    if before is not None and before.sha256 == bundle.sha256:
        return _named(connection, before, family)
    version = before.version + 1 if before else 1
    try:
        _keep(connection, bundle, now)
        connection.execute(
            deployment.insert(),
            {
                "id": str(uuid4()),
                "process_key": bundle.key,
                "version": version,
                "sha256": bundle.sha256,
                "deployed_at": now,
                "deployed_by": actor_id,
                "reason": reason,
                "family": family,
                "source": source,
                "draft_id": draft_id,
            },
        )
    except IntegrityError as error:
        raise DeployedMeanwhile from error
    return Deployed(bundle.key, version, bundle.sha256, now, actor_id, reason, bundle, family, source, draft_id)


def _named(connection: sa.Connection, known: Deployed, family: str) -> Deployed:
    """A version that came before folders were noted learns its own from the next look at the folder."""
    if not family or known.family:
        return known
    same = (deployment.c.process_key == known.key) & (deployment.c.version == known.version)
    connection.execute(deployment.update().where(same).values(family=family))
    return replace(known, family=family)


def _keep(connection: sa.Connection, bundle: Bundle, now: datetime) -> None:
    """Store the content once, however often it is deployed."""
    known = connection.execute(sa.select(bundles.c.sha256).where(bundles.c.sha256 == bundle.sha256)).first()
    if known is None:
        connection.execute(
            bundles.insert(),
            {"sha256": bundle.sha256, "process_key": bundle.key, "content": pack(bundle), "created_at": now},
        )
