"""A message stays with the employee, the employer and the provider; a case that one starts takes nothing else over."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.messages import finding
from app.cases.tables import case, message
from app.errors import NotFound
from app.records import consent
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, PRACTITIONER, World
from tests.db.messages.town import HR, Town, begun, process, speaker
from tests.unit.engine.diagrams import Diagram, message_definition

#: another employee of the same employer, and one of the other employer with their manager
COLLEAGUE, ELSEWHERE, THEIR_MANAGER = "daniel.price", "callum.reid", "fiona.mackay"


def crossing(town: Town, employee: str, who: str) -> tuple[str, str]:
    """A case that says the word with the key that a case of somebody else waits for."""
    hears = town.begin("listener", 7)
    town.do(hears, "get_ready")
    says = town.begin("speaker", 7, employee, who)
    town.do(says, "prepare", who=who)
    return says, hears


@pytest.mark.parametrize(("employee", "who"), [(COLLEAGUE, MANAGER), (ELSEWHERE, THEIR_MANAGER)])
def test_a_key_that_collides_reaches_nobody_elses_case(town: Town, employee: str, who: str) -> None:
    says, hears = crossing(town, employee, who)
    assert commands.deliver(town.waymark, NOW) == 0
    assert (town.open(hears), town.letters()) == ([], ["waiting"])
    town.do(says, "after", who=who)
    assert broken(town.waymark) == []


@pytest.mark.parametrize("column", ["employer_id", "provider_id", "subject_id"])
def test_each_wall_stands_alone(town: Town, column: str) -> None:
    """The same person with another employer or provider is behind a wall as well."""
    says, hears = town.begin("speaker"), town.begin("listener")
    town.quietly(says, "prepare")
    with db.transaction(town.engine) as connection:
        connection.execute(message.update().values({column: "somebody else"}))
    town.do(hears, "get_ready")
    assert commands.deliver(town.waymark, NOW) == 0


def test_control_without_walls_the_collision_is_seen(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search built wrong on purpose, by name and key alone: the tests above would notice."""
    _says, hears = crossing(town, ELSEWHERE, THEIR_MANAGER)
    wait, sent = finding.subscription, finding.message
    wrong = sa.and_(wait.c.name == sent.c.name, wait.c.key == sent.c.key)
    columns = (sent.c.id, sent.c.sent_at, sent.c.number, wait.c.case_id)
    query = sa.select(*columns).select_from(sent.join(wait, wrong)).where(sent.c.state == "waiting")
    monkeypatch.setitem(finding._QUERIES, "deliver", query)
    assert commands.deliver(town.waymark, NOW) == 1
    assert town.open(hears) == ["used"]
    assert any("from behind a wall" in fault for fault in broken(town.waymark))


def test_no_case_can_withdraw_consent_for_the_employee(town: Town) -> None:
    town.deploy(speaker("impostor", "consentWithdrawn"))
    case_id, _now = World.case_at(town, "triage")
    assert "consentWithdrawn" in town.row(case_id).messages
    assert town.waits(case_id) == []
    says = town.begin("impostor")
    town.do(says, "prepare")
    assert (town.letters(), town.row(case_id).status) == (["waiting"], "running")


def test_what_a_case_is_given_of_its_own_no_message_changes(town: Town) -> None:
    town.deploy(speaker(payload='{employer: "harbour", follow_up: true, previous: "none", file: 9}', to="listening"))
    listening = Diagram("listening").start(inside=message_definition("word")).user("used").end()
    town.deploy(process(listening.chain("start", "used", "end"), None))
    town.do(town.begin("speaker"), "prepare")
    [held] = town.cases_of("listening")
    says = town.row(held).previous_case_id
    assert town.facts(held) == {"employer": "northfield", "follow_up": False, "previous": says, "file": 9}


def referral_that_invites(**sent: str) -> Any:
    """A case with all its roles, whose practitioner has the conference invited."""
    diagram = begun("inviting")
    for role in ("practitioner", "hr", "referring_manager"):
        diagram.user(f"of_{role}", camunda__candidateGroups=role)
    props = {"key": "${case}", "to": "conference", "payload": "{asked_by: case}", **sent}
    diagram.add("intermediateThrowEvent", "invite", message_definition("agenda"), props=props).end()
    return process(diagram.chain("start", "of_referring_manager", "invite", "of_practitioner", "of_hr", "end"))


def test_a_case_that_a_message_starts_takes_over_only_whom_it_has_something_for(town: Town) -> None:
    town.deploy(referral_that_invites())
    asks = town.begin("inviting")
    with db.transaction(town.engine) as connection:
        parties = {**town.row(asks).parties, "practitioner": [PRACTITIONER], "hr": [HR]}
        connection.execute(case.update().where(case.c.id == asks).values(parties=parties))
    before = town.scalar(sa.select(sa.func.count()).select_from(consent))
    town.do(asks, "of_referring_manager")
    [held] = town.cases_of("conference")
    row, sender = town.row(held), town.row(asks)
    assert row.parties == {"employee": [EMPLOYEE], "hr": [HR]}
    assert (row.subject_id, row.employer_id, row.provider_id) == (
        sender.subject_id,
        sender.employer_id,
        sender.provider_id,
    )
    assert row.previous_case_id == asks
    assert town.facts(held) == {"employer": "northfield", "follow_up": False, "previous": asks, "asked_by": asks}
    assert town.scalar(sa.select(sa.func.count()).select_from(consent)) == before
    with pytest.raises(NotFound):
        town.view(held, MANAGER)


def test_who_is_in_one_case_alone_learns_nothing_of_the_other(town: Town) -> None:
    """The manager has no part in the conference, HR none in the clarification, the employee is in both."""
    asks = town.begin("clarification")
    [held] = town.cases_of("conference")
    town.do(held, "hold", who=HR)
    other = {asks: town.row(held), held: town.row(asks)}
    for who, case_id in ((MANAGER, asks), (HR, held)):
        view = town.view(case_id, who)
        told = repr((view, queries.history(town.waymark, town.actors[who], case_id, now=NOW)))
        assert other[case_id].reference not in told
        assert other[case_id].id not in told.replace(case_id, "")
        assert view.previous_case is None
    assert town.view(held, EMPLOYEE).previous_case == (asks, town.row(asks).reference)
    assert (f"Received by {town.row(held).reference}") not in repr(town.lines(asks, EMPLOYEE))
    assert ("“invite”: a message was sent", f"It started {town.row(held).reference}") in town.lines(asks, EMPLOYEE)
    assert ("“hear”: a message was received", f"From {town.row(held).reference}") in town.lines(asks, EMPLOYEE)
    assert ("A message started the case", f"From {town.row(asks).reference}") in town.lines(held, EMPLOYEE)
    assert ("“tell”: a message was sent", f"Received by {town.row(asks).reference}") in town.lines(held, EMPLOYEE)
    assert ("“invite”: a message was sent", "") in town.lines(asks, MANAGER)


def test_a_hidden_step_of_the_other_case_is_not_told_of_either(town: Town) -> None:
    """HR is in both cases, but the step that invites is the occupational health team's alone."""
    town.deploy(referral_that_invites(**{"class": "restricted"}))
    asks = town.begin("inviting")
    with db.transaction(town.engine) as connection:
        parties = {**town.row(asks).parties, "hr": [HR]}
        connection.execute(case.update().where(case.c.id == asks).values(parties=parties))
    town.do(asks, "of_referring_manager")
    [held] = town.cases_of("conference")
    told = repr((town.view(held, HR), queries.history(town.waymark, town.actors[HR], held, now=NOW)))
    assert town.row(asks).reference not in told
    assert asks not in told
    assert "invite" not in repr(town.lines(asks, HR))
    assert town.view(held, EMPLOYEE).previous_case == (asks, town.row(asks).reference)
