"""Under which class the answers of a form are kept: that of their best protected part."""

from __future__ import annotations

from typing import Any

import pytest

from app.forms import load
from app.settings import ROOT
from tests.unit.forms.forms_kit import component, form


def field(key: str, cls: str) -> dict[str, Any]:
    return component("textfield", key, properties={"class": cls})


PLAIN = [field("a", "employer"), field("b", "clinical")]
NO_KEY = [component("group", "", components=[field("a", "restricted")])]
GROUP = [component("group", "g", properties={"class": "public"}, components=[field("a", "employer")])]
MIXED = [component("group", "g", components=[field("a", "public"), field("b", "restricted")])]
ROWS = [component("dynamiclist", "l", properties={"class": "employer"}, components=[field("a", "public")])]


@pytest.mark.parametrize(
    ("components", "classes"),
    [
        (PLAIN, {"a": "employer", "b": "clinical"}),
        (NO_KEY, {"a": "restricted"}),
        (GROUP, {"g": "employer"}),
        (MIXED, {"g": "restricted"}),
        (ROWS, {"l": "employer"}),
    ],
)
def test_an_answer_is_kept_under_the_class_of_its_best_protected_part(
    components: list[dict[str, Any]], classes: dict[str, str]
) -> None:
    assert form(*components).classes == classes


@pytest.mark.rule("XX-A6", "follows")
def test_a_list_to_share_counts_as_clinical() -> None:
    """Each row is shared by the employee's own word: one of them may not be."""
    assert load((ROOT / "forms" / "assessment.form").read_bytes()).classes["items"] == "clinical"
