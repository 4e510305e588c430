"""A form of a trial: the very page that a role will see, with made-up people and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response as Reply

from app.cases.commands import Target
from app.cases.views import FileView, FormView
from app.cases.workshop import trying
from app.cases.workshop.trying import made_up
from app.errors import BadRequest
from app.forms import Pressed
from app.web import uploads
from app.web.formpage import FormPage, Shown

if TYPE_CHECKING:
    from app.web.workshop.trying import TrialPage


def place(text: str) -> trying.At:
    """Where a move is made, from what stands on its button. Raises `BadRequest`."""
    parts = text.split(" ")
    if len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 5:
        raise BadRequest
    return trying.At(parts[0], parts[1], int(parts[2]))


class FormOfTrial(FormPage):
    """A form of a draft, as those see it who will fill it in. `doing`: "begin", or "answer" or "say" with a place."""

    template = "workshop/try_form.html"
    keeps_drafts = False
    sends_files = False

    def __init__(
        self, page: TrialPage, story: trying.Story, trial: trying.Trial, asked: trying.Asked, doing: str
    ) -> None:
        super().__init__(asked.form, asked.view.facts, asked.view.env)
        self.page, self.story, self.trial, self.asked, self.doing = page, story, trial, asked, doing
        self.__dict__["view"] = asked.view

    view: FormView

    @property
    def target(self) -> Target:
        raise NotImplementedError

    def uploaded(self) -> Mapping[str, FileView]:
        """Every made-up file that may stand in a picker."""
        files = made_up.Files(self.form)
        found = {}
        for path, picker in self.form.pickers.items():
            for number in range(1, uploads.most_files(picker) + 1):
                known = files.get(made_up.file_id(path, number)) or {}
                found[known["id"]] = FileView(known["id"], known["name"], known["kind"], known["size"])
        return found

    def context(self) -> dict[str, Any]:
        return {
            "asked": self.asked,
            "heading": self.asked.name,
            "version": None,
            "action": self.page.tried.action,
            "tried": self.page.tried,
            "trial": self.trial,
            "zone": self.trial.situation.calendar.tz,
            "carried": {"_do": "send", "_at": self.doing, "_story": self.story.text()},
            "story": self.story.text(),
        }

    def show_first(self) -> Reply:
        return self.show(self.form.defaults() | dict(self.view.answers))

    def send(self, answers: Mapping[str, Any], key: str) -> Reply:
        longer = self.story.and_then(self._move(answers))
        refused = self.page.play(longer).refused
        if refused is not None:
            raise refused.error
        return self.page.show(longer)

    def _move(self, answers: Mapping[str, Any]) -> trying.Move:
        kind, _, rest = self.doing.partition(" ")
        if kind == "begin":
            return trying.Begin(answers)
        return (trying.Answer if kind == "answer" else trying.Say)(place(rest), answers)

    def _change_files(self, answers: Mapping[str, Any], button: Pressed) -> Reply:
        """A made-up file stands in: none is taken from the computer of who tries."""
        if button.action == "upload":
            there = self.form.to_post(answers).get(button.path, [])
            ids = [made_up.file_id(uploads.without_rows(button.path), number) for number in range(1, 100)]
            fresh = next((one for one in ids if one not in there), ids[0])
            said = "A made-up file stands in. Nothing has been taken from your computer."
            return self.show(
                self.form.with_file(answers, button.path, fresh), Shown("saved", (said,)), focus=button.path
            )
        return self.show(self.form.apply(answers, button), focus=button.path)
