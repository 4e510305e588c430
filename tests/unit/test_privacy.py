"""Who may see what: the whole table, and redaction of every shape of answer."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import forms, privacy
from app.privacy import Viewer, ground


def may_see(cls: str, roles: frozenset[str], *, subject: bool, facts: Any = None, **said: Any) -> bool:
    return ground(cls, Viewer(roles, subject, facts or {}), **said) is not None


EMPLOYER = ("referring_manager", "line_manager", "hr")
OUTSIDERS = ("administrator", "process_owner", "employee", "nobody", "")
#: whose place in the table is told by `test_privacy_table.py`: what is public and waits for nothing
AUDITOR = "auditor"
ROLES = (*EMPLOYER, "oh_admin", "practitioner", "team_practitioner", *OUTSIDERS)

#: class to (employer side, provider's team, the case's practitioner, outsiders)
TABLE = {
    "public": (True, True, True, False),
    "employer": (True, True, True, False),
    "restricted": (False, True, True, False),
    "clinical": (False, False, True, False),
    "unheard_of": (False, False, True, False),
}


def column(role: str) -> int:
    if role in EMPLOYER:
        return 0
    if role in {"oh_admin", "team_practitioner"}:
        return 1
    return 2 if role == "practitioner" else 3


@pytest.mark.parametrize(("cls", "role"), list(product(TABLE, ROLES)))
def test_the_table(cls, role):
    assert may_see(cls, frozenset({role}), subject=False) is TABLE[cls][column(role)]


@pytest.mark.parametrize("cls", TABLE)
def test_no_role_sees_nothing_and_the_employee_sees_all_of_their_own(cls):
    assert not may_see(cls, frozenset(), subject=False)
    assert may_see(cls, frozenset(), subject=True, after=("released_at",), shared=False)


@pytest.mark.parametrize(("cls", "role"), list(product(TABLE, ROLES)))
@pytest.mark.parametrize(
    ("fact", "is_set"), [(None, False), (False, False), ("2026-03-15T14:30", True), (True, True), (0, True), ("", True)]
)
def test_a_fact_that_is_waited_for_holds_back_the_employer_side_alone(cls, role, fact, is_set):
    seen = may_see(cls, frozenset({role}), subject=False, facts={"released_at": fact}, after=("released_at",))
    assert seen is (TABLE[cls][column(role)] and (is_set or role not in EMPLOYER))


def test_a_fact_that_is_not_there_is_not_set():
    assert not may_see("employer", frozenset({"hr"}), subject=False, after=("released_at",))


@pytest.mark.parametrize(("cls", "role", "shared"), list(product(TABLE, ROLES, (True, False))))
def test_a_row_goes_by_the_employees_word_and_not_by_its_class(cls, role, shared):
    counts_as = "employer" if shared else "clinical"
    assert may_see(cls, frozenset({role}), subject=False, shared=shared) is TABLE[counts_as][column(role)]


def test_several_roles_see_what_any_of_them_sees_and_never_more():
    sets = chain.from_iterable(combinations(ROLES, size) for size in (2, 3))
    for roles, cls, facts in product(sets, TABLE, ({}, {"done": True})):
        alone = [may_see(cls, frozenset({role}), subject=False, facts=facts, after=("done",)) for role in roles]
        assert may_see(cls, frozenset(roles), subject=False, facts=facts, after=("done",)) is any(alone)


def test_a_colleague_of_the_practitioner_is_not_the_practitioner():
    colleague = Viewer.of((), ("practitioner",), subject=False)
    assert may_see("restricted", colleague.roles, subject=False)
    assert not may_see("clinical", colleague.roles, subject=False)
    named = Viewer.of(("practitioner",), ("practitioner",), subject=False)
    assert may_see("clinical", named.roles, subject=False)


def field(kind: str, key: str, cls: str = "", **more: Any) -> dict[str, Any]:
    own = {"purpose": "p", **({"class": cls} if cls else {}), **more.pop("properties", {})}
    name = "path" if kind in {"group", "dynamiclist"} else "key"
    return {"type": kind, "id": f"i_{key}_{cls}", name: key, "label": key, "properties": own, **more}


YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
FORM = forms.load(
    orjson.dumps(
        {
            "schemaVersion": 19,
            "id": "f",
            "components": [
                *[field("textfield", cls, cls) for cls in list(TABLE)[:4]],
                field("textarea", "report", "employer", properties={"afterFact": "released_at"}),
                field("group", "gp", components=[field("textfield", "name", "restricted")]),
                {"type": "group", "id": "g", "components": [field("textfield", "loose", "clinical")]},
                field(
                    "group",
                    "later",
                    properties={"afterFact": "released_at"},
                    components=[field("textfield", "advice", "employer", properties={"afterFact": "paid"})],
                ),
                field(
                    "dynamiclist",
                    "items",
                    "clinical",
                    properties={"sharedBy": "share"},
                    components=[
                        field("textarea", "text"),
                        field("radio", "share", values=YES_NO),
                        field("group", "more", components=[field("textfield", "deep")]),
                        field("dynamiclist", "sub", components=[field("textfield", "leaf")]),
                    ],
                ),
                field("dynamiclist", "plain", components=[field("number", "days", "employer"), field("text", "t")]),
                field("dynamiclist", "mixed", components=[field("textfield", "private", "clinical")]),
            ],
        }
    )
)


def row(text: str, share: Any) -> dict[str, Any]:
    return {"text": text, "share": share, "more": {"deep": text}, "sub": [{"leaf": text}]}


ANSWERS = {
    "public": "1",
    "employer": "2",
    "restricted": "3",
    "clinical": "4",
    "report": "5",
    "gp": {"name": "6"},
    "loose": "7",
    "later": {"advice": "8"},
    "items": [row("a", "yes"), row("b", "no"), row("c", None), row("d", ["yes"]), {"text": "e"}],
    "plain": [{"days": 1}, {"days": 2}],
    "mixed": [{"private": "9"}],
    "unknown": "10",
}
ALL = {key: value for key, value in ANSWERS.items() if key != "unknown"}


def seen(*roles: str, **more: Any) -> dict[str, Any]:
    return privacy.redact(FORM, ANSWERS, Viewer(frozenset(roles), **more))


def test_the_employee_and_their_practitioner_see_all_that_the_form_asks():
    assert seen(subject=True) == ALL
    assert seen("practitioner") == ALL


def test_the_employer_side_sees_what_is_shared_and_no_trace_of_the_rest():
    before = {"public": "1", "employer": "2", "items": [row("a", "yes")], "plain": [{"days": 1}, {"days": 2}]}
    for role in EMPLOYER:
        assert seen(role) == before
        assert seen(role, facts={"released_at": "2026-03-15T14:30"}) == {**before, "report": "5"}
        both = {"released_at": "2026-03-15T14:30", "paid": True}
        assert seen(role, facts=both) == {**before, "report": "5", "later": {"advice": "8"}}


def test_the_provider_team_sees_no_clinical_answer():
    team = seen("oh_admin")
    assert team == {
        **{key: ALL[key] for key in ("public", "employer", "restricted", "report", "gp", "later", "plain")},
        "items": [row("a", "yes")],
    }


def test_the_keepers_of_the_machine_see_nothing():
    assert seen("administrator", "process_owner") == {}
    assert seen() == {}


def test_an_auditor_sees_what_is_public_and_waits_for_nothing():
    assert seen(AUDITOR) == {"public": ALL["public"]}
    assert seen(AUDITOR, facts={"released_at": "2026-03-15T14:30", "paid": True}) == {"public": ALL["public"]}


def test_a_list_inside_a_row_that_is_kept_back_cannot_share_itself():
    inner = field("dynamiclist", "in", "clinical", properties={"sharedBy": "share"}, components=[
        field("textfield", "text"), field("radio", "share", values=YES_NO)])  # fmt: skip
    outer = field("dynamiclist", "out", "clinical", properties={"sharedBy": "share"}, components=[
        field("radio", "share", values=YES_NO), inner])  # fmt: skip
    made = forms.load(orjson.dumps({"schemaVersion": 19, "id": "f", "components": [outer]}))
    rows = [{"share": "no", "in": [{"text": "x", "share": "yes"}]}]
    assert privacy.redact(made, {"out": rows}, Viewer(frozenset({"hr"}))) == {}


_ANY = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3) | st.sampled_from(["yes", "no"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ANSWERS, "text", "share"]), inner),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(ANSWERS)), _ANY), st.sets(st.sampled_from(ROLES)), st.booleans())
def test_any_answers_lose_what_must_not_be_seen_and_nothing_is_invented(answers, roles, subject):
    found = privacy.redact(FORM, answers, Viewer(frozenset(roles), subject))
    assert found.keys() <= answers.keys() - {"unknown"}
    if not subject and "practitioner" not in roles:
        assert not found.keys() & {"clinical", "loose", "mixed"}
        assert "restricted" not in found or roles & {"oh_admin", "team_practitioner"}
        assert all(shown.get("share") == "yes" for shown in found.get("items", []))
