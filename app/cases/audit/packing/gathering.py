"""What goes into a pack of one case, read at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app import definitions
from app.cases.audit.entries import Told, entries
from app.cases.audit.heads import head
from app.cases.audit.views import Head
from app.cases.checkpoints.writing import log_of
from app.cases.queries.names import Names
from app.cases.queries.policy import policy
from app.cases.queries.sight import Sight
from app.cases.views import PolicyView
from app.engine import Bundle
from app.history import history_event
from app.history.checkpoints import LogAltered, NoLog, Proofs, proofs_of
from app.settings import Settings


@dataclass(frozen=True)
class Signed:
    """What the newest checkpoint holds of the case. `trouble`: why the log of checkpoints cannot be used, in words."""

    proofs: Proofs | None = None
    trouble: str = ""

    @property
    def last(self) -> int:
        """Number of the last entry that is signed, 0 for none."""
        return self.proofs.entries[-1].seq if self.proofs is not None and self.proofs.entries else 0


@dataclass(frozen=True)
class Gathered:
    """`versions`: all that the case ran on, the last is the one that it is on. `standing`: (process, element) where it
    stands, as far as that may be known. `end`: number and hash of the last entry, as the case remembers them. `bare`:
    number of entries without their text here that have no salt, see `unsalted`."""

    head: Head
    end: tuple[int, str]
    told: Sequence[Told]
    people: Mapping[str, str]
    versions: Sequence[Bundle]
    standing: frozenset[tuple[str, str]]
    policy: PolicyView | None
    signed: Signed
    bare: int = 0

    @property
    def proofs(self) -> Proofs | None:
        return self.signed.proofs


def signed(settings: Settings, case_id: str) -> Signed:
    """To be read before the case: what the log holds and the case has not, is missing there."""
    if settings.checkpoints is None:
        return Signed()
    try:
        return Signed(proofs_of(log_of(settings), case_id))
    except (LogAltered, NoLog) as error:
        # whoever has a doubt needs a pack all the more
        return Signed(trouble=error.detail)


def gather(connection: sa.Connection, sight: Sight, found: Signed) -> Gathered:
    """`connection`: a snapshot."""
    told = entries(connection, sight)
    row = sight.row
    standing = frozenset((process, element) for process, element in row.marks if sight.course.shows(process, element))
    return Gathered(
        head(connection, sight),
        (row.history_seq, row.history_hash),
        told,
        _people(connection, told),
        [*_earlier(connection, told, sight), sight.bundle],
        standing,
        policy(sight),
        found,
        unsalted(connection, sight, told),
    )


def unsalted(connection: sa.Connection, sight: Sight, told: Iterable[Told]) -> int:
    """How many entries that are withheld, or shown in part, were written before entries had a salt: their text can be
    found by trying, with the hash and the one before."""
    event = history_event.c
    old = sa.select(event.seq).where(event.case_id == sight.row.id, event.body.not_like('%,"salt":"%'))
    known = set(connection.execute(old).scalars())
    return sum(one.body is None and one.seq in known for one in told)


def _people(connection: sa.Connection, told: Iterable[Told]) -> dict[str, str]:
    """Names of those who acted, by id."""
    names = Names(connection)
    return {one.actor: names[one.actor] for one in told if one.actor and one.actor in names}


def _earlier(connection: sa.Connection, told: Iterable[Told], sight: Sight) -> list[Bundle]:
    """Versions before the last, each once, in the order in which the case came to them; those that only withheld
    entries ran on at the beginning."""
    known = {bundle.sha256: bundle for bundle in sight.earlier}
    named = [*known, *(one.definition for one in told if one.definition)]
    shas = dict.fromkeys(one for one in named if one != sight.bundle.sha256)
    return [known.get(sha) or definitions.get(connection, sha) for sha in shas]


def cited(told: Iterable[Told]) -> set[str]:
    """Ids of the rules that the entries cite."""
    return {rule for one in told for rule in one.rules}


def marks(found: Gathered, processes: Iterable[str]) -> dict[str, dict[str, str]]:
    """For each of these processes the marks of its elements: as it was left last, or that the case stands there."""
    drawn: dict[str, dict[str, str]] = {process: {} for process in processes}
    for one in found.told:
        word = {"engine.completed": "done", "engine.cancelled": "cancelled"}.get(one.kind)
        if word and one.process in drawn:
            drawn[one.process][one.element] = word
    for process, element in found.standing:
        drawn.get(process, {})[element] = "here"
    return drawn
