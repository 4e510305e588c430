"""A table that does not decide: an incident that says with what, and a retry once the fact is there."""

from __future__ import annotations

import pytest

from app.engine import Retry
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, instances

ROWS = {"north": ('"north"', "5"), "south": ('"south"', "7")}


def dmn(policy: str = "UNIQUE", *rows: tuple[str, str]) -> bytes:
    """A table from the region to days."""
    drawn = "".join(
        f'<rule id="r{number}"><inputEntry><text>{test}</text></inputEntry>'
        f"<outputEntry><text>{days}</text></outputEntry></rule>"
        for number, (test, days) in enumerate(rows or tuple(ROWS.values()), 1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"><decision id="days-table"'
        f' name="Days by region"><decisionTable hitPolicy="{policy}"><input label="Region"><inputExpression>'
        f'<text>region</text></inputExpression></input><output name="days"/>{drawn}</decisionTable></decision>'
        "</definitions>"
    ).encode()


DECIDE = {
    "kind": "businessRuleTask",
    "element": "decide",
    "camunda__decisionRef": "days-table",
    "camunda__resultVariable": "days",
    "camunda__mapDecisionResult": "singleEntry",
}


def beside(table: bytes) -> Bundle:
    """A decision and then a person; beside them another person, who may find out the region."""
    diagram = (
        Diagram().start().add("parallelGateway", "split").add(**DECIDE).user("after", "ask", "wait").end("e1", "e2")
    )
    diagram.chain("start", "split", "decide", "after", "e1").chain("split", "ask", "wait", "e2")
    return bundle(diagram, files={"days.dmn": table})


def test_the_incident_says_with_what_and_nothing_more() -> None:
    play = Play(beside(dmn()), {"region": "east", "pregnant": "yes", "reason": "back pain"})
    [incident] = play.step.incidents
    assert incident.element_id == "decide"
    assert incident.detail == "No row of the table “Days by region” fits: Region is “east”."
    assert play.open() == ["ask"]
    assert "days" not in play.facts()
    told = [event for event in play.step.events if event.kind == "failed"]
    assert [event.data for event in told] == [{"detail": incident.detail}]


def test_a_retry_decides_once_another_branch_knows_the_fact() -> None:
    play = Play(beside(dmn()))
    [incident] = play.step.incidents
    assert incident.detail == "No row of the table “Days by region” fits: Region is not known."
    play.give(Retry(incident.task_id))
    assert play.kinds() == ["failed:decide"]
    play.do("ask", region="south")
    assert [one.task_id for one in play.step.incidents] == [incident.task_id]
    play.give(Retry(incident.task_id))
    assert play.step.incidents == ()
    assert sorted(play.open()) == ["after", "wait"]
    assert play.task("after").facts == {"region": "south", "days": 7}
    decided = next(event for event in play.step.events if event.kind == "decided")
    assert decided.data == {"decision": "days-table", "rows": ["r2"], "result": 7}


def test_a_retry_does_not_take_over_what_the_branch_knows_differently() -> None:
    play = Play(beside(dmn()), {"region": "east"})
    play.do("ask", region="south")
    play.give(Retry(play.step.incidents[0].task_id))
    assert play.step.incidents[0].detail.endswith("Region is “east”.")
    play.give(Retry(play.step.incidents[0].task_id, {"region": "north"}))
    assert play.task("after").facts["days"] == 5


def test_an_instance_keeps_its_own_item() -> None:
    """Two instances fail; each is tried again with its own region, not its neighbour's."""
    diagram = Diagram().start().user("after").end().chain("start", "each", "after", "end")
    inner = Diagram("inner").start("is").add(**DECIDE).user("use").end("ie").chain("is", "decide", "use", "ie")
    diagram.sub("each", inner, instances("regions", "region"))
    play = Play(bundle(diagram, files={"days.dmn": dmn()}), {"regions": ["east", "west"]})
    assert [one.detail.rpartition(" ")[2] for one in play.step.incidents] == ["“east”.", "“west”."]
    first, second = play.step.incidents
    play.give(Retry(second.task_id))
    assert sorted(one.detail.rpartition(" ")[2] for one in play.step.incidents) == ["“east”.", "“west”."]
    play.give(Retry(first.task_id, {"region": "north"}))
    assert [one.detail.rpartition(" ")[2] for one in play.step.incidents] == ["“west”."]
    assert play.task("use").facts["days"] == 5


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            dmn("UNIQUE", ('"north"', "5"), ("-", "7")),
            "Rows 1 and 2 of the table “Days by region” both fit, and only one",
        ),
        (dmn("ANY", ('"north"', "5"), ("-", "7")), "fit and say different things: Region is “north”."),
        (dmn("COLLECT", ('"north"', "5"), ("-", "7")), "gave 2 rows where one is expected"),
        (dmn("UNIQUE", ('"north"', "sum(for i in 1..1000000 return i)")), "takes too many steps"),
    ],
)
def test_other_ways_not_to_decide(table: bytes, words: str) -> None:
    play = Play(beside(table), {"region": "north"})
    assert words in play.step.incidents[0].detail
    assert play.open() == ["ask"]


def test_a_decision_that_needs_another_of_the_file() -> None:
    """A table over the answer of a table, as a requirements diagram draws it; what the case knows does not stand in."""
    region = (
        '<decision id="region-table" name="Region"><variable name="region"/><decisionTable><input label="Town">'
        '<inputExpression><text>town</text></inputExpression></input><output name="region"/><rule id="w1"><inputEntry>'
        '<text>"York", "Leeds"</text></inputEntry><outputEntry><text>"north"</text></outputEntry></rule>'
        "</decisionTable></decision>"
    )
    need = '<informationRequirement><requiredDecision href="#region-table"/></informationRequirement>'
    drawn = dmn().decode().replace('name="Days by region">', f'name="Days by region">{need}')
    table = drawn.replace("</definitions>", f"{region}</definitions>").encode()
    play = Play(beside(table), {"town": "Leeds"})
    assert play.task("after").facts == {"town": "Leeds", "days": 5}
    play = Play(beside(table), {"town": "Bath", "region": "north"})
    assert play.step.incidents[0].detail == "No row of the table “Region” fits: Town is “Bath”."
