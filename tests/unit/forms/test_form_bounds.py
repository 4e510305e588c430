"""Rules that a form holds: refusals, flags, and what their properties may say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import InvalidAnswers
from app.expressions import Environment
from app.forms import Form
from app.workdays import Calendar
from tests.unit.forms.forms_kit import component, form, rules, wrong

ENV = Environment(datetime(2026, 3, 2, 9, tzinfo=UTC), Calendar())
DAYS = "(date(day) - today()).days"


def refusing(key: str, rule: str, text: str, kind: str = "textfield", **more: Any) -> dict[str, Any]:
    own = {"refuse": rule, "refuseText": text, **more.pop("properties", {})}
    return component(kind, key, properties=own, **more)


DAY = refusing("day", f"={DAYS} < policy.days", "Choose a day {{ policy.days }} days from now or later", "datetime")
POLICY = {"facts": {"policy": {"days": 7}}, "env": ENV}


@pytest.mark.parametrize(("day", "refused"), [("2026-03-08", True), ("2026-03-09", False), ("", False)])
def test_a_form_is_refused_at_the_field_by_answers_facts_and_today(day: str, refused: bool) -> None:
    expected = {"day": "Choose a day 7 days from now or later"} if refused else {}
    assert wrong(form(DAY), {"day": day}, **POLICY) == expected


def test_today_is_that_of_the_calendar() -> None:
    """Half past eleven at night in Vancouver is the morning of the next day in UTC."""
    late = Environment(datetime(2026, 3, 2, 7, 30, tzinfo=UTC), Calendar("CA", "BC", "America/Vancouver"))
    made = form(refusing("day", "=date(day) < today()", "Choose today or later", "datetime"))
    assert wrong(made, {"day": "2026-03-01"}, env=late) == {}
    assert wrong(made, {"day": "2026-03-01"}, env=ENV) == {"day": "Choose today or later"}


def test_what_cannot_be_told_does_not_refuse() -> None:
    assert wrong(form(DAY), {"day": "2026-03-03"}, facts={}, env=ENV) == {}
    assert wrong(form(refusing("a", "=a + 1", "No")), {"a": "x"}) == {}


def test_a_hidden_field_refuses_nothing_and_a_hidden_answer_is_none() -> None:
    asked = component("radio", "asked", validate={"required": True})
    hidden: dict[str, Any] = {"conditional": {"hide": '=asked = "no"'}}
    made = form(asked, refusing("why", "=true", "Never", **hidden))
    assert wrong(made, {"asked": "no", "why": "x"}) == {}
    assert wrong(made, {"asked": "yes", "why": "x"}) == {"why": "Never"}
    reading = form(asked, component("textfield", "why", **hidden), refusing("after", '=why = "x"', "Not with x"))
    assert wrong(reading, {"asked": "no", "why": "x", "after": "y"}) == {}
    assert wrong(reading, {"asked": "yes", "why": "x", "after": "y"}) == {"after": "Not with x"}


def test_numbers_are_compared_as_numbers_even_where_they_came_as_text() -> None:
    made = form(refusing("minutes", "=minutes > 90", "90 minutes at most", "number"))
    assert wrong(made, {"minutes": "100"}) == {"minutes": "90 minutes at most"}
    assert wrong(made, {"minutes": "9"}) == {}


def test_what_is_wrong_in_itself_is_said_and_nothing_that_follows_from_it() -> None:
    made = form(
        component("number", "least", validate={"required": True}),
        refusing("most", "=least = null or most < least", "Must not be less than the least", "number"),
        component("textfield", "last", validate={"required": True}),
        refusing("more", '=more = "x"', "No x"),
    )
    messages = wrong(made, {"most": "3", "more": "x"})
    assert messages == {"least": "Enter least", "last": "Enter last", "more": "No x"}
    assert list(messages) == ["least", "last", "more"]
    assert wrong(made, {"least": "4", "most": "3", "last": "y"}) == {"most": "Must not be less than the least"}


def test_in_rows_at_the_row_of_the_page() -> None:
    rows = component(
        "dynamiclist",
        "actions",
        components=[component("textfield", "what"), refusing("days", "=days > limit and i > 1", "Too late", "number")],
    )
    made = form(refusing("first", "=count(actions) > 2", "Two at most"), rows)
    answers = {"actions": [{"what": "a", "days": "9"}, {}, {"what": "c", "days": "9"}, {"what": "d", "days": "2"}]}
    with pytest.raises(InvalidAnswers) as caught:
        made.validate({**answers, "first": "x"}, {"limit": 5}, {})
    # the empty row is left out of the answers, and counts on the page
    assert caught.value.messages == {"first": "Two at most", "actions.2.days": "Too late"}
    assert list(caught.value.messages) == ["first", "actions.2.days"]


def test_a_list_itself_may_refuse() -> None:
    several = component("dynamiclist", "people", components=[component("textfield", "name")])
    several["properties"] |= {"refuse": "=count(people) = 0", "refuseText": "Add somebody"}
    assert wrong(form(several, component("textfield", "x")), {"x": "y"}) == {"people": "Add somebody"}


FLAGGED = (
    component("datetime", "day", subtype="date"),
    component(
        "textarea",
        "why_short",
        properties={"flag": "IW-4 XX-2"},
        validate={"required": True},
        conditional={"hide": f"={DAYS} >= 7"},
    ),
)


def test_a_flag_is_raised_by_the_reason_and_by_nothing_else() -> None:
    made = form(*FLAGGED)
    assert wrong(made, {"day": "2026-03-04"}, env=ENV) == {"why_short": "Enter why short"}
    short = made.validate({"day": "2026-03-04", "why_short": "They asked for it"}, {}, {}, ENV)
    assert made.flags(short) == ["IW-4", "XX-2"]
    long = made.validate({"day": "2026-03-14", "why_short": "They asked for it"}, {}, {}, ENV)
    assert (long, made.flags(long)) == ({"day": "2026-03-14"}, [])


def test_flags_in_groups_and_rows_come_once_in_the_forms_order() -> None:
    def text(key: str, flag: str) -> dict[str, Any]:
        return component("textfield", key, properties={"flag": flag})

    made = form(
        component("group", "g", components=[text("a", "B-2")]),
        component("dynamiclist", "rows", components=[text("b", "A-1 B-2")]),
        text("c", "C-3"),
    )
    assert made.flags({"g": {"a": "x"}, "rows": [{"b": "y"}, {"b": "z"}], "c": ""}) == ["B-2", "A-1"]


def test_the_form_reads_what_its_refusals_read() -> None:
    assert form(DAY).reads == {"day", "policy"}
    assert form(refusing("a", "=b", "Not before {{ c }}")).reads == {"b", "c"}


def one(kind: str, **properties: str) -> list[tuple[str, str, str]]:
    return rules(component(kind, "x", properties=properties), component("textfield", "y"))


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("textfield", {"refuse": "=true", "refuseText": "No"}, ""),
        ("textfield", {"refuse": "=true"}, "form-refuse"),
        ("textfield", {"refuseText": "No"}, "form-refuse"),
        ("textfield", {"refuse": "=1 +", "refuseText": "No"}, "form-expression"),
        ("group", {"refuse": "=true", "refuseText": "No"}, "form-refuse"),
        ("textarea", {"flag": "IW-4"}, ""),
        ("radio", {"flag": "IW-4"}, "form-flag"),
        ("number", {"flag": "IW-4"}, "form-flag"),
        ("textarea", {"guard": "names"}, ""),
        ("textfield", {"guard": "diagnosis names"}, ""),
        ("textarea", {"guard": "diagnoses"}, "form-guard"),
        ("number", {"guard": "names"}, "form-guard"),
        ("select", {"guard": "diagnosis"}, "form-guard"),
    ],
)
def test_what_the_properties_may_say(kind: str, properties: dict[str, str], expected: str) -> None:
    assert one(kind, **properties) == ([("error", expected, "x")] if expected else [])


def test_a_read_only_text_cannot_hold_a_rule() -> None:
    made = component("textarea", "x", readonly=True, properties={"guard": "names", "flag": "A-1"})
    assert {rule for _, rule, _ in rules(made, component("textfield", "y"))} == {"form-guard", "form-flag"}


class Anything:
    """A guard that finds a given word."""

    def __init__(self, word: str) -> None:
        self.word, self.asked = word, 0

    def sentence(self, guards: Any, text: str, /) -> str | None:
        self.asked += 1
        return f"Not {self.word} ({' '.join(guards)})" if self.word in text else None


def checked(made: Form, answers: dict[str, Any], guard: Any) -> dict[str, str]:
    try:
        made.validate(answers, {}, {}, None, None, guard)
    except InvalidAnswers as error:
        return error.messages
    return {}


def test_a_guard_is_asked_of_guarded_answers_and_of_no_other() -> None:
    guarded = component("textarea", "said", properties={"guard": "names"})
    rows = component("dynamiclist", "rows", components=[dict(guarded, key="what", id="w")])
    made, guard = form(component("textfield", "free"), guarded, rows), Anything("x")
    assert checked(made, {"free": "x"}, guard) == {}
    assert guard.asked == 0
    answers = {"said": "an x", "rows": [{"what": "fine"}, {"what": "x"}]}
    assert checked(made, answers, guard) == {"said": "Not x (names)", "rows.1.what": "Not x (names)"}


def test_a_guarded_answer_that_nobody_can_look_through_is_not_taken() -> None:
    made = form(component("textarea", "said", properties={"guard": "names"}))
    with pytest.raises(TypeError):
        made.validate({"said": "anything"}, {}, {})
    assert made.validate({"said": ""}, {}, {}) == {}
