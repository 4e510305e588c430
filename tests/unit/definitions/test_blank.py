"""New files begin sound."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from app import decisions, forms
from app.definitions import blank, bpmn
from app.engine import Bundle, load
from app.forms import reader


def test_a_new_table_answers_and_a_new_form_is_sound() -> None:
    data = blank.table("reminder-policy", "Reminder policy")
    assert decisions.check(data, "reminder-policy.dmn") == []
    assert list(decisions.load(data)) == ["reminder-policy"]
    assert forms.check(blank.form("reminder", "Reminder", "To ask"), "reminder.form") == []
    assert forms.load(blank.form("reminder", "Reminder", "To ask")).title == "Reminder"


def test_a_new_diagram_can_be_read_and_run() -> None:
    data = blank.diagram("remind", "Remind & thank")
    (process,) = bpmn.read(data, "remind.bpmn").processes
    assert (process.id, process.name, process.is_main) == ("remind", "Remind & thank", False)
    assert load(Bundle("remind", {"remind.bpmn": data}))


@given(st.text(max_size=100))
def test_an_id_has_only_what_ids_may_have(name: str) -> None:
    for between in "_-":
        found = blank.slug(name, between)
        assert set(found) <= set(string.ascii_lowercase + string.digits + between)
        assert not found or found[0] in string.ascii_lowercase
        assert len(found) <= blank.LONGEST + 2


def test_names_in_words_become_ids() -> None:
    assert blank.slug("Reminder to the manager’s deputy", "-") == "reminder-to-the-managers-deputy"
    assert blank.slug("7 Tage später", "_") == "n_7_tage_spater"
    assert blank.slug("…", "_") == ""
    assert reader.identity_of(blank.form("a", "A", "p")) == "a"
