"""Validation: clean answers, or a sentence at each place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidAnswers
from app.expressions import Environment
from app.forms import Option
from app.workdays import Calendar
from tests.unit.forms.forms_kit import component, form, wrong

REQUIRED = {"required": True}


@pytest.mark.parametrize(
    ("kind", "label", "message"),
    [
        ("textfield", "Reason for referral", "Enter reason for referral"),
        ("textfield", "GP name", "Enter GP name"),
        ("textarea", "What happened?", "Enter an answer to “What happened?”"),
        ("number", "Days absent", "Enter days absent"),
        ("datetime", "Date of absence", "Enter date of absence"),
        ("radio", "Do you agree to the referral?", "Select yes if you agree to the referral"),
        ("radio", "Have you read the report?", "Select yes if you have read the report"),
        ("radio", "Channel", "Select channel"),
        ("checklist", "Adjustments", "Select adjustments"),
        ("checkbox", "I have told the employee", "Select “I have told the employee” to go on"),
    ],
)
def test_a_missing_answer_says_what_to_do(kind, label, message):
    made = form(component(kind, "a", label=label, validate=REQUIRED))
    assert wrong(made, {}) == {"a": message}
    assert wrong(made, {"a": "  " if kind == "textfield" else None}) == {"a": message}


def test_the_form_may_have_its_own_message():
    made = form(component("radio", "a", validate=REQUIRED, properties={"error": "Select yes if she has consented"}))
    assert wrong(made, {}) == {"a": "Select yes if she has consented"}


@pytest.mark.parametrize(
    ("more", "value", "message"),
    [
        ({"validate": {"minLength": 10}}, "  short    ", "A must be 10 characters or more"),
        ({"validate": {"maxLength": 3}}, "four", "A must be 3 characters or fewer"),
        ({"validate": {"pattern": "^[0-9]{6}$"}}, "12345", "A must be in the correct format"),
        ({"validate": {"pattern": "x", "patternErrorMessage": "Enter an x"}}, "y", "Enter an x"),
        (
            {"validate": {"validationType": "phone"}},
            "none",
            "Enter a phone number, like 01632 960 001 or +44 7700 900 982",
        ),
        ({}, ["a"], "A must be a text"),
        ({}, 5, "A must be a text"),
        ({}, "a" * 1001, "A must be 1000 characters or fewer"),
    ],
)
def test_texts(more, value, message):
    assert wrong(form(component("textfield", "a", **more)), {"a": value}) == {"a": message}


@pytest.mark.parametrize("address", ["name@example.com", "o'brien+x@nhs.uk"])
def test_email_addresses(address):
    made = form(component("textfield", "a", validate={"validationType": "email"}))
    assert wrong(made, {"a": address}) == {}
    assert "email address" in wrong(made, {"a": address.replace("@", " at ")})["a"]


@pytest.mark.parametrize("number", ["+44 7700 900 982", "(01632) 960-001", "0800 1111"])
def test_phone_numbers_of_any_country(number):
    assert wrong(form(component("textfield", "a", validate={"validationType": "phone"})), {"a": number}) == {}


@pytest.mark.parametrize(
    ("more", "value", "message"),
    [
        ({}, "many", "A must be a number"),
        ({}, True, "A must be a number"),
        ({}, float("nan"), "A must be a number"),
        ({}, 10**16, "A must be a smaller number"),
        ({"decimalDigits": 0}, 1.5, "A must be a whole number"),
        ({"decimalDigits": 0}, "x", "A must be a whole number"),
        ({"decimalDigits": 2}, 1.234, "A must have at most 2 digits after the point"),
        ({"validate": {"min": 0}}, -1, "A must be 0 or more"),
        ({"validate": {"max": 365}}, "400", "A must be 365 or less"),
        ({"validate": {"min": "=least"}}, 2, "A must be 3 or more"),
    ],
)
def test_numbers(more, value, message):
    assert wrong(form(component("number", "a", **more)), {"a": value}, facts={"least": 3}) == {"a": message}


def test_numbers_are_kept_as_numbers():
    made = form(component("number", "a"))
    for given_, kept in (("1,250", 1250), ("3.50", 3.5), (4.0, 4), ("-2", -2)):
        value = made.validate({"a": given_}, {}, {})["a"]
        assert value == kept
        assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-02-31", "A must be a real date"),
        ("15/3/2026", "A must be a real date"),
        ({"day": "31", "month": "2", "year": "2026"}, "A must be a real date"),
        ({"day": "3", "month": "", "year": "2026"}, "A must include a month"),
        ({"day": "3"}, "A must include a month and year"),
        ({"day": "3", "month": "3", "year": "26"}, "A must have a year with 4 numbers, like 2026"),
        ({"day": "3", "month": "3", "year": "1066"}, "A must be between 1900 and 2199"),
    ],
)
def test_dates(value, message):
    assert wrong(form(component("datetime", "a")), {"a": value}) == {"a": message}


def test_a_tick_that_is_asked_for_must_be_given():
    made = form(component("checkbox", "a", label="I agree", validate=REQUIRED), component("checkbox", "b"))
    assert wrong(made, {"a": False}) == {"a": "Select “I agree” to go on"}
    assert made.validate({"a": True}, {}, {}) == {"a": True, "b": False}


def test_choices_are_among_the_options():
    made = form(component("radio", "one"), component("checklist", "some", label="Adjustments"))
    assert wrong(made, {"one": "maybe", "some": ["yes", "maybe"]}) == {
        "one": "Select one of the options for one",
        "some": "Select only what is listed for adjustments",
    }
    assert made.validate({"one": "yes", "some": ["no", "no"]}, {}, {}) == {"one": "yes", "some": ["no"]}
    assert wrong(made, {"one": ["yes"], "some": [5]}).keys() == {"one", "some"}


def test_options_from_the_case_are_checked_each_time():
    made = form(component("select", "who", valuesKey="managers", properties={"party": "line_manager"}))
    offered = {"managers": [Option("p1", "Mary")]}
    cleaned = made.validate({"who": "p1"}, {}, offered)
    assert made.parties(cleaned) == {"line_manager": "p1"}
    assert wrong(made, {"who": "p2"}, options=offered) == {"who": "Select one of the options for who"}
    assert "who" in wrong(made, {"who": "p1"}, options={})


def test_hidden_answers_are_dropped_and_not_asked_for():
    made = form(
        component("radio", "reason"),
        component("textfield", "more", conditional={"hide": '=reason != "yes"'}, validate=REQUIRED),
        component("textfield", "most", conditional={"hide": "=more = null"}),
    )
    assert made.validate({"reason": "no", "more": "secret", "most": "x"}, {}, {}) == {"reason": "no"}
    assert wrong(made, {"reason": "yes"}) == {"more": "Enter more"}
    assert made.validate({"reason": "yes", "more": "a", "most": "b"}, {}, {})["most"] == "b"
    assert made.hidden({"reason": "no"}, {}) == {"more", "most"}


def test_conditions_read_facts_too_but_an_answer_wins():
    made = form(component("textfield", "late", conditional={"hide": "=round < 2"}))
    assert made.hidden({}, {"round": 1}) == {"late"}
    assert made.hidden({}, {"round": 2}) == frozenset()
    # what the form does not ask cannot be smuggled in to show a field
    assert made.hidden({"round": 2}, {"round": 1}) == {"late"}


def test_each_row_hides_by_its_own_answers():
    row = [component("radio", "share"), component("textfield", "how", conditional={"hide": '=share = "no"'})]
    made = form(component("dynamiclist", "items", components=row))
    answers = {"items": [{"share": "no", "how": "x"}, {"share": "yes", "how": "y"}]}
    assert made.hidden(answers, {}) == {"items.0.how"}
    assert made.validate(answers, {}, {}) == {"items": [{"share": "no"}, {"share": "yes", "how": "y"}]}


def test_a_hidden_group_takes_all_that_it_holds():
    inner = [component("textfield", "name", validate=REQUIRED)]
    hide = {"hide": "=true"}
    made = form(
        component("group", "gp", components=inner, conditional=hide),
        {"type": "group", "id": "g", "components": inner, "conditional": hide},
        component("textfield", "a"),
    )
    assert made.validate({"gp": {"name": "x"}, "name": "y", "a": "z"}, {}, {}) == {"a": "z"}


def test_blank_rows_are_dropped_and_messages_keep_the_number_of_the_row():
    made = form(
        component("dynamiclist", "items", components=[component("number", "days"), component("checkbox", "ok")])
    )
    rows = [{}, {"days": "x"}, {"days": "", "ok": False}, {"days": 3}]
    assert wrong(made, {"items": rows}) == {"items.1.days": "Days must be a number"}
    del rows[1]
    assert made.validate({"items": rows}, {}, {}) == {"items": [{"days": 3, "ok": False}]}


def test_a_list_may_ask_for_rows_and_has_an_end():
    made = form(component("dynamiclist", "items", components=[component("number", "n")], properties={"minRows": "1"}))
    assert wrong(made, {"items": [{}]}) == {"items": "Add at least 1 to items"}
    assert wrong(made, {"items": [{"n": 1}] * 101}) == {"items": "Enter no more than 100 in Items"}


def test_read_only_and_unknown_answers_are_not_taken():
    made = form(component("textfield", "a", readonly=True), component("textfield", "b"))
    assert made.validate({"a": "1", "b": "2", "c": "3"}, {}, {}) == {"b": "2"}


def test_messages_come_in_the_order_of_the_page():
    made = form(
        component("dynamiclist", "rows", components=[component("number", "n")]),
        component("textfield", "a", validate=REQUIRED),
        component("group", "g", components=[component("textfield", "b", validate=REQUIRED)]),
        component("textfield", "c", validate=REQUIRED),
    )
    assert list(wrong(made, {"rows": [{"n": "x"}]})) == ["rows.0.n", "a", "g.b", "c"]


def test_routing_facts_are_null_until_they_are_answered():
    routed = {"routes": "true"}
    made = form(
        component("radio", "consent", properties=routed),
        component("group", "more", components=[component("number", "days", properties=routed)]),
        component("textfield", "words"),
    )
    cleaned = made.validate({"consent": "yes", "words": "private"}, {}, {})
    assert made.routing(cleaned) == {"consent": "yes", "days": None}


def test_of_a_list_only_what_routes_in_its_rows_becomes_a_fact():
    routed = {"routes": "true"}
    row = [component("number", "days", properties=routed), component("textarea", "words")]
    made = form(component("dynamiclist", "actions", components=row, properties=routed))
    given = {"actions": [{"days": 3, "words": "private"}, {"words": "no days"}]}
    assert made.routing(made.validate(given, {}, {})) == {"actions": [{"days": 3}, {"days": None}]}
    assert made.routing({}) == {"actions": []}


def test_computed_answers_are_worked_out_here():
    made = form(component("number", "days"), component("expression", "long", expression="=days > 28"))
    assert made.validate({"days": 30, "long": False}, {}, {}) == {"days": 30, "long": True}


def test_control_characters_are_taken_out():
    made = form(component("textarea", "a"))
    assert made.validate({"a": " one\r\ntwo\x00\x07\ud800 "}, {}, {}) == {"a": "one\ntwo"}


def test_answers_in_words():
    made = form(
        component("radio", "consent"),
        component("datetime", "day"),
        component("checkbox", "sure"),
        component("select", "who", valuesKey="managers"),
        component("dynamiclist", "items", components=[component("textfield", "text")]),
    )
    answers = {"consent": "yes", "day": "2026-03-05", "sure": True, "who": "p1", "items": [{"text": "x"}]}
    assert made.lines(answers, {"managers": [Option("p1", "Mary")]}) == [
        ("Consent", "Yes"), ("Day", "5 March 2026"), ("Sure", "Yes"), ("Who", "Mary"), ("Items 1: Text", "x"),
    ]  # fmt: skip


def test_a_draft_keeps_only_what_the_form_asks():
    row = [component("textfield", "text")]
    made = form(component("number", "a"), component("dynamiclist", "items", components=row))
    assert made.known({"a": "ten", "b": 1, "items": [{"text": 1, "z": 2}]}) == {"a": "ten", "items": [{"text": 1}]}


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdefgh"), inner, max_size=4),
    max_leaves=10,
)
_EVERY = [
    component("textfield", "a", validate={"maxLength": 3, "pattern": "x"}),
    component("number", "b", validate={"min": 1}),
    component("datetime", "c"),
    component("datetime", "d", subtype="datetime"),
    component("checklist", "e"),
    component("checkbox", "f"),
    component("group", "g", components=[component("radio", "a"), component("datetime", "b", subtype="time")]),
    component("dynamiclist", "h", components=[component("taglist", "a"), component("textarea", "b")]),
]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefgh"), _ANY) | _ANY)
def test_any_answers_are_cleaned_or_refused_in_words_and_clean_ones_stay(answers):
    made = form(*_EVERY)
    try:
        cleaned = made.validate(answers, {}, {})
    except InvalidAnswers as error:
        said = list(error.messages.values())
    else:
        said = ["accepted"]
        assert made.validate(cleaned, {}, {}) == cleaned
    assert said
    assert all(isinstance(message, str) and message for message in said)
    made.to_post(made.known(answers))


_AT = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tz", "day", "fine"), [("Europe/London", "2026-03-15", True), ("Asia/Tokyo", "2026-03-15", False)]
)
def test_a_date_may_not_lie_before_today_in_the_calendars_place(tz, day, fine):
    made = form(component("datetime", "a", disallowPassedDates=True))
    env = Environment(_AT, Calendar(tz=tz))
    assert wrong(made, {"a": day}, env=env) == ({} if fine else {"a": "A must be today or in the future"})


def test_a_condition_on_today_needs_to_be_told_the_time():
    made = form(component("textfield", "late", conditional={"hide": '=today() < date("2026-04-01")'}))
    assert made.hidden({}, {}, Environment(_AT, Calendar())) == {"late"}
    assert made.hidden({}, {}) == frozenset()
