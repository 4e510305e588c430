"""What in a bundle the engine cannot run as it is drawn, in a process owner's words."""

from __future__ import annotations

from app import xmlsafe
from app.engine.bundle import Bundle
from app.engine.definition import load
from app.engine.lint import activities, branches, bundles, data, events, flows, foreign, loops, pauses
from app.engine.lint.diagram import Diagram, Report
from app.engine.parse.documents import Document
from app.engine.parse.namespaces import bpmn
from app.errors import DefinitionRefused, Finding

#: All diagrams of one bundle together.
MAX_BYTES = 8_000_000
_SCOPE_RULES = (flows.look, loops.look, branches.look, events.look, activities.look, data.look, foreign.look)


def check(bundle: Bundle) -> list[Finding]:
    """Findings, errors first, then in order of file and element. Any bytes get an answer; never raises."""
    report = Report()
    try:
        _look(bundle, report)
        if not report.has_errors:
            load(bundle)
    except DefinitionRefused as refused:
        report.findings.extend(refused.findings)
    except Exception as error:  # whatever a hostile file does, its sender gets words
        report.error(
            "",
            bundle.key,
            "lint-stopped",
            f"These files cannot be read as a process ({type(error).__name__}).",
            "Look for what is unusual in the files, and tell who looks after Waymark.",
        )
    return sorted(set(report.findings), key=lambda f: (f.severity, f.file, f.element, f.rule, f.message))


def _look(bundle: Bundle, report: Report) -> None:
    diagram = Diagram(bundle, _read(bundle, report), report)
    if bundles.too_large(diagram):
        return
    bundles.look(diagram)
    foreign.look_at_file(diagram)
    for scope in diagram.scopes:
        for rule in _SCOPE_RULES:
            rule(diagram, scope)
    pauses.look(diagram)


def _read(bundle: Bundle, report: Report) -> list[Document]:
    diagrams = bundle.of_kind(".bpmn")
    if sum(map(len, diagrams.values())) > MAX_BYTES:
        message = f"The diagrams of “{bundle.key}” are too large: together at most {MAX_BYTES:,} bytes."
        report.error("", bundle.key, "too-large", message, "Let it start cases of other processes instead.")
        return []
    found = []
    for file, content in diagrams.items():
        try:
            document = Document(file, xmlsafe.parse(content))
        except xmlsafe.UnsafeXml as unsafe:
            report.error(file, "", "xml", unsafe.detail, "Save the file again from the modeller.")
            continue
        if document.root.tag == bpmn("definitions"):
            found.append(document)
        else:
            report.error(file, "", "xml", "This file is not a BPMN diagram.", "Save it again from the modeller.")
    return found
