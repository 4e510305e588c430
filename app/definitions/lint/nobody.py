"""Cases about nobody: nothing in them names an employee or asks one, and nothing ties them to one (WW-2.3a)."""

from __future__ import annotations

from app.definitions.diagram import Node, Process, is_withdrawal
from app.definitions.lint.beginnings import EMPLOYEE, beginning, main_of
from app.definitions.lint.subject import Subject
from app.engine.beginning import ABOUT, ANY
from app.forms import Form

#: the choices of a form that are every employee
_EMPLOYEES = "employees"


def check(subject: Subject) -> None:
    main = subject.main
    if main is None:
        return
    said = main.properties.get("about", "").strip()
    if said and said not in ABOUT:
        message = f"“{main.name}” is about “{said}”."
        subject.error("about-unknown", main, "", message, f"Use one of: {', '.join(ABOUT)}.")
    nobody = beginning(main).about_nobody
    _ties(subject, main, nobody)
    if nobody:
        if beginning(main).own_case:
            _error(subject, main, main.starts[0].id, "An employee’s own case", "Leave out “ownCase”, or “about”.")
        for form in subject.forms.values():
            _form(subject, main, form)
        for process, node in subject.nodes():
            _node(subject, process, node)


def _node(subject: Subject, process: Process, node: Node) -> None:
    if node.kind == "userTask" and EMPLOYEE in process.roles(node):
        _error(subject, process, node.id, node.label, "Give the task to somebody else.")
    if node.hears and is_withdrawal(node.message):
        _error(subject, process, node.id, node.label, "Leave it out: nobody’s consent is asked, so none is taken back.")
    told = " ".join(one.expression for one in node.inputs if one.target == "to")
    if node.camunda.get("topic") == "notify" and EMPLOYEE in told.split():
        _error(subject, process, node.id, node.label, "Leave “employee” out of those who are told.")


def _form(subject: Subject, main: Process, form: Form) -> None:
    file = f"{form.id}.form"
    for field in form.walk():
        what = f"The field “{field.path}”"
        if field.party == EMPLOYEE or field.consent or field.shared_by or field.contact:
            _error(subject, file, field.path, what, "Leave the field out, or let the process be about the employee.")
        elif field.options_key == _EMPLOYEES and not field.party:
            message = f"{what} offers every employee, but “{main.name}” is about nobody."
            subject.warning(
                "about-choice", file, field.path, message, "Ask for no person, or for one with a part here."
            )


def _error(subject: Subject, where: Process | str, element: str, what: str, advice: str) -> None:
    name = subject.main.name if subject.main is not None else subject.bundle.key
    message = f"{what} is about an employee, but “{name}” is about nobody."
    subject.error("about-nobody", where, element, message, advice)


def _ties(subject: Subject, main: Process, nobody: bool) -> None:
    """One about nobody never leads to one about somebody. The other way round nothing goes along, and no message."""
    begins = beginning(main)
    for start in main.starts[:1]:
        for key in begins.may_follow:
            other = main_of(subject, key)
            about = beginning(other).about_nobody if other is not None else key != ANY and nobody
            if about and not nobody:
                _tie(subject, main, start, f"follows “{key}”")
            elif nobody and not about and (begins.carry or begins.needs):
                _tie(subject, main, start, f"takes something over from “{key}”, or needs something of it")
    for process, node in subject.nodes():
        other = main_of(subject, node.properties.get("to", "")) if node.sends else None
        if other is not None and beginning(other).about_nobody != nobody:
            _tie(subject, process, node, f"starts “{other.id}” by a message")


def _tie(subject: Subject, process: Process, node: Node, does: str) -> None:
    message = f"{node.label} {does}. One of the two is about an employee, the other about nobody."
    advice = "Nothing may tie an employee to a case about nobody. Leave it out."
    subject.error("about-tied", process, node.id, message, advice)
