"""Validation: raw answers in, clean answers or a sentence for each field out.

Types, lengths and static choices are read by marshmallow schemas built from the form, one for each level and set of
visible fields, kept with the form. What depends on the moment (limits in FEEL, options of the case) is checked after.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validate

from app.errors import InvalidAnswers
from app.expressions import Environment, Expression
from app.forms import feel, kinds, messages, refusing, values
from app.forms.model import Answers, Field, Guard, Option, Tree, Uploads
from app.forms.visibility import hidden, known

Options = Mapping[str, Sequence[Option]]
MAX_ROWS = 100
#: visible sets kept for one form; more would be somebody playing with the conditions
MAX_SCHEMAS = 256
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def check(
    form: Tree,
    answers: Answers,
    facts: Mapping[str, Any],
    options: Options,
    env: Environment | None,
    files: Uploads | None = None,
    guard: Guard | None = None,
) -> dict[str, Any]:
    """The clean answers. Raises InvalidAnswers with a sentence for each concrete path, in the form's order."""
    run = _Run(form, facts, options, env, hidden(form, answers, facts, env), answers, files, guard)
    cleaned = run.level(form.components, answers, "", "")
    if form.refuses:
        run.messages = refusing.with_refusals(form, cleaned, facts, env, run.hidden, run.rows, run.messages)
    if run.messages:
        raise InvalidAnswers(run.messages)
    if any(field.formula for field in form.walk()):
        _compute(form.components, cleaned, ChainMap(cleaned, dict(facts)), run, "")
    return cleaned


class _Run:
    """One validation. `messages` grows in document order."""

    def __init__(
        self,
        form: Tree,
        facts: Mapping[str, Any],
        options: Options,
        env: Environment | None,
        hide: frozenset[str],
        answers: Answers,
        files: Uploads | None,
        guard: Guard | None,
    ) -> None:
        self.form = form
        self.options = options
        self.env = env
        self.hidden = hide
        self.messages: dict[str, str] = {}
        self.facts = facts
        self.answers = answers
        self.files = files
        self.guard = guard
        #: concrete path of a list to the numbers, on the page, of the rows that are kept
        self.rows: dict[str, list[int]] = {}

    def level(self, fields: Sequence[Field], answers: Any, at: str, path: str) -> dict[str, Any]:
        """Clean one mapping. `at`: concrete path before its keys, `path`: the same without row numbers."""
        shown = [field for field in _flat(fields, self.hidden, at) if at + field.key not in self.hidden]
        asked = [field for field in shown if field.taken]
        given = answers if isinstance(answers, Mapping) else {}
        raw = {field.key: value for field in asked if (value := _tidy(given.get(field.key), field)) is not None}
        cleaned, wrong = self._load(path, asked, raw)
        result: dict[str, Any] = {}
        for field in shown:
            self._one(field, at + field.key, given, cleaned, wrong, result)
        return result

    def _load(self, path: str, asked: list[Field], raw: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            return _schema(self.form, path, asked).load(raw), {}
        except ValidationError as error:
            wrong: Any = error.messages
            valid: Any = error.valid_data
            return valid, wrong

    def _one(
        self,
        field: Field,
        at: str,
        given: Mapping[str, Any],
        cleaned: dict[str, Any],
        wrong: dict[str, Any],
        result: dict[str, Any],
    ) -> None:
        """Put the clean answer to one field into `result`, or its message into `messages`."""
        if field.key in wrong:
            self.messages[at] = wrong[field.key][0]
        elif field.type == "group":
            result[field.key] = self.level(field.children, given.get(field.key), at + ".", field.path + ".")
        elif field.type == "dynamiclist":
            result[field.key] = self._rows(field, at, given.get(field.key))
        elif field.type == kinds.FILES and field.key in cleaned:
            result[field.key] = self._filed(field, at, cleaned[field.key])
        elif field.key in cleaned:
            self._late(field, at, cleaned[field.key])
            result[field.key] = cleaned[field.key]
        elif field.type == "checkbox" and field.taken:
            result[field.key] = False

    def _rows(self, field: Field, at: str, answer: Any) -> list[dict[str, Any]]:
        """The rows that hold something; a message keeps the number of the row on the page."""
        given = answer if isinstance(answer, list) else []
        if len(given) > MAX_ROWS:
            self.messages[at] = f"Enter no more than {MAX_ROWS} in {field.label}"
            return []
        filled = [number for number, row in enumerate(given) if not _blank(known(field.children, row))]
        if len(filled) < field.limits.min_rows:
            self.messages[at] = messages.required(field)
        rows = [self.level(field.children, given[number], f"{at}.{number}.", field.path + ".") for number in filled]
        kept = [(number, row) for number, row in zip(filled, rows, strict=True) if not _blank(row)]
        self.rows[at] = [number for number, _ in kept]
        return [row for _, row in kept]

    def _filed(self, field: Field, at: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        """What is known of each file; a message for one that was not uploaded for this field."""
        found = [self.files.get(one) for one in ids] if self.files is not None else []
        known = [dict(one) for one in found if one is not None and one["path"] == field.path]
        most = field.limits.max_files or (self.files.most if self.files is not None else 0)
        if len(known) < len(ids):
            self.messages[at] = messages.file_gone(field)
        elif not field.limits.min_files <= len(known) <= most:
            self.messages[at] = messages.file_count(field, field.limits.min_files, most)
        return [{name: value for name, value in one.items() if name != "path"} for one in known]

    def _late(self, field: Field, at: str, value: Any) -> None:
        """Checks that depend on the case or the moment."""
        chosen = value if isinstance(value, list) else [value]
        if field.options_key and not values.offered(chosen, self.options.get(field.options_key, ())):
            self.messages[at] = messages.not_an_option(field)
        elif field.limits.not_past and self.env is not None and str(value)[:10] < _today(self.env):
            self.messages[at] = messages.must(field, "be today or in the future")
        elif field.guards and isinstance(value, str) and (found := self._guarded(field, value)):
            self.messages[at] = found
        else:
            self._limits(field, at, value)

    def _guarded(self, field: Field, text: str) -> str | None:
        if self.guard is None:
            raise TypeError(f"nothing here can look through “{field.path}” for {' or '.join(field.guards)}")
        return self.guard.sentence(field.guards, text)

    def _limits(self, field: Field, at: str, value: Any) -> None:
        limits = field.limits
        for limit, rule in (
            (limits.minimum, values.at_least),
            (limits.maximum, values.at_most),
            (limits.min_length, values.at_least_long),
            (limits.max_length, values.at_most_long),
        ):
            if isinstance(limit, Expression):
                self._limit(field, at, value, limit, rule)

    def _limit(self, field: Field, at: str, value: Any, limit: Expression, rule: Any) -> None:
        worked_out = feel.value(limit, self._scope(), self.env)
        if isinstance(worked_out, (int, float)) and not isinstance(worked_out, bool):
            check: validate.Validator = rule(field, worked_out)
            try:
                check(value)
            except ValidationError as error:
                self.messages[at] = str(error.messages[0])

    def _scope(self) -> dict[str, Any]:
        return {**self.facts, **known(self.form.components, self.answers)}


def _compute(
    fields: Sequence[Field], cleaned: dict[str, Any], scope: MutableMapping[str, Any], run: _Run, at: str
) -> None:
    """Work out the computed answers, in order: each may read those before it."""
    for field in _flat(fields, run.hidden, at):
        here = at + field.key
        if here in run.hidden:
            continue
        if field.formula is not None:
            cleaned[field.key] = feel.as_json(field.formula, scope, run.env)
        elif field.type == "group":
            _compute(field.children, cleaned[field.key], scope, run, here + ".")
        elif field.type == "dynamiclist":
            for number, row in enumerate(cleaned[field.key]):
                _compute(field.children, row, ChainMap(row, {"this": row}, scope), run, f"{here}.{number}.")


def _flat(fields: Sequence[Field], hide: frozenset[str], at: str) -> list[Field]:
    """The fields of one level; a group without a path adds none, but hides what it holds."""
    found: list[Field] = []
    for field in fields:
        if field.key:
            found.append(field)
        elif field.children and at + field.id not in hide:
            found += _flat(field.children, hide, at)
    return found


def _schema(form: Tree, path: str, asked: list[Field]) -> Schema:
    """The marshmallow schema for the visible fields of a level; schemas are kept with the form."""
    name = (path, tuple(field.key for field in asked))
    found: Schema | None = form.schemas.get(name)
    if found is None:
        if len(form.schemas) >= MAX_SCHEMAS:
            form.schemas.clear()
        made = Schema.from_dict({field.key: values.value_field(field) for field in asked}, name="Answers")
        found = form.schemas[name] = made(unknown=EXCLUDE)
    return found


def _tidy(value: Any, field: Field) -> Any:
    """The value without what nobody sees; None when nothing is left."""
    if isinstance(value, str):
        value = _CONTROL.sub("", value.replace("\r\n", "\n")).strip()
    if field.type == "checkbox" and value in (False, "false"):
        return None
    return None if _blank(value) else value


def _blank(value: Any) -> bool:
    """Nothing entered: no text, no tick, no choice, only blank parts."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(_blank(part) for part in value.values())
    if isinstance(value, list):
        return all(_blank(part) for part in value)
    return value is None or value is False


def _today(env: Environment) -> str:
    """Today in the calendar's own place."""
    return env.local_now().date().isoformat()
