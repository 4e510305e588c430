"""A form as read from its JSON: immutable, shared by every thread, cached by content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol

from app.errors import Finding, WaymarkError
from app.expressions import Expression
from app.forms import kinds

DataClass = Literal["public", "employer", "restricted", "clinical"]
Answers = Mapping[str, Any]


class FormError(WaymarkError):
    """This form cannot be used as it is."""

    status = 422

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("; ".join(finding.message for finding in findings if finding.severity == "error") or None)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `value` is stored, `label` is read."""

    value: str
    label: str


class Uploads(Protocol):
    """Files that were uploaded for a form and may be sent with it.

    `get`: by id, {"id", "name", "kind", "size", "sha256", "scanned", "path" of the field} or None; `most`: files in
    one field where the form does not say.
    """

    most: int

    def get(self, file_id: str, /) -> Mapping[str, Any] | None: ...


class Guard(Protocol):
    """Looks through a text for what may not stand in it: see `app.forms.guarding`."""

    def sentence(self, guards: Sequence[str], text: str, /) -> str | None:
        """What a person reads who wrote it, None where nothing was found. `guards`: some of `kinds.GUARDS`."""


#: A limit is a number, or FEEL that gives one.
Limit = int | float | Expression


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer must keep to. Lengths count characters after trimming; patterns are unanchored."""

    minimum: Limit | None = None
    maximum: Limit | None = None
    min_length: Limit | None = None
    max_length: Limit | None = None
    pattern: str | None = None
    pattern_message: str | None = None
    #: "email", "phone" or ""
    kind: str = ""
    #: digits after the decimal point, 0 for whole numbers; None: any
    decimals: int | None = None
    #: a date may not lie before today
    not_past: bool = False
    min_rows: int = 0
    min_files: int = 0
    #: None: as many as the settings say
    max_files: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One component. `key` is "" when it holds no answer of its own (texts, groups without a path)."""

    id: str
    key: str
    #: dotted, without row numbers: "manager.name", "items.text"; the component's id when it has no key
    path: str
    type: str
    label: str = ""
    #: hint shown before the input
    description: str = ""
    #: "date", "time" or "datetime" for a datetime
    subtype: str = ""
    #: Markdown of a text component
    text: str = ""
    required: bool = False
    #: class and purpose are inherited from the group or list around it
    cls: DataClass = "clinical"
    purpose: str = ""
    routes: bool = False
    party: str | None = None
    #: "form-id.path" of the earlier answer that it begins with
    prefill: str | None = None
    #: fact that the employer side waits for, and fact until which it is a draft
    after_fact: str | None = None
    draft_until: str | None = None
    #: scope of the consent under which the answer stands
    under_consent: str | None = None
    shared_by: str | None = None
    #: scope of the consent that is given or refused here
    consent: str | None = None
    #: to whom goes what is agreed to here, in words
    recipient: str = ""
    #: (answer, "given" or "refused"); an answer that is not in here decides nothing
    consent_means: tuple[tuple[str, str], ...] = (("given", "given"), ("refused", "refused"))
    rules: tuple[str, ...] = ()
    #: true: the form is refused here, with these words
    refuse: Expression | None = None
    refuse_text: str = ""
    #: ids of the soft rules that are gone past when this is answered
    flags: tuple[str, ...] = ()
    #: "role.name" or "role.address" of a contact of the case
    contact: str | None = None
    #: what a text may not hold, of `kinds.GUARDS`
    guards: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    #: name of the option list that the case fills, instead of `options`
    options_key: str | None = None
    default: Any = None
    readonly: bool = False
    #: the whole message when the answer is missing
    error: str = ""
    limits: Limits = Limits()
    hide: Expression | None = None
    #: what an `expression` component computes
    formula: Expression | None = None
    #: rows shown at first, and whether rows can be added, for a list
    first_rows: int = 1
    may_add: bool = True
    #: kinds of file that are taken (`app.files.KINDS`), for a file picker
    accept: tuple[str, ...] = ()
    children: tuple[Field, ...] = ()

    @property
    def holds_answer(self) -> bool:
        return self.type in kinds.ANSWERS

    @property
    def taken(self) -> bool:
        """Is what a person enters here taken? Read-only and computed answers are not."""
        return self.type in kinds.INPUTS and not self.readonly


@dataclass(frozen=True, eq=False)
class Tree:
    """What a form is made of.

    `components`: everything in order, as a tree; `fields`: the same without what only shows something.
    """

    id: str
    title: str
    components: tuple[Field, ...]
    #: the form-js JSON, for a page or a client that renders it
    schema: Mapping[str, Any]
    #: marshmallow schemas by level and visible keys; see app.forms.schemas
    schemas: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict, repr=False)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return tuple(child for child in self.components if child.type not in kinds.DISPLAY)

    @cached_property
    def conditional(self) -> bool:
        """Does any component hide on a condition?"""
        return any(child.hide is not None for child in self.walk())

    def walk(self) -> Iterator[Field]:
        """Every component, depth first, in order."""
        return _walk(self.components)

    def answers(self) -> Iterator[Field]:
        """Every field that holds an answer, depth first, in order."""
        return (child for child in self.walk() if child.holds_answer)

    @cached_property
    def classes(self) -> dict[str, DataClass]:
        """Top-level key of an answer to the class under which it is kept: that of its best protected part."""
        return dict(_classes(self.components))

    @cached_property
    def options_keys(self) -> frozenset[str]:
        """Names of the option lists that the case must fill."""
        return frozenset(child.options_key for child in self.walk() if child.options_key)

    @cached_property
    def pickers(self) -> Mapping[str, Field]:
        """The file pickers that people fill, by path."""
        return {child.path: child for child in self.walk() if child.type == kinds.FILES and child.taken}

    @cached_property
    def refuses(self) -> bool:
        """Does any field refuse the form on a condition?"""
        return any(child.refuse is not None for child in self.walk())

    @cached_property
    def guarded(self) -> bool:
        """Does any text say what may not stand in it?"""
        return any(child.guards for child in self.walk())

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of the routing facts that this form sets."""
        return frozenset(child.key for child in self.routed())

    def routed(self) -> Iterator[Field]:
        """The fields that each set a fact. A list that routes sets one for all its rows."""
        return _routed(self.components)


#: most open first
_ORDER: tuple[DataClass, ...] = ("public", "employer", "restricted", "clinical")


def _classes(fields: Sequence[Field]) -> Iterator[tuple[str, DataClass]]:
    for child in fields:
        if child.type == "group" and not child.key:
            yield from _classes(child.children)
        elif child.key:
            yield child.key, max((one.cls for one in _kept(child)), key=_ORDER.index)


def _kept(child: Field) -> Iterator[Field]:
    """What an answer is made of. Rows that the employee may share count as clinical: some may not be shared (XX-A6)."""
    if child.shared_by:
        yield replace(child, cls="clinical")
    held = [inner for one in child.children for inner in _kept(one)]
    # a group's own class is only what its fields inherit
    yield from held if child.type == "group" and held else (child, *held)


def _routed(fields: Sequence[Field]) -> Iterator[Field]:
    for child in fields:
        if child.routes:
            yield child
        if child.type == "group":
            yield from _routed(child.children)


def _walk(fields: Sequence[Field]) -> Iterator[Field]:
    for child in fields:
        yield child
        yield from _walk(child.children)
