"""Files that would read other files, call the network, eat the machine or never end: refused in words, in less than a
second of this machine's time and in 64 MB, with no file opened and no connection made. Diagrams below the limits are
looked at in the same bounds."""

# ruff: noqa: PLW0108 # a table of files: one line each, each made only when it is asked for

from __future__ import annotations

import builtins
import io
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from app.definitions import packing
from app.definitions.lint import catalogue, lint, lint_paths
from app.engine import Bundle
from app.settings import ROOT

HEAD = (
    b'<d:definitions xmlns:d="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    b'xmlns:c="http://camunda.org/schema/1.0/bpmn">'
)
END = b"</d:definitions>"
SECONDS, MEGABYTES = 1.0, 64
SEALED = "nothing is opened here"
SECRET = "file:///etc/passwd"


def process(inside: bytes, key: bytes = b"case") -> bytes:
    return HEAD + b'<d:process id="%s" isExecutable="true">' % key + inside + b"</d:process>" + END


def row(size: int) -> bytes:
    """One task after the other."""
    tasks = b"".join(
        b'<d:userTask id="t%d" c:candidateGroups="hr"/><d:sequenceFlow id="f%d" sourceRef="t%d" targetRef="t%d"/>'
        % (n, n, n, n + 1)
        for n in range(size)
    )
    return process(b'<d:startEvent id="s"/>' + tasks)


def mesh(kind: bytes, size: int, each: int = 2) -> bytes:
    """Everything leads to everything, and writes one of fifty facts."""
    nodes = b"".join(b'<d:%s id="n%d" c:resultVariable="r%d"/>' % (kind, n, n % 50) for n in range(size))
    flows = b"".join(
        b'<d:sequenceFlow id="f%d" sourceRef="n%d" targetRef="n%d"/>' % (n, n % size, n * 7 % size)
        for n in range(size * each)
    )
    return process(b'<d:startEvent id="s"/>' + nodes + flows)


def calls(processes: int, each: int, first: bytes = b"case") -> bytes:
    """Processes that call one another, round and round."""
    made = b"".join(
        b'<d:process id="%s"><d:startEvent id="s%d"/>' % (first if n == 0 else b"p%d" % n, n)
        + b"".join(
            b'<d:callActivity id="c%d_%d" calledElement="p%d"><d:extensionElements><c:in variables="all"/>'
            b'<c:out variables="all"/></d:extensionElements></d:callActivity>' % (n, k, (n * 5 + k) % processes)
            for k in range(each)
        )
        + b"</d:process>"
        for n in range(processes)
    )
    return HEAD + made + END


def ladder(steps: int) -> bytes:
    """Each process is called twice by the one above; an error ends the lowest. 2^steps ways up."""
    made = b"".join(
        b'<d:process id="%s"><d:startEvent id="s%d"/><d:callActivity id="a%d" calledElement="p%d"/>'
        b'<d:callActivity id="b%d" calledElement="p%d"/></d:process>'
        % (b"case" if n == 0 else b"p%d" % n, n, n, n + 1, n, n + 1)
        for n in range(steps)
    )
    last = b'<d:process id="p%d"><d:endEvent id="e"><d:errorEventDefinition/></d:endEvent></d:process>' % steps
    return HEAD + made + last + END


def piled(size: int) -> bytes:
    """All shapes on one place."""
    shapes = b"".join(
        b'<i:BPMNShape bpmnElement="t%d"><o:Bounds x="0" y="0" width="9" height="9"/></i:BPMNShape>' % n
        for n in range(size)
    )
    plane = (
        b'<i:BPMNDiagram xmlns:i="http://www.omg.org/spec/BPMN/20100524/DI" '
        b'xmlns:o="http://www.omg.org/spec/DD/20100524/DC"><i:BPMNPlane>' + shapes + b"</i:BPMNPlane></i:BPMNDiagram>"
    )
    return row(size).replace(END, plane + END)


def laughs(depth: int) -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(depth))
    return (
        b'<!DOCTYPE x [<!ENTITY l0 "ha">'
        + entities
        + b"]>"
        + process(b"<d:documentation>&l%d;</d:documentation>" % depth)
    )


def timer(kind: str, text: str) -> bytes:
    inside = f"<d:timerEventDefinition><d:{kind}>{text}</d:{kind}></d:timerEventDefinition>"
    return process(
        f'<d:startEvent id="s"/><d:userTask id="t" c:candidateGroups="hr"/><d:boundaryEvent id="b" attachedToRef="t" '
        f'cancelActivity="false">{inside}</d:boundaryEvent>'.encode()
    )


def condition(text: str) -> bytes:
    return process(
        f'<d:startEvent id="s"/><d:exclusiveGateway id="g"/><d:sequenceFlow id="f" sourceRef="g" targetRef="s">'
        f"<d:conditionExpression>{text}</d:conditionExpression></d:sequenceFlow>".encode()
    )


def zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../etc/cron.d/x.bpmn", data)
    return packed.getvalue()


PLAIN = row(3).decode()
FILES: dict[str, Callable[[], bytes]] = {
    "an external entity": lambda: f'<!DOCTYPE x [<!ENTITY e SYSTEM "{SECRET}">]>{PLAIN}'.encode(),
    "an external entity by the network": lambda: (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]>{PLAIN}'.encode()
    ),
    "a parameter entity": lambda: f'<!DOCTYPE x [<!ENTITY % e SYSTEM "{SECRET}"> %e;]>{PLAIN}'.encode(),
    "an external document type": lambda: f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{PLAIN}'.encode(),
    "a public document type": lambda: f'<!DOCTYPE x PUBLIC "-//X//EN" "http://127.0.0.1:9/x.dtd">{PLAIN}'.encode(),
    "an attribute by entity": lambda: f'<!DOCTYPE x [<!ATTLIST x a CDATA "{SECRET}">]>{PLAIN}'.encode(),
    "an entity in UTF-16": lambda: (
        f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e SYSTEM "{SECRET}">]>{PLAIN}'.encode("utf-16")
    ),
    "an entity in UTF-7": lambda: (
        f'<?xml version="1.0" encoding="UTF-7"?><!DOCTYPE x [<!ENTITY e SYSTEM "{SECRET}">]>{PLAIN}'.encode("utf-7")
    ),
    "an entity in EBCDIC": lambda: (
        f'<?xml version="1.0" encoding="cp037"?><!DOCTYPE x [<!ENTITY e SYSTEM "{SECRET}">]>{PLAIN}'.encode("cp037")
    ),
    "a thousand million laughs": lambda: laughs(9),
    "quadratic laughs": lambda: b'<!DOCTYPE x [<!ENTITY l "' + b"a" * 100_000 + b'">]>' + process(b"&l;" * 10_000),
    "an inclusion": lambda: process(
        f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{SECRET}" parse="text"/>'.encode()
    ),
    "a style sheet": lambda: f'<?xml-stylesheet href="{SECRET}" type="text/xsl"?>{PLAIN}'.encode(),
    "a schema": lambda: PLAIN.replace(
        "<d:process", f'<d:import location="{SECRET}" namespace="x" importType="x"/><d:process'
    ).encode(),
    "deep": lambda: HEAD + b"<d:process>" * 100_000,
    "deep and whole": lambda: b"<a>" * 90_000 + b"</a>" * 90_000,
    "deep sub-processes": lambda: process(
        b"".join(b'<d:subProcess id="s%d">' % n for n in range(95)) + b"</d:subProcess>" * 95
    ),
    "a million elements": lambda: process(b"<d:task/>" * 1_000_000),
    "as many elements as may be": lambda: process(b"<d:task/>" * 19_900),
    "many attributes": lambda: process(b"<d:task " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/>"),
    "many namespaces": lambda: process(
        b"<d:task " + b" ".join(b'xmlns:a%d="urn:x%d"' % (n, n) for n in range(20_000)) + b"/>"
    ),
    "a long text": lambda: process(b"<d:documentation>" + b"a" * 1_900_000 + b"</d:documentation>"),
    "a long name": lambda: process(b'<d:startEvent id="s" name="' + b"a" * 1_900_000 + b'"/>'),
    "a comment that does not end": lambda: HEAD + b"<!--" + b"-" * 1_000_000,
    "section marks": lambda: process(b"<![CDATA[" + b"]]" * 500_000),
    "nothing": lambda: b"",
    "blanks": lambda: b" " * 1_900_000,
    "zeros": lambda: b"\0" * 1_900_000,
    "noughts and ones": lambda: bytes(range(256)) * 4_000,
    "text": lambda: "Nur Mut! ä 好".encode(),
    "a bare mark of order": lambda: b"\xff\xfe",
    "half a character": lambda: process(b'<d:startEvent name="\xc3"/>'),
    "a wrong encoding": lambda: b'<?xml version="1.0" encoding="UTF-32"?>' + PLAIN.encode(),
    "an encoding of nobody": lambda: b'<?xml version="1.0" encoding="x-klingon"?>' + PLAIN.encode(),
    "a packed bomb": lambda: zipped(b"\0" * 50_000_000),
    "a gzip bomb": lambda: zstandard.compress(b"\0" * 50_000_000),
    "a page": lambda: b"<html><script>alert(1)</script></html>",
    "a row of tasks": lambda: row(990),
    "too long a row": lambda: row(3_000),
    "parallel gateways to everything": lambda: mesh(b"parallelGateway", 990),
    "inclusive gateways to everything": lambda: mesh(b"inclusiveGateway", 990),
    "choices to everything": lambda: mesh(b"exclusiveGateway", 900, each=2),
    "too many flows": lambda: mesh(b"exclusiveGateway", 900, each=8),
    "scripts to everything": lambda: mesh(b"scriptTask", 990),
    "shapes in a pile": lambda: piled(990),
    "processes that call one another": lambda: calls(99, 19),
    "too many processes": lambda: calls(150, 5),
    "a process that calls itself": lambda: calls(1, 900).replace(b'calledElement="p0"', b'calledElement="case"'),
    "a ladder of calls": lambda: ladder(90),
    "a cycle of no time": lambda: timer("timeCycle", "R/PT0S"),
    "a cycle backwards": lambda: timer("timeCycle", "R/-P1D"),
    "a cycle of endless years": lambda: timer("timeCycle", "R/P999999Y"),
    "a duration beyond numbers": lambda: timer("timeDuration", "P" + "9" * 5_000 + "D"),
    "a timer that counts": lambda: timer("timeDate", "${sum(for i in 1..1000000000 return i)}"),
    "a nested expression": lambda: condition("(" * 50_000 + "1" + ")" * 50_000),
    "a long expression": lambda: condition("1" + "+1" * 400_000),
    "a slow pattern": lambda: condition('matches("' + "a" * 5_000 + '", "(a+)+$")'),
    "a power tower": lambda: condition("9**9**9**9**9"),
    "code": lambda: condition("__import__('os').system('touch /tmp/x')"),
    "many conditions": lambda: process(
        b'<d:startEvent id="s"/><d:exclusiveGateway id="g"/>'
        + b"".join(
            b'<d:sequenceFlow id="f%d" sourceRef="g" targetRef="s"><d:conditionExpression>x = %d'
            b"</d:conditionExpression></d:sequenceFlow>" % (n, n)
            for n in range(1_900)
        )
    ),
}


def looked_at(data: bytes) -> list[str]:
    bundle = Bundle("case", {"case.bpmn": data, "case.dmn": data, "case.form": data, "../../case.bpmn": data[:1_000]})
    return [one.rule for one in lint(bundle) if one.severity == "error"]


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is opened or called meanwhile."""
    touched: list[str] = []
    catalogue.rules()  # lint's own files, read once

    def opened(*given: object, **more: object) -> None:
        touched.append(repr(given))
        raise OSError(SEALED)

    monkeypatch.setattr(builtins, "open", opened)
    monkeypatch.setattr(io, "open", opened)
    monkeypatch.setattr(socket.socket, "connect", opened)
    return touched


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_hostile_file_is_refused_in_words(name: str, sealed: list[str]) -> None:
    data = FILES[name]()
    before = time.process_time()
    found = looked_at(data)
    took = time.process_time() - before
    assert found
    assert "lint-stopped" not in found
    assert sealed == []
    assert took < 5 * SECONDS, took  # a broad bound: what it truly takes is measured apart, in a process of its own


def _measured(name: str) -> tuple[float, float]:
    """Processor seconds, and megabytes that are needed on top, in a process of its own."""
    code = (
        "import resource, time\n"
        "from tests.hostile.test_diagrams import FILES, PLAIN, looked_at\n"
        "looked_at(PLAIN.encode())\n"
        f"data = FILES[{name!r}]()\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "before, start = peak(), time.process_time()\n"
        "looked_at(data)\n"
        "print(time.process_time() - start, peak() - before)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, text=True)  # noqa: S603 # our own words
    seconds, megabytes = told.stdout.split()
    return float(seconds), float(megabytes)


#: those that cost most of all of them
DEAREST = [
    "a million elements",
    "as many elements as may be",
    "inclusive gateways to everything",
    "shapes in a pile",
    "many attributes",
]


@pytest.mark.parametrize("name", DEAREST)
def test_it_costs_little(name: str) -> None:
    _, megabytes = _measured(name)
    assert megabytes < MEGABYTES


def test_links_out_of_the_folder_are_files_like_others(tmp_path: Path) -> None:
    """A link to a file that is no diagram gets findings, and nothing of its content is told."""
    (tmp_path / "secret").write_text("the-secret-of-the-house")
    (tmp_path / "link.bpmn").symlink_to(tmp_path / "secret")
    (tmp_path / "gone.bpmn").symlink_to(tmp_path / "nowhere")
    (tmp_path / "round.bpmn").symlink_to(tmp_path / "round.bpmn")
    (tmp_path / "folder.bpmn").mkdir()
    (tmp_path / "up").symlink_to(tmp_path)
    found = lint_paths([tmp_path])
    assert {Path(one.file).name for one in found} == {"link.bpmn"}
    assert "the-secret" not in repr(found)


def test_a_stored_bundle_that_unpacks_without_end_is_damaged() -> None:
    with pytest.raises(packing.DefinitionDamaged):
        packing.unpack("case", "x", zstandard.compress(b"\0" * (packing.MAX_BYTES + 1)))


def test_what_is_opened_is_noted(sealed: list[str]) -> None:
    """The seal holds: the other tests would see a file or an address."""
    with pytest.raises(OSError, match=SEALED):
        Path("/etc/passwd").read_bytes()
    with socket.socket() as one, pytest.raises(OSError, match=SEALED):
        one.connect(("127.0.0.1", 9))
    assert len(sealed) == 2
