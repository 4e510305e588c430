"""What is hidden with a step, and the step that is named instead: one implementation, against one of a few lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.enclosing import Enclosing
from app.cases.queries.course import course
from app.cases.veil import Veil
from app.engine import Change, Element, Outline, Plan, Process
from app.privacy import Viewer

HR = Viewer(frozenset({"hr"}))


def element(key: str, scope: str = "main", process: str = "main", cls: str = "", **more: str) -> Element:
    said = {"class": cls} if cls else {}
    kind = "callActivity" if "refers_to" in more else "userTask"
    return Element(key, key.capitalize(), kind, process, scope, properties=said, **more)  # type: ignore[arg-type]


def outline(*elements: Element) -> Outline:
    ids = dict.fromkeys(one.process for one in elements)
    made = [
        Process(
            name, name.capitalize(), "", f"{name}.bpmn", tuple(one for one in elements if one.process == name), {}, {}
        )
        for name in ids
    ]
    return Outline("main", "Main", "", None, (), tuple(made), ())


#: main: before, support (sub-process, restricted): plan, deeper: ask; late sits on plan; call leads to other: inner
DRAWN = outline(
    element("before"),
    element("support", cls="restricted"),
    element("plan", scope="support"),
    element("deeper", scope="support"),
    element("ask", scope="deeper"),
    element("late", scope="support", attached_to="plan"),
    element("call", scope="deeper", refers_to="other"),
    element("inner", scope="other", process="other"),
    element("after"),
)
HIDDEN = {("main", one) for one in ("support", "plan", "deeper", "ask", "late", "call")} | {("other", "inner")}


def test_what_stands_in_a_sub_process_that_has_a_class_is_hidden_with_it() -> None:
    found = course(DRAWN, HR)
    assert found.elements == HIDDEN
    assert found.processes == {"other"}
    assert not found.shows("main", "ask")
    assert found.shows("main", "before")
    assert found.shows("main", "after")


def test_control_without_the_class_nothing_is_hidden() -> None:
    plain = outline(*(element(one.id, one.scope, one.process, refers_to=one.refers_to) if one.refers_to else
                      element(one.id, one.scope, one.process, attached_to=one.attached_to)
                      for process in DRAWN.processes for one in process.elements))  # fmt: skip
    assert course(plain, HR).elements == frozenset()


def test_who_may_see_the_class_sees_every_step() -> None:
    assert course(DRAWN, Viewer(frozenset({"oh_admin"}))).elements == frozenset()
    assert course(DRAWN, Viewer(frozenset(), subject=True)).elements == frozenset()


def test_the_team_loses_the_steps_when_consent_is_withdrawn() -> None:
    stopped = Viewer(frozenset({"oh_admin"}), consents={"referral": "withdrawn"})
    assert course(DRAWN, stopped).elements == HIDDEN
    assert (
        course(DRAWN, Viewer(frozenset({"practitioner"}), consents={"referral": "withdrawn"})).elements == frozenset()
    )


@pytest.mark.parametrize("name", ["plan", "ask", "late", "call", "support"])
def test_the_owner_of_the_process_is_told_the_step_around_it(name: str) -> None:
    assert Veil(DRAWN).around("main", name) == "Main"
    assert Veil(DRAWN).around("other", "inner") == "Main"
    assert Veil(DRAWN).around("main", "before") is None


def test_a_step_in_a_visible_sub_process_is_told_as_that() -> None:
    drawn = outline(element("support"), element("ask", scope="support", cls="clinical"))
    assert Veil(drawn).around("main", "ask") == "Support"
    assert course(drawn, HR).elements == {("main", "ask")}


def test_a_change_inside_is_told_without_its_name() -> None:
    changes = (Change("label", "main", "ask", "Ask", "“Ask” has another name."),)
    told = Veil(DRAWN).changes(Plan(changes, ()))
    assert "Ask" not in repr(told)


def test_what_an_earlier_version_hid_stays_hidden() -> None:
    later = outline(element("support"), element("ask", scope="support"))
    earlier = outline(element("support", cls="restricted"), element("ask", scope="support"))
    for both in ((later, earlier), (earlier, later)):
        assert Enclosing(lambda one: "class" in one.properties, *both).hidden == {("main", "support"), ("main", "ask")}


@st.composite
def trees(draw: st.DrawFn) -> Outline:
    """Sub-processes in sub-processes, calls, and boundary events, some with a class."""
    found: list[Element] = []
    for number in range(draw(st.integers(1, 12))):
        process = draw(st.sampled_from(["main", "other", "third"]))
        held = [one.id for one in found if one.process == process]
        scope = draw(st.sampled_from([process, *held]))
        cls = draw(st.sampled_from(["", "", "restricted"]))
        called = draw(st.sampled_from(["", "", "other", "third"]))
        found.append(element(f"e{number}", scope, process, cls, **({"refers_to": called} if called else {})))
    return outline(*found)


@given(trees())
def test_hidden_is_what_has_a_hidden_step_somewhere_above_it(drawn: Outline) -> None:
    everything = {(one.process, one.id): one for process in drawn.processes for one in process.elements}

    def above(one: Element) -> Iterator[Element]:
        if (one.process, one.scope) in everything:
            yield everything[one.process, one.scope]
        else:
            yield from (other for other in everything.values() if other.refers_to == one.process)

    def is_hidden(one: Element, seen: frozenset[str] = frozenset()) -> bool:
        if one.properties.get("class") == "restricted":
            return True
        return one.id not in seen and any(is_hidden(other, seen | {one.id}) for other in above(one))

    expected = {key for key, one in everything.items() if is_hidden(one)}
    assert course(drawn, HR).elements == expected
    veil = Veil(drawn)
    assert {key for key in everything if veil.around(*key) is not None} == expected
    named = {veil.around(*key) for key in expected}
    assert not named & {everything[key].label for key in expected}
