"""What one lint run looks at, and where it writes what it finds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from app import decisions, forms
from app.decisions import Decision, DecisionsRefused
from app.definitions import reading
from app.definitions.diagram import Diagram, Node, Process
from app.engine.bundle import Bundle
from app.errors import Finding
from app.forms import Form, FormError


@dataclass(frozen=True)
class Known:
    """What a diagram may refer to beyond its own bundle. None: not known here, so not checked."""

    #: ids of the rules in the ledger
    rules: Collection[str] | None = None
    #: case roles that a task may be for
    roles: Collection[str] | None = None
    #: who may start a case: case roles, and memberships of an organisation
    starters: Collection[str] | None = None
    #: keys of the notices that may be sent
    notices: Collection[str] | None = None
    #: what the employer side may be told of a purpose, by its words and its id
    purposes: Mapping[str, str] | None = None
    #: processes by id, with the names of the messages that start them
    processes: Mapping[str, Collection[str]] | None = None
    #: names of the messages that people say, in any process
    said: Collection[str] | None = None
    #: name of a message to the ids of the forms that some process encloses in it
    enclosed: Mapping[str, Collection[str]] | None = None
    #: main processes by id, with all that they need
    others: Mapping[str, Bundle] | None = None
    #: memberships that may hold each case role
    holders: Mapping[str, frozenset[str]] | None = None
    #: the day of the look, against which a fixed date is long past
    today: date | None = None

    @property
    def starting(self) -> Collection[str] | None:
        """`starters`, by default the roles."""
        return self.roles if self.starters is None else self.starters


@dataclass
class Subject:
    """A bundle, read as far as it can be read."""

    bundle: Bundle
    known: Known
    diagrams: Sequence[Diagram]
    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decision]
    findings: list[Finding] = field(default_factory=list)

    @property
    def main(self) -> Process | None:
        return self.processes.get(self.bundle.key)

    def nodes(self) -> Iterator[tuple[Process, Node]]:
        for process in self.processes.values():
            for node in process.nodes.values():
                yield process, node

    def say(
        self,
        severity: Literal["error", "warning"],
        rule: str,
        where: Process | str,
        element: str,
        message: str,
        advice: str = "",
    ) -> None:
        """`where`: the process that draws the element, or the name of a file."""
        file = where if isinstance(where, str) else where.file
        self.findings.append(Finding(file, element, severity, rule, message, advice))

    def error(self, rule: str, where: Process | str, element: str, message: str, advice: str = "") -> None:
        self.say("error", rule, where, element, message, advice)

    def warning(self, rule: str, where: Process | str, element: str, message: str, advice: str = "") -> None:
        self.say("warning", rule, where, element, message, advice)


def subject(bundle: Bundle, known: Known) -> Subject:
    """Everything of the bundle that can be read; what cannot is left out, and said by the checks of its kind."""
    return Subject(
        bundle, known, reading.diagrams(bundle), reading.processes(bundle), _forms(bundle), _decisions(bundle)
    )


def _forms(bundle: Bundle) -> dict[str, Form]:
    found = {}
    for name, data in bundle.of_kind(".form").items():
        try:
            found[name.removesuffix(".form")] = forms.load(data)
        except FormError:
            continue
    return found


def _decisions(bundle: Bundle) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for data in bundle.of_kind(".dmn").values():
        try:
            found |= decisions.load(data)
        except DecisionsRefused:
            continue
    return found
