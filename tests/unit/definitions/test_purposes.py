"""The register of purposes, and fields of every kind that say too little."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from app import forms
from app.definitions import purposes
from app.errors import DefinitionRefused
from app.forms import kinds
from app.settings import ROOT
from tests.unit.definitions.sample import YES_NO, bundle, field, form, looked_at

MORE: dict[str, dict[str, Any]] = {
    **{key: {"values": YES_NO} for key in kinds.CHOICES},
    "expression": {"expression": "=1"},
    "group": {"path": "one", "components": [field("textfield", "inner", properties={"class": "", "purpose": ""})]},
    "dynamiclist": {"path": "one", "components": [field("textfield", "inner")]},
    "datetime": {"subtype": "date"},
}
ASKING = sorted(kinds.ANSWERS | kinds.CONTAINERS)


def found(kind: str, **properties: str) -> set[str]:
    made = field(kind, "one", **MORE.get(kind, {}), properties=properties)
    asked = {"ask.form": form("ask", field("textfield", "reason"), made)}
    return {one.rule for one in looked_at(bundle(asked)) if one.severity == "error"}


@pytest.mark.parametrize("kind", ASKING)
def test_a_field_of_any_kind_without_class_or_purpose_is_not_deployed(kind: str) -> None:
    assert "form-class" in found(kind, **{"class": ""})
    assert "form-purpose" in found(kind, purpose="")
    if kind != "group":
        assert found(kind) == set()


@pytest.mark.parametrize("kind", ASKING)
def test_a_purpose_that_is_not_in_the_register_is_not_deployed(kind: str) -> None:
    if kind != "group":
        assert "purpose-unknown" in found(kind, purpose="to know")


def test_a_purpose_and_a_class_may_not_contradict_each_other() -> None:
    assert "purpose-class" in found("textfield", purpose="to assess")
    assert "purpose-class" in found("textfield", purpose="to advise")
    assert found("textfield", purpose="to assess", **{"class": "restricted"}) == set()
    assert found("textfield", purpose="to advise", afterFact="answer") == set()


def test_the_shipped_register_is_whole_and_every_purpose_is_used() -> None:
    known = purposes.load(ROOT / "processes")
    used = {one.purpose for path in (ROOT / "forms").glob("*.form") for one in forms.load(path.read_bytes()).answers()}
    assert used == {one.words for one in known.values()}
    assert {one.employer for one in known.values()} == set(purposes.LIMITS)
    assert all("6(1)(a)" not in one.basis and "9(2)(a)" not in one.condition for one in known.values())


GOOD = {"words": "To plan", "controller": "employer", "basis": "6(1)(f)", "condition": "9(2)(b)", "employer": "told"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": ""}, "has no words"),
        ({"basis": " "}, "has no basis"),
        ({"controller": "nobody"}, "neither employer nor provider"),
        ({"employer": "perhaps"}, "told, released, kept"),
    ],
)
def test_an_entry_that_says_too_little_is_told(change: dict[str, str], said: str) -> None:
    entry = {**GOOD, **change}
    lines = "\n".join(f'{name} = "{value}"' for name, value in entry.items())
    read, findings = purposes.read(f"[purposes.plan]\n{lines}\n".encode())
    assert read == {}
    assert said in findings[0].message


def test_two_purposes_of_the_same_words_and_files_that_are_none_are_told(tmp_path: Path) -> None:
    lines = "\n".join(f'{name} = "{value}"' for name, value in GOOD.items())
    assert "words of another" in purposes.read(f"[purposes.a]\n{lines}\n[purposes.b]\n{lines}".encode())[1][0].message
    assert purposes.read(b"x = 1")[1]
    assert purposes.read(b"[purposes]\na = 1")[1][0].message == "The purpose a is not a table."
    with pytest.raises(DefinitionRefused):
        purposes.load(tmp_path / "none.toml")
    (tmp_path / "purposes.toml").write_text("[")
    with pytest.raises(DefinitionRefused):
        purposes.load(tmp_path)
    shutil.copy(ROOT / "processes/purposes.toml", tmp_path / "purposes.toml")
    assert purposes.load(tmp_path)


def test_a_form_may_name_a_purpose_by_its_words_or_by_its_id() -> None:
    limits = purposes.limits(purposes.load(ROOT / "processes"))
    assert limits["assess"] == limits["To assess, and to keep clinical records"] == "kept"
