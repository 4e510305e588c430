"""A message that nobody waits for does what its sender's element says: waits, tells, or is given up."""

from __future__ import annotations

from app.cases import commands, queries
from tests.chaos.invariants import broken
from tests.chaos.world import ADMINISTRATOR, MANAGER, NOW, days
from tests.db.messages.town import Town, begun, listener, process, speaker
from tests.unit.engine.diagrams import Diagram, message_definition

TOLD = {"unmatched": "tell", "told": "nobody"}


def test_the_sender_is_told_by_the_message_that_its_element_names(town: Town) -> None:
    town.deploy(speaker(**TOLD))
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert town.open(says) == ["sorry"]
    assert town.letters() == ["told"]
    assert town.incidents() == []
    [told] = town.told(says, "command.tell")
    assert told["why"] == "Nobody waits for the message “word” that was sent here."
    assert broken(town.waymark) == []


def test_somebody_who_waits_gets_it_instead(town: Town) -> None:
    town.deploy(speaker(**TOLD))
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(hears, "get_ready")
    town.do(says, "prepare")
    assert (town.open(says), town.open(hears)) == (["after"], ["used"])
    assert broken(town.waymark) == []


def test_a_sender_that_does_not_listen_gets_an_incident_in_words(town: Town) -> None:
    town.deploy(speaker(unmatched="tell"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert town.open(says) == ["after"]
    [failed] = queries.incidents(town.waymark, town.actors[ADMINISTRATOR])
    assert (failed.case_id, failed.element, failed.state) == (says, "say", "parked")
    assert failed.what == "Nobody waits for the message “word” that was sent here."
    assert town.letters() == ["given_up"]
    assert broken(town.waymark) == []


def test_a_step_of_the_sender_does_not_resolve_what_an_administrator_must_see(town: Town) -> None:
    town.deploy(speaker(unmatched="tell"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    town.do(says, "after")
    assert [one.state for one in town.incidents()] == ["parked"]
    assert town.row(says).status == "completed"
    assert broken(town.waymark) == []


def test_an_administrator_has_it_wait_until_somebody_does(town: Town) -> None:
    town.deploy(speaker(unmatched="tell"))
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(says, "prepare")
    [failed] = town.incidents()
    commands.retry(town.waymark, town.actors[ADMINISTRATOR], failed.id, NOW)
    assert [(one.state, one.resolved_by) for one in town.incidents()] == [("resolved", ADMINISTRATOR)]
    assert (town.letters(), commands.deliver(town.waymark, NOW)) == (["waiting"], 0)
    town.do(hears, "get_ready")
    assert commands.deliver(town.waymark, NOW) == 1
    assert town.open(hears) == ["used"]
    assert broken(town.waymark) == []


def test_it_is_kept_as_long_as_its_element_says(town: Town) -> None:
    town.deploy(speaker(keep="P3D", told="nobody"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert commands.deliver(town.waymark, NOW + days(2.9)) == 0
    assert (town.letters(), town.open(says)) == (["waiting"], ["after"])
    assert commands.deliver(town.waymark, NOW + days(3.1)) == 1
    assert (town.letters(), town.open(says)) == (["told"], ["sorry"])
    [told] = town.told(says, "command.tell")
    assert told["why"].startswith("Nobody took the message “word” that was sent here, for as long")
    assert broken(town.waymark) == []


def test_working_days_can_be_said_too(town: Town) -> None:
    town.deploy(speaker(keep="${workdays(2)}", told="nobody"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    # Wednesday at the close, from a Monday morning
    [until] = town.letters("keep_until")
    assert until.isoformat() == "2026-11-04T17:00:00+00:00"


def test_taken_at_the_last_moment_though_its_time_is_over(town: Town) -> None:
    """Nobody looked while it was to wait; by the time somebody looks, somebody waits: it is still of use."""
    town.deploy(speaker(keep="P3D", told="nobody"))
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(says, "prepare")
    town.do(hears, "get_ready", NOW + days(5))
    assert commands.deliver(town.waymark, NOW + days(5)) == 1
    assert (town.letters(), town.open(says), town.open(hears)) == (["delivered"], ["after"], ["used"])


def test_a_process_that_is_not_there_is_told_of(town: Town) -> None:
    town.deploy(speaker(to="seance", told="nobody"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert town.open(says) == ["sorry"]
    [told] = town.told(says, "command.tell")
    assert told["why"] == "The message “word” was to start the process “seance”, which no message of this name starts."


def test_a_process_that_another_message_starts_is_not_started(town: Town) -> None:
    town.deploy(speaker(to="conference"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert town.cases_of("conference") == []
    assert [one.detail for one in town.incidents()] == [
        "The message “word” was to start the process “conference”, which no message of this name starts."
    ]
    assert broken(town.waymark) == []


def test_a_process_that_runs_and_waits_gets_the_message_before_a_new_one_is_started(town: Town) -> None:
    town.deploy(listener("reader", "agenda"))
    reads, asks = town.begin("reader"), town.begin("speaker")
    town.do(reads, "get_ready")
    town.deploy(speaker("inviter", "agenda", to="conference"))
    asks = town.begin("inviter")
    town.do(asks, "prepare")
    assert (town.open(reads), town.cases_of("conference")) == (["used"], [])


def test_what_a_case_sends_after_it_started_another_reaches_the_new_case(town: Town) -> None:
    """Both in one step: the second is not settled before the first, or it would find nobody."""
    diagram = begun("inviting").user("prepare", camunda__candidateGroups="referring_manager").end()
    first = {"key": "${file}", "to": "guest", "payload": "{file: file}"}
    diagram.add("intermediateThrowEvent", "invite", message_definition("agenda"), props=first)
    second = {"key": "${file}", "unmatched": "tell", "payload": "{file: file}"}
    diagram.add("intermediateThrowEvent", "say", message_definition("word"), props=second)
    guest = Diagram("guest").start(inside=message_definition("agenda")).user("used", camunda__candidateGroups="hr")
    guest.add("receiveTask", "listen", messageRef="word", props={"key": "${file}", "result": "heard"}).end()
    town.deploy(
        process(diagram.chain("start", "prepare", "invite", "say", "end")),
        process(guest.chain("start", "listen", "used", "end"), None),
    )
    says = town.begin("inviting")
    town.do(says, "prepare")
    assert town.letters("name", "state") == [("agenda", "started"), ("word", "delivered")]
    [held] = town.cases_of("guest")
    assert town.open(held) == ["used"]
    assert town.incidents() == []
    assert broken(town.waymark) == []


def test_a_receiver_that_has_ended_is_nobody(town: Town) -> None:
    """Its waits went with it, in the transaction that ended it; what comes afterwards follows the sender's rule."""
    town.deploy(speaker(**TOLD))
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(hears, "get_ready")
    commands.cancel(town.waymark, town.actors[MANAGER], hears, "No longer needed", NOW)
    assert town.waits(hears) == []
    town.do(says, "prepare")
    assert (town.open(says), town.letters()) == (["sorry"], ["told"])
    assert broken(town.waymark) == []


def test_a_sender_that_has_ended_cannot_be_told_so_an_administrator_is(town: Town) -> None:
    town.deploy(speaker(keep="P3D", told="nobody"))
    says = town.begin("speaker")
    town.do(says, "prepare")
    commands.cancel(town.waymark, town.actors[MANAGER], says, "No longer needed", NOW)
    assert commands.deliver(town.waymark, NOW + days(4)) == 1
    assert [one.state for one in town.incidents()] == ["parked"]
    assert town.row(says).status == "cancelled"
    assert broken(town.waymark) == []
