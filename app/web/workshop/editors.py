"""The three editors: which kind of file each one opens, which files of a package it needs, and under which policy."""

from __future__ import annotations

from dataclasses import dataclass

from app import xmlsafe
from app.errors import NotFound
from app.forms import reader
from app.web import security


@dataclass(frozen=True)
class Editor:
    """`library`: its style sheet and script among the assets; `script`: ours, which brings it to life."""

    #: what it edits, in words
    words: str
    library: str
    script: str
    #: its library places what it draws by style attributes
    draws: bool
    #: bytes of the largest file that can be deployed
    largest: int

    @property
    def policy(self) -> str:
        """The content security policy of its page."""
        return security.DRAWING_POLICY if self.draws else security.POLICY


EDITORS = {
    ".bpmn": Editor("diagram", "bpmn-modeler", "edit-diagram.js", True, xmlsafe.MAX_BYTES),
    ".dmn": Editor("decision table", "dmn-modeler", "edit-table.js", True, xmlsafe.MAX_BYTES),
    ".form": Editor("form", "form-editor", "edit-form.js", False, reader.MAX_BYTES),
}
#: of any of them
LARGEST = max(one.largest for one in EDITORS.values())


def suffix(name: str) -> str:
    """ ".bpmn", ".dmn" or ".form"; "" for another kind of file."""
    found = name[name.rfind(".") :] if "." in name else ""
    return found if found in EDITORS else ""


def editor(name: str) -> Editor:
    """The editor of the file of this name. Raises `NotFound`: drafts hold no other files."""
    found = EDITORS.get(suffix(name))
    if found is None:
        raise NotFound
    return found
