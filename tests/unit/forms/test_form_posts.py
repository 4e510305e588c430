"""Plain HTML posts: nothing typed is lost, rows come and go without JavaScript."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.forms import Pressed, pressed
from tests.unit.forms.forms_kit import component, form

FORM = form(
    component("textfield", "reason"),
    component("number", "days"),
    component("datetime", "day"),
    component("datetime", "slot", subtype="datetime"),
    component("datetime", "at", subtype="time"),
    component("checkbox", "sure"),
    component("checklist", "some"),
    component("group", "manager", components=[component("textfield", "name")]),
    component("dynamiclist", "items", components=[component("textfield", "text"), component("radio", "share")]),
    component("textfield", "shown", readonly=True),
)


def post(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(pairs)


def test_a_full_post():
    sent = post(
        ("reason", "Back pain"), ("days", "12"), ("day[day]", "5"), ("day[month]", "March"), ("day[year]", "2026"),
        ("slot[day]", "6"), ("slot[month]", "3"), ("slot[year]", "2026"), ("slot[time]", "2.30 pm"), ("at", "9am"),
        ("sure", ""), ("sure", "true"), ("some", ""), ("some", "yes"), ("some", "no"), ("manager.name", "Mo"),
        ("items.0.text", "a"), ("items.0.share", "yes"), ("items.7.text", "b"), ("shown", "x"), ("csrf", "y"),
    )  # fmt: skip
    assert FORM.from_post(sent) == {
        "reason": "Back pain", "days": 12, "day": "2026-03-05", "slot": "2026-03-06T14:30", "at": "09:00", "sure": True,
        "some": ["yes", "no"], "manager": {"name": "Mo"}, "items": [{"text": "a", "share": "yes"}, {"text": "b"}],
    }  # fmt: skip


def test_what_was_not_on_the_page_is_left_out_and_what_was_cleared_is_empty():
    assert FORM.from_post(post()) == {"manager": {}, "items": []}
    cleared = FORM.from_post(post(("sure", ""), ("some", ""), ("reason", ""), ("day[day]", ""), ("day[month]", "")))
    assert cleared == {"sure": False, "some": [], "reason": "", "day": "", "manager": {}, "items": []}


def test_what_cannot_be_read_comes_back_as_it_was_typed():
    typed = {"days": "about ten", "day[day]": "31", "day[month]": "2", "day[year]": "2026", "at": "late"}
    answers = FORM.from_post(MultiDict(typed))
    assert answers["day"] == {"day": "31", "month": "2", "year": "2026"}
    assert FORM.to_post(answers) == typed


@pytest.mark.parametrize(
    ("sent", "button"),
    [
        ([("_add", "items")], Pressed("add", "items")),
        ([("_remove", "items.1")], Pressed("remove", "items.1")),
        ([("_draft", "1")], Pressed("draft")),
        ([("reason", "x")], Pressed("submit")),
    ],
)
def test_the_button_that_was_pressed(sent, button):
    assert pressed(post(*sent)) == button


def test_rows_are_added_and_removed():
    answers = {"items": [{"text": "a"}, {"text": "b"}], "reason": "x"}
    more = FORM.apply(answers, Pressed("add", "items"))
    assert more["items"] == [{"text": "a"}, {"text": "b"}, {}]
    fewer = FORM.apply(answers, Pressed("remove", "items.0"))
    assert fewer == {"items": [{"text": "b"}], "reason": "x"}
    assert answers["items"] == [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize(
    "path", ["", "reason", "items.9", "items.-1", "items.x", "nothing.1", "items.0.text", "manager"]
)
def test_a_path_that_is_no_row_changes_nothing(path):
    answers = {"items": [{"text": "a"}], "manager": {"name": "Mo"}}
    assert FORM.apply(answers, Pressed("remove", path)) == answers


def test_rows_inside_rows_and_groups():
    inner = component("dynamiclist", "inner", components=[component("number", "n")])
    made = form(component("group", "g", components=[component("dynamiclist", "outer", components=[inner])]))
    answers = {"g": {"outer": [{"inner": [{"n": 1}]}]}}
    assert made.from_post(MultiDict({"g.outer.3.inner.5.n": "1"})) == answers
    assert made.apply(answers, Pressed("add", "g.outer.0.inner")) == {"g": {"outer": [{"inner": [{"n": 1}, {}]}]}}


_TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
_ANSWERS = st.fixed_dictionaries(
    {"manager": st.fixed_dictionaries({}, optional={"name": _TEXT})},
    optional={
        "reason": _TEXT,
        "days": st.integers(-(10**15), 10**15)
        | st.floats(-1e6, 1e6).map(lambda n: round(n, 3)).filter(lambda n: n % 1),
        "day": st.dates(min_value=__import__("datetime").date(1900, 1, 1)).filter(lambda d: d.year < 2200).map(str),
        "at": st.times().map(lambda t: t.isoformat(timespec="minutes")),
        "sure": st.booleans(),
        "some": st.lists(st.sampled_from(["yes", "no"]), min_size=1, unique=True),
    },
)


@settings(deadline=None)
@given(_ANSWERS)
def test_a_page_filled_from_answers_posts_the_same_answers(answers):
    inputs = [
        (name, one)
        for name, value in FORM.to_post(answers).items()
        for one in (value if isinstance(value, list) else [value])
    ]
    assert FORM.from_post(MultiDict(inputs)) == {**answers, "items": []}


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12) | st.sampled_from(["items.0.text", "day[day]", "days", "at"]), _TEXT)))
def test_any_post_gives_answers_that_can_be_shown_again(pairs):
    answers = FORM.from_post(MultiDict(pairs))
    assert FORM.to_post(answers) is not None
    assert FORM.known(answers) == answers
