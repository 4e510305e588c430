"""Refusals: what a field says about all the answers together (properties `refuse` and `refuseText`), the hard rules.

Asked of clean answers, of fields that are shown, and only where what it reads has been answered as it should: a
sentence about a date makes no sense while the date itself is not one. Inside a row its own answers count first, as in
conditions.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from app.expressions import Environment
from app.forms import feel, texts
from app.forms.model import Answers, Field, Tree
from app.forms.visibility import known


def with_refusals(
    form: Tree,
    cleaned: Answers,
    facts: Mapping[str, Any],
    env: Environment | None,
    hidden: frozenset[str],
    rows: Mapping[str, Sequence[int]],
    messages: Mapping[str, str],
) -> dict[str, str]:
    """`messages` and the refusals, in the form's order. `rows`: numbers on the page of the rows of each list."""
    run = _Run(env, hidden, rows, messages)
    here = known(form.components, cleaned)
    run.level(form.components, here, ChainMap(here, dict(facts)), "")
    order = {field.path: number for number, field in enumerate(form.walk())}
    found = {**run.found, **messages}
    return {at: found[at] for at in sorted(found, key=lambda at: _place(order, at))}


class _Run:
    def __init__(
        self,
        env: Environment | None,
        hidden: frozenset[str],
        rows: Mapping[str, Sequence[int]],
        messages: Mapping[str, str],
    ) -> None:
        self.env = env
        self.hidden = hidden
        self.rows = rows
        #: names of answers that are not as they should be
        self.wrong = {name for at in messages for name in at.split(".")}
        self.found: dict[str, str] = {}

    def level(
        self, fields: Sequence[Field], here: Mapping[str, Any], scope: MutableMapping[str, Any], prefix: str
    ) -> None:
        for field in fields:
            at = prefix + (field.key or field.id)
            if at in self.hidden:
                continue
            if field.refuse is not None:
                self._one(field, at, scope)
            if field.type == "dynamiclist":
                self._rows(field, at, here, scope)
            elif field.children:
                inner, inside = (here[field.key], at + ".") if field.key else (here, prefix)
                self.level(field.children, inner, scope, inside)

    def _one(self, field: Field, at: str, scope: Mapping[str, Any]) -> None:
        rule = field.refuse
        if rule is None or self.wrong & {field.key, *rule.names}:
            return
        if feel.truth(rule, scope, self.env):
            self.found[at] = texts.plain(field.refuse_text, scope, self.env)

    def _rows(self, field: Field, at: str, here: Mapping[str, Any], scope: MutableMapping[str, Any]) -> None:
        for number, row in zip(self.rows.get(at, ()), here[field.key], strict=True):
            local = {"this": row, "parent": here, "i": number + 1}
            self.level(field.children, row, ChainMap(row, local, scope), f"{at}.{number}.")


def _place(order: Mapping[str, int], at: str) -> list[int]:
    """Where a concrete path stands: of each of its parts the place in the form, or the number of the row."""
    path: list[str] = []
    found: list[int] = []
    for part in at.split("."):
        if not part.isdigit():
            path.append(part)
        found.append(int(part) if part.isdigit() else order.get(".".join(path), 0))
    return found
