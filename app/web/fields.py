"""A form made ready to draw: one `Item` for each component that is visible, with what stands in it and its message.

Names of inputs are those of `app.forms.posts`; ids are the same names, so that an error can link to its input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from app import files, forms
from app.cases.views import FileView, FormView
from app.forms import Field
from app.forms.guarding import hint
from app.forms.showing import in_words
from app.web import uploads

#: what "#" in a form's text becomes: the page has its own first heading
TOP_LEVEL = 2
KINDS = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "number",
    "checkbox": "checkbox",
    "radio": "radios",
    "select": "select",
    "checklist": "checkboxes",
    "taglist": "checkboxes",
    "filepicker": "files",
}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass
class Item:
    """`at`: name and id of the input. `kind`: which macro draws it, see templates/_form.html."""

    kind: str
    at: str
    label: str = ""
    hint: str = ""
    error: str = ""
    #: what not to write, told above it
    warning: str = ""
    value: str = ""
    #: day, month, year and time of a date
    parts: Mapping[str, str] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    children: list[Item] = field(default_factory=list)
    #: rows of a list: (path of the row, its items)
    rows: list[tuple[str, list[Item]]] = field(default_factory=list)
    html: Markup = field(default_factory=Markup)
    may_add: bool = False
    #: "email", "tel" or "numeric" keyboards on a phone
    keyboard: str = ""
    short: bool = False
    limit: int | None = None
    #: the first input is to have the focus
    focus: bool = False
    #: files that were uploaded, for a file picker; `accept`: ends of names; `several`: more than one at a time
    files: list[FileView] = field(default_factory=list)
    accept: str = ""
    several: bool = False
    full: bool = False
    #: said above it, when it has only just appeared
    note: str = ""

    @property
    def is_input(self) -> bool:
        return self.kind not in {"group", "list", "html", "separator", "shown"}


@dataclass(frozen=True)
class Filled:
    """What a form is drawn from. `answers`: as typed or kept; `messages`: concrete path to sentence."""

    view: FormView
    answers: Mapping[str, Any]
    messages: Mapping[str, str] = field(default_factory=dict)
    #: concrete path whose input gets the focus
    focus: str = ""
    #: first heading of the page
    heading: str = ""
    #: concrete paths of what has only just appeared
    fresh: frozenset[str] = frozenset()
    #: what was uploaded for this form, by id
    uploaded: Mapping[str, FileView] = field(default_factory=dict)

    @property
    def hidden(self) -> frozenset[str]:
        return self.view.form.hidden(self.answers, self.view.facts, self.view.env)

    def items(self) -> list[Item]:
        drawing = _Drawing(self, self.hidden, self.view.form.to_post(self.answers))
        found = list(drawing.level(self.view.form.components, self.answers, self.view.answers, ""))
        self._mark_fresh(found)
        return found

    def _mark_fresh(self, items: list[Item]) -> None:
        """The focus goes to the first input that has just appeared."""
        new = [
            one for one in flat(items) if one.is_input and any(f"{one.at}.".startswith(f"{at}.") for at in self.fresh)
        ]
        for number, one in enumerate(new):
            one.focus, one.note = number == 0, "New, because of your answers"

    def summary(self) -> list[dict[str, str]]:
        """Messages with links to their inputs, in the form's order."""
        dates = {_without_rows(one.path): one for one in self.view.form.walk() if one.type == "datetime"}
        return [
            {"text": text, "href": f"#{_anchor(at, dates.get(_without_rows(at)))}"}
            for at, text in self.messages.items()
        ]


def flat(items: Sequence[Item]) -> Iterator[Item]:
    """All items, with those inside groups and rows, in the order in which they are read."""
    for one in items:
        yield one
        yield from flat(one.children)
        for _, row in one.rows:
            yield from flat(row)


def _without_rows(at: str) -> str:
    return ".".join(part for part in at.split(".") if not part.isdigit())


def _anchor(at: str, date: Field | None) -> str:
    return f"{at}-day" if date is not None and date.subtype != "time" else at


class _Drawing:
    def __init__(self, filled: Filled, hidden: frozenset[str], posted: Mapping[str, str | list[str]]) -> None:
        self.filled = filled
        self.hidden = hidden
        self.posted = posted
        self.facts = filled.view.facts

    def level(self, fields: Sequence[Field], answers: Any, before: Any, prefix: str) -> Iterator[Item]:
        """Items of one mapping of answers. `before`: start values, for what is only shown and not posted."""
        now = answers if isinstance(answers, Mapping) else {}
        then = before if isinstance(before, Mapping) else {}
        for one in fields:
            at = prefix + (one.key or one.id)
            if at not in self.hidden:
                item = self._item(one, at, now, then, prefix)
                if item is not None:
                    yield item

    def _item(self, one: Field, at: str, now: Mapping[str, Any], then: Mapping[str, Any], prefix: str) -> Item | None:
        if one.type == "group":
            inner, earlier = (now.get(one.key), then.get(one.key)) if one.key else (now, then)
            children = list(self.level(one.children, inner, earlier, at + "." if one.key else prefix))
            return Item("group", at, self._say(one.label), self._say(one.description), children=children)
        if one.type == "dynamiclist":
            return self._list(one, at, now.get(one.key), then.get(one.key))
        if one.type == "text":
            return self._text(one, at)
        if one.type == "separator":
            return Item("separator", at)
        if one.type == "expression" or (one.holds_answer and one.readonly):
            return self._shown(one, at, now.get(one.key, then.get(one.key)))
        return self._input(one, at) if one.taken else None

    def _text(self, one: Field, at: str) -> Item | None:
        """A text; without its heading where that only repeats the heading of the page."""
        heading, _, rest = one.text.partition("\n")
        said = rest if heading.lstrip("# ").strip() == self.filled.heading and heading.startswith("#") else one.text
        return (
            Item("html", at, html=forms.html(said, self.facts, self.filled.view.env, TOP_LEVEL))
            if said.strip()
            else None
        )

    def _say(self, text: str) -> str:
        return forms.plain(text, self.facts, self.filled.view.env)

    def _shown(self, one: Field, at: str, value: Any) -> Item | None:
        if value in (None, "", []):
            return None
        return Item("shown", at, self._say(one.label), value=in_words(one, value, self.filled.view.options))

    def _list(self, one: Field, at: str, now: Any, then: Any) -> Item:
        given = now if isinstance(now, list) else []
        earlier = then if isinstance(then, list) and len(then) == len(given) else [None] * len(given)
        rows = [
            (f"{at}.{number}", list(self.level(one.children, row, earlier[number], f"{at}.{number}.")))
            for number, row in enumerate(given)
        ]
        error = self.filled.messages.get(at, "")
        return Item("list", at, self._say(one.label), self._say(one.description), error, rows=rows, may_add=one.may_add)

    def _input(self, one: Field, at: str) -> Item:
        item = Item(
            one.subtype or "date" if one.type == "datetime" else KINDS[one.type],
            at,
            self._say(one.label) + ("" if one.required or one.type == "checkbox" else " (optional)"),
            self._say(one.description),
            self.filled.messages.get(at, ""),
            warning=hint(one.guards),
            focus=self.filled.focus == at,
        )
        self._fill(one, item)
        if one.limits.kind:
            item.keyboard = "email" if one.limits.kind == "email" else "tel"
        if isinstance(one.limits.max_length, int):
            item.limit = one.limits.max_length
        return item

    def _fill(self, one: Field, item: Item) -> None:
        posted = self.posted.get(item.at, "")
        if one.type == "filepicker":
            self._fill_files(one, item, posted)
            return
        if one.type in {"radio", "select", "checklist", "taglist"}:
            offered = self.filled.view.options.get(one.options_key, ()) if one.options_key else one.options
            item.choices = [Choice(option.value, option.label, _is_chosen(option.value, posted)) for option in offered]
        elif one.type == "datetime" and one.subtype != "time":
            names = ("day", "month", "year", "time")
            item.parts = {name: str(self.posted.get(f"{item.at}[{name}]", "")) for name in names}
        else:
            item.value = str(posted)

    def _fill_files(self, one: Field, item: Item, posted: str | list[str]) -> None:
        """What is no longer there is left out: sending then says so."""
        most = uploads.most_files(one)
        item.files = [self.filled.uploaded[file] for file in posted if file in self.filled.uploaded]
        item.accept = ",".join(end for name in one.accept for end in files.KINDS[name].extensions)
        item.several, item.full = most > 1, len(item.files) >= most
        item.hint = " ".join(filter(None, (item.hint, uploads.in_words(one, most))))


def _is_chosen(value: str, posted: str | list[str]) -> bool:
    return value in posted if isinstance(posted, list) else value == posted
