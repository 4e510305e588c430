"""How a case begins: as whom its starter acts, which cases it may follow, and what it takes over from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from app.definitions import sources
from app.definitions.diagram import Node, Process
from app.definitions.lint.facts import GIVEN, known_facts
from app.definitions.lint.knowing import shows_in
from app.definitions.lint.subject import Known, Subject
from app.definitions.lint.subject import subject as looked_at
from app.engine.beginning import ANY, Beginning, read
from app.expressions import ExpressionError, parse
from app.forms import Field

EMPLOYEE = "employee"


def beginning(process: Process) -> Beginning:
    start = process.starts[0].properties if process.starts else {}
    return read({**process.properties}, {**start})


def check(subject: Subject) -> None:
    main = subject.main
    if main is not None and main.starts:
        begins = beginning(main)
        _started_as(subject, main, main.starts[0], begins)
        _own(subject, main, main.starts[0], begins)
        _follows(subject, main, main.starts[0], begins)
        _needs(subject, main, main.starts[0], begins)
        _taken(subject, main, main.starts[0], begins)
    for process, node in subject.nodes():
        if "begins" in node.properties:
            _begun(subject, process, node)


def _started_as(subject: Subject, main: Process, start: Node, begins: Beginning) -> None:
    known, holders = subject.known.roles, subject.known.holders
    for role in start.properties.get("startedAs", "").split():
        if known is not None and role not in known:
            message = f"{start.label} makes its starter “{role}”, which is no role."
            subject.error("started-as", main, start.id, message, f"Use some of: {', '.join(sorted(known))}.")
            return
    if holders is not None and not begins.from_only and not begins.about_nobody:
        _able(subject, main, start, begins, holders)


def _able(
    subject: Subject, main: Process, start: Node, begins: Beginning, holders: Mapping[str, frozenset[str]]
) -> None:
    """Whoever starts a case about somebody has a part in it, or names on its form who has."""
    form = subject.forms.get(main.start_form)
    if form is not None and any(field.party in begins.started_as for field in form.walk()):
        return
    able = frozenset[str]().union(*(holders.get(role, frozenset()) for role in begins.started_as))
    for starter in main.starters:
        if starter not in able and not (begins.own_case and starter == EMPLOYEE):
            message = f"{start.label} is for “{starter}”, who can be none of: {', '.join(begins.started_as)}."
            advice = "Name in “startedAs” a role for each of the starters, or leave the starter out."
            subject.error("started-as", main, start.id, message, advice)


def _own(subject: Subject, main: Process, start: Node, begins: Beginning) -> None:
    if not begins.own_case:
        return
    may = {*main.starters, *(role for roles in begins.may_follow.values() for role in roles)}
    if EMPLOYEE not in may:
        message = f"{start.label} is for an employee’s own case, but no employee can start it."
        advice = "Name “employee” among the “starters”, or in “from”."
        subject.error("own-case", main, start.id, message, advice)


def _follows(subject: Subject, main: Process, start: Node, begins: Beginning) -> None:
    if begins.from_only and not begins.may_follow:
        message = f"{start.label} begins only from another case, but follows none."
        subject.error("from-only", main, start.id, message, "Say in “from” which cases it may follow, and by whom.")
    known = subject.known
    for key, roles in begins.may_follow.items():
        for role in sorted(roles or {""}):
            if not role or (known.roles is not None and role not in known.roles):
                message = f"{start.label} follows “{key}”, started by “{role}”, which is no role."
                advice = "Write “process: role role; process: role”, each role one that somebody has in that case."
                subject.error("from-role", main, start.id, message, advice)
        if key != ANY and key != main.id and known.processes is not None and key not in known.processes:
            message = f"{start.label} follows “{key}”, which is not among these files."
            advice = "Correct its id, or see to it that it is deployed."
            subject.warning("from-process", main, start.id, message, advice)


def _needs(subject: Subject, main: Process, start: Node, begins: Beginning) -> None:
    if bool(begins.needs) != bool(begins.needs_text):
        message = f"{start.label} needs something of the case before, and does not say what, or in which words."
        advice = "Set “needs” to a condition and “needsText” to the sentence that is read where it is not met."
        subject.error("needs-text", main, start.id, message, advice)
    if not begins.needs:
        return
    try:
        names = parse(begins.needs).names
    except ExpressionError as error:
        message = f"What {start.inside} needs cannot be read: {error.message.rstrip('.')}."
        subject.error("needs-condition", main, start.id, message, "Correct the FEEL expression in “needs”.")
        return
    for one in before(subject, begins):
        _set_there(subject, main, start, one, names - GIVEN)
        for role, name in _not_known(one, sorted(begins.roles_in(one.bundle.key)), names):
            message = f"{start.label} needs “{name}” of “{one.bundle.key}”, which {role} may not know there."
            advice = "Refusing would tell them. Ask for something that they may know."
            subject.error("needs-hidden", main, start.id, message, advice)


def _taken(subject: Subject, main: Process, start: Node, begins: Beginning) -> None:
    for name in sorted(GIVEN & {*begins.carry}):
        message = f"{start.label} takes over “{name}”, which every case has of its own."
        subject.error("carry-given", main, start.id, message, "Leave it out.")
    followed = list(before(subject, begins)) if begins.carry else []
    unset = [{*begins.carry} - _facts_of(one) for one in followed]
    for name in sorted(frozenset.intersection(*map(frozenset, unset)) if unset else ()):
        message = f"{start.label} takes over the fact “{name}”, but nothing sets it in what it follows."
        subject.warning("fact-unset", main, start.id, message, _SET)
    for one in followed:
        for role, name in _not_known(one, [*sorted(begins.roles_in(one.bundle.key)), "hr"], begins.carry):
            message = f"{start.label} takes over “{name}” from “{one.bundle.key}”, which {role} may not know there."
            advice = "In the new case the employer’s side may know it. Leave it out, or let its form ask anew."
            subject.error("carry-hidden", main, start.id, message, advice)


def _begun(subject: Subject, process: Process, node: Node) -> None:
    key = node.properties["begins"].strip()
    if node.kind != "userTask":
        message = f"{node.label} begins another case, but only people start one."
        subject.error("begins-place", process, node.id, message, "Move the property “begins” to a user task.")
    known, other = subject.known.processes, main_of(subject, key)
    if known is not None and key not in known and key not in subject.processes:
        message = f"{node.label} begins “{key}”, which is not among these files."
        subject.warning(
            "begins-process", process, node.id, message, "Correct its id, or see to it that it is deployed."
        )
    main = subject.main
    if other is None or main is None:
        return
    for role in sorted(set(process.roles(node)) - set(beginning(other).roles_in(main.id))):
        message = f"{node.label} begins “{key}”, which {role} may not start from “{main.id}”."
        advice = f"Add “{main.id}: {role}” to the property “from” of its start event."
        subject.error("begins-barred", process, node.id, message, advice)


def before(subject: Subject, begins: Beginning) -> Iterator[Subject]:
    """Every process that it names to follow, as far as it is among these files."""
    others = subject.known.others or {}
    for key in begins.may_follow:
        if key == subject.bundle.key:
            yield subject
        elif key in others:
            yield looked_at(others[key], Known())


def main_of(subject: Subject, key: str) -> Process | None:
    """The process of this id, if it is among these files."""
    if key == subject.bundle.key:
        return subject.main
    bundle = (subject.known.others or {}).get(key)
    return looked_at(bundle, Known()).main if bundle is not None else None


def _not_known(one: Subject, roles: list[str], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(role, fact) for each that the role may not know in that case, not even when everything there is released."""
    found = sources.of(one)
    released = {
        waited: True for form in found.forms.values() for field in form.walk() for waited in _waits(field) if waited
    }

    for role in roles:
        viewer = replace(sources.in_role([found], role), facts=released)
        hidden = sources.hidden([found], viewer, shows_in(one, viewer)) | sources.UNSHOWN
        yield from ((role, name) for name in sorted(hidden & {*names}))


def _waits(field: Field) -> tuple[str | None, str | None]:
    return field.after_fact, field.draft_until


def _set_there(subject: Subject, main: Process, start: Node, one: Subject, names: Iterable[str]) -> None:
    for name in sorted({*names} - _facts_of(one)):
        message = f"{start.label} needs the fact “{name}” of “{one.bundle.key}”, but nothing sets it there."
        subject.warning("fact-unset", main, start.id, message, _SET)


def _facts_of(one: Subject) -> set[str]:
    """The facts that a case may have: those that its called processes set are among them."""
    return set().union(*known_facts(one).values())


_SET = "Correct its name, or let something in that process set it."
