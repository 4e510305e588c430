"""A component's own meanings: class, purpose, routes and the rest, and what they may say together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from app.forms import kinds
from app.forms.model import DataClass, Field, Tree
from app.forms.parts import Notes

#: what names an answer: it must be usable in an expression
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
FACT = re.compile(r"[a-z][a-z0-9_]{0,79}")
#: words of FEEL that cannot name a fact
RESERVED = frozenset(
    {"and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between"}
    | {"true", "false", "null", "function", "external", "instance", "of", "this", "parent", "i"}
)
#: what an answer can say to a consent
DECISIONS = frozenset({"given", "refused"})
_PREFILL = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z][A-Za-z0-9_.]*")


def read(raw: Mapping[str, Any], path: str, notes: Notes) -> dict[str, str]:
    """The component's properties as texts; unknown names and other types are findings."""
    given = raw.get("properties")
    if given is None:
        return {}
    if not isinstance(given, dict):
        notes.error(
            path, "form-property", "The properties of this field cannot be read.", "Set them in the form editor."
        )
        return {}
    for name, value in given.items():
        if name not in kinds.PROPERTIES:
            known = ", ".join(kinds.PROPERTIES)
            notes.warning(path, "form-property", f"The property “{name}” says nothing here.", f"Known are: {known}.")
        elif not isinstance(value, str):
            notes.error(path, "form-property", f"The property “{name}” must be a text.", "Set it in the form editor.")
    return {name: value.strip() for name, value in given.items() if isinstance(value, str)}


def data_class(said: Mapping[str, str]) -> DataClass:
    """The class as said; what is unsaid or unknown counts as clinical, so that nothing leaks before it is refused."""
    found = said.get("class", "")
    return cast("DataClass", found) if found in kinds.CLASSES else "clinical"


def consent_means(own: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Which answers give a consent and which refuse it, as (answer, decision)."""
    said = own.get("consentMeans") or "given=given refused=refused"
    pairs = (word.partition("=") for word in said.split())
    return tuple((answer, decision) for answer, _, decision in pairs if decision in DECISIONS)


def check(raw: Mapping[str, Any], kind: str, path: str, said: Mapping[str, str], in_list: bool, notes: Notes) -> None:
    """Findings about one answer's own meanings. `said` holds what the group around it says, too."""
    own = raw.get("properties")
    own = own if isinstance(own, dict) else {}
    if said.get("class") not in kinds.CLASSES:
        known = ", ".join(kinds.CLASSES)
        notes.error(
            path,
            "form-class",
            f"The field “{path}” does not say who may see its answer.",
            f"Set its property “class” to one of: {known}.",
        )
    if not said.get("purpose"):
        notes.error(
            path,
            "form-purpose",
            f"The field “{path}” does not say what it is asked for.",
            "Set its property “purpose”, in a few words.",
        )
    if own.get("routes") not in (None, "", "true", "false"):
        notes.error(path, "form-routes", "The property “routes” must be “true” or absent.", "Correct it.")
    if own.get("routes") == "true":
        _check_routes(kind, path, said, in_list, notes)
    _check_references(raw, kind, path, own, notes)


def _check_routes(kind: str, path: str, said: Mapping[str, str], in_list: bool, notes: Notes) -> None:
    key = path.rsplit(".", 1)[-1]
    if said.get("class") == "clinical":
        notes.error(
            path,
            "form-routes",
            f"The clinical answer “{path}” would steer the case, and so show in its course.",
            "Ask for the decision in a field of its own, named for the decision and not for the diagnosis.",
        )
    if kind not in kinds.MAY_ROUTE:
        notes.error(
            path,
            "form-routes",
            f"The answer “{path}” would steer the case, but it is free text or computed.",
            "Only a radio, select, checkbox, number or date may route.",
        )
    if in_list:
        notes.error(
            path,
            "form-routes",
            f"The answer “{path}” stands in a list, so it has many values.",
            "Route by a field outside.",
        )
    if not FACT.fullmatch(key) or key in RESERVED:
        notes.error(
            path, "form-routes", f"“{key}” cannot be the name of a fact.", "Use small letters, digits, underscores."
        )


def _check_references(raw: Mapping[str, Any], kind: str, path: str, own: Mapping[str, Any], notes: Notes) -> None:
    if own.get("party") and kind not in kinds.ONE_OF:
        notes.error(
            path, "form-party", "Only a radio or a select can name one person.", "Change the type of the field."
        )
    if kind == kinds.FILES:
        _check_files(path, own, notes)
    if own.get("contact"):
        _check_contact(kind, path, own, notes)
    prefill = own.get("from")
    if isinstance(prefill, str) and prefill and not _PREFILL.fullmatch(prefill.strip()):
        notes.error(path, "form-from", f"“{prefill}” does not name an earlier answer.", "Write form-id.path.")
    for name in ("readonly", "disabled"):
        if isinstance(raw.get(name), str):
            notes.warning(
                path,
                "form-readonly",
                f"“{name}” depends on an expression; here the field is always read-only.",
                "Hide the field on a condition instead, or set read-only to true or false.",
            )


def _check_contact(kind: str, path: str, own: Mapping[str, Any], notes: Notes) -> None:
    if own["contact"] not in kinds.CONTACTS or kind not in kinds.TEXTS:
        notes.error(
            path,
            "form-contact",
            f"The field “{path}” does not give the name or address of somebody whom the case has to reach.",
            f"Let it be a text, and write one of: {', '.join(kinds.CONTACTS)}.",
        )
    if own.get("class") not in (None, "restricted"):
        notes.error(
            path,
            "form-contact",
            f"That somebody is treated is told by “{path}”, whose class is not restricted.",
            "Give it the class restricted: contacts are kept under it.",
        )


def _check_files(path: str, own: Mapping[str, Any], notes: Notes) -> None:
    if own.get("from"):
        notes.error(
            path,
            "form-file",
            f"The file picker “{path}” cannot begin with earlier files: they stay where they were sent.",
            "Take its property “from” away; earlier files stand among the answers.",
        )
    if own.get("consent"):
        notes.error(path, "form-file", "A file cannot give or refuse consent.", "Ask for it in a radio.")


def check_whole(form: Tree, notes: Notes) -> None:
    """Findings that need the whole form: facts named twice, lists whose sharing question is missing."""
    seen: set[str] = set()
    for field in form.routed():
        if field.key in seen:
            notes.error(field.path, "form-routes", f"Two fields set the fact “{field.key}”.", "Give each its own key.")
        seen.add(field.key)
    for field in form.walk():
        if field.type == "dynamiclist":
            _check_sharing(field, notes)
            _check_rows(field, notes)
        elif field.shared_by:
            notes.error(field.path, "form-shared", "“sharedBy” belongs on a list.", "Move it to the list.")
    _check_ids(form, notes)
    if not any(field.type in kinds.INPUTS for field in form.walk()):
        notes.warning("", "form-empty", "This form asks for nothing.", "Add a field, or take the form away.")


def _check_ids(form: Tree, notes: Notes) -> None:
    """An editor refuses to open a form in which two components have the same id; it runs all the same."""
    first: dict[str, str] = {}
    for field in form.walk():
        if field.id and first.setdefault(field.id, field.path) != field.path:
            notes.warning(
                field.path,
                "form-id-twice",
                f"“{first[field.id]}” and “{field.path}” have the same id, “{field.id}”: no editor opens this form.",
                "Give each component an id of its own.",
            )


def _check_rows(field: Field, notes: Notes) -> None:
    """Of a list that routes: each row becomes a context of the answers in it that route, so there must be some, and
    none that fewer people may know than the list."""
    routed = [child for child in _within(field) if child.routes]
    if not field.routes:
        return
    graver = [child for child in routed if kinds.CLASSES.index(child.cls) > kinds.CLASSES.index(field.cls)]
    if not routed or graver or field.cls == "clinical":
        notes.error(
            field.path,
            "form-routes",
            f"The list “{field.path}” would steer the case, but its rows do not say by what.",
            "Let answers in its rows route, of its own class or a more open one; nothing clinical routes.",
        )


def _check_sharing(field: Field, notes: Notes) -> None:
    if not field.shared_by:
        return
    asked = next((child for child in field.children if child.key == field.shared_by), None)
    if asked is None or asked.type not in kinds.ONE_OF or "yes" not in {option.value for option in asked.options}:
        notes.error(
            field.path,
            "form-shared",
            f"The list “{field.path}” is shared row by row, but its rows have no radio “{field.shared_by}” with “yes”.",
            "Add that radio to the row, with the options yes and no.",
        )
    for child in _within(field):
        if kinds.CLASSES.index(child.cls) > kinds.CLASSES.index(field.cls):
            notes.error(
                child.path,
                "form-shared-class",
                f"A row of “{field.path}” that is shared shows the whole row, so “{child.path}”, which is {child.cls}, "
                f"would be seen with it: the list is only {field.cls}.",
                f"Give the list the class {child.cls}, or ask “{child.label or child.path}” outside of the list.",
            )


def _within(field: Field) -> Iterator[Field]:
    """The answers of a list's rows, at any depth."""
    left = list(field.children)
    while left:
        child = left.pop(0)
        if child.key:
            yield child
        left += child.children
