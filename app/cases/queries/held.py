"""What is held in a case, answer by answer, with its class and what it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.about import Held, HeldCase, HeldForm
from app.cases.options import Offered
from app.cases.queries.answers import Read, readable
from app.cases.queries.names import Names
from app.cases.queries.own import case_row
from app.cases.queries.sight import Sight, see
from app.cases.waymark import Waymark
from app.definitions import purposes
from app.errors import NotFound
from app.forms import Field, Option
from app.forms.showing import in_words
from app.identity import Actor
from app.settings import ROOT

Lists = Mapping[str, Sequence[Option]]


def held(waymark: Waymark, actor: Actor, case_id: str) -> HeldCase:
    """What is held about the actor in one case, the newest first. Raises `NotFound` (not about them)."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id)
        if not sight.viewer.subject:
            raise NotFound
        return held_in(waymark, connection, sight)


def held_in(waymark: Waymark, connection: sa.Connection, sight: Sight) -> HeldCase:
    """What is held in a case, as this viewer may see it. The caller notes the look."""
    names = Names(connection)
    options = Offered(connection, sight.row.employer_id, sight.row.provider_id)
    forms = []
    for read in readable(waymark, connection, sight):
        form = _form(read, names, options)
        if form.answers:
            forms.append(form)
            sight.seen.fields(read.thing, read.shown)
    return HeldCase(case_row(connection, sight), forms)


def _form(read: Read, names: Mapping[str, str], options: Lists) -> HeldForm:
    who = names.get(read.actor_id, "Waymark")
    answers = list(_answers(read.form.components, read.answers, options))
    return HeldForm(read.form.title, read.at, who, not read.newest, answers)


def _answers(
    fields: Sequence[Field], given: Any, options: Lists, before: str = "", shared: str | None = None
) -> Iterator[Held]:
    """Each answer there is. A row shared by the employee's word counts as employer class, any other as clinical."""
    answers = given if isinstance(given, Mapping) else {}
    for field in fields:
        value = answers.get(field.key) if field.key else answers
        if field.type == "group":
            yield from _answers(field.children, value, options, before, shared)
        elif field.type == "dynamiclist":
            for number, row in enumerate(value if isinstance(value, list) else (), 1):
                label = f"{before}{field.label} {number}: "
                yield from _answers(field.children, row, options, label, _row_class(field, row, shared))
        elif field.holds_answer and value not in (None, "", []):
            words = in_words(field, value, options)
            yield Held(before + field.label, words, shared or field.cls, purpose_words(field.purpose))


def _row_class(field: Field, row: Any, around: str | None) -> str | None:
    if not field.shared_by:
        return around
    yes = isinstance(row, Mapping) and row.get(field.shared_by) == "yes" and around != "clinical"
    return "employer" if yes else "clinical"


def purpose_words(purpose: str) -> str:
    """A form names a purpose by its words or by its id in the register."""
    known = purposes.load(ROOT / "processes").get(purpose)
    return known.words if known else purpose
