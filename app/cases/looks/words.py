"""Looks in words. What was looked at is named by the forms and steps of the version in which it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app import definitions, engine, forms
from app.cases.emergency.granted import ROLE
from app.cases.enclosing import Enclosing
from app.engine import Bundle
from app.identity.roles import label
from app.privacy import GROUND_WORDS, HEALTH, Ground

AUDITOR = str(Ground.AUDITOR)
#: what has no form and no step
_ALONE = {
    "register": "This register",
    "find": "A search for cases",
    "replay": "How the case went, step by step",
    "history": "The entries of the case’s history",
    "verify": "Whether the case’s history was changed",
    "rerun": "Whether the case, run again, goes the same way",
    "pack": "A pack of the case’s history, to take along",
    "reruns": "Which cases, run again, do not go the same way",
    "deadlines": "How many deadlines were met and missed",
    "reason": "The reason given for an emergency access",
    "message": "What a message from another case brought",
    "contact": "Who treats the employee, and how to reach them",
}
#: what is said before the title of a form
_LEADS = {
    "draft": "Begun and not sent yet: ",
    "facts": "What steered the case, from: ",
    "consents": "What was agreed to, in: ",
}
GROUNDS: Mapping[str, str] = {str(one): words for one, words in GROUND_WORDS.items()}
WAYS = {
    "page": "on a page",
    "api": "with a program of theirs",
    "export": "in an export",
    "file": "in a file",
    "search": "in a search",
    "shell": "from the command line",
}


def roles(ids: Iterable[str]) -> str:
    return ", ".join("Emergency access" if one == ROLE else label(one) for one in ids)


class Words:
    """`veiled`: for readers who may not know of steps that have a class: these see the step around instead."""

    def __init__(self, connection: sa.Connection, *, veiled: bool = False) -> None:
        self._connection = connection
        self._veiled = veiled

    def what(self, data: Mapping[str, Any]) -> list[str]:
        """Each thing once, in the order in which it was noted."""
        found = [word for item in data["items"] for word in self._item(item, data.get("definition", ""))]
        return list(dict.fromkeys(found))

    def _item(self, item: Mapping[str, Any], own: str) -> Iterator[str]:
        kind = item["what"]
        if kind in _ALONE:
            yield _ALONE[kind]
        else:
            bundle = definitions.get(self._connection, item.get("definition", own))
            yield from self._steps(bundle, item) if kind == "steps" else [self._form(bundle, item)]

    def _form(self, bundle: Bundle, item: Mapping[str, Any]) -> str:
        title = form_title(bundle, item["form"])
        if self._veiled:
            asked = [key for key, form in _forms(bundle).items() if form == item["form"]]
            around = [step for key in asked if (step := _hidden(bundle).around(*key))]
            title = f"something inside “{around[0]}”" if around and len(around) == len(asked) else title
        lead = _LEADS.get(item["what"], "")
        return f"{lead}{title}" if lead else title[:1].upper() + title[1:]

    def _steps(self, bundle: Bundle, item: Mapping[str, Any]) -> Iterator[str]:
        for process, element in item["parts"]:
            if self._veiled:
                yield f"Where the case stands inside “{_hidden(bundle).around(process, element)}”"
            else:
                yield _step(_hidden(bundle), process, element)


def _step(steps: Enclosing, process: str, element: str) -> str:
    """A process that a hidden step calls is one thing; a single step in another has its own name."""
    own = steps.elements.get((process, element))
    called = own.refers_to if own is not None and own.kind == "callActivity" else ""
    if own is None or process in steps.processes or called in steps.names:
        return f"Steps of “{steps.names.get(called) or steps.names.get(process, process)}”"
    return f"The step “{own.label}”"


def form_title(bundle: Bundle, form_id: str) -> str:
    """The title; its id when the version has no such form."""
    data = bundle.files.get(f"{form_id}.form")
    return (forms.load(data).title or form_id) if data else form_id


@lru_cache(maxsize=64)
def _hidden(bundle: Bundle) -> Enclosing:
    """Steps that tell of somebody's health, and what stands around them."""
    outline = engine.describe(engine.load(bundle))
    return Enclosing(lambda one: one.properties.get("class", "") in HEALTH, outline)


@lru_cache(maxsize=64)
def _forms(bundle: Bundle) -> Mapping[tuple[str, str], str]:
    """Which step asks which form."""
    parts = engine.describe(engine.load(bundle)).processes
    return {(one.process, one.id): one.form for part in parts for one in part.elements if one.form}


def ground(data: Mapping[str, Any]) -> str:
    return GROUNDS.get(data["ground"], data["ground"])
