"""What the stories of clarifications cannot show: what their forms have no place for."""

from __future__ import annotations

import pytest

from app.forms import Field, kinds
from tests.unit.processes.shipped import bundles, form_of

NOBODY = ("clarify_process", "clarify_email")


def fields(process: str) -> list[tuple[str, Field]]:
    """Each form of the process that a clarification asks on, with what people answer there."""
    found = next(one for one in bundles() if one.key == process)
    forms = sorted(name.removesuffix(".form") for name in found.files if name.endswith(".form"))
    return [(form, field) for form in forms for field in form_of(form).walk() if field.taken]


@pytest.mark.rule("WW-2.3a", "follows")
@pytest.mark.parametrize("process", NOBODY)
def test_before_a_referral_no_form_has_a_place_for_an_employee_or_a_file(process: str) -> None:
    assert fields(process)
    # the last one is asked after a referral alone: the path does not come there, see `refuse_opinion`
    asked = [(form, field) for form, field in fields(process) if form != "clarify-offer"]
    assert [(form, field.key) for form, field in asked if field.party or field.options_key] == []
    assert [(form, field.key) for form, field in asked if field.type == kinds.FILES] == []


@pytest.mark.rule("WW-2.3a", "follows")
@pytest.mark.parametrize("process", NOBODY)
def test_before_a_referral_every_free_text_is_looked_through_for_names(process: str) -> None:
    texts = [(form, field) for form, field in fields(process) if field.type in kinds.TEXTS]
    assert len(texts) > 5
    assert [(form, field.key) for form, field in texts if "names" not in field.guards] == []


@pytest.mark.rule("WW-2.3b", "follows")
def test_what_goes_beyond_the_report_has_one_place_alone_and_it_stands_under_the_employees_yes() -> None:
    """Of all that the practitioner writes for the manager about a question, only the place of an answer and the notes
    of the talk are free, and both are sworn to hold nothing new."""
    written = {
        form: [field.key for name, field in fields("clarify_report") if name == form and field.type in kinds.TEXTS]
        for form in ("clarify-answer-report", "clarify-told")
    }
    assert written == {"clarify-answer-report": ["place_pointed"], "clarify-told": ["more_text"]}
    more = next(field for form, field in fields("clarify_report") if field.key == "more_text")
    assert more.under_consent == "more-than-report"
    sworn = {form for form, field in fields("clarify_report") if field.key == "only_known" and field.required}
    assert sworn == {"clarify-report", "clarify-answer-report", "clarify-talk"}
