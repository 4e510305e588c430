"""Texts of a form: filled from facts, a small Markdown, never any markup from outside."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import forms
from app.forms import moments


def test_markdown():
    text = "# Title\nOne line\nand **more**.\n\n- a\n- **b**\n\n1. first\n2. second\n\n#### Small"
    assert forms.html(text, {}) == (
        '<h1 class="nhsuk-heading-l">Title</h1>\n'
        "<p>One line<br>and <strong>more</strong>.</p>\n"
        '<ul class="nhsuk-list nhsuk-list--bullet"><li>a</li><li><strong>b</strong></li></ul>\n'
        '<ol class="nhsuk-list nhsuk-list--number"><li>first</li><li>second</li></ol>\n'
        '<h4 class="nhsuk-heading-xs">Small</h4>'
    )
    assert forms.html("# Title", {}, level=2) == '<h2 class="nhsuk-heading-l">Title</h2>'


def test_facts_fill_the_text_and_cannot_make_markup():
    facts = {"name": "<b>**x**\n# y", "policy": {"days": 5}, "day": "2026-03-05", "yes": True}
    assert forms.html("Hi {{ name }}", facts) == "<p>Hi &lt;b&gt;**x**\n# y</p>"
    assert forms.html("**{{policy.days}}** days", facts) == "<p><strong>5</strong> days</p>"
    assert forms.plain("By {{ day }}, {{ yes }}, {{ missing }}.", facts) == "By 5 March 2026, yes, ."


@pytest.mark.parametrize("text", ["{{ ( }}", "{{}}", "{{ {{ a }}", "}} {{", "{% raw %}"])
def test_a_hole_that_cannot_be_read_stays_harmless(text):
    assert "<p>" in forms.html(text, {})


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_and_no_fact_makes_a_tag_of_its_own(text, fact):
    shown = forms.html(text + " {{ a }}", {"a": fact})
    bare = shown
    for tag in ("p", "li", "strong", "h1", "h2", "h3", "h4"):
        bare = bare.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    for part in (
        '<ul class="nhsuk-list nhsuk-list--bullet">',
        '<ol class="nhsuk-list nhsuk-list--number">',
        "</ul>",
        "</ol>",
    ):
        bare = bare.replace(part, "")
    for number, size in enumerate(("l", "m", "s", "xs"), 1):
        bare = bare.replace(f'<h{number} class="nhsuk-heading-{size}">', "")
    assert "<" not in bare.replace("<br>", "")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9am", "09:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("2:30pm", "14:30"),
        ("1430", "14:30"),
        ("14.30", "14:30"),
    ],
)
def test_times_as_people_type_them(typed, read):
    assert moments.read_time(typed) == read


@pytest.mark.parametrize("typed", ["25:00", "9", "13pm", "0am", "noon", "12:60", "", None, 9])
def test_what_is_no_time(typed):
    with pytest.raises(moments.NotReal):
        moments.read_time(typed)


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("17:00", "5pm"),
        ("12:00", "midday"),
        ("00:00", "midnight"),
        ("00:05", "12:05am"),
        ("2026-03-15T14:30", "15 March 2026 at 2:30pm"),
        ("2026-13-45", "2026-13-45"),
        ("soon", "soon"),
        (7, "7"),
    ],
)
def test_moments_in_words(kept, words):
    assert moments.in_words(kept) == words
