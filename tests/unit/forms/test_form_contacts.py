"""Fields that name somebody outside of Waymark whom the case has to reach (property `contact`)."""

from __future__ import annotations

import pytest

from tests.unit.forms.forms_kit import component, form, rules


def named(part: str, key: str, **properties: str) -> dict[str, object]:
    return component(
        "textfield", key, properties={"contact": f"treating_physician.{part}", "class": "restricted", **properties}
    )


def test_a_form_tells_name_and_address_by_role() -> None:
    made = form(named("name", "who"), named("address", "where"), component("textfield", "why"))
    given = {"who": "Dr Hall", "where": "1 Mill Lane", "why": "Asked to"}
    assert made.contacts(given) == {"treating_physician": {"name": "Dr Hall", "address": "1 Mill Lane"}}
    assert made.contacts({"why": "Asked to"}) == {}


@pytest.mark.parametrize("cls", ["public", "employer", "clinical"])
def test_that_somebody_is_treated_is_for_no_other_class(cls: str) -> None:
    assert ("error", "form-contact", "who") in rules(named("name", "who", **{"class": cls}))
    assert ("error", "form-contact", "who") not in rules(named("name", "who", **{"class": "restricted"}))


@pytest.mark.parametrize(("kind", "said"), [("radio", "treating_physician.name"), ("textfield", "somebody.name")])
def test_only_texts_name_a_contact_that_there_is(kind: str, said: str) -> None:
    wrong = component(kind, "who", properties={"contact": said, "class": "restricted"})
    assert ("error", "form-contact", "who") in rules(wrong)
