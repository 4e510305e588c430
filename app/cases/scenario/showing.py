"""All that a person can be shown of a case, as one text: what stands there can be looked for, and what must not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from app.cases import queries
from app.cases.views import FormView
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.forms import texts
from app.identity import Actor

#: parts of a case page and entries of a history that are read
PAGES, ENTRIES = 20, 5000


def shown(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> str:
    """The case's pages, its history, the person's tasks in it and what they were told. What the forms print for
    everybody is not of the case. "" for whoever may not look into it."""
    return "\n".join(dict.fromkeys(_words(list(_views(waymark, actor, case_id, now)))))


def printed(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> str:
    """The same with the texts of the forms that wait for this person."""
    views = list(_views(waymark, actor, case_id, now))
    forms = [one.form for one in views if hasattr(one, "form") and isinstance(one.form, FormView)]
    return "\n".join([*dict.fromkeys(_words(views)), *(line for view in forms for line in _texts(view))])


def _views(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> Iterator[Any]:
    for page in range(1, PAGES + 1):
        try:
            found = queries.case(waymark, actor, case_id, now, page)
        except NotFound:
            return
        yield found
        if not (found.more_timeline or found.more_submissions):
            break
    yield queries.history(waymark, actor, case_id, limit=ENTRIES, now=now)
    for row in found.tasks:
        try:
            yield queries.task(waymark, actor, row.id, now)
        except NotFound:
            continue
    yield [one for one in queries.notices(waymark, actor) if one.case_id == case_id]


def _words(value: Any) -> Iterator[str]:
    parts = _parts(value)
    if parts is None:
        yield from [] if value is None else [str(value)]
    else:
        for part in parts:
            yield from _words(part)


def _parts(value: Any) -> Iterable[Any] | None:
    """What a value is made of; None for one that is a word itself."""
    if isinstance(value, FormView):
        return [value.answers, value.facts]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, one.name) for one in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list | tuple | set | frozenset) else None


def _texts(view: FormView) -> Iterator[str]:
    for field in view.form.walk():
        yield from (texts.plain(one, view.facts) for one in (field.label, field.text) if one)
