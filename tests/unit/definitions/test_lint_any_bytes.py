"""Any bytes get findings, never a traceback."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.definitions import bpmn, rules
from app.engine.bundle import Bundle
from app.errors import Finding
from tests.unit.definitions.sample import files, looked_at

FILES = {name: text.encode() for name, text in files().items()}
_SPLICES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.05), st.binary(max_size=30)), min_size=1, max_size=4)
_WORDS = st.sampled_from(
    [b'id="', b"</bpmn:process>", b"<bpmn:subProcess id='s'>", b"${", b"=", b"R/P0D", b'default="f9"', b"<camunda:in/>",
     b'triggeredByEvent="true"', b"\xff\xfe", b"&#0;", b"<!DOCTYPE a>", b"xmlns=", b'"components":[', b"null", b"{}"]
)  # fmt: skip


def mangled(data: bytes, splices: list[tuple[float, float, bytes]]) -> bytes:
    for at, length, new in splices:
        start = int(at * len(data))
        data = data[:start] + new + data[start + int(length * len(data)) :]
    return data


def sound(found: list[Finding]) -> bool:
    return all(isinstance(one, Finding) and one.message for one in found)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a.bpmn", "b.dmn", "c.form", "d.txt"]), st.binary(max_size=200)),
    st.text(max_size=5),
)
def test_random_bytes(content, key):
    assert sound(looked_at(Bundle(key, content)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), _SPLICES)
def test_files_cut_and_spliced(name, splices):
    assert sound(looked_at(Bundle("leave", {**FILES, name: mangled(FILES[name], splices)})))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.floats(0, 1), st.just(0.0), _WORDS), min_size=1, max_size=3)
)
def test_files_with_words_where_they_do_not_belong(name, splices):
    assert sound(looked_at(Bundle("leave", {**FILES, name: mangled(FILES[name], splices)})))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_attributes_swapped_inside_well_formed_diagrams(data):
    """Well-formed XML in which ids, references and texts are exchanged reaches every check."""
    text = files()["leave.bpmn"]
    values = sorted({part for part in text.split('"')[1::2] if part})
    for _ in range(data.draw(st.integers(1, 6))):
        old, new = (
            data.draw(st.sampled_from(values)),
            data.draw(st.sampled_from([*values, "", "none", "ä", "${", "R/PT0S"])),
        )
        text = text.replace(f'"{old}"', f'"{new.replace("<", "")}"')
    assert sound(looked_at(Bundle("leave", {**FILES, "leave.bpmn": text.encode()})))


def test_a_diagram_of_nine_thousand_elements_in_a_row_costs_no_stack():
    tasks = "".join(
        f'<task id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(9_000)
    )
    xml = f'<definitions xmlns="{bpmn.BPMN[1:-1]}"><process id="p"><startEvent id="s"/>{tasks}</process></definitions>'
    assert bpmn.read(xml.encode(), "p.bpmn").processes[0].nodes.keys() >= {"s", "t8999"}


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_ledger_gets_findings(data):
    found, findings = rules.read(data)
    assert findings or found is not None
