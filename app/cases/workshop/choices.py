"""What the pickers of a draft offer: everything that lint would accept, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml import etree

from app import decisions, forms, outbox, xmlsafe
from app.cases.workshop.known import case_roles, ledger, notice_files
from app.cases.workshop.views import Choice, Choices
from app.decisions import DecisionsRefused
from app.decisions.table import Table
from app.definitions.collecting import Library
from app.definitions.drafts import Draft
from app.forms import FormError
from app.outbox.templates import load as load_notices
from app.settings import ROOT
from app.xmlsafe import UnsafeXml

ELSEWHERE = "from another process"


def choices(draft: Draft) -> Choices:
    """For the pickers of one draft. What its own files hold comes first, then what other processes in force hold."""
    library, own = draft.library, draft.files
    return Choices(
        roles=_sorted(Choice(role, label) for role, label in case_roles().items()),
        forms=_own_first(_forms(library), library, own),
        decisions=_own_first(_decisions(library), library, own),
        processes=_own_first(_processes(library), library, own),
        rules=tuple(Choice(rule.id, rule.sentence, rule.source) for rule in ledger().values()),
        deadlines=_sorted(_deadlines(library, own)),
        notices=_sorted(_notices()),
        messages=_sorted(_messages(library)),
    )


def _sorted(found: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(set(found), key=lambda one: (one.label.casefold(), one.value)))


def _own_first(found: Iterable[tuple[str, Choice]], library: Library, own: Iterable[str]) -> tuple[Choice, ...]:
    """`found`: choices with the file that each stands in."""
    here = set(own)
    both = [(file not in here, choice) for file, choice in found]
    inside = _sorted(choice for elsewhere, choice in both if not elsewhere)
    return inside + _sorted(Choice(one.value, one.label, ELSEWHERE) for elsewhere, one in both if elsewhere)


def _forms(library: Library) -> Iterator[tuple[str, Choice]]:
    for name, data in library.files.items():
        if name.endswith(".form"):
            form_id = name.removesuffix(".form")
            yield name, Choice(form_id, form_title(data) or form_id)


@lru_cache(maxsize=512)
def form_title(data: bytes) -> str:
    """The title of a form, "" when it cannot be read."""
    try:
        return forms.load(data).title
    except FormError:
        return ""


def _decisions(library: Library) -> Iterator[tuple[str, Choice]]:
    for decision, file in library.decisions.items():
        yield file, Choice(decision, decision_names(library.files[file]).get(decision, "") or decision)


@lru_cache(maxsize=256)
def decision_names(data: bytes) -> dict[str, str]:
    """Ids of decisions to their names; none when the file cannot be read."""
    try:
        root = xmlsafe.parse(data)
    except UnsafeXml:
        return {}
    return {one.get("id", ""): one.get("name", "") for one in root.iter("{*}decision")}


def _processes(library: Library) -> Iterator[tuple[str, Choice]]:
    for key, process in library.processes.items():
        yield process.file, Choice(key, process.name or key)


def _deadlines(library: Library, own: Iterable[str]) -> Iterator[Choice]:
    """Numbers that a table gives to a fact: `policy.reply_days`."""
    for file in own:
        for process in (one for one in library.processes.values() if one.file == file):
            for node in process.nodes.values():
                result, decision = node.camunda.get("resultVariable", ""), node.camunda.get("decisionRef", "")
                if result and decision in library.decisions:
                    for name, label in numbers(library.files[library.decisions[decision]], decision):
                        yield Choice(f"{result}.{name}", label)


@lru_cache(maxsize=256)
def numbers(data: bytes, decision: str) -> tuple[tuple[str, str], ...]:
    """Name and words of each output of a table that is a number; none when the file cannot be read."""
    try:
        found = decisions.load(data).get(decision)
        root = xmlsafe.parse(data)
    except (DecisionsRefused, UnsafeXml):
        return ()
    if found is None or not isinstance(found.logic, Table):
        return ()
    labels = {one.get("name", ""): one.get("label", "") for one in _outputs(root, decision)}
    return tuple((one.name, labels.get(one.name) or one.name) for one in found.logic.outputs if one.type == "number")


def _outputs(root: etree._Element, decision: str) -> Iterator[etree._Element]:
    for one in root.iter("{*}decision"):
        if one.get("id") == decision:
            yield from one.iter("{*}output")


def _notices() -> Iterator[Choice]:
    texts = load_notices(ROOT / "processes")
    for file in notice_files():
        for key in outbox.keys(file.read_bytes()):
            subject = texts[key].subject.removeprefix("{reference}: ") if key in texts else key
            yield Choice(key, subject, file.parent.name)


def _messages(library: Library) -> Iterator[Choice]:
    for process in library.processes.values():
        for node in process.nodes.values():
            if node.message:
                yield Choice(node.message, node.message)
