"""What sets the facts of a case, and which of them somebody may not know.

A fact has the class of the form field that routes it, and is hidden with the element that works it out (decision 7).
What is worked out from a hidden fact is hidden too, so that no script or table makes it public by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app import privacy
from app.definitions.diagram import Mapped, Node, Process
from app.definitions.lint import expressions
from app.definitions.lint.expressions import Said
from app.definitions.lint.subject import Known, Subject, subject
from app.engine.bundle import Bundle
from app.engine.outline import Key
from app.expressions import ExpressionError
from app.forms import Form
from app.privacy import Viewer

#: facts that every case has from its start, and what a multi-instance element gives to each of its instances
OPEN = frozenset(
    {"employer", "follow_up", "loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances"}
)
#: which case came before is shown as a link, to who may look into both; as a fact it is the diagram's alone
UNSHOWN = frozenset({"previous"})


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that sets the fact `name`: a field (`form`, `path`), or an element (`key`), from the facts `reads`."""

    name: str
    form: str = ""
    path: str = ""
    key: Key | None = None
    reads: frozenset[str] = frozenset()
    #: another case says it
    heard: bool = False
    #: the case before hands it over (property `carry`); there the employer side may know it, so it may here
    carried: bool = False


@dataclass(frozen=True)
class Sources:
    """Everything that sets a fact in a bundle."""

    found: tuple[Source, ...]
    forms: Mapping[str, Form]

    def set_by(self, key: Key) -> frozenset[str]:
        """Names of the facts that an element works out."""
        return frozenset(one.name for one in self.found if one.key == key)


@lru_cache(maxsize=64)
def sources(bundle: Bundle) -> Sources:
    return of(subject(bundle, Known()))


def of(looked_at: Subject) -> Sources:
    found = [Source(field.key, form.id, field.path) for form in looked_at.forms.values() for field in form.routed()]
    for start in looked_at.main.starts if looked_at.main is not None else ():
        found += [Source(name, carried=True) for name in start.properties.get("carry", "").split()]
    for process, node in looked_at.nodes():
        found += _of_node(looked_at, process, node)
    return Sources(tuple(found), looked_at.forms)


def _of_node(looked_at: Subject, process: Process, node: Node) -> Iterator[Source]:
    key = (process.id, node.id)
    for one in (*node.goes_in, *node.goes_out, *node.outputs):
        # a fact handed on under its own name is what it was
        if one.target and one.source != one.target:
            yield Source(one.target, key=key, reads=_mapped(process, node, one))
    if result := node.camunda.get("resultVariable"):
        decision = looked_at.decisions.get(node.camunda.get("decisionRef", ""))
        reads = _names(process, node, node.script, "script") | (decision.names if decision else frozenset())
        yield Source(result, key=key, reads=reads)
    if node.item:
        yield Source(node.item, key=key, reads=_names(process, node, node.collection, "condition"))
    if collected := node.properties.get("outputCollection"):
        yield Source(collected, key=key, reads=frozenset({node.properties.get("outputElement", "")} - {""}))
    if node.hears and node.result:
        yield Source(node.result, key=key, heard=True)


def _mapped(process: Process, node: Node, one: Mapped) -> frozenset[str]:
    return _names(process, node, one.expression, "value") | frozenset({one.source} - {""})


def _names(process: Process, node: Node, text: str, kind: str) -> frozenset[str]:
    try:
        found = expressions.read(Said(process, node.id, "", text, kind)) if text else None
    except ExpressionError:
        return frozenset()
    return frozenset() if found is None else frozenset(found.names)


def hidden(all_of: Iterable[Sources], viewer: Viewer, shows: Callable[[str, str], bool]) -> frozenset[str]:
    """Names of the facts that the viewer may not know. `shows`: may they know of this (process, element)?

    What any source hides is hidden: a case may have run on several versions.
    """
    given = tuple(all_of)
    found = {one.name for each in given for one in each.found if _is_hidden(each, one, viewer, shows)} | UNSHOWN
    reading = [one for each in given for one in each.found if one.reads]
    while more := {one.name for one in reading if one.reads & found} - found:
        found |= more
    return frozenset(found - UNSHOWN)


def _is_hidden(each: Sources, one: Source, viewer: Viewer, shows: Callable[[str, str], bool]) -> bool:
    if one.form:
        return privacy.grounds(each.forms[one.form], viewer).get(one.path) is None
    if one.carried and privacy.ground("employer", viewer) is None:
        return True
    if one.heard and privacy.ground("restricted", viewer) is None:
        return True
    return one.key is not None and not shows(*one.key)


def known(all_of: Iterable[Sources]) -> frozenset[str]:
    """Names of the facts of which it is known what sets them."""
    return OPEN | {one.name for each in all_of for one in each.found}


def in_role(all_of: Iterable[Sources], role: str) -> Viewer:
    """Whoever works in this role, before anything is known of a case: with every consent that its answers stand under,
    for the work would not be there without it."""
    fields = (field for each in all_of for form in each.forms.values() for field in form.walk())
    given = {field.under_consent: "given" for field in fields if field.under_consent}
    return Viewer.of((role,), (), subject=role == SUBJECT, consents=given)


#: the role of the employee whom the case is about
SUBJECT = "employee"
