"""Diagrams drawn on the server: everything that BPMN draws has its sign, names are text, sizes are bounded."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from app.definitions import bpmn, picture
from app.definitions.picture import NotDrawable, draw
from app.definitions.picture.glyphs import CAUGHT, FOOT, GATEWAYS, MARKS, TASKS, THROWN, Glyph
from app.settings import ROOT
from app.xmlsafe import UnsafeXml
from tests.unit.definitions.picture.sheet import Flow, Put, event, file

SVG = "{http://www.w3.org/2000/svg}"
SHIPPED = sorted((ROOT / "processes").glob("*/*.bpmn"))
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></svg><svg onload=alert(1)>",
    "]]><!--",
    "javascript:alert(1)",
    "&lt;b&gt; & ' \"",
    "\u202eevil\u0085",
)


def root(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def words(data: bytes) -> str:
    """All that is written, without titles."""
    lines = [" ".join(one.itertext(f"{SVG}tspan")) for one in root(data).iter(f"{SVG}text")]
    return "\n".join(lines)


def shows(data: bytes, glyph: Glyph) -> bool:
    """Is the whole sign there, filled as it should be?"""
    drawn = {(one.get("d"), _filled(one)) for one in root(data).iter(f"{SVG}path")}
    parts = {(glyph.lines, "none"), (glyph.cut, "none"), (glyph.solid, "ink"), (glyph.paper, "paper")}
    return {part for part in parts if part[0]} <= drawn


def _filled(one: etree._Element) -> str:
    fill = one.get("fill")
    return "none" if fill == "none" else "ink" if fill == one.get("stroke") else "paper"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_each_shipped_diagram_is_drawn_with_all_its_names(path: object) -> None:
    data = path.read_bytes()  # type: ignore[attr-defined]
    drawn = draw(data)
    assert draw(data) == drawn
    assert len(drawn) < 100_000
    told, titles = words(drawn), {one.text for one in root(drawn).iter(f"{SVG}title")}
    for process in bpmn.read(data, "x").processes:
        for node in process.nodes.values():
            assert node.name in told or not node.name, node.id
            assert any(f"{node.name or node.id}" in str(title) for title in titles)
    # a page may have several, and may forbid styles and scripts
    assert {str(one.tag).removeprefix(SVG) for one in root(drawn).iter()} <= {
        *("svg", "title", "desc", "g", "rect", "circle", "path", "text", "tspan")
    }
    assert not {"id", "style", "href", "class"} & {str(name) for one in root(drawn).iter() for name in one.attrib}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_is_text_whatever_stands_in_it(payload: str) -> None:
    shapes = [
        Put("participant", "pool", payload, (0, 0, 900, 400), more='processRef="whole"', look='isHorizontal="true"'),
        Put("userTask", "task", payload, (100, 100, 300, 200)),
        Put("startEvent", "start", payload, (50, 100, 36, 36)),
        Put("textAnnotation", "note", payload, (500, 100, 300, 100)),
    ]
    flow = Flow("f", "start", "task", ((86, 118), (100, 118)), payload)
    drawn = draw(file(*shapes, flows=[flow]), title=payload, desc=payload, marks={"task": "done"})
    # drawn where it has room, and whole in the title of each
    name = " ".join(payload.split())
    titles = [str(one.text) for one in root(drawn).iter(f"{SVG}title")]
    assert titles[0] == payload
    assert sum(name in one for one in titles) == 6
    assert {str(one.tag).removeprefix(SVG) for one in root(drawn).iter()} <= {
        *("svg", "title", "desc", "g", "rect", "circle", "path", "text", "tspan")
    }
    assert not re.search(rb"<(script|img)|<[^>]+ on\w+=", drawn)


def _one(kind: str, inner: str = "", more: str = "", look: str = "") -> bytes:
    size = (0, 0, 36, 36) if kind.endswith("Event") else (0, 0, 50, 50) if kind.endswith("Gateway") else (0, 0, 100, 80)
    return draw(file(Put(kind, "one", "Name", size, inner, more, look)))


@pytest.mark.parametrize("kind", TASKS)
def test_each_kind_of_task_has_its_sign(kind: str) -> None:
    drawn = _one(kind)
    assert [one for one in TASKS if shows(drawn, TASKS[one])] == [kind]
    assert not [one for one in TASKS if shows(_one("task"), TASKS[one])]


@pytest.mark.parametrize("kind", GATEWAYS)
def test_each_kind_of_gateway_has_its_sign(kind: str) -> None:
    assert [one for one in GATEWAYS if shows(_one(kind), GATEWAYS[one])] == [kind]


def test_an_exclusive_gateway_may_be_drawn_without_its_cross() -> None:
    assert not shows(_one("exclusiveGateway", look='isMarkerVisible="false"'), GATEWAYS["exclusiveGateway"])


@pytest.mark.parametrize("kind", sorted(CAUGHT.keys() - {"multiple", "parallel"}))
def test_each_kind_of_event_has_its_sign(kind: str) -> None:
    assert shows(_one("intermediateCatchEvent", event(kind)), CAUGHT[kind])
    if kind in THROWN:
        assert shows(_one("endEvent", event(kind)), THROWN[kind])
        assert not shows(_one("intermediateCatchEvent", event(kind)), THROWN[kind])


def test_several_events_in_one() -> None:
    both = event("message") + event("timer")
    assert shows(_one("startEvent", both), CAUGHT["multiple"])
    assert shows(_one("startEvent", both, 'parallelMultiple="true"'), CAUGHT["parallel"])
    assert shows(_one("endEvent", event("terminate")), THROWN["terminate"])


def _rings(drawn: bytes) -> list[tuple[str | None, str | None]]:
    return [(one.get("stroke-width"), one.get("stroke-dasharray")) for one in root(drawn).iter(f"{SVG}circle")]


def test_rings_say_what_kind_of_event_it_is() -> None:
    assert _rings(_one("startEvent")) == [("1.5", None)]
    assert _rings(_one("endEvent")) == [("4", None)]
    assert _rings(_one("intermediateThrowEvent")) == [("1.5", None)] * 2
    assert _rings(_one("boundaryEvent", more='attachedToRef="x"')) == [("1.5", None)] * 2
    dashed = [("1.5", "5 3")] * 2
    assert _rings(_one("boundaryEvent", more='attachedToRef="x" cancelActivity="false"')) == dashed
    assert _rings(_one("startEvent", more='isInterrupting="false"')) == [("1.5", "5 3")]


def test_signs_at_the_foot_of_an_activity() -> None:
    several = '<bpmn:multiInstanceLoopCharacteristics id="m" {}/>'
    assert shows(_one("userTask", several.format("")), FOOT["each"])
    assert shows(_one("userTask", several.format('isSequential="true"')), FOOT["in turn"])
    assert shows(_one("userTask", '<bpmn:standardLoopCharacteristics id="l"/>'), FOOT["again"])
    assert shows(_one("callActivity"), FOOT["closed"])
    assert shows(_one("subProcess"), FOOT["closed"])
    assert not shows(_one("subProcess", look='isExpanded="true"'), FOOT["closed"])
    assert shows(_one("adHocSubProcess"), FOOT["any order"])
    assert shows(_one("serviceTask", more='isForCompensation="true"'), FOOT["undone"])


def test_frames_of_activities() -> None:
    def frames(drawn: bytes) -> list[tuple[str | None, str | None]]:
        found = [one for one in root(drawn).iter(f"{SVG}rect") if one.get("rx")]
        return [(one.get("stroke-width"), one.get("stroke-dasharray")) for one in found]

    assert frames(_one("userTask")) == [("1.5", None)]
    assert frames(_one("callActivity")) == [("4", None)]
    assert frames(_one("transaction")) == [("1.5", None)] * 2
    assert frames(_one("subProcess", more='triggeredByEvent="true"')) == [("1.5", "1 4")]
    assert frames(_one("group")) == [(None, "10 6 1 6")]


def _lines(*flows: Flow, default: str = "") -> bytes:
    ends = (
        Put("userTask", "a", "A", (0, 0, 100, 80), more=f'default="{default}"' if default else ""),
        Put("exclusiveGateway", "g", "", (0, 200, 50, 50)),
    )
    return draw(file(*ends, Put("userTask", "b", "B", (300, 0, 100, 80)), flows=flows))


def test_marks_of_sequence_flows() -> None:
    way = ((100, 40), (300, 40))
    asks = "<bpmn:conditionExpression>x</bpmn:conditionExpression>"

    def parts(drawn: bytes) -> int:
        return len(list(root(drawn).iter(f"{SVG}path")))

    plain = parts(_lines(Flow("f", "a", "b", way)))
    assert parts(_lines(Flow("f", "a", "b", way), default="f")) == plain + 1
    assert parts(_lines(Flow("f", "a", "b", way, inner=asks))) == plain + 1
    # behind a gateway a condition is no news
    assert parts(_lines(Flow("f", "g", "b", way, inner=asks))) == plain


def test_messages_and_notes_are_dashed_and_dotted() -> None:
    way = ((100, 40), (300, 40))
    dashes = [
        next(
            one.get("stroke-dasharray") for one in root(_lines(flow)).iter(f"{SVG}path") if one.get("stroke-dasharray")
        )
        for flow in (Flow("f", "a", "b", way, kind="messageFlow"), Flow("f", "a", "b", way, kind="association"))
    ]
    assert dashes == ["8 5", "1 4"]
    one_way = _lines(Flow("f", "a", "b", way, kind="association", more='associationDirection="One"'))
    assert one_way.count(b"<path") == _lines(Flow("f", "a", "b", way, kind="association")).count(b"<path") + 1


def test_a_mark_is_a_sign_and_words_and_not_colour_alone() -> None:
    shapes = [Put("userTask", name, name.upper(), (at * 150, 0, 100, 80)) for at, name in enumerate("abcd")]
    drawn = draw(file(*shapes), marks={"a": "done", "b": "here", "c": "cancelled", "x": "done"})
    assert all(shows(drawn, MARKS[mark]) for mark in (picture.DONE, picture.HERE, picture.CANCELLED))
    titles = [one.text for one in root(drawn).iter(f"{SVG}title")]
    assert titles[1:] == ["user task A: done", "user task B: the case is here", "user task C: cancelled", "user task D"]
    desc = root(drawn).findtext(f"{SVG}desc") or ""
    assert "Marked “done”: A. Marked “the case is here”: B. Marked “cancelled”: C." in desc
    # what the signs mean stands below
    assert words(drawn).splitlines()[-3:] == ["done", "the case is here", "cancelled"]
    assert not any(shows(draw(file(*shapes)), MARKS[mark]) for mark in MARKS)


def test_what_has_no_place_in_a_picture() -> None:
    far = Put("userTask", "far", "Far", (1e9, 0, 100, 80))
    for data in (file(), file(far), file(*(Put("task", f"t{number}") for number in range(5_001)))):
        with pytest.raises(NotDrawable):
            draw(data)
    # a shape without a place is left out; the others are drawn
    for place in ((float("nan"), 0, 1, 1), (0, 0, -1, 1), (float("inf"), 0, 1, 1)):
        assert "Here" in words(draw(file(Put("task", "a", "Gone", place), Put("task", "b", "Here"))))
    with pytest.raises(UnsafeXml):
        draw(b"<!DOCTYPE x><x/>")


def test_what_the_file_does_not_have_is_drawn_as_unknown() -> None:
    data = file(Put("userTask", "a", "A")).replace(b'<bpmn:userTask id="a"', b'<bpmn:userTask id="other"')
    assert b'stroke-dasharray="4 4"' in draw(data)


def test_a_second_sheet_is_drawn_below_the_first() -> None:
    plane = (
        '<bpmndi:BPMNDiagram id="x2"><bpmndi:BPMNPlane id="y2" bpmnElement="s"><bpmndi:BPMNShape id="b_di" '
        'bpmnElement="b"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram>"
    )
    inner = '<bpmn:task id="b" name="Inner"/>'
    drawn = draw(file(Put("subProcess", "s", "Outer part", inner=inner), planes=plane))
    assert words(drawn).splitlines() == ["Outer part", "Outer part", "Inner"]
    assert float(root(drawn).get("height", "0")) > 2 * 80
