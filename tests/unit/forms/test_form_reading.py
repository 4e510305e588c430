"""Reading a form file: what is kept, and what is refused in words."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import forms
from app.forms import FormError
from tests.unit.forms.forms_kit import component, form, rules, source


def test_a_form_is_a_tree_of_fields_in_order():
    made = form(
        {"type": "text", "id": "t", "text": "# Your **report**\nRead it."},
        component("textfield", "reason", properties={"rules": "XX-A1 WW-2.3", "from": "referral.reason"}),
        component("group", "manager", components=[component("textfield", "name")]),
        component("dynamiclist", "items", components=[component("textarea", "text", description="In a sentence")]),
        {"type": "group", "id": "g", "label": "More", "components": [component("checkbox", "sure")]},
    )
    assert made.id == "sample"
    assert made.title == "Your **report**"
    assert [field.path for field in made.walk()] == [
        "t", "reason", "manager", "manager.name", "items", "items.text", "g", "sure",
    ]  # fmt: skip
    assert [field.key for field in made.fields] == ["reason", "manager", "items", ""]
    reason = made.fields[0]
    assert reason.rules == ("XX-A1", "WW-2.3")
    assert reason.prefill == "referral.reason"
    assert made.fields[2].children[0].description == "In a sentence"


def test_the_same_bytes_are_read_once():
    data = source(component("number", "days"))
    assert forms.load(data) is forms.load(bytes(data))


def test_class_and_purpose_come_from_the_group_around():
    inner = component("textfield", "name")
    del inner["properties"]
    made = form(component("group", "gp", components=[inner], properties={"class": "restricted", "purpose": "letter"}))
    assert made.fields[0].children[0].cls == "restricted"
    assert made.fields[0].children[0].purpose == "letter"


@pytest.mark.parametrize(
    ("properties", "rule"),
    [({"class": ""}, "form-class"), ({"class": "secret"}, "form-class"), ({"purpose": ""}, "form-purpose")],
)
def test_an_answer_says_who_may_see_it_and_what_for(properties, rule):
    assert ("error", rule, "name") in rules(component("textfield", "name", properties=properties))
    with pytest.raises(FormError):
        form(component("textfield", "name", properties=properties))


def test_a_clinical_answer_never_routes():
    found = rules(component("radio", "illness", properties={"class": "clinical", "routes": "true"}))
    assert found == [("error", "form-routes", "illness")]


@pytest.mark.parametrize("kind", ["textfield", "textarea", "checklist", "taglist"])
def test_free_text_and_lists_never_route(kind):
    assert ("error", "form-routes", "said") in rules(component(kind, "said", properties={"routes": "true"}))


@pytest.mark.parametrize("kind", ["radio", "select", "checkbox", "number", "datetime"])
def test_closed_answers_may_route(kind):
    made = form(component(kind, "consent", properties={"routes": "true"}))
    assert made.facts == {"consent"}


def test_a_row_of_a_list_never_routes():
    row = component("radio", "share", properties={"routes": "true"})
    assert ("error", "form-routes", "items.share") in rules(component("dynamiclist", "items", components=[row]))


def test_a_list_that_routes_sets_one_fact_and_its_rows_none():
    row = [component("select", "owner", properties={"routes": "true"}), component("textarea", "action")]
    listed = component("dynamiclist", "actions", components=row, properties={"routes": "true"})
    made = form(listed, component("radio", "owner", properties={"routes": "true"}))
    assert made.facts == {"actions", "owner"}


def test_a_list_that_routes_says_by_what():
    nothing = component("dynamiclist", "items", components=[component("radio", "a")], properties={"routes": "true"})
    assert ("error", "form-routes", "items") in rules(nothing)


def test_a_list_never_routes_what_fewer_may_know_than_the_list():
    graver = component("radio", "a", properties={"class": "restricted", "routes": "true"})
    listed = component("dynamiclist", "items", components=[graver], properties={"class": "public", "routes": "true"})
    assert ("error", "form-routes", "items") in rules(listed)


@pytest.mark.parametrize("key", ["Consent", "and", "for"])
def test_a_fact_is_snake_case_and_no_word_of_feel(key):
    assert ("error", "form-routes", key) in rules(component("radio", key, properties={"routes": "true"}))


def test_two_fields_may_not_set_one_fact():
    routed = {"routes": "true"}
    inner = component("radio", "consent", properties=routed)
    found = rules(component("radio", "consent", properties=routed), component("group", "more", components=[inner]))
    assert ("error", "form-routes", "more.consent") in found


@pytest.mark.parametrize("kind", ["html", "iframe", "table", "image", "documentPreview", "hologram", ""])
def test_what_cannot_be_shown_safely_is_refused(kind):
    assert rules(component("textfield", "a"), {"type": kind, "id": "x1"}) == [("error", "form-type", "x1")]


@pytest.mark.parametrize("key", ["", "two words", "a.b", "_add", "ä", 7])
def test_a_key_can_stand_in_an_expression(key):
    assert ("error", "form-key", "id_x") in rules(component("textfield", "x") | {"key": key})


def test_two_fields_of_one_name_are_refused_also_across_groups_without_a_path():
    group = {"type": "group", "id": "g", "components": [component("textfield", "name")]}
    assert ("error", "form-key", "name") in rules(component("textfield", "name"), group)


@pytest.mark.parametrize(
    "values", [[], None, [{"label": "No value"}], [{"value": "a"}, {"value": "a"}], ["a"], [{"value": 1, "label": "1"}]]
)
def test_options_need_values_of_their_own(values):
    assert ("error", "form-options", "r") in rules(component("radio", "r", values=values))


def test_option_lists_of_the_case_are_known_by_name():
    assert form(component("select", "who", valuesKey="managers")).options_keys == {"managers"}
    assert ("error", "form-options", "who") in rules(component("select", "who", valuesKey="cousins"))


def test_one_person_is_chosen_for_a_role():
    assert form(component("select", "who", valuesKey="managers", properties={"party": "line_manager"}))
    assert ("error", "form-party", "who") in rules(component("textfield", "who", properties={"party": "hr"}))


def test_rows_are_shared_by_a_radio_in_each_row():
    listed = {"sharedBy": "share"}
    row = [component("textarea", "text"), component("radio", "share")]
    assert form(component("dynamiclist", "items", components=row, properties=listed))
    found = rules(component("dynamiclist", "items", components=row[:1], properties=listed))
    assert ("error", "form-shared", "items") in found


def test_findings_name_the_place_and_give_advice():
    found = forms.check(source(component("textfield", "reason", properties={"class": ""})), "forms/sample.form")[0]
    assert found.file == "forms/sample.form"
    assert found.message == "The field “reason” does not say who may see its answer."
    assert "public, employer, restricted, clinical" in found.advice


def test_the_file_is_named_for_the_form():
    found = forms.check(source(component("textfield", "a"), identity="consent"), "forms/other.form")
    assert [finding.rule for finding in found] == ["form-id"]


def test_an_unknown_property_is_a_warning():
    assert rules(component("textfield", "a", properties={"colour": "red"})) == [("warning", "form-property", "a")]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", "((ab)*c?)+", r"(\w+\s?)*x", "(.)\\1+", "[", "a{3,2}", ".*.*.*.*x"]
)
def test_a_pattern_that_cannot_be_read_or_could_run_for_ever_is_refused(pattern):
    assert ("error", "form-pattern", "a") in rules(component("textfield", "a", validate={"pattern": pattern}))


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{6}$", r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$", "^(GP|NHS)-[0-9]+$", "[[(]x[)]"]
)
def test_an_ordinary_pattern_is_kept(pattern):
    ordinary = pattern.replace("[[(]", r"[\[(]")
    assert form(component("textfield", "a", validate={"pattern": ordinary})).fields[0].limits.pattern == ordinary


def test_too_large_and_too_many():
    assert [f.rule for f in forms.check(b" " * 1_000_001, "a.form")] == ["form-json"]
    many = source(*[component("textfield", f"a{n}") for n in range(502)])
    assert "form-json" in {finding.rule for finding in forms.check(many, "sample.form")}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_get_findings_never_a_traceback(data):
    assert forms.check(data, "x.form")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_NAMES = (
    "type id key path label values properties validate conditional components valuesKey defaultRepetitions expression"
)
_COMPONENT = st.recursive(
    st.dictionaries(st.sampled_from(_NAMES.split()), _JSON, max_size=4),
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["group", "dynamiclist", "radio", "textfield", "datetime", "expression", "text"])},
        optional={
            "key": st.sampled_from(["a", "b", ""]),
            "path": st.sampled_from(["a", "b", ""]),
            "components": st.lists(inner, max_size=3) | _JSON,
            "properties": st.dictionaries(st.sampled_from(["class", "routes", "sharedBy", "minRows"]), _JSON) | _JSON,
            "validate": st.dictionaries(st.sampled_from(["min", "pattern", "maxLength", "required"]), _JSON) | _JSON,
            "conditional": st.fixed_dictionaries({"hide": _JSON | st.sampled_from(["=a = 1", "=(", "="])}) | _JSON,
        },
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(_COMPONENT | _JSON, max_size=4), _JSON)
def test_any_json_gets_findings_never_a_traceback(components, identity):
    data = orjson.dumps({"id": identity, "components": components})
    for finding in forms.check(data, "sample.form"):
        assert finding.message
        assert finding.severity in {"error", "warning"}
