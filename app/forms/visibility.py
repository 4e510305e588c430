"""Which components are hidden by `conditional.hide`, given what has been entered so far.

As in form-js a condition reads all answers and, inside a row of a list, the row's own first (`this`, `parent` and
`i`, counted from 1, too). Beside the answers it reads the case's facts; an answer wins over a fact of its name.
Components are judged in order: a hidden one counts as empty for those after it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from app.expressions import Environment
from app.forms import feel
from app.forms.model import Answers, Field, Tree


def known(fields: Sequence[Field], answers: Any) -> dict[str, Any]:
    """A copy of the answers with every key of the form, None where there is none, and nothing else."""
    given = answers if isinstance(answers, Mapping) else {}
    found: dict[str, Any] = {}
    for field in fields:
        if not field.key:
            found |= known(field.children, given) if field.children else {}
        elif field.type == "group":
            found[field.key] = known(field.children, given.get(field.key))
        elif field.type == "dynamiclist":
            rows = given.get(field.key)
            found[field.key] = [known(field.children, row) for row in rows] if isinstance(rows, list) else []
        else:
            found[field.key] = given.get(field.key)
    return found


def hidden(form: Tree, answers: Answers, facts: Mapping[str, Any], env: Environment | None) -> frozenset[str]:
    """Concrete paths ("items.0.text") of hidden components; what lies inside a hidden one is not listed again."""
    if not form.conditional:
        return frozenset()
    found: set[str] = set()
    here = known(form.components, answers)
    _judge(form.components, here, ChainMap(here, dict(facts)), "", env, found)
    return frozenset(found)


def _judge(
    fields: Sequence[Field],
    here: dict[str, Any],
    scope: MutableMapping[str, Any],
    prefix: str,
    env: Environment | None,
    found: set[str],
) -> None:
    for field in fields:
        at = prefix + (field.key or field.id)
        if field.hide is not None and feel.truth(field.hide, scope, env):
            found.add(at)
            _empty(field, here)
        elif field.type == "dynamiclist":
            for number, row in enumerate(here[field.key]):
                local = {"this": row, "parent": here, "i": number + 1}
                _judge(field.children, row, ChainMap(row, local, scope), f"{at}.{number}.", env, found)
        elif field.children:
            inner, inside = (here[field.key], at + ".") if field.key else (here, prefix)
            _judge(field.children, inner, scope, inside, env, found)


def _empty(field: Field, here: dict[str, Any]) -> None:
    if field.type == "group":
        inner = here[field.key] if field.key else here
        for child in field.children:
            _empty(child, inner)
    elif field.key:
        here[field.key] = [] if field.type == "dynamiclist" else None
