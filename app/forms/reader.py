"""From the bytes of a `.form` file to a `Form`, noting what is wrong with it. Never raises on any bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import orjson

from app.errors import Finding
from app.forms import bounds, kinds, properties
from app.forms.form import Form
from app.forms.model import Field, Option
from app.forms.parts import Notes, accept, condition, limits, text_of, whole

#: A form larger than this is refused unread.
MAX_BYTES = 1_000_000
MAX_COMPONENTS = 500
MAX_DEPTH = 6
#: rows that a list may start with
MAX_ROWS = 100


@dataclass
class _Level:
    """Where a component stands: the path before it, how deep, and what it inherits."""

    prefix: str = ""
    depth: int = 0
    properties: Mapping[str, str] = field(default_factory=dict)
    in_list: bool = False
    keys: set[str] = field(default_factory=set)


def read(data: bytes, name: str) -> tuple[Form | None, list[Finding]]:
    """The form, as far as it can be read, and every finding. `name` is the file name, for the findings."""
    notes = Notes(name)
    schema = _json(data, notes)
    if schema is None:
        return None, notes.findings
    reader = _Reader(notes)
    components = reader.components(schema.get("components"), _Level())
    form = Form(_identity(schema, name, notes), _title(schema, components), components, schema)
    properties.check_whole(form, notes)
    return form, notes.findings


def identity_of(data: bytes) -> str:
    """The id that the form gives itself, "" when it has none."""
    try:
        schema = orjson.loads(data[:MAX_BYTES])
    except orjson.JSONDecodeError:
        return ""
    return text_of(schema, "id") if isinstance(schema, dict) else ""


def _json(data: bytes, notes: Notes) -> dict[str, Any] | None:
    if len(data) > MAX_BYTES:
        notes.error("", "form-json", "This form file is too large.", "Split the form, or take out what it embeds.")
        return None
    try:
        schema = orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        notes.error("", "form-json", "This file is not a form: it is not JSON.", "Save it again from the form editor.")
        return None
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        notes.error("", "form-json", "This file is not a form: it has no components.", "Save it from the form editor.")
        return None
    version = schema.get("schemaVersion")
    if not isinstance(version, int) or version > kinds.SCHEMA_VERSION:
        notes.warning(
            "",
            "form-version",
            "This form comes from a form editor that is not known here.",
            f"Up to schemaVersion {kinds.SCHEMA_VERSION} is read; check the form in the editor of this site.",
        )
    return schema


def _identity(schema: Mapping[str, Any], name: str, notes: Notes) -> str:
    """The form's id, which is also its file name."""
    stem = PurePosixPath(name).name.removesuffix(".form")
    identity = schema.get("id")
    if identity != stem:
        said = f"“{identity}”" if isinstance(identity, str) else "missing"
        notes.error(
            "",
            "form-id",
            f"The id of the form is {said}, but the file is named “{stem}”.",
            "Give both the same name: diagrams find the form by it.",
        )
    return identity if isinstance(identity, str) else stem


def _title(schema: Mapping[str, Any], components: tuple[Field, ...]) -> str:
    """The first heading of the form, else its name."""
    for component in components:
        if component.type == "text" and component.text.lstrip().startswith("# "):
            return component.text.lstrip().splitlines()[0][2:].strip()
    return text_of(schema, "name") or text_of(schema, "id")


class _Reader:
    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.count = 0

    def components(self, raw: Any, level: _Level) -> tuple[Field, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list) or level.depth > MAX_DEPTH:
            self.notes.error(
                level.prefix, "form-json", "This part of the form cannot be read.", "Nest groups less deep."
            )
            return ()
        read = (self.component(item, level) for item in raw)
        return tuple(found for found in read if found is not None)

    def component(self, raw: Any, level: _Level) -> Field | None:
        self.count += 1
        if self.count == MAX_COMPONENTS + 1:
            self.notes.error("", "form-json", f"This form has more than {MAX_COMPONENTS} components.", "Split it.")
        if not isinstance(raw, dict) or self.count > MAX_COMPONENTS:
            return None
        kind = text_of(raw, "type")
        identity = text_of(raw, "id") or f"component-{self.count}"
        if kind not in kinds.ALL:
            self._unknown(kind, identity)
            return None
        key = self._key(raw, kind, identity, level)
        if kind in kinds.DISPLAY or key is None:
            shown = text_of(raw, "text") if kind == "text" else ""
            path = level.prefix + identity
            return Field(identity, "", path, kind, text_of(raw, "label"), text=shown, hide=self._hide(raw, path))
        return self._field(raw, kind, identity, key, level)

    def _unknown(self, kind: str, identity: str) -> None:
        allowed = ", ".join(sorted(kinds.ALL))
        self.notes.error(
            identity,
            "form-type",
            f"A component of type “{kind}” cannot be used in a form here.",
            f"Use one of: {allowed}.",
        )

    def _key(self, raw: Mapping[str, Any], kind: str, identity: str, level: _Level) -> str | None:
        """The name of the answer; None when it has none that can be used."""
        if kind in kinds.DISPLAY:
            return None
        key = text_of(raw, "path" if kind in kinds.CONTAINERS else "key")
        if kind == "group" and not key:
            return ""
        if not properties.NAME.fullmatch(key):
            self.notes.error(
                identity,
                "form-key",
                f"“{key}” cannot be the name of an answer." if key else "A field has no key.",
                "Use a letter, then letters, digits and underscores.",
            )
            return None
        if key in level.keys:
            self.notes.error(
                level.prefix + key,
                "form-key",
                f"Two fields are named “{key}”: one answer would replace the other.",
                "Give each its own key.",
            )
        level.keys.add(key)
        return key

    def _field(self, raw: Mapping[str, Any], kind: str, identity: str, key: str, level: _Level) -> Field:
        path = level.prefix + (key or identity)
        own = properties.read(raw, path, self.notes)
        said = {**level.properties, **own}
        children: tuple[Field, ...] = ()
        if kind in kinds.CONTAINERS:
            children = self.components(raw.get("components"), self._inside(kind, key, path, said, level))
        elif kind in kinds.ANSWERS:
            properties.check(raw, kind, path, said, level.in_list, self.notes)
        bounds.check(raw, kind, path, own, self.notes)
        rows = whole(raw.get("defaultRepetitions"), 1)
        return Field(
            id=identity,
            key=key,
            path=path,
            type=kind,
            label=_label(raw),
            description=text_of(raw, "description"),
            subtype=_subtype(raw, kind),
            required=_required(raw),
            cls=properties.data_class(said),
            purpose=said.get("purpose", ""),
            routes=own.get("routes") == "true",
            party=own.get("party") or None,
            prefill=own.get("from") or None,
            after_fact=own.get("afterFact") or None,
            draft_until=own.get("draftUntil") or None,
            under_consent=own.get("underConsent") or None,
            shared_by=own.get("sharedBy") or None,
            consent=own.get("consent") or None,
            recipient=own.get("recipient", ""),
            consent_means=properties.consent_means(own),
            rules=tuple(own.get("rules", "").split()),
            refuse=condition(own["refuse"], path, self.notes) if own.get("refuse") else None,
            refuse_text=own.get("refuseText", ""),
            contact=own.get("contact") or None,
            flags=tuple(own.get("flag", "").split()),
            guards=tuple(word for word in own.get("guard", "").split() if word in kinds.GUARDS),
            options=self._options(raw, kind, path),
            options_key=self._options_key(raw, kind, path),
            default=raw.get("defaultValue"),
            readonly=bool(raw.get("readonly") or raw.get("disabled")),
            error=own.get("error", ""),
            limits=limits(raw, own, path, self.notes),
            hide=self._hide(raw, path),
            formula=self._formula(raw, kind, path),
            first_rows=max(0, min(rows, MAX_ROWS)),
            may_add=raw.get("allowAddRemove") is not False,
            accept=accept(raw, kind, path, self.notes),
            children=children,
        )

    @staticmethod
    def _inside(kind: str, key: str, path: str, said: Mapping[str, str], level: _Level) -> _Level:
        inherited = {name: said[name] for name in ("class", "purpose") if name in said}
        if kind == "group" and not key:
            return _Level(level.prefix, level.depth + 1, inherited, level.in_list, level.keys)
        return _Level(
            path + ".",
            level.depth + 1,
            inherited,
            level.in_list or (kind == "dynamiclist" and said.get("routes") != "true"),
        )

    def _hide(self, raw: Mapping[str, Any], path: str) -> Any:
        rule = raw.get("conditional")
        hide = rule.get("hide") if isinstance(rule, dict) else None
        return condition(hide, path, self.notes) if hide else None

    def _formula(self, raw: Mapping[str, Any], kind: str, path: str) -> Any:
        if kind != "expression":
            return None
        if not text_of(raw, "expression"):
            self.notes.error(path, "form-expression", "This computed field has no expression.", "Write one, in FEEL.")
            return None
        return condition(raw["expression"], path, self.notes)

    def _options_key(self, raw: Mapping[str, Any], kind: str, path: str) -> str | None:
        key = text_of(raw, "valuesKey")
        if kind not in kinds.CHOICES or not key:
            return None
        if key not in kinds.OPTION_LISTS:
            known = ", ".join(sorted(kinds.OPTION_LISTS))
            self.notes.error(
                path, "form-options", f"There is no list of options named “{key}”.", f"Use one of: {known}."
            )
        return key

    def _options(self, raw: Mapping[str, Any], kind: str, path: str) -> tuple[Option, ...]:
        if kind not in kinds.CHOICES or raw.get("valuesKey"):
            return ()
        values = raw.get("values")
        found = [_option(item) for item in values] if isinstance(values, list) else []
        options = tuple(option for option in found if option is not None)
        if not options or len(options) < len(found) or len({option.value for option in options}) < len(options):
            self.notes.error(
                path,
                "form-options",
                "The options of this field cannot be used.",
                "Give at least one option; each needs a label and a value of its own.",
            )
        return options


def _option(raw: Any) -> Option | None:
    if not isinstance(raw, dict) or not text_of(raw, "value"):
        return None
    return Option(text_of(raw, "value"), text_of(raw, "label") or text_of(raw, "value"))


def _label(raw: Mapping[str, Any]) -> str:
    label = text_of(raw, "label") or text_of(raw, "dateLabel") or text_of(raw, "timeLabel")
    return label or (text_of(raw, "key") or text_of(raw, "path")).replace("_", " ").capitalize()


def _subtype(raw: Mapping[str, Any], kind: str) -> str:
    subtype = text_of(raw, "subtype")
    return "" if kind != "datetime" else subtype if subtype in kinds.DATE_KINDS else "date"


def _required(raw: Mapping[str, Any]) -> bool:
    rules = raw.get("validate")
    return isinstance(rules, dict) and rules.get("required") is True
