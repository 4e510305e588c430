"""A form as staff will see it, before it is deployed. No case is read, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases.views import FormView
from app.cases.waymark import Waymark
from app.cases.workshop.looking import draft_files
from app.definitions import diagnoses
from app.definitions.diagram import Node
from app.definitions.drafts import Draft
from app.errors import DefinitionRefused, Finding, InvalidAnswers, NotFound
from app.expressions import Environment
from app.forms import Form, Option, reader
from app.forms.guarding import Guards
from app.forms.people import Names
from app.identity import Actor
from app.settings import ROOT
from app.workdays import Calendar

#: stand for the people and places that a case fills into a list: an owner learns of nobody by trying a form
EXAMPLES = (Option("example-1", "Example A"), Option("example-2", "Example B"))


class FormUnreadable(DefinitionRefused):
    """This form cannot be shown as it is."""


@dataclass(frozen=True)
class FormPreview:
    """A form to be tried. `heading` and `why`: of the first element of the draft that asks it, else its own title."""

    view: FormView
    heading: str
    why: str
    starts: bool
    findings: tuple[Finding, ...]

    def check(self, answers: Mapping[str, Any]) -> None:
        """As it will be checked, in a case of which nothing is known yet. Files are not asked for: a preview takes
        none. Raises InvalidAnswers."""
        form = self.view.form
        try:
            form.validate(answers, {}, self.view.options, self.view.env, _NO_FILES, _GUARDS)
        except InvalidAnswers as error:
            left = {at: text for at, text in error.messages.items() if _without_rows(at) not in form.pickers}
            if left:
                raise InvalidAnswers(left) from error


class _NoFiles:
    most = 1

    def get(self, _file_id: str, /) -> Mapping[str, Any] | None:
        return None


_NO_FILES = _NoFiles()
_GUARDS = Guards(lambda: Names(()), lambda: diagnoses.load(ROOT / "processes"))


def form_preview(
    waymark: Waymark, actor: Actor, draft_id: str, name: str, data: bytes | None, now: datetime
) -> FormPreview:
    """A form of a draft: as it was saved, or with other `data`. Raises NotFound, FormUnreadable."""
    draft = draft_files(waymark, actor, draft_id)
    if name not in draft.files or not name.endswith(".form"):
        raise NotFound
    form, findings = reader.read(draft.files[name] if data is None else data, name)
    if form is None:
        raise FormUnreadable(findings)
    asked = _asked_by(draft, name.removesuffix(".form"))
    return FormPreview(
        FormView(form, form.schema, _examples(form), {}, {}, Environment(now=now, calendar=Calendar())),
        asked.name if asked and asked.name else form.title,
        asked.documentation if asked else "",
        asked is not None and asked.kind == "startEvent",
        tuple(findings),
    )


def _examples(form: Form) -> Mapping[str, Sequence[Option]]:
    return {one.options_key: EXAMPLES for one in form.walk() if one.options_key}


def _asked_by(draft: Draft, form_id: str) -> Node | None:
    """The first element of the draft's own diagrams that asks this form."""
    own = (process for process in draft.library.processes.values() if process.file in draft.files)
    return next((node for process in own for node in process.nodes.values() if node.form == form_id), None)


def _without_rows(at: str) -> str:
    return ".".join(part for part in at.split(".") if not part.isdigit())
