"""A form and all that can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from app.expressions import Environment
from app.forms import checking, posts, reading, showing, visibility
from app.forms.model import Answers, Guard, Option, Tree, Uploads


class Form(Tree):
    """One form-js form. `facts` are the case's routing facts, `options` the lists that the case fills, by name;
    `env` (now and calendar) is needed only where a condition reads today's date."""

    def validate(
        self,
        answers: Answers,
        facts: Mapping[str, Any],
        options: Mapping[str, Sequence[Option]],
        env: Environment | None = None,
        files: Uploads | None = None,
        guard: Guard | None = None,
    ) -> dict[str, Any]:
        """Clean answers, JSON values: hidden and empty fields are left out, what the form does not ask is dropped.

        An answer of files becomes what is known of each: [{"id", "name", "kind", "size", "sha256", "scanned"}].

        `guard` is needed where a field has the property `guard`: without it such an answer is a `TypeError`.

        Raises `errors.InvalidAnswers`: {concrete path, "items.0.text": one sentence}, in the form's order.
        """
        return checking.check(self, answers, facts, options, env, files, guard)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names that its conditions, limits, formulas and texts read: facts, and answers of its own."""
        return reading.names(self)

    def hidden(self, answers: Answers, facts: Mapping[str, Any], env: Environment | None = None) -> frozenset[str]:
        """Concrete paths of the components that a page leaves out for these answers."""
        return visibility.hidden(self, answers, facts, env)

    def routing(self, cleaned: Answers) -> dict[str, Any]:
        """The facts that these answers set; None for one that was not answered: a second round clears the first."""
        return showing.routing(self.components, cleaned)

    def parties(self, cleaned: Answers) -> dict[str, str]:
        """Role to the person id chosen for it."""
        return showing.parties(self.components, cleaned)

    def contacts(self, cleaned: Answers) -> dict[str, dict[str, str]]:
        """Role of somebody outside of Waymark to their name and address, as far as these answers tell."""
        return showing.contacts(self.components, cleaned)

    def flags(self, cleaned: Answers) -> list[str]:
        """Ids of the soft rules that these answers go past with a reason, in the form's order, each once."""
        return showing.flags(self.components, cleaned)

    def known(self, answers: Any) -> dict[str, Any]:
        """What a draft may keep: the answers to fields of this form that a person fills, checked for nothing else."""
        return showing.known(self.components, answers)

    def defaults(self) -> dict[str, Any]:
        """The answers that the form itself begins with."""
        return showing.defaults(self.components)

    def lines(self, answers: Answers, options: Mapping[str, Sequence[Option]] | None = None) -> list[tuple[str, str]]:
        """(label, answer in words) for each answer there is, in order, rows numbered."""
        return showing.lines(self.components, answers, options or {})

    def files(self, answers: Answers) -> list[tuple[str, list[Any]]]:
        """(label, files) for each file picker that was answered, in order, rows numbered; labels as in `lines`."""
        return showing.files(self.components, answers)

    def from_post(self, post: posts.Post) -> dict[str, Any]:
        """Answers as typed, from a plain HTML post; see `app.forms.posts` for the names of inputs."""
        return posts.from_post(self, post)

    def to_post(self, answers: Answers) -> dict[str, str | list[str]]:
        """Input name to what stands in it: the other way round."""
        return posts.to_post(self, answers)

    def with_file(self, answers: Answers, at: str, file_id: str) -> dict[str, Any]:
        """The answers with an uploaded file in the picker at this concrete path."""
        return posts.with_file(self, answers, at, file_id)

    def apply(self, answers: Answers, button: posts.Pressed) -> dict[str, Any]:
        """The answers with the row added or removed that the button asks for."""
        return posts.apply(self, answers, button)
